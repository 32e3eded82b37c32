/**
 * Making tasks: fork, vfork, clone and clone3; kernel/fork.c:do_fork and copy_process, SEMANTICS C3 and A7.
 *
 * The steps stand in the order of copy_process, because what a failing fork leaves armed, taken or undone depends on it.
 * Notes: `task.fork` {task, child, pid} once the child can run; `task.fork_undone` {task} when a signal made all of it vain (K10).
 * Left out on purpose: ptrace, io contexts, and the namespaces that thaw does not model (mount, uts, user, net, time).
 */

import {
  CLONE_DETACHED,
  CLONE_FS,
  CLONE_NEWNS,
  CLONE_NEWPID,
  CLONE_NEWUSER,
  CLONE_PARENT,
  CLONE_PIDFD,
  CLONE_SIGHAND,
  CLONE_STOPPED,
  CLONE_THREAD,
  CLONE_VFORK,
  CLONE_VM,
  CSIGNAL,
} from '../abi/clone.ts';
import { PIDFD_THREAD } from '../abi/descriptor.ts';
import { SIGSTOP } from '../abi/signal.ts';
import { inheritCgroup } from '../freezer/freeze.ts';
import { copyFiles, exitFiles } from '../fs/files.ts';
import { copyFs, exitFs } from '../fs/fs-context.ts';
import { copyMm, exitMm } from '../ipc/address-space.ts';
import { copySemundo, exitSem } from '../ipc/undo.ts';
import type { Kernel } from '../kernel.ts';
import { load, operation, type Steps, scoped } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { allocatePid, giveBack } from '../pid/allocator.ts';
import { groupMembers, numberIn, type Pid, publish, sessionMembers } from '../pid/pid.ts';
import { done, fail, ok, type Result } from '../result.ts';
import { copySighand, exitSighand, signalPending } from '../signal/inherit.ts';
import { isProtected } from '../signal/init.ts';
import { hasWork } from '../signal/mask.ts';
import { bit } from '../signal/signal-set.ts';
import { SharedSignals } from '../signal/state.ts';
import { mayChoosePids } from './cred.ts';
import { copyNamespaces, exitNamespaces } from './namespaces.ts';
import { asInt, confirmTaken, takeFor } from './next-syscall-data.ts';
import { describe, withdraw } from './pidfd.ts';
import { children, Process, Task, threads } from './task.ts';
import { chargeProcess, unchargeProcess } from './user-count.ts';
import { awaitVfork, beginVfork, isKilled } from './vfork.ts';

export interface CloneRequest {
  /** CLONE_* and, in the low byte, the exit signal. */
  readonly flags: number;
  /** What the child runs; the userland knows what it is. */
  readonly entry: unknown;
  /** clone3's set_tid: wanted numbers, innermost namespace first. */
  readonly setTid: readonly number[];
  /** Whether CLONE_PIDFD is asked for; `nowhere` when what it makes could not be stored. */
  readonly pidfd: 'unwanted' | 'wanted' | 'nowhere';
}

/** What a clone made. */
export interface Made {
  /** The child's number as the caller sees it. */
  readonly number: number;
  /** The caller's descriptor of it, null when none was asked for. */
  readonly pidfd: number | null;
}

/** EINVAL for combinations of flags that no kernel takes, or not this one. */
function checkFlags(k: Kernel, flags: number): Result<undefined> {
  const has = (flag: number): boolean => (flags & flag) !== 0;
  if (has(CLONE_NEWNS) && has(CLONE_FS)) return fail('EINVAL'); // a new root cannot be shared
  if (has(CLONE_THREAD) && !has(CLONE_SIGHAND)) return fail('EINVAL'); // threads share handlers
  if (has(CLONE_SIGHAND) && !has(CLONE_VM)) return fail('EINVAL'); // handlers point into the address space
  if (k.is26) return done;
  if (has(CLONE_NEWUSER) && has(CLONE_FS)) return fail('EINVAL'); // the root could be used with rights over the new namespace
  if (has(CLONE_THREAD) && has(CLONE_NEWUSER | CLONE_NEWPID)) return fail('EINVAL'); // a process is in one namespace
  if (has(CLONE_PIDFD) && has(CLONE_DETACHED)) return fail('EINVAL'); // the bit is kept for a later meaning
  return done;
}

/** Takes the child's numbers: the armed one, clone3's, or the next free. */
function* childPid(k: Kernel, parent: Task, child: Task, setTid: readonly number[]): Steps<Result<Pid>> {
  const ns = (yield* load(child.pidNs))!;
  if (k.profile.series.has('next_syscall_data')) {
    const armed = yield* takeFor(k, parent, 'fork');
    // As posted the first task of a new namespace can have any number (P5).
    const isInit = (yield* load(ns.reaper)) === null;
    if (armed !== null && isInit && k.fixed('P5') && armed !== 1n) return fail('EINVAL');
    if (armed !== null) return yield* allocatePid(k, ns, [asInt(armed)], true); // anybody may choose (N16)
  }
  if (setTid.length > (yield* load(ns.level)) + 1) return fail('EINVAL'); // more numbers than namespaces
  const pid = yield* allocatePid(k, ns, setTid, mayChoosePids(yield* load(parent.cred)));
  if (!pid.ok || !(yield* load(ns.closed))) return pid;
  yield* dropPid(pid.value);
  return fail('ENOMEM'); // its init is dead: found out late, so that numbers further out have been used up
}

const isNamespaceInit = operation('fork.is_init', (tx: Transaction, k: Kernel, caller: Task): boolean =>
  isProtected(tx, k, caller),
);

const dupTask = operation('fork.dup_task', (tx: Transaction, k: Kernel, parent: Task, flags: number): Task => {
  const child = tx.create(Task);
  tx.write(child.comm, tx.read(parent.comm));
  tx.write(child.cred, tx.read(parent.cred));
  tx.write(child.exitSignal, exitSignal(tx, k, parent, flags));
  tx.write(child.execs, tx.read(parent.execs));
  const sibling = (flags & (CLONE_PARENT | CLONE_THREAD)) !== 0;
  tx.write(child.parentExecs, tx.read(sibling ? parent.parentExecs : parent.execs));
  return child;
});

/** Threads have none. A sibling gets what it asks for from 2.6.26 and what its elder has from 6.x. */
function exitSignal(tx: Transaction, k: Kernel, parent: Task, flags: number): number {
  if ((flags & CLONE_THREAD) !== 0) return -1;
  if (k.is26 || (flags & CLONE_PARENT) === 0) return flags & CSIGNAL;
  return tx.read(tx.read(tx.read(parent.process)!.leader)!.exitSignal);
}

/** Joins the caller's process (CLONE_THREAD) or starts a new one with the same limits; copy_signal. */
const copySignal = operation(
  'fork.copy_signal',
  (tx: Transaction, parent: Task, child: Task, thread: boolean): void => {
    const process = tx.read(parent.process)!;
    if (thread) {
      tx.write(child.process, process);
      return;
    }
    const created = tx.create(Process, {
      leader: child,
      limits: tx.read(process.limits),
      signals: tx.create(SharedSignals),
      belowSubreaper: tx.read(process.belowSubreaper) || tx.read(process.subreaper),
      dumpable: tx.read(process.dumpable),
    });
    tx.write(child.process, created);
  },
);

const tooManyThreads = operation(
  'fork.check_threads',
  (tx: Transaction, k: Kernel): boolean => !tx.isBelow(k.system.threads, tx.read(k.system.maxThreads)),
);

/**
 * Makes the child part of the system: found by its number, child of its parent, member of its groups. Under tasklist_lock.
 *
 * @returns the child's number; 0, and nothing done, when the caller has a signal that must not wait for the end of the fork
 */
const link = operation(
  'fork.link',
  (tx: Transaction, k: Kernel, caller: Task, child: Task, pid: Pid, flags: number): number => {
    if (isInterrupted(tx, k, caller)) return 0;
    const process = tx.read(child.process)!;
    const thread = (flags & CLONE_THREAD) !== 0;
    tx.add(k.system.threads, 1);
    tx.write(child.pid, pid);
    tx.write(pid.task, child);
    publish(tx, pid);
    threads.append(tx, process, child);
    tx.add(process.liveThreads, 1);
    const parent = thread || (flags & CLONE_PARENT) !== 0 ? tx.read(caller.parent) : caller;
    tx.write(child.parent, parent);
    inheritCgroup(tx, caller, child);
    if (!thread) {
      if (parent !== null) children.append(tx, parent, child);
      const callerProcess = tx.read(caller.process)!;
      joinGroups(tx, child, tx.read(callerProcess.group)!, tx.read(callerProcess.session)!);
    }
    if ((flags & CLONE_NEWPID) !== 0) tx.write(tx.read(child.pidNs)!.reaper, child); // whatever its number is (P5)
    if (tx.read(caller.pidNsForChildren) !== null) enterAsOutsider(tx, child);
    if ((flags & CLONE_VFORK) !== 0) beginVfork(tx, caller, child);
    if (k.is26 && (flags & CLONE_STOPPED) !== 0) startStopped(tx, child);
    k.machine.launch(tx, child);
    const number = numberIn(tx, pid, tx.read(caller.pidNs)!);
    tx.note({ type: 'task.fork', task: caller, child, pid: number });
    return number;
  },
);

/** The first task of a namespace is its init; others have no place below it, where its end looks for them. */
function enterAsOutsider(tx: Transaction, child: Task): void {
  const ns = tx.read(child.pidNs)!;
  if (tx.read(ns.reaper) === null) tx.write(ns.reaper, child);
  else tx.write(ns.hasOutsiders, true);
}

/** A stop is the first thing that the child does. */
function startStopped(tx: Transaction, child: Task): void {
  const signals = tx.read(child.signals)!;
  tx.update(signals.pending, (set) => set | bit(SIGSTOP));
  tx.write(signals.flagged, true);
}

/** 2.6.26 starts again for any signal, even late as it is (K10), unless the test was made before (N10); 6.x, and a repaired K10, only for a fatal one. */
function isInterrupted(tx: Transaction, k: Kernel, caller: Task): boolean {
  const signals = tx.read(caller.signals)!;
  if (!tx.read(signals.flagged)) return false;
  return k.is26 && !k.fixed('N10') && !k.fixed('K10') ? hasWork(tx, caller) : isKilled(tx, caller);
}

function joinGroups(tx: Transaction, leader: Task, group: Pid, session: Pid): void {
  const process = tx.read(leader.process)!;
  tx.write(process.group, group);
  groupMembers.append(tx, group, leader);
  tx.write(process.session, session);
  sessionMembers.append(tx, session, leader);
}

const spawnProgram = operation(
  'fork.copy_thread',
  (tx: Transaction, k: Kernel, parent: Task, child: Task, entry: unknown): void =>
    k.userland.spawn(tx, parent, child, entry),
);

const forget = operation('fork.free_task', (tx: Transaction, k: Kernel, child: Task, interrupted: boolean): void => {
  const process = tx.read(child.process);
  if (process !== null && tx.read(process.leader) === child) tx.free(process);
  k.userland.exit(tx, child);
  tx.free(child);
  if (interrupted) tx.note({ type: 'task.fork_undone', task: tx.actor });
});

const freePid = operation('fork.free_pid', (tx: Transaction, pid: Pid): void => tx.free(pid));

type Copy = (k: Kernel, parent: Task, child: Task, flags: number) => Steps<Result<undefined>>;
type Undo = (k: Kernel, child: Task) => Steps<void>;

/** What a child gets of its parent, in the kernel's order, each with what undoes it when a later step fails. */
const copies: readonly (readonly [Copy, Undo])[] = [
  [copySemundo, exitSem],
  [copyFiles, exitFiles],
  [copyFs, exitFs],
  [copySighand, exitSighand],
  [
    function* (_k, parent, child, flags) {
      yield* copySignal(parent, child, (flags & CLONE_THREAD) !== 0);
      return done;
    },
    function* () {},
  ],
  [copyMm, exitMm],
  [copyNamespaces, exitNamespaces],
];

/**
 * Makes a task; clone(2), SEMANTICS C3.
 *
 * @returns the child, or EINVAL, EPERM, EAGAIN, ENOMEM, EBUSY (2.6.26) or EEXIST (6.x) for a chosen
 * number that is taken, ERESTARTNOINTR when a signal came first
 */
export function* clone(k: Kernel, caller: Task, request: CloneRequest): Steps<Result<Made>> {
  const { flags } = request;
  const checked = checkFlags(k, flags);
  if (!checked.ok) return checked;
  if (!k.is26) {
    if ((flags & CLONE_PARENT) !== 0 && (yield* isNamespaceInit(k, caller))) return fail('EINVAL'); // it has no sibling
    if (yield* signalPending(caller)) return fail('ERESTARTNOINTR');
  }
  if (!(yield* chargeProcess(k, caller))) return fail('EAGAIN'); // RLIMIT_NPROC
  if (yield* tooManyThreads(k)) {
    yield* unchargeProcess(k, caller);
    return fail('EAGAIN');
  }
  const child = yield* dupTask(k, caller, flags);
  for (const [index, [copy]] of copies.entries()) {
    const copied = yield* scoped(copy(k, caller, child, flags));
    if (!copied.ok) {
      yield* abandon(k, caller, child, index, false);
      return copied;
    }
  }
  yield* spawnProgram(k, caller, child, request.entry);
  const made = yield* scoped(enter(k, caller, child, request));
  if (!made.ok) yield* abandon(k, caller, child, copies.length, made.errno === 'ERESTARTNOINTR');
  else if ((flags & CLONE_VFORK) !== 0) yield* awaitVfork(k, caller, child);
  return made;
}

/** Numbers the child and lets it run: the part of copy_process behind which there is no failure. */
function* enter(k: Kernel, caller: Task, child: Task, request: CloneRequest): Steps<Result<Made>> {
  if (k.fixed('N10') && !k.fixed('K10') && (yield* signalPending(caller))) return fail('ERESTARTNOINTR');
  const allocated = yield* scoped(childPid(k, caller, child, request.setTid));
  if (!allocated.ok) return allocated;
  const pid = allocated.value;
  const pidfd = request.pidfd === 'unwanted' ? ok(null) : yield* scoped(pidfdOf(k, caller, pid, request));
  if (!pidfd.ok) {
    yield* scoped(dropPid(pid));
    return pidfd;
  }
  const number = yield* link(k, caller, child, pid, request.flags);
  if (number === 0) {
    // The whole call starts again, and the armed value is gone by now (N10).
    if (pidfd.value !== null) yield* scoped(withdraw(k, caller, pidfd.value));
    yield* scoped(dropPid(pid));
    return fail(k.is26 ? 'ERESTARTNOINTR' : 'EINTR');
  }
  yield* confirmTaken(k, caller, 'fork');
  return ok({ number, pidfd: pidfd.value });
}

/** The caller's descriptor of the child; EMFILE, and EFAULT when its number was to be stored where there is no memory. */
function* pidfdOf(k: Kernel, caller: Task, pid: Pid, { flags, pidfd }: CloneRequest): Steps<Result<number>> {
  const fd = yield* describe(k, caller, pid, (flags & CLONE_THREAD) === 0 ? 0 : PIDFD_THREAD);
  if (!fd.ok || pidfd === 'wanted') return fd;
  yield* withdraw(k, caller, fd.value);
  return fail('EFAULT');
}

/** Gives back a pid that no task got. */
function* dropPid(pid: Pid): Steps<void> {
  yield* giveBack(yield* load(pid.upids));
  yield* freePid(pid);
}

/** Undoes the first `count` copies of a child that will not be, latest first. */
function* abandon(k: Kernel, caller: Task, child: Task, count: number, interrupted: boolean): Steps<void> {
  for (const [, undo] of copies.slice(0, count).reverse()) yield* scoped(undo(k, child));
  yield* forget(k, child, interrupted);
  yield* unchargeProcess(k, caller);
}
