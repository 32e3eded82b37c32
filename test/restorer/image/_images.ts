import type { Image, LiveTask, Thread } from '../../../src/restorer/image/index.ts';

/** A thread with nothing special about it. */
export function thread(tid: number, rest: Partial<Thread> = {}): Thread {
  return { tid, blocked: [], pending: [], pdeathsig: 0, ...rest };
}

/** A living task with nothing special about it: leader of its own session, child of nobody. */
export function task(pid: number, rest: Partial<LiveTask> = {}): LiveTask {
  return {
    state: 'running',
    pid,
    ppid: 0,
    pgid: pid,
    sid: pid,
    comm: 'worker',
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
    threads: [thread(pid)],
    signals: { pending: [], actions: [] },
    descriptors: 1,
    subreaper: false,
    umask: 0o22,
    cwd: '/',
    rlimits: { nofile: { soft: 1024, hard: 'unlimited' } },
    ...rest,
  };
}

/** An image of `tasks` that share one empty descriptor table. */
export function image(tasks: Image['tasks'] = [], rest: Partial<Image> = {}): Image {
  return {
    version: 1,
    namespaces: { pid: 'own', ipc: 'own' },
    tasks,
    descriptorTables: [{ id: 1, descriptors: [] }],
    openFiles: [],
    pipes: [],
    ...rest,
  };
}

const object = { key: 0, uid: 0, gid: 0, cuid: 0, cgid: 0, mode: 0o600 };

/** A message queue as msgget(2) makes it. */
export function queue(id: number, rest: object = {}): NonNullable<Image['ipc']>['msg'][number] {
  return { ...object, id, qbytes: 16_384, lspid: 0, lrpid: 0, stime: 0, rtime: 0, ctime: 100, messages: [], ...rest };
}

/** A semaphore set as semget(2) makes it. */
export function set(id: number, rest: object = {}): NonNullable<Image['ipc']>['sem'][number] {
  return { ...object, id, otime: 0, ctime: 100, values: [0, 0], pids: [0, 0], ...rest };
}

/** A segment of shared memory as shmget(2) makes it. */
export function segment(id: number, rest: object = {}): NonNullable<Image['ipc']>['shm'][number] {
  const times = { cpid: 1, lpid: 0, atime: 0, dtime: 0, ctime: 100 };
  return { ...object, id, size: 8192, ...times, dest: false, locked: false, contents: [], attaches: [], ...rest };
}

/** IPC objects and nothing else about them. */
export function ipc(rest: Partial<NonNullable<Image['ipc']>> = {}): NonNullable<Image['ipc']> {
  return { limits: 'unknown', msg: [], sem: [], shm: [], undo: [], mqueue: [], ...rest };
}
