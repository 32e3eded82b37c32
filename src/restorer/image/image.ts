/**
 * The checkpoint image, version 1: what userspace can see of a tree of tasks and of its System V objects.
 *
 * It follows DESIGN ("Restore") and takes the meaning of each field from SEMANTICS C5-C10, C12 and C14. It never describes kernel
 * structures: an open file is a path, flags and a position; a queue is its messages and its times.
 *
 * Left out on purpose: memory, registers and mappings (thaw's tasks have none), timers, and numbers in outer pid namespaces.
 *
 * A value that the source of an image could not find out is the word `unknown`; see `Knowable`. An optional key that is absent
 * means "there is none", which is knowledge.
 */
import { z } from 'zod';
import { bytes } from './bytes.ts';

/** The version that this thaw writes; it reads this one and every older one. */
export const IMAGE_VERSION = 1;

/** What stands where the source could not know a value. A verifier does not compare it; a restorer chooses freely. */
export const UNKNOWN = 'unknown';

/** A value, or the word `unknown`. */
export type Knowable<T> = T | typeof UNKNOWN;

/** Tells a known value from `unknown`. */
export function isKnown<T>(value: Knowable<T>): value is Exclude<T, typeof UNKNOWN> {
  return value !== UNKNOWN;
}

/** Hard upper bounds of one image; anything larger is refused with an error that names the place. */
export const BOUNDS = {
  tasks: 1_000_000,
  threadsPerTask: 65_536,
  descriptorsPerTable: 1_048_576,
  openFiles: 4_000_000,
  objectsPerKind: 32_768,
  messagesPerQueue: 1_048_576,
  messageBytes: 16 * 1024 * 1024,
  segmentBytes: 64 * 1024 * 1024,
  semaphoresPerSet: 65_536,
  pendingSignals: 1_048_576,
  pathBytes: 4096,
  groups: 65_536,
} as const;

const MAX_PID = 4_194_304;
const MAX_U32 = 0xffff_ffff;
const MAX_I32 = 0x7fff_ffff;

const knowable = <T extends z.ZodType>(schema: T) => z.union([schema, z.literal(UNKNOWN)]);

const upTo = (max: number) => z.int().min(0).max(max);
const pid = z.int().min(1).max(MAX_PID);
/** A pid, or 0 for "somebody outside this image" or "nobody yet". */
const pidOrNone = upTo(MAX_PID);
const u32 = upTo(MAX_U32);
const i32 = z
  .int()
  .min(-MAX_I32 - 1)
  .max(MAX_I32);
const count = upTo(Number.MAX_SAFE_INTEGER);
/** A 64-bit number; above 2^53 it is written as a string of decimal digits. */
const wide = z.union([count, z.string().regex(/^[1-9][0-9]{15,19}$/)]);
const signal = z.int().min(1).max(64);
/** A signal set as the ascending list of its numbers. */
const signalSet = z.array(signal).max(64);
const path = bytes(BOUNDS.pathBytes);
const seconds = count;
const permissions = upTo(0o777);

/** One queued signal: the fields of siginfo_t that its kind has; sigaction(2), SEMANTICS C12. */
const sigInfo = z.strictObject({
  signo: signal,
  code: knowable(i32),
  errno: i32.optional(),
  pid: u32.optional(),
  uid: u32.optional(),
  /** si_value as an unsigned number. */
  value: count.optional(),
  status: i32.optional(),
  utime: count.optional(),
  stime: count.optional(),
  timer: u32.optional(),
  overrun: u32.optional(),
  address: wide.optional(),
  /** The whole siginfo_t, where the fields above do not say all of it. */
  raw: bytes(128).optional(),
});

const altstack = z.strictObject({ address: count, size: count, flags: u32 });

const handler = z.union([
  z.enum(['SIG_IGN', UNKNOWN]),
  z.strictObject({ address: count }),
  z.strictObject({ program: z.string().min(1).max(256) }),
]);

/** A signal's action where it is not the default; sigaction(2). */
const sigAction = z.strictObject({
  signal,
  handler,
  flags: knowable(u32),
  mask: knowable(signalSet),
});

const capabilitySet = z.string().regex(/^[0-9a-f]{16}$/);

/** credentials(7), capabilities(7). */
const credentials = z.strictObject({
  uid: u32,
  euid: u32,
  suid: u32,
  fsuid: u32,
  gid: u32,
  egid: u32,
  sgid: u32,
  fsgid: u32,
  groups: knowable(z.array(u32).max(BOUNDS.groups)),
  capabilities: knowable(
    z.strictObject({ effective: capabilitySet, permitted: capabilitySet, inheritable: capabilitySet }),
  ),
});

const comm = bytes(15);

/** One thread; what is absent here is as in its task. */
const thread = z.strictObject({
  tid: pid,
  comm: comm.optional(),
  credentials: credentials.optional(),
  blocked: signalSet,
  /** The thread's own queue, oldest first. */
  pending: z.array(sigInfo).max(BOUNDS.pendingSignals),
  /** Absent: none is set. */
  altstack: knowable(altstack).optional(),
  /** prctl(PR_SET_PDEATHSIG); 0 is none. */
  pdeathsig: knowable(upTo(64)),
});

const limit = z.union([wide, z.literal('unlimited')]);

/** The resources of getrlimit(2), in the order of their numbers. */
export const RLIMITS = [
  'cpu',
  'fsize',
  'data',
  'stack',
  'core',
  'rss',
  'nproc',
  'nofile',
  'memlock',
  'as',
  'locks',
  'sigpending',
  'msgqueue',
  'nice',
  'rtprio',
  'rttime',
] as const;

const rlimits = z.partialRecord(z.enum(RLIMITS), z.strictObject({ soft: limit, hard: limit }));

const place = {
  pid,
  /** 0: the parent is not in the image. */
  ppid: pidOrNone,
  /** A group or session whose leader is dead or outside keeps its number; 0: it has no number in this pid namespace. */
  pgid: pidOrNone,
  sid: pidOrNone,
  comm,
};

const live = {
  ...place,
  credentials,
  /** The leader (tid = pid) comes first. */
  threads: z.array(thread).min(1).max(BOUNDS.threadsPerTask),
  signals: z.strictObject({
    /** The process's shared queue, oldest first. */
    pending: z.array(sigInfo).max(BOUNDS.pendingSignals),
    /** Signals not listed have their default action. */
    actions: z.array(sigAction).max(64),
  }),
  /** The id of the task's descriptor table; tasks that share files name the same one. */
  descriptors: u32,
  subreaper: knowable(z.boolean()),
  umask: permissions,
  cwd: path,
  rlimits: knowable(rlimits),
};

const runningTask = z.strictObject({ state: z.literal('running'), ...live });
const stoppedTask = z.strictObject({ state: z.literal('stopped'), ...live });
const zombieTask = z.strictObject({
  state: z.literal('zombie'),
  ...place,
  /** The status that wait4(2) will store: exit code << 8, or the signal, | 0x80 with a core. */
  status: upTo(0xffff),
  credentials: knowable(credentials),
});

const task = z.discriminatedUnion('state', [runningTask, stoppedTask, zombieTask]);

/** Who gets signals about an open file; fcntl(F_SETOWN). Absent: nobody. */
const fileOwner = z.strictObject({
  kind: z.enum(['task', 'group', 'thread']),
  id: pid,
  uid: u32,
  euid: u32,
  signal: upTo(64),
});

const opened = {
  id: u32,
  /** The open(2) flags that F_GETFL would return. */
  flags: u32,
  owner: fileOwner.optional(),
};

const openFile = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('regular'),
    ...opened,
    path,
    position: count,
    /** Permission bits, set-id bits included. */
    mode: knowable(upTo(0o7777)),
    uid: knowable(u32),
    gid: knowable(u32),
    size: knowable(count),
  }),
  z.strictObject({ kind: z.literal('null'), ...opened, path, position: count }),
  /** One end of a pipe; the access mode in `flags` says which. */
  z.strictObject({ kind: z.literal('pipe'), ...opened, pipe: u32 }),
  /** Anything else: named, so that a restorer can say what it does not restore. */
  z.strictObject({
    kind: z.literal('other'),
    ...opened,
    what: z.string().min(1).max(64),
    path: path.optional(),
    position: count.optional(),
  }),
]);

const pipe = z.strictObject({
  id: u32,
  /** Capacity in bytes; F_GETPIPE_SZ. */
  size: knowable(count),
  /** The bytes that wait in it, in order; one string per buffer. */
  buffered: knowable(z.array(bytes(BOUNDS.segmentBytes)).max(65_536)),
});

const descriptor = z.strictObject({ fd: upTo(MAX_I32), file: u32, cloexec: z.boolean() });

const descriptorTable = z.strictObject({
  id: u32,
  descriptors: z.array(descriptor).max(BOUNDS.descriptorsPerTable),
});

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
const time = knowable(seconds);

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

const ipc = z.strictObject({
  limits: knowable(ipcLimits),
  msg: z.array(messageQueue).max(BOUNDS.objectsPerKind),
  sem: z.array(semaphoreSet).max(BOUNDS.objectsPerKind),
  shm: z.array(sharedMemory).max(BOUNDS.objectsPerKind),
  undo: knowable(z.array(undoList).max(BOUNDS.tasks)),
  mqueue: knowable(z.array(posixQueue).max(BOUNDS.objectsPerKind)),
});

/** Whether the tree has a namespace of its own, or lives in the one around it. */
const namespace = z.enum(['own', 'shared']);

/** The schema of a whole image. */
export const imageSchema = z.strictObject({
  version: z.literal(IMAGE_VERSION),
  /** Where the image comes from, for people. */
  source: z.string().max(1024).optional(),
  namespaces: z.strictObject({ pid: namespace, ipc: namespace }),
  tasks: z.array(task).max(BOUNDS.tasks),
  descriptorTables: z.array(descriptorTable).max(BOUNDS.tasks),
  openFiles: z.array(openFile).max(BOUNDS.openFiles),
  pipes: z.array(pipe).max(BOUNDS.openFiles),
  /** Absent: the image says nothing about IPC objects. */
  ipc: ipc.optional(),
});

export type Image = z.infer<typeof imageSchema>;
export type Task = z.infer<typeof task>;
export type ZombieTask = z.infer<typeof zombieTask>;
/** A task that is not a zombie. */
export type LiveTask = z.infer<typeof runningTask> | z.infer<typeof stoppedTask>;
export type Thread = z.infer<typeof thread>;
export type Credentials = z.infer<typeof credentials>;
export type SigInfo = z.infer<typeof sigInfo>;
export type SigAction = z.infer<typeof sigAction>;
export type Altstack = z.infer<typeof altstack>;
export type Rlimits = z.infer<typeof rlimits>;
export type OpenFile = z.infer<typeof openFile>;
export type FileOwner = z.infer<typeof fileOwner>;
export type Pipe = z.infer<typeof pipe>;
export type Descriptor = z.infer<typeof descriptor>;
export type DescriptorTable = z.infer<typeof descriptorTable>;
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
