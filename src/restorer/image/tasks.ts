/**
 * Tasks and threads in an image. SEMANTICS C5 (zombies and their status), C6 (sessions and groups).
 */
import { z } from 'zod';
import { bytes } from './bytes.ts';
import { BOUNDS, knowable, path, permissions, pid, pidOrNone, signalSet, u32, upTo, wide } from './fields.ts';
import { altstack, sigAction, sigInfo } from './signals.ts';

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

export const task = z.discriminatedUnion('state', [runningTask, stoppedTask, zombieTask]);

export type Task = z.infer<typeof task>;
export type ZombieTask = z.infer<typeof zombieTask>;
/** A task that is not a zombie. */
export type LiveTask = z.infer<typeof runningTask> | z.infer<typeof stoppedTask>;
export type Thread = z.infer<typeof thread>;
export type Credentials = z.infer<typeof credentials>;
export type Rlimits = z.infer<typeof rlimits>;
