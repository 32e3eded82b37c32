/**
 * System V objects of a dump: ipcns-var-*, ipcns-msg-*, ipcns-sem-*, ipcns-shm-*. SEMANTICS C7-C10.
 *
 * CRIU does not dump times and last pids, undo lists, or POSIX queues that nobody has open: they are unknown here.
 */
import {
  type Ipc,
  type IpcLimits,
  type Message,
  type MessageQueue,
  type SemaphoreSet,
  type SharedMemory,
  UNKNOWN,
} from '../../restorer/image/index.ts';
import type { Directory } from './directory.ts';
import { type FileKind, ImageFile } from './image-file.ts';
import type { IpcObject } from './schema.ts';
import { readContents } from './shm-contents.ts';
import { wide } from './siginfo.ts';

const SHM_DEST = 0o1000;
const SHM_LOCKED = 0o2000;
const PERMISSIONS = 0o777;
/** Messages and semaphore values are padded to this many bytes. */
const UNIT = 8;

/** Reads the IPC namespace with CRIU's number `id`; `attaches` are those of shared memory, by the segment's id. */
export async function readIpc(
  directory: Directory,
  id: number,
  attaches: ReadonlyMap<number, SharedMemory['attaches']>,
): Promise<Ipc> {
  const open = async (kind: FileKind) => {
    const name = `${kind}-${id}.img`;
    // CRIU creates the file with the first object.
    return directory.has(name) ? ImageFile.open(directory, kind, name) : undefined;
  };
  return {
    limits: await readLimits(directory, id),
    msg: readQueues(await open('ipcns-msg')),
    sem: readSets(await open('ipcns-sem')),
    shm: await readSegments(directory, await open('ipcns-shm'), attaches),
    undo: UNKNOWN,
    mqueue: UNKNOWN,
  };
}

const object = ({ id, key, uid, gid, cuid, cgid, mode }: IpcObject) => ({
  id,
  key,
  uid,
  gid,
  cuid,
  cgid,
  mode: mode & PERMISSIONS,
});

async function readLimits(directory: Directory, id: number): Promise<IpcLimits | typeof UNKNOWN> {
  const file = await ImageFile.open(directory, 'ipcns-var', `ipcns-var-${id}.img`);
  const entry = file?.single('IpcLimits');
  if (!entry) return UNKNOWN;
  const { sem, shmmax, shmall, ...rest } = entry;
  // CRIU dumps the four numbers of kernel.sem in the order of the kernel's array: semmsl, semmns, semopm, semmni.
  const [semmsl = 0, semmns = 0, semopm = 0, semmni = 0] = sem;
  if (sem.length !== 4) file!.reject(`${sem.length} numbers for kernel.sem, expected 4`);
  return { sem: [semmsl, semmns, semopm, semmni], ...rest, shmmax: wide(shmmax), shmall: wide(shmall) };
}

function readQueues(file: ImageFile | undefined): MessageQueue[] {
  const queues: MessageQueue[] = [];
  for (const entry of file?.all('MessageQueue') ?? []) {
    queues.push({
      ...object(entry.object),
      qbytes: entry.qbytes,
      lspid: UNKNOWN,
      lrpid: UNKNOWN,
      stime: UNKNOWN,
      rtime: UNKNOWN,
      ctime: UNKNOWN,
      messages: readMessages(file!, entry.qnum),
    });
  }
  return queues;
}

function readMessages(file: ImageFile, count: number): Message[] {
  const messages: Message[] = [];
  while (messages.length < count) {
    const entry = file.next('Message');
    const text = entry && file.raw(entry.size, UNIT);
    if (!entry || text === undefined) {
      file.reject(`the queue says ${count} messages and has ${messages.length}`);
      break;
    }
    messages.push({ type: Number(entry.type), text });
  }
  return messages;
}

function readSets(file: ImageFile | undefined): SemaphoreSet[] {
  const sets: SemaphoreSet[] = [];
  for (const entry of file?.all('SemaphoreSet') ?? []) {
    const raw = file!.raw(2 * entry.count, UNIT) ?? '';
    const values = Array.from(
      { length: raw.length / 2 },
      (_, n) => raw.charCodeAt(2 * n) | (raw.charCodeAt(2 * n + 1) << 8),
    );
    sets.push({ ...object(entry.object), otime: UNKNOWN, ctime: UNKNOWN, values, pids: UNKNOWN });
  }
  return sets;
}

async function readSegments(
  directory: Directory,
  file: ImageFile | undefined,
  attaches: ReadonlyMap<number, SharedMemory['attaches']>,
): Promise<SharedMemory[]> {
  const segments: SharedMemory[] = [];
  for (const { object: entry, size, in_pagemaps } of file?.all('SharedMemory') ?? []) {
    if (!in_pagemaps) {
      file!.reject(
        `the contents of segment ${entry.id} are inline, as CRIU wrote them before version 2; they are not read`,
      );
      break;
    }
    segments.push({
      ...object(entry),
      size: Number(size),
      cpid: UNKNOWN,
      lpid: UNKNOWN,
      atime: UNKNOWN,
      dtime: UNKNOWN,
      ctime: UNKNOWN,
      dest: (entry.mode & SHM_DEST) !== 0,
      locked: (entry.mode & SHM_LOCKED) !== 0,
      contents: await readContents(directory, entry.id, Number(size)),
      attaches: attaches.get(entry.id) ?? [],
    });
  }
  return segments;
}
