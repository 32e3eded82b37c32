/**
 * Waiting for children; kernel/exit.c:do_wait and wait_consider_task, SEMANTICS C5; wait(2).
 *
 * A look at all children is one step, as it is under tasklist_lock; it claims what it reports, so that of two waiters one wins.
 * Left out on purpose: ptrace, and the times a dead child used.
 */

import { PIDFD_NONBLOCK } from '../abi/descriptor.ts';
import { SIGCHLD } from '../abi/signal.ts';
import {
  __WALL,
  __WCLONE,
  __WNOTHREAD,
  continuedStatus,
  stoppedStatus,
  WCONTINUED,
  WEXITED,
  WNOHANG,
  WNOWAIT,
  WUNTRACED,
} from '../abi/wait.ts';
import type { Kernel } from '../kernel.ts';
import { operation, type Steps } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { findPid, numberIn, type Pid } from '../pid/pid.ts';
import { fail, ok, type Result } from '../result.ts';
import { signalPending } from '../signal/inherit.ts';
import { lookBehind } from './pidfd.ts';
import { deathStatus, isAlone, release } from './release.ts';
import { schedule, sleepIn } from './sleep.ts';
import { children, type Process, type Task, threads } from './task.ts';

/** Whose end, stop or continuation is waited for: any child's, one's by number or descriptor, a process group's (0: the caller's). */
export interface WaitRequest {
  readonly who: 'any' | 'pid' | 'pidfd' | 'group';
  readonly number: number;
  /** WEXITED, WSTOPPED and so on; wait4 waits for the end of children in any case. */
  readonly options: number;
}

/** What became of a child. */
export interface ChildReport {
  /** As the caller sees it. */
  readonly pid: number;
  readonly uid: number;
  readonly how: 'ended' | 'stopped' | 'continued';
  /** The wait status. */
  readonly status: number;
  /** The zombie that the caller now has to release; null when there is none or it is left for another wait. */
  readonly claimed: Task | null;
}

type Outcome = ChildReport | 'no child' | 'nothing yet' | 'asleep';

/**
 * Waits until a child ended, stopped or went on; wait4(2), waitid(2).
 *
 * @returns null when nothing has happened and WNOHANG was given; ECHILD when no child can ever match, ERESTARTSYS for a signal;
 * of a descriptor EBADF when it stands for no task, and EAGAIN instead of waiting when it is not to block
 */
export function* waitForChild(k: Kernel, caller: Task, request: WaitRequest): Steps<Result<ChildReport | null>> {
  const wanted = yield* whoIsWanted(caller, request);
  if (wanted === null) return fail('EBADF');
  const { pid, impatient } = wanted;
  const options = impatient ? request.options | WNOHANG : request.options;
  for (;;) {
    const outcome = yield* look(caller, request.who, pid, options);
    if (outcome === 'no child') return fail('ECHILD');
    if (outcome === 'nothing yet') return options === request.options ? ok(null) : fail('EAGAIN');
    if (outcome !== 'asleep') {
      if (outcome.claimed !== null) yield* release(k, outcome.claimed);
      return ok(outcome);
    }
    if (yield* signalPending(caller)) {
      yield* stopWaiting(caller);
      return fail('ERESTARTSYS');
    }
    yield* schedule(caller, null);
  }
}

interface Wanted {
  readonly pid: Pid | null;
  /** A descriptor says that it does not wait. */
  readonly impatient: boolean;
}

/** Null for a descriptor that stands for no task. */
function* whoIsWanted(caller: Task, { who, number }: WaitRequest): Steps<Wanted | null> {
  if (who === 'any') return { pid: null, impatient: false };
  if (who !== 'pidfd') return { pid: yield* findWanted(caller, who, number), impatient: false };
  const described = yield* lookBehind(caller, number);
  return described && { pid: described.pid, impatient: (described.flags & PIDFD_NONBLOCK) !== 0 };
}

const findWanted = operation(
  'wait.find_pid',
  (tx: Transaction, caller: Task, who: 'pid' | 'group', number: number): Pid | null => {
    if (who === 'group' && number === 0) return tx.read(tx.read(caller.process)!.group);
    return findPid(tx, tx.read(caller.pidNs)!, number);
  },
);

/** Looks through the children of the caller and of the other threads of its process, oldest first; finding nothing it goes to sleep. */
const look = operation(
  'wait.look',
  (tx: Transaction, caller: Task, who: WaitRequest['who'], pid: Pid | null, options: number): Outcome => {
    let outcome: Outcome = 'no child';
    for (const child of candidates(tx, caller, who, pid, options)) {
      const report = consider(tx, caller, child, options);
      if (report === 'no child') continue;
      outcome = report;
      if (report !== 'nothing yet') break;
    }
    const process = tx.read(caller.process)!;
    const sleeps = outcome === 'nothing yet' && (options & WNOHANG) === 0;
    setWaiting(tx, process, caller, sleeps);
    if (!sleeps) return outcome;
    sleepIn(tx, caller, 'interruptible');
    return 'asleep';
  },
);

const stopWaiting = operation('wait.leave_queue', (tx: Transaction, caller: Task): void => {
  setWaiting(tx, tx.read(caller.process)!, caller, false);
  tx.write(caller.state, 'running');
});

/** Puts the caller in the queue of threads that wait, or takes it out. */
function setWaiting(tx: Transaction, process: Process, caller: Task, waiting: boolean): void {
  const waiters = tx.read(process.waiters);
  if (waiters.includes(caller) === waiting) return;
  tx.write(process.waiters, waiting ? [...waiters, caller] : waiters.filter((task) => task !== caller));
}

function* candidates(
  tx: Transaction,
  caller: Task,
  who: WaitRequest['who'],
  pid: Pid | null,
  options: number,
): Generator<Task, void> {
  if (who === 'pid' || who === 'pidfd') {
    const child = pid === null ? null : tx.read(pid.task);
    if (child !== null && isChildOf(tx, child, caller, options)) yield* matching(tx, child, options);
    return;
  }
  if (who === 'group' && pid === null) return;
  for (const thread of waitersThreads(tx, caller, options)) {
    for (const child of children.members(tx, thread)) {
      if (who === 'group' && tx.read(tx.read(child.process)!.group) !== pid) continue;
      yield* matching(tx, child, options);
    }
  }
}

/** Whether a task is a child of the caller or, unless the caller waits for its own only, of a thread beside it. */
function isChildOf(tx: Transaction, child: Task, caller: Task, options: number): boolean {
  const parent = tx.read(child.parent);
  if (parent === null || tx.read(tx.read(child.process)!.leader) !== child) return false;
  return parent === caller || ((options & __WNOTHREAD) === 0 && tx.read(parent.process) === tx.read(caller.process));
}

/** The threads whose children count: the caller's first, then those of the threads after it, then of those before it. */
function waitersThreads(tx: Transaction, caller: Task, options: number): readonly Task[] {
  if ((options & __WNOTHREAD) !== 0) return [caller];
  const all = [...threads.members(tx, tx.read(caller.process)!)];
  const own = all.indexOf(caller);
  return [...all.slice(own), ...all.slice(0, own)];
}

/** The child, unless it ends with another signal than SIGCHLD and that is not what the caller waits for. */
function* matching(tx: Transaction, child: Task, options: number): Generator<Task, void> {
  const cloned = tx.read(child.exitSignal) !== SIGCHLD;
  if ((options & __WALL) !== 0 || cloned === ((options & __WCLONE) !== 0)) yield child;
}

/** What there is to report of a child: 'no child' when there will never be anything to report to this wait. */
function consider(
  tx: Transaction,
  caller: Task,
  child: Task,
  options: number,
): ChildReport | 'no child' | 'nothing yet' {
  const process = tx.read(child.process)!;
  const state = tx.read(child.state);
  if (state === 'dead') return 'no child'; // somebody else has claimed it
  const keep = (options & WNOWAIT) !== 0;
  if (state === 'zombie' && isAlone(tx, child)) {
    if ((options & WEXITED) === 0) return 'no child';
    const status = deathStatus(tx, child);
    if (!keep) tx.write(child.state, 'dead');
    return report(tx, caller, child, 'ended', status, keep ? null : child);
  }
  const stopSignal = tx.read(process.stopSignal);
  if (stopSignal !== 0 && (options & WUNTRACED) !== 0) {
    if (!keep) tx.write(process.stopSignal, 0);
    return report(tx, caller, child, 'stopped', stoppedStatus(stopSignal), null);
  }
  if ((options & WCONTINUED) !== 0 && tx.read(process.continued)) {
    if (!keep) tx.write(process.continued, false);
    return report(tx, caller, child, 'continued', continuedStatus, null);
  }
  return 'nothing yet';
}

function report(
  tx: Transaction,
  caller: Task,
  child: Task,
  how: ChildReport['how'],
  status: number,
  claimed: Task | null,
): ChildReport {
  const pid = numberIn(tx, tx.read(child.pid)!, tx.read(caller.pidNs)!);
  return { pid, uid: tx.read(child.cred).uid, how, status, claimed };
}
