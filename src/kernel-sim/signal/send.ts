/**
 * Generating a signal: what it does at once, whether it is queued, and which thread is to take it; kernel/signal.c:send_signal,
 * handle_stop_signal (2.6.26), prepare_signal (6.x), complete_signal; SEMANTICS C12 send().
 *
 * Everything here is for use inside operations: the real code holds the signal lock of the target. Permission is asked before
 * (kill.ts). Notes: `signal.generated` {target, scope, info} when it is pending, `signal.ignored` {target, info} when it goes
 * nowhere (strace shows those too). Left out on purpose: ptrace, core dumps that wait for threads.
 */

import { SIG_DFL, SIG_IGN, SIGCONT, SIGKILL, SIGRTMIN, SIGSTOP } from '../abi/signal.ts';
import { CLD_CONTINUED, CLD_STOPPED, SI_USER } from '../abi/signal-code.ts';
import { defaultAction } from '../abi/signal-default.ts';
import { killedStatus } from '../abi/wait.ts';
import { awaken } from '../fs/wait-queue.ts';
import type { Kernel } from '../kernel.ts';
import type { Transaction } from '../machine/store.ts';
import { done, fail, type Result } from '../result.ts';
import { wake } from '../task/sleep.ts';
import { type Process, type Task, threads } from '../task/task.ts';
import { isProtected } from './init.ts';
import { allocateEntry, dropSignals, isCoalesced, queue } from './pending.ts';
import { kernelInfo, processNumber, type SigInfo, senderInfo } from './siginfo.ts';
import { bit, CONT_SIGNAL, STOP_SIGNALS } from './signal-set.ts';
import { type Action, DEFAULT_ACTION } from './state.ts';

/** A signal on its way. */
export interface Sending {
  readonly info: SigInfo;
  /** Generated without details of its own (SEND_SIG_NOINFO, SEND_SIG_PRIV): it never fails for want of an entry. */
  readonly plain: boolean;
  /** 6.x: reaches even an init that is protected: from the kernel, or from outside its pid namespace. */
  readonly force: boolean;
}

/** Whether the group or only one thread is meant. */
export type Scope = 'process' | 'thread';

/** Sends SIGALRM, SIGHUP and the like from the kernel itself (SEND_SIG_PRIV). */
export const sendFromKernel = (
  tx: Transaction,
  k: Kernel,
  signo: number,
  target: Task,
  scope: Scope = 'process',
): void => void sendSignal(tx, k, { info: kernelInfo(signo), plain: true, force: true }, target, scope);

/** Sends a signal that `sender` causes, as SIGPIPE does, without asking for permission (SEND_SIG_NOINFO). */
export const sendFrom = (tx: Transaction, k: Kernel, sender: Task, signo: number, target: Task, scope: Scope): void =>
  void sendSignal(tx, k, plainFrom(tx, k, sender, signo, target), target, scope);

/** What {@link sendFrom} sends. */
export const plainFrom = (tx: Transaction, k: Kernel, sender: Task, signo: number, target: Task): Sending => ({
  info: senderInfo(tx, k, sender, target, signo),
  plain: true,
  force: isOutside(tx, sender, target),
});

/** Whether `sender` cannot be seen from the pid namespace of `target`. */
export const isOutside = (tx: Transaction, sender: Task, target: Task): boolean =>
  processNumber(tx, sender, tx.read(target.pidNs)!) === 0;

/** What a thread's process does with a signal. */
export const actionOf = (tx: Transaction, task: Task, signo: number): Action =>
  tx.read(tx.read(task.handlers)!.actions)[signo] ?? DEFAULT_ACTION;

/**
 * Generates a signal for a process or a thread of it.
 *
 * @returns ESRCH when the target is gone; EAGAIN for a real-time signal whose details would go over RLIMIT_SIGPENDING
 */
export function sendSignal(
  tx: Transaction,
  k: Kernel,
  sending: Sending,
  target: Task,
  scope: Scope,
): Result<undefined> {
  const { info } = sending;
  const signo = info.si_signo;
  if (tx.read(target.handlers) === null) return fail('ESRCH'); // released: only its number is left
  const process = tx.read(target.process)!;
  const signals = tx.read(process.signals)!;
  const dying = tx.read(process.groupExit) !== null;
  if (dying && !k.is26) return done; // 6.x drops what can no longer be taken
  if (!dying) cancelOpposites(tx, k, process, signo);
  if (isDropped(tx, k, target, signo, sending.force)) {
    tx.note({ type: 'signal.ignored', target, info });
    return done;
  }

  const pending = scope === 'process' ? signals : tx.read(target.signals)!;
  if (isCoalesced(tx, pending, signo)) return done;
  if (k.is26 || signo !== SIGKILL) {
    const unlimited = signo < SIGRTMIN && (sending.plain || info.si_code >= SI_USER);
    const entry = allocateEntry(tx, k, target, info, unlimited);
    if (entry !== null) queue.append(tx, pending, entry);
    else if (signo >= SIGRTMIN && !sending.plain && info.si_code !== SI_USER) return fail('EAGAIN');
  }
  tx.update(pending.pending, (set) => set | bit(signo));
  awaken(tx, tx.read(target.handlers)!.waiters);
  tx.note({ type: 'signal.generated', target, scope, info });
  complete(tx, k, process, target, signo, scope);
  return done;
}

/** A stop signal takes a pending SIGCONT back; SIGCONT takes stop signals back and makes what has stopped go on. */
function cancelOpposites(tx: Transaction, k: Kernel, process: Process, signo: number): void {
  const signals = tx.read(process.signals)!;
  if ((bit(signo) & STOP_SIGNALS) !== 0n) {
    dropSignals(tx, k, signals, CONT_SIGNAL);
    for (const thread of threads.members(tx, process)) dropSignals(tx, k, tx.read(thread.signals)!, CONT_SIGNAL);
    return;
  }
  if (signo !== SIGCONT) return;
  dropSignals(tx, k, signals, STOP_SIGNALS);
  for (const thread of threads.members(tx, process)) {
    const own = tx.read(thread.signals)!;
    dropSignals(tx, k, own, STOP_SIGNALS);
    // A thread that is to run a handler for it may not go back to user mode before it has.
    const handles = isHandler(actionOf(tx, thread, SIGCONT)) && (tx.read(own.blocked) & CONT_SIGNAL) === 0n;
    // A tracer that did not stop it to begin with is told of every SIGCONT, even of one that stays blocked.
    const comesOut = handles || k.traced;
    if (comesOut) tx.write(own.flagged, true);
    wake(tx, thread, comesOut ? ['stopped', 'interruptible'] : ['stopped']);
  }
  const report = tx.read(signals.stopped) ? CLD_CONTINUED : tx.read(signals.stopCount) > 0 ? CLD_STOPPED : 0;
  tx.write(signals.stopDequeued, false);
  if (report === 0) return;
  tx.write(signals.report, report);
  tx.write(signals.stopped, false);
  tx.write(signals.stopCount, 0);
  tx.write(signals.stopCode, 0);
  tx.write(process.continued, true);
  tx.write(process.stopSignal, 0);
}

export const isHandler = ({ handler }: Action): boolean => handler !== SIG_DFL && handler !== SIG_IGN;

/** Whether an action throws the signal away; SIGCONT by default does, once it has made the process go on. */
export function ignores({ handler }: Action, signo: number): boolean {
  if (handler === SIG_IGN) return true;
  if (handler !== SIG_DFL) return false;
  const action = defaultAction(signo);
  return action === 'ignore' || action === 'continue';
}

/** Whether the signal goes nowhere: not blocked, and ignored or kept from an init. */
function isDropped(tx: Transaction, k: Kernel, target: Task, signo: number, force: boolean): boolean {
  const own = tx.read(target.signals)!;
  if (((tx.read(own.blocked) | tx.read(own.realBlocked)) & bit(signo)) !== 0n) return false;
  if (k.traced && signo !== SIGKILL) return false; // a tracer wants to know of ignored signals as well
  const action = actionOf(tx, target, signo);
  if (!k.is26 && action.handler === SIG_DFL && isProtected(tx, k, target)) {
    return !(force && (signo === SIGKILL || signo === SIGSTOP));
  }
  return ignores(action, signo);
}

/** Chooses the thread that is to take the signal and wakes it; a signal that ends the process ends every thread now. */
function complete(tx: Transaction, k: Kernel, process: Process, target: Task, signo: number, scope: Scope): void {
  const chosen = choose(tx, process, target, signo, scope);
  if (chosen === null) return; // stays pending until somebody unblocks it
  if (isFatal(tx, k, process, chosen, signo)) {
    if (defaultAction(signo) === 'terminate') {
      beginGroupExit(tx, process, killedStatus(signo, false), null);
      return;
    }
  }
  signalWake(tx, chosen, signo === SIGKILL);
}

/** Whether taking the signal is certain to end the process. */
function isFatal(tx: Transaction, k: Kernel, process: Process, thread: Task, signo: number): boolean {
  if (k.traced && signo !== SIGKILL) return false; // the tracer may still take it away
  const { handler } = actionOf(tx, thread, signo);
  if (handler !== SIG_DFL || !['terminate', 'core'].includes(defaultAction(signo))) return false;
  if (tx.read(process.groupExit) !== null) return false;
  if ((tx.read(tx.read(thread.signals)!.realBlocked) & bit(signo)) !== 0n) return false;
  return !k.is26 || !isProtected(tx, k, thread);
}

function choose(tx: Transaction, process: Process, target: Task, signo: number, scope: Scope): Task | null {
  if (wants(tx, target, signo)) return target;
  if (scope === 'thread') return null;
  const { lastChosen } = tx.read(process.signals)!;
  const first = tx.read(process.threadsHead);
  const last = tx.read(lastChosen);
  const start = last !== null && isListed(tx, process, last) ? last : first;
  for (let thread = start; thread !== null; ) {
    if (wants(tx, thread, signo)) {
      tx.write(lastChosen, thread);
      return thread;
    }
    thread = threads.next(tx, thread) ?? first;
    if (thread === start) return null;
  }
  return null;
}

const isListed = (tx: Transaction, process: Process, thread: Task): boolean =>
  tx.read(process.threadsHead) === thread || tx.read(thread.previousThread) !== null;

function wants(tx: Transaction, thread: Task, signo: number): boolean {
  const own = tx.read(thread.signals)!;
  if ((tx.read(own.blocked) & bit(signo)) !== 0n || tx.read(thread.exiting)) return false;
  if (signo === SIGKILL) return true;
  const state = tx.read(thread.state);
  return state !== 'stopped' && (state === 'running' || !tx.read(own.flagged));
}

/** Tells a thread that it has signals to look at, and ends an interruptible sleep; `evenStopped` for SIGKILL. */
export function signalWake(tx: Transaction, thread: Task, evenStopped: boolean): void {
  tx.write(tx.read(thread.signals)!.flagged, true);
  wake(tx, thread, evenStopped ? ['interruptible', 'stopped'] : ['interruptible']);
}

/**
 * Makes every thread of a process end with `status`, unless that has begun already; zap_other_threads.
 *
 * @param except the thread that goes by itself (exit_group), null when all are to be told
 */
export function beginGroupExit(tx: Transaction, process: Process, status: number, except: Task | null): void {
  if (tx.read(process.groupExit) === null) tx.write(process.groupExit, status);
  const signals = tx.read(process.signals)!;
  tx.write(signals.stopCount, 0);
  // A new state for the process: it has nobody stopped, and no stop or continuation that is still to be told.
  tx.write(signals.stopped, false);
  tx.write(signals.report, 0);
  killThreads(tx, process, except);
}

/** Puts SIGKILL on every thread of a process but one, past queue and quota; exec and group exit. */
export function killThreads(tx: Transaction, process: Process, except: Task | null): void {
  for (const thread of threads.members(tx, process)) {
    if (thread === except || tx.read(thread.exiting)) continue;
    tx.update(tx.read(thread.signals)!.pending, (set) => set | bit(SIGKILL));
    signalWake(tx, thread, true);
  }
}
