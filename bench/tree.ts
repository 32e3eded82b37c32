/** A made-up image of any size: a tree with sessions, groups, zombies, threads, shared and private files, and IPC objects. */

import type { Image } from '../src/restorer/image/index.ts';

type Task = Image['tasks'][number];

/** Children of each task. */
const FAN_OUT = 8;
/** Pids below are refused by the posted interface (P3). */
const FIRST_PID = 300;
const NULL = 1;
const LOG = 2;

/** An image with this many tasks and IPC objects; the same for the same numbers. */
export function generateImage(tasks: number, objects: number): Image {
  const image: Image = {
    version: 1,
    source: `generated: ${tasks} tasks, ${objects} IPC objects`,
    namespaces: { pid: 'own', ipc: 'own' },
    tasks: [],
    descriptorTables: [],
    openFiles: [
      { kind: 'null', id: NULL, flags: 0o100002, path: '/dev/null', position: 0 },
      { ...regular(LOG, '/var/log/tree.log'), flags: 0o102001 },
    ],
    pipes: [],
    ipc: generateIpc(Math.ceil(objects / 3)),
  };
  const places: { pid: number; sid: number; pgid: number }[] = [];
  for (let n = 0; n < tasks; n++) {
    const place = placeOf(n, places);
    places.push(place);
    image.tasks.push(taskOf(n, tasks, place, places[parentOf(n)]!.pid, image));
  }
  return image;
}

const parentOf = (n: number): number => Math.max(0, Math.floor((n - 1) / FAN_OUT));

/** Every 64th task leads a session, every 16th a group; the others are where their parents are. */
function placeOf(n: number, places: readonly { sid: number; pgid: number }[]) {
  const pid = n === 0 ? 1 : FIRST_PID + 2 * n;
  if (n === 0 || n % 64 === 3) return { pid, sid: pid, pgid: pid };
  const { sid, pgid } = places[parentOf(n)]!;
  return { pid, sid, pgid: n % 16 === 5 ? pid : pgid };
}

function taskOf(
  n: number,
  tasks: number,
  place: { pid: number; sid: number; pgid: number },
  parent: number,
  image: Image,
): Task {
  const { pid, pgid, sid } = place;
  const common = { pid, ppid: n === 0 ? 0 : parent, pgid, sid };
  const isLeaf = n * FAN_OUT + 1 >= tasks;
  if (isLeaf && n % 32 === 9) {
    return { state: 'zombie', ...common, comm: 'gone', status: (n % 200) << 8, credentials: 'unknown' };
  }
  image.descriptorTables.push({ id: n, descriptors: descriptorsOf(n, image) });
  const leader = { tid: pid, blocked: [], pending: [], pdeathsig: 0 };
  return {
    state: 'running',
    ...common,
    comm: n === 0 ? 'root' : isLeaf ? 'worker' : 'server',
    credentials: {
      uid: 0,
      euid: 0,
      suid: 0,
      fsuid: 0,
      gid: 0,
      egid: 0,
      sgid: 0,
      fsgid: 0,
      groups: [],
      capabilities: 'unknown',
    },
    threads: n % 10 === 7 ? [leader, { ...leader, tid: pid + 1, comm: 'helper' }] : [leader],
    signals: { pending: [], actions: [] },
    descriptors: n,
    subreaper: 'unknown',
    umask: 0o022,
    cwd: '/var',
    rlimits: 'unknown',
  };
}

/** Everybody has the streams of the root; every fifth task has a file of its own, every eighth a pipe. */
function descriptorsOf(n: number, image: Image) {
  const descriptors = [
    { fd: 0, file: NULL, cloexec: false },
    { fd: 1, file: LOG, cloexec: false },
    { fd: 2, file: LOG, cloexec: false },
  ];
  const add = (file: Image['openFiles'][number], cloexec: boolean) => {
    image.openFiles.push(file);
    descriptors.push({ fd: descriptors.length, file: file.id, cloexec });
  };
  if (n % 5 === 1) add({ ...regular(10 + 4 * n, `/tmp/work-${n % 100}`), position: n % 50 }, true);
  if (n % 8 === 2) {
    image.pipes.push({ id: n, size: 65_536, buffered: [`waiting for ${n}`] });
    add({ kind: 'pipe', id: 11 + 4 * n, flags: 0, pipe: n }, false);
    add({ kind: 'pipe', id: 12 + 4 * n, flags: 1, pipe: n }, false);
  }
  return descriptors;
}

const regular = (id: number, path: string) => ({
  kind: 'regular' as const,
  id,
  flags: 0o100002,
  path,
  position: 0,
  mode: 0o644,
  uid: 0,
  gid: 0,
  size: 'unknown' as const,
});

function generateIpc(count: number): NonNullable<Image['ipc']> {
  const object = (n: number) => ({ id: n, key: 0x1000 + n, uid: 0, gid: 0, cuid: 0, cgid: 0, mode: 0o600 });
  const numbers = Array.from({ length: count }, (_, n) => n);
  return {
    limits: 'unknown',
    msg: numbers.map((n) => ({
      ...object(n),
      qbytes: 16_384,
      lspid: FIRST_PID + n,
      lrpid: 0,
      stime: 1000 + n,
      rtime: 0,
      ctime: 1000,
      messages: [1, 2].map((type) => ({ type, text: `message ${type} of ${n}` })),
    })),
    sem: numbers.map((n) => ({
      ...object(n),
      otime: 2000 + n,
      ctime: 1000,
      values: [n, 1, 0, 32_767],
      pids: 'unknown',
    })),
    shm: numbers.map((n) => ({
      ...object(n),
      size: 8192,
      cpid: FIRST_PID + n,
      lpid: 0,
      atime: 0,
      dtime: 0,
      ctime: 3000 + n,
      dest: false,
      locked: false,
      attaches: 'unknown',
      contents: [{ offset: 100, bytes: `segment ${n}` }],
    })),
    undo: 'unknown',
    mqueue: 'unknown',
  };
}
