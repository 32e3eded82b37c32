/**
 * Making tasks: fork, vfork, clone and clone3; kernel/fork.c:do_fork and copy_process, SEMANTICS C3 and A7.
 *
 * The steps stand in the order of copy_process, because what a failing fork leaves armed, taken or undone depends on it.
 * Left out on purpose: ptrace, io contexts, cgroups, and the namespaces that thaw does not model (mount, uts, user, net, time).
 */

import {
  CLONE_FS,
  CLONE_NEWNS,
  CLONE_NEWPID,
  CLONE_PARENT,
  CLONE_SIGHAND,
  CLONE_THREAD,
  CLONE_VFORK,
  CLONE_VM,
  CSIGNAL,
} from '../abi/clone.ts';
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
import { SharedSignals } from '../signal/state.ts';
import { copyNamespaces, exitNamespaces } from './namespaces.ts';
import { asInt, confirmTaken, takeFor } from './next-syscall-data.ts';
import { children, Process, Task, threads } from './task.ts';
import { chargeProcess, unchargeProcess } from './user-count.ts';

export interface CloneRequest {
  /** CLONE_* and, in the low byte, the exit signal. */
  readonly flags: number;
  /** What the child runs; the userland knows what it is. */
  readonly entry: unknown;
  /** clone3's set_tid: wanted numbers, innermost namespace first. */
  readonly setTid: readonly number[];
}

/** EINVAL for combinations of flags that no kernel takes. */
function checkFlags(flags: number): Result<undefined> {
  const has = (flag: number): boolean => (flags & flag) !== 0;
  if (has(CLONE_NEWNS) && has(CLONE_FS)) return fail('EINVAL'); // a new root cannot be shared
  if (has(CLONE_THREAD) && !has(CLONE_SIGHAND)) return fail('EINVAL'); // threads share handlers
  if (has(CLONE_SIGHAND) && !has(CLONE_VM)) return fail('EINVAL'); // handlers point into the address space
  if (has(CLONE_NEWPID) && has(CLONE_THREAD)) return fail('EINVAL'); // threads of a process are in one namespace
  return done;
}

/** Takes the child's numbers: the armed one, clone3's, or the next free. */
function* childPid(k: Kernel, parent: Task, child: Task, setTid: readonly number[]): Steps<Result<Pid>> {
  const ns = (yield* load(child.pidNs))!;
  if (k.profile.series.has('next_syscall_data')) {
    const armed = yield* takeFor(k, parent, 'fork');
    if (armed !== null) return yield* allocatePid(k, ns, [asInt(armed)]);
  }
  return yield* allocatePid(k, ns, setTid);
}

const dupTask = operation('fork.dup_task', (tx: Transaction, parent: Task, exitSignal: number): Task => {
  const child = tx.create(Task);
  tx.write(child.comm, tx.read(parent.comm));
  tx.write(child.cred, tx.read(parent.cred));
  tx.write(child.exitSignal, exitSignal);
  return child;
});

/** Joins the caller's process (CLONE_THREAD) or starts a new one with the same limits; copy_signal. */
const copySignal = operation(
  'fork.copy_signal',
  (tx: Transaction, parent: Task, child: Task, thread: boolean): void => {
    const process = tx.read(parent.process)!;
    if (thread) {
      tx.write(child.process, process);
      return;
    }
    tx.write(
      child.process,
      tx.create(Process, { leader: child, limits: tx.read(process.limits), signals: tx.create(SharedSignals) }),
    );
  },
);

const tooManyThreads = operation(
  'fork.check_threads',
  (tx: Transaction, k: Kernel): boolean => tx.read(k.system.threads) >= tx.read(k.system.maxThreads),
);

/** Makes the child part of the system: found by its number, child of its parent, member of its groups. Under tasklist_lock. */
const link = operation(
  'fork.link',
  (tx: Transaction, k: Kernel, caller: Task, child: Task, pid: Pid, flags: number): number => {
    const process = tx.read(child.process)!;
    const thread = (flags & CLONE_THREAD) !== 0;
    tx.update(k.system.threads, (n) => n + 1);
    tx.write(child.pid, pid);
    tx.write(pid.task, child);
    publish(tx, pid);
    threads.append(tx, process, child);
    tx.update(process.liveThreads, (n) => n + 1);
    const callerProcess = tx.read(caller.process)!;
    const siblingOf = thread || (flags & CLONE_PARENT) !== 0;
    const parent = siblingOf ? tx.read(tx.read(callerProcess.leader)!.parent) : caller;
    tx.write(child.parent, parent);
    if (!thread) {
      if (parent !== null) children.append(tx, parent, child);
      joinGroups(tx, child, tx.read(callerProcess.group)!, tx.read(callerProcess.session)!);
    }
    if ((flags & CLONE_VFORK) !== 0) {
      // Before the child can run: it may be gone by the time the caller waits.
      tx.write(caller.vforkDone, false);
      tx.write(child.vforkParent, caller);
    }
    k.machine.launch(tx, child);
    return numberIn(tx, pid, tx.read(caller.pidNs)!);
  },
);

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

const forget = operation('fork.free_task', (tx: Transaction, child: Task): void => {
  const process = tx.read(child.process);
  if (process !== null && tx.read(process.leader) === child) tx.free(process);
  tx.free(child);
});

const dropPid = operation('fork.free_pid', (tx: Transaction, pid: Pid): void => tx.free(pid));

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
 * @returns the child's number as the caller sees it; EINVAL, EPERM, EAGAIN, ENOMEM, EBUSY (2.6.26) or EEXIST (6.x) for a chosen
 * number that is taken, ERESTARTNOINTR when a signal came first
 */
export function* clone(k: Kernel, caller: Task, request: CloneRequest): Steps<Result<number>> {
  const { flags } = request;
  const checked = checkFlags(flags);
  if (!checked.ok) return checked;
  if (k.is26 ? false : yield* signalPending(caller)) return fail('ERESTARTNOINTR');
  if (!(yield* chargeProcess(k, caller))) return fail('EAGAIN'); // RLIMIT_NPROC
  if (yield* tooManyThreads(k)) {
    yield* unchargeProcess(k, caller);
    return fail('EAGAIN');
  }
  const child = yield* dupTask(caller, (flags & CLONE_THREAD) !== 0 ? -1 : flags & CSIGNAL);

  for (const [index, [copy]] of copies.entries()) {
    const copied = yield* scoped(copy(k, caller, child, flags));
    if (!copied.ok) {
      yield* abandon(k, caller, child, index);
      return copied;
    }
  }
  yield* spawnProgram(k, caller, child, request.entry);
  const beforeTaking = k.fixed('N10') && (yield* signalPending(caller));
  const allocated = beforeTaking ? fail('ERESTARTNOINTR') : yield* scoped(childPid(k, caller, child, request.setTid));
  if (!allocated.ok) {
    yield* abandon(k, caller, child, copies.length);
    return allocated;
  }
  const pid = allocated.value;
  // The last test of all: a signal that came since makes the whole call start again, and the armed value is gone by now (N10).
  if (k.is26 && !k.fixed('N10') && (yield* signalPending(caller))) {
    yield* giveBack(yield* load(pid.upids));
    yield* dropPid(pid);
    yield* abandon(k, caller, child, copies.length);
    return fail('ERESTARTNOINTR');
  }
  yield* confirmTaken(k, caller);
  const number = yield* link(k, caller, child, pid, flags);
  if ((flags & CLONE_VFORK) !== 0) yield* awaitVfork(caller);
  return ok(number);
}

/** Undoes the first `count` copies of a child that will not be, latest first. */
function* abandon(k: Kernel, caller: Task, child: Task, count: number): Steps<void> {
  for (const [, undo] of copies.slice(0, count).reverse()) yield* scoped(undo(k, child));
  yield* forget(child);
  yield* unchargeProcess(k, caller);
}

/** Waits, not to be interrupted, until the child has let go of the shared address space. */
const awaitVfork = operation('vfork.wait', (_tx: Transaction, _caller: Task): void => {}, {
  when: (tx, caller) => tx.read(caller.vforkDone),
});

/** Lets a vfork parent go on: the child execs or exits; for operations. */
export function releaseVforkParent(tx: Transaction, child: Task): void {
  const parent = tx.read(child.vforkParent);
  if (parent === null) return;
  tx.write(parent.vforkDone, true);
  tx.write(child.vforkParent, null);
}
