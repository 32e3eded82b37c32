/**
 * Reading System V objects: which there are from /proc/sysvipc, what they are by IPC_STAT, what is in them last of all: to look at
 * messages 2.6.26 has to take them, and to look at a segment it has to be attached, which changes its times. SEMANTICS C8-C10.
 */

import {
  GETALL,
  GETPID,
  IPC_NOWAIT,
  IPC_STAT,
  MSG_COPY,
  SHM_DEST,
  SHM_LOCKED,
  SHM_RDONLY,
} from '../../kernel-sim/abi/ipc.ts';
import { type Datum, OUT, type Struct } from '../../syscalls/datum.ts';
import {
  type Attach,
  type Ipc,
  type IpcLimits,
  type Message,
  type MessageQueue,
  type Segment,
  type SemaphoreSet,
  type SharedMemory,
  UNKNOWN,
} from '../image/index.ts';
import { field, type Probe } from './probe.ts';

const LONGEST_MESSAGE = 16 * 1024 * 1024;
const PAGE = 4096;
const WINDOW = 256 * PAGE;

/** Reads all objects of the visitor's namespace; `candidates` are places where segments may be attached, by segment. */
export function readIpc(probe: Probe, candidates: ReadonlyMap<number, readonly Attach[]>): Ipc {
  const ipc: Ipc = {
    limits: readLimits(probe),
    msg: idsOf(probe, 'msg').map((id) => readQueue(probe, id)),
    sem: idsOf(probe, 'sem').map((id) => readSet(probe, id)),
    shm: idsOf(probe, 'shm').map((id) => readSegment(probe, id, candidates.get(id) ?? [])),
    undo: UNKNOWN,
    mqueue: UNKNOWN,
  };
  for (const queue of ipc.msg) queue.messages = takeMessages(probe, queue.id);
  for (const segment of ipc.shm) segment.contents = contentsOf(probe, segment);
  return ipc;
}

/** The second column is the id in all three files. */
function idsOf(probe: Probe, kind: 'msg' | 'sem' | 'shm'): number[] {
  const lines = (probe.read(`/proc/sysvipc/${kind}`) ?? '').split('\n').slice(1);
  return lines.filter((line) => line.trim() !== '').map((line) => Number(line.trim().split(/\s+/)[1]));
}

/** Keys are unsigned in images, and may be negative in the kernel's structures. */
function common(id: number, permissions: Datum | undefined) {
  const of = (name: string) => field(permissions ?? null, name);
  return {
    id,
    key: of('key') >>> 0,
    uid: of('uid'),
    gid: of('gid'),
    cuid: of('cuid'),
    cgid: of('cgid'),
    mode: of('mode') & 0o777,
  };
}

function readQueue(probe: Probe, id: number): MessageQueue {
  const ds = probe.out(probe.visitor, 'buf', 'msgctl', id, IPC_STAT, OUT) as Struct;
  return {
    ...common(id, ds.msg_perm),
    qbytes: field(ds, 'msg_qbytes'),
    lspid: field(ds, 'msg_lspid'),
    lrpid: field(ds, 'msg_lrpid'),
    stime: field(ds, 'msg_stime'),
    rtime: field(ds, 'msg_rtime'),
    ctime: field(ds, 'msg_ctime'),
    messages: [],
  };
}

function readSet(probe: Probe, id: number): SemaphoreSet {
  const ds = probe.out(probe.visitor, 'arg', 'semctl', id, 0, IPC_STAT, OUT) as Struct;
  const values = probe.out(probe.visitor, 'arg', 'semctl', id, 0, GETALL, OUT) as readonly number[];
  return {
    ...common(id, ds.sem_perm),
    otime: field(ds, 'sem_otime'),
    ctime: field(ds, 'sem_ctime'),
    values: [...values],
    pids: values.map((_, index) => probe.value('semctl', id, index, GETPID, 0)),
  };
}

function readSegment(probe: Probe, id: number, candidates: readonly Attach[]): SharedMemory {
  const ds = probe.out(probe.visitor, 'buf', 'shmctl', id, IPC_STAT, OUT) as Struct;
  const mode = field(ds.shm_perm ?? null, 'mode');
  return {
    ...common(id, ds.shm_perm),
    size: field(ds, 'shm_segsz'),
    cpid: field(ds, 'shm_cpid'),
    lpid: field(ds, 'shm_lpid'),
    atime: field(ds, 'shm_atime'),
    dtime: field(ds, 'shm_dtime'),
    ctime: field(ds, 'shm_ctime'),
    dest: (mode & SHM_DEST) !== 0,
    locked: (mode & SHM_LOCKED) !== 0,
    contents: [],
    attaches: attachesAt(probe, candidates, field(ds, 'shm_nattch')),
  };
}

/**
 * Which of the candidates are attached: something is mapped there. No file of procfs lists the others; the segment's count tells
 * whether there are any, and then nobody knows which.
 */
function attachesAt(probe: Probe, candidates: readonly Attach[], count: number): SharedMemory['attaches'] {
  const found = candidates.filter(
    ({ pid, address }) => address === UNKNOWN || probe.call(probe.task(pid), 'peek', address, 1, null).ok,
  );
  if (found.length === count) return found.map(({ pid, address }) => ({ pid, address, flags: UNKNOWN }));
  return candidates.length === 0 ? UNKNOWN : found.slice(0, count);
}

function takeMessages(probe: Probe, id: number): Message[] {
  const messages: Message[] = [];
  for (;;) {
    const [type, flags] = probe.k.is26 ? [0, IPC_NOWAIT] : [messages.length, IPC_NOWAIT | MSG_COPY];
    const message = probe.out(probe.visitor, 'msgp', 'msgrcv', id, OUT, LONGEST_MESSAGE, type, flags);
    if (message === null) return messages;
    messages.push({ type: field(message, 'mtype'), text: textOf((message as Struct).mtext) });
  }
}

const textOf = (datum: Datum | undefined): string => (typeof datum === 'string' ? datum : '');

/** The pages of a segment that are not zero. */
function contentsOf(probe: Probe, { id, size }: SharedMemory): Segment[] {
  const at = probe.value('shmat', id, 0, SHM_RDONLY);
  const segments: Segment[] = [];
  for (let window = 0; window < size; window += WINDOW) {
    const length = Math.min(WINDOW, size - window);
    const bytes = probe.out(probe.visitor, 'bytes', 'peek', at + window, length, OUT) as string;
    for (let page = 0; page < length; page += PAGE) {
      const part = bytes.slice(page, page + PAGE);
      if (/[^\0]/.test(part)) segments.push({ offset: window + page, bytes: part });
    }
  }
  probe.value('shmdt', at);
  return segments;
}

const SINGLE = ['msgmax', 'msgmnb', 'msgmni', 'auto_msgmni', 'shmmax', 'shmall', 'shmmni', 'shm_rmid_forced'] as const;
const MQUEUE = ['queues_max', 'msg_max', 'msgsize_max', 'msg_default', 'msgsize_default'] as const;

/** The limits of the namespace; one that this kernel does not have is unknown, and no difference to anything. */
function readLimits(probe: Probe): IpcLimits {
  // biome-ignore lint/suspicious/noExplicitAny: what this kernel does not have stands as the word unknown, in place of a number
  const limits: any = {};
  const read = (path: string) => probe.read(`/proc/sys/${path}`)?.trim();
  for (const name of SINGLE) limits[name] = wide(read(`kernel/${name}`));
  for (const name of MQUEUE) limits[name] = wide(read(`fs/mqueue/${name}`));
  limits.sem = read('kernel/sem')?.split(/\s+/).map(Number) ?? UNKNOWN;
  return limits;
}

function wide(text: string | undefined): number | string {
  if (text === undefined) return UNKNOWN;
  return Number.isSafeInteger(Number(text)) ? Number(text) : text;
}
