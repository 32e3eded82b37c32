/**
 * Tasks (threads), the processes they form, and what tasks of a process may share.
 *
 * Follows include/linux/sched.h; SEMANTICS C3-C6. A `Task` is a thread. A `Process` is the signal_struct: what all threads of a
 * thread group share whether they want or not. Rooms keep what is theirs in objects of their own (descriptors in fs/, address
 * space and undo list in ipc/, signals in signal/) and a task points to them.
 *
 * Left out on purpose: scheduling classes and priorities (the schedule is the input of a run), accounting of CPU time.
 */

import type { Membership } from '../freezer/cgroup.ts';
import type { Files } from '../fs/files.ts';
import type { FsContext } from '../fs/fs-context.ts';
import type { AddressSpace } from '../ipc/address-space.ts';
import type { IpcNamespace } from '../ipc/namespace.ts';
import type { UndoList } from '../ipc/undo.ts';
import type { Frame } from '../machine/frame.ts';
import { type Handle, type KernelObject, layout } from '../machine/layout.ts';
import { LinkedList } from '../machine/list.ts';
import type { PidNamespace } from '../pid/namespace.ts';
import type { Pid } from '../pid/pid.ts';
import type { SharedSignals, SignalHandlers, ThreadSignals } from '../signal/state.ts';
import type { Credentials } from './cred.ts';
import { rootCredentials } from './cred.ts';
import type { ResourceLimits } from './limits.ts';
import type { NextSyscallData } from './next-syscall-data.ts';

/** What schedule() looks at: a task that is not `running` waits until somebody makes it so. */
export type RunState = 'running' | 'interruptible' | 'uninterruptible' | 'stopped' | 'zombie' | 'dead';

interface ProcessFields {
  leader: Task | null;
  threadsHead: Task | null;
  threadsTail: Task | null;
  /** Threads that have not passed exit_notify. */
  liveThreads: number;
  group: Pid | null;
  session: Pid | null;
  sessionLeader: boolean;
  /** Has called execve since it was forked: setpgid by the parent is then refused. */
  didExec: boolean;
  /** The wait status all threads end with once a group exit has begun; null before. */
  groupExit: number | null;
  /** The thread that calls execve and waits for the others to be gone; they end as in a group exit. */
  execing: Task | null;
  /** The signal that stopped the group, until a wait has reported it; 0 otherwise. Set by the signal room. */
  stopSignal: number;
  /** SIGCONT resumed the group and no wait has reported it yet. Set by the signal room. */
  continued: boolean;
  /** Threads asleep in wait4 or waitid (wait_chldexit). */
  waiters: readonly Task[];
  limits: ResourceLimits | null;
  signals: SharedSignals | null;
  /** PR_SET_CHILD_SUBREAPER. */
  subreaper: boolean;
  /** Some ancestor may be a subreaper: without it, orphans need not look for one. */
  belowSubreaper: boolean;
  /** PR_SET_DUMPABLE: 1 until ids change; procfs files of a process with another value belong to root. */
  dumpable: number;
}

export type Process = Handle<ProcessFields>;

export const Process = layout<ProcessFields>('process', {
  leader: null,
  threadsHead: null,
  threadsTail: null,
  liveThreads: 0,
  group: null,
  session: null,
  sessionLeader: false,
  didExec: false,
  groupExit: null,
  execing: null,
  stopSignal: 0,
  continued: false,
  waiters: [],
  limits: null,
  signals: null,
  subreaper: false,
  belowSubreaper: false,
  dumpable: 1,
});

interface TaskFields {
  // The machine's: the call in flight, and whether it acts at all.
  frame: Frame | null;
  life: 'unborn' | 'alive' | 'dead';
  /** The state of the user-mode side; its layout belongs to src/userland. */
  user: KernelObject | null;
  /** What the monitor of a run remembers of the task; its layout belongs to src/hazards. The kernel never looks. */
  remembered: KernelObject | null;

  state: RunState;
  pid: Pid | null;
  process: Process | null;
  comm: string;
  cred: Credentials;
  /** Wait status: what wait4 will report. */
  exitStatus: number;
  /** The signal for the parent when the thread group is dead; -1 for a thread that is not the leader. */
  exitSignal: number;
  exiting: boolean;
  /** Taken out of every list by release_task; the object itself goes when its last step is done as well. */
  released: boolean;
  /** How often this task has called execve, and how often its parent had when it was made: see exitSignal. */
  execs: number;
  parentExecs: number;
  /** 6.x: setuid made the user's count exceed its limit, which the next execve reports. */
  overNproc: boolean;
  /** The signal to get when the parent thread dies (PR_SET_PDEATHSIG); 0 for none. */
  parentDeathSignal: number;
  parent: Task | null;
  /** Whom vfork keeps waiting: this task's parent, until this task execs or exits. */
  vforkParent: Task | null;
  /** This task's own wait for its vfork child is over. */
  vforkDone: boolean;

  files: Files | null;
  fs: FsContext | null;
  mm: AddressSpace | null;
  undo: UndoList | null;
  handlers: SignalHandlers | null;
  signals: ThreadSignals | null;
  pidNs: PidNamespace | null;
  /** 6.x: where its children will be, after unshare or setns; null for its own namespace. */
  pidNsForChildren: PidNamespace | null;
  ipcNs: IpcNamespace | null;
  /** Its place in a group of the freezer's; null in the root. */
  membership: Membership | null;

  /** The value armed for the next call (next_syscall_data series); null when none was ever written or it was detached. */
  nsd: NextSyscallData | null;

  // Links of the lists a task is in.
  childrenHead: Task | null;
  childrenTail: Task | null;
  nextSibling: Task | null;
  previousSibling: Task | null;
  nextThread: Task | null;
  previousThread: Task | null;
  nextInGroup: Task | null;
  previousInGroup: Task | null;
  nextInSession: Task | null;
  previousInSession: Task | null;
}

export type Task = Handle<TaskFields>;

export const Task = layout<TaskFields>('task', {
  frame: null,
  life: 'unborn',
  user: null,
  remembered: null,
  state: 'running',
  pid: null,
  process: null,
  comm: '',
  cred: rootCredentials,
  exitStatus: 0,
  exitSignal: 0,
  exiting: false,
  released: false,
  execs: 0,
  parentExecs: 0,
  overNproc: false,
  parentDeathSignal: 0,
  parent: null,
  vforkParent: null,
  vforkDone: false,
  files: null,
  fs: null,
  mm: null,
  undo: null,
  handlers: null,
  signals: null,
  pidNs: null,
  pidNsForChildren: null,
  ipcNs: null,
  membership: null,
  nsd: null,
  childrenHead: null,
  childrenTail: null,
  nextSibling: null,
  previousSibling: null,
  nextThread: null,
  previousThread: null,
  nextInGroup: null,
  previousInGroup: null,
  nextInSession: null,
  previousInSession: null,
});

/** The children of a task, oldest first. */
export const children = new LinkedList<Task, Task>({
  head: (task) => task.childrenHead,
  tail: (task) => task.childrenTail,
  next: (task) => task.nextSibling,
  previous: (task) => task.previousSibling,
});

/** The threads of a process, leader first. */
export const threads = new LinkedList<Process, Task>({
  head: (process) => process.threadsHead,
  tail: (process) => process.threadsTail,
  next: (task) => task.nextThread,
  previous: (task) => task.previousThread,
});
