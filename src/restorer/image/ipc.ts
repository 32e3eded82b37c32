/**
 * System V objects, undo lists and POSIX queues in an image. SEMANTICS C7-C11; sysvipc(7).
 */
import { z } from 'zod';
import { bytes } from './bytes.ts';
import { BOUNDS, count, knowable, MAX_I32, permissions, pid, pidOrNone, u32, upTo, wide } from './fields.ts';

/** What the three kinds of System V objects have in common; SEMANTICS C7. */
const ipcObject = {
  id: upTo(MAX_I32),
  /** As an unsigned number; 0 is IPC_PRIVATE. */
  key: u32,
  uid: u32,
  gid: u32,
  cuid: u32,
  cgid: u32,
  mode: permissions,
};

/** 0 stands for "nobody yet"; SEMANTICS C8. */
const lastPid = knowable(pidOrNone);
/** Seconds since 1970; 0 stands for "never". */
const time = knowable(count);

const message = z.strictObject({ type: z.int().min(1).max(Number.MAX_SAFE_INTEGER), text: bytes(BOUNDS.messageBytes) });

const messageQueue = z.strictObject({
  ...ipcObject,
  qbytes: count,
  lspid: lastPid,
  lrpid: lastPid,
  stime: time,
  rtime: time,
  ctime: time,
  /** Oldest first. */
  messages: knowable(z.array(message).max(BOUNDS.messagesPerQueue)),
});

const semaphoreSet = z.strictObject({
  ...ipcObject,
  otime: time,
  ctime: time,
  values: z.array(upTo(32_767)).min(1).max(BOUNDS.semaphoresPerSet),
  /** sempid of each semaphore, in the order of `values`. */
  pids: knowable(z.array(pidOrNone).min(1).max(BOUNDS.semaphoresPerSet)),
});

const segment = z.strictObject({ offset: count, bytes: bytes(BOUNDS.segmentBytes) });

const attach = z.strictObject({
  pid,
  address: knowable(count),
  /** SHM_RDONLY, SHM_EXEC; shmat(2). */
  flags: knowable(u32),
});

const sharedMemory = z.strictObject({
  ...ipcObject,
  size: z.int().min(1).max(Number.MAX_SAFE_INTEGER),
  cpid: lastPid,
  lpid: lastPid,
  atime: time,
  dtime: time,
  ctime: time,
  /** SHM_DEST: removed, and alive until the last detach. */
  dest: knowable(z.boolean()),
  /** SHM_LOCKED. */
  locked: knowable(z.boolean()),
  /** The parts that are not zero. */
  contents: knowable(z.array(segment).max(1_048_576)),
  /** One entry per attachment. */
  attaches: knowable(z.array(attach).max(1_048_576)),
});

/** One System V undo list; several members share it after clone(CLONE_SYSVSEM). SEMANTICS C9. */
const undoList = z.strictObject({
  tasks: z.array(pid).min(1).max(BOUNDS.tasks),
  /** Newest set first; one adjustment per semaphore. */
  entries: z
    .array(z.strictObject({ semid: upTo(MAX_I32), adjust: z.array(z.int().min(-32_768).max(32_767)).max(65_536) }))
    .max(BOUNDS.objectsPerKind),
});

/** A POSIX message queue; mq_overview(7), SEMANTICS C11. */
const posixQueue = z.strictObject({
  name: bytes(255),
  uid: u32,
  gid: u32,
  mode: permissions,
  maxmsg: z.int().min(1).max(MAX_I32),
  msgsize: z.int().min(1).max(MAX_I32),
  /** In the order in which they will be received. */
  messages: knowable(
    z.array(z.strictObject({ priority: upTo(32_767), text: bytes(BOUNDS.messageBytes) })).max(BOUNDS.messagesPerQueue),
  ),
});

/** The IPC namespace's sysctls, by their names under /proc/sys/kernel and /proc/sys/fs/mqueue. */
const ipcLimits = z.strictObject({
  /** semmsl, semmns, semopm, semmni. */
  sem: z.tuple([count, count, count, count]).optional(),
  msgmax: count.optional(),
  msgmnb: count.optional(),
  msgmni: count.optional(),
  auto_msgmni: count.optional(),
  shmmax: wide.optional(),
  shmall: wide.optional(),
  shmmni: count.optional(),
  shm_rmid_forced: count.optional(),
  queues_max: count.optional(),
  msg_max: count.optional(),
  msgsize_max: count.optional(),
  msg_default: count.optional(),
  msgsize_default: count.optional(),
});

export const ipc = z.strictObject({
  limits: knowable(ipcLimits),
  msg: z.array(messageQueue).max(BOUNDS.objectsPerKind),
  sem: z.array(semaphoreSet).max(BOUNDS.objectsPerKind),
  shm: z.array(sharedMemory).max(BOUNDS.objectsPerKind),
  undo: knowable(z.array(undoList).max(BOUNDS.tasks)),
  mqueue: knowable(z.array(posixQueue).max(BOUNDS.objectsPerKind)),
});

export type Ipc = z.infer<typeof ipc>;
export type IpcLimits = z.infer<typeof ipcLimits>;
export type Message = z.infer<typeof message>;
export type MessageQueue = z.infer<typeof messageQueue>;
export type SemaphoreSet = z.infer<typeof semaphoreSet>;
export type SharedMemory = z.infer<typeof sharedMemory>;
export type Attach = z.infer<typeof attach>;
export type Segment = z.infer<typeof segment>;
export type UndoList = z.infer<typeof undoList>;
export type PosixQueue = z.infer<typeof posixQueue>;
