/**
 * Delivery: what a thread does with its pending signals on the way back to user mode; kernel/signal.c:get_signal_to_deliver
 * (6.x: get_signal), arch/x86 handle_signal; SEMANTICS C12 take().
 *
 * The signal lock is held from taking a signal to knowing what it does; it is dropped to ask whether the process group is orphaned,
 * to tell the parent of a stop, and before a handler is entered. Those are the steps here. A thread that is to freeze does so first.
 * Notes: `signal.delivered` {task, info, action} as strace shows it, `signal.stopped` {process, by}.
 * Left out on purpose: ptrace, core files (RLIMIT_CORE is 0).
 */

import {
  SA_NODEFER,
  SA_ONSTACK,
  SA_RESETHAND,
  SIG_DFL,
  SIG_IGN,
  SIGBUS,
  SIGFPE,
  SIGILL,
  SIGKILL,
  SIGSEGV,
  SIGSTOP,
  SIGSYS,
  SIGTRAP,
  SS_AUTODISARM,
} from '../abi/signal.ts';
import { CLD_STOPPED } from '../abi/signal-code.ts';
import { type DefaultAction, defaultAction, isUnblockable } from '../abi/signal-default.ts';
import { killedStatus } from '../abi/wait.ts';
import { awaitThaw, enterRefrigerator } from '../freezer/freeze.ts';
import type { Kernel } from '../kernel.ts';
import { operation, type Steps, scoped } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { exitGroup } from '../task/exit.ts';
import { schedule } from '../task/sleep.ts';
import type { Task } from '../task/task.ts';
import { innermostFrame, setAction } from './action.ts';
import { isProtected } from './init.ts';
import { recalculate, setBlocked } from './mask.ts';
import { isOrphaned } from './orphan.ts';
import { queued, takeNext } from './pending.ts';
import { actionOf } from './send.ts';
import type { SigInfo } from './siginfo.ts';
import { bit, STOP_SIGNALS, setOf, signalsOf } from './signal-set.ts';
import type { Action } from './state.ts';
import { beginStop, joinStop, type Stopping, tellOfStop } from './stop.ts';

/** A handler that is to run. */
export interface Handled {
  readonly info: SigInfo;
  readonly action: Action;
}

type Taken =
  | { readonly kind: 'nothing' }
  /** One that a tracer was shown and that does nothing else. */
  | { readonly kind: 'shown' }
  /** It froze. */
  | { readonly kind: 'frozen' }
  | { readonly kind: 'report'; readonly why: number }
  | { readonly kind: 'stop'; readonly stopping: Stopping }
  /** One that a tracer is shown before it takes effect. */
  | { readonly kind: 'shown stop'; readonly signo: number }
  /** A stop signal that does nothing to an orphaned group. */
  | { readonly kind: 'job control'; readonly signo: number }
  | { readonly kind: 'end'; readonly status: number }
  | { readonly kind: 'handler'; readonly handled: Handled };

/** Faults, which 6.x takes before anything else when they were raised by the thread itself. */
const SYNCHRONOUS = setOf([SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE, SIGSYS]);

/** Takes the next pending signal in a set: the thread's own first, then the process's. For operations. */
export function dequeue(tx: Transaction, k: Kernel, task: Task, wanted: bigint): SigInfo | null {
  const first = k.is26 ? 0n : SYNCHRONOUS;
  const process = tx.read(task.process)!;
  const signals = tx.read(process.signals)!;
  const info = takeNext(tx, k, tx.read(task.signals)!, wanted, first) ?? takeNext(tx, k, signals, wanted, first);
  recalculate(tx, task);
  if (info !== null && (bit(info.si_signo) & STOP_SIGNALS) !== 0n && tx.read(process.groupExit) === null) {
    tx.write(signals.stopDequeued, true);
  }
  return info;
}

/** Takes signals until one does something; those that are ignored by now are passed over. */
const take = operation('signal.take', (tx: Transaction, k: Kernel, task: Task): Taken => {
  if (enterRefrigerator(tx, task)) return { kind: 'frozen' };
  const process = tx.read(task.process)!;
  const signals = tx.read(process.signals)!;
  const why = tx.read(signals.report);
  if (why !== 0) {
    tx.write(signals.report, 0);
    return { kind: 'report', why };
  }
  if (!k.is26 && isEnding(tx, task)) return end(tx, task, SIGKILL);
  if (tx.read(signals.stopCount) > 0) return { kind: 'stop', stopping: joinStop(tx, task) };
  for (;;) {
    const own = tx.read(task.signals)!;
    const info = dequeue(tx, k, task, ~tx.read(own.blocked));
    if (info === null) {
      restoreMask(tx, k, task);
      return { kind: 'nothing' };
    }
    const taken = consider(tx, k, task, info);
    if (taken !== null) return taken;
    if (k.traced) return { kind: 'shown' };
  }
});

function consider(tx: Transaction, k: Kernel, task: Task, info: SigInfo): Taken | null {
  const signo = info.si_signo;
  const action = actionOf(tx, task, signo);
  const does = doneBy(action, signo);
  const show = (): void => tx.note({ type: 'signal.delivered', task, info, action: does });
  if (does === 'ignore' || does === 'continue') {
    show();
    return null;
  }
  if (does === 'handle') {
    show();
    if ((action.flags & SA_RESETHAND) !== 0) setAction(tx, task, signo, { ...action, handler: SIG_DFL });
    return { kind: 'handler', handled: { info, action } };
  }
  // An init gets only what it has a handler for; on 6.x a SIGKILL or SIGSTOP that came this far was forced on it.
  if (isProtected(tx, k, task) && !isEnding(tx, task) && (k.is26 || !isUnblockable(signo))) {
    if (k.traced) show();
    return null;
  }
  if (signo === SIGKILL) return end(tx, task, signo);
  show();
  if (does !== 'stop') return end(tx, task, signo);
  if (signo !== SIGSTOP) return { kind: 'job control', signo };
  if (k.traced) return { kind: 'shown stop', signo };
  return { kind: 'stop', stopping: beginStop(tx, task, signo) };
}

const doneBy = ({ handler }: Action, signo: number): DefaultAction | 'handle' =>
  handler === SIG_IGN ? 'ignore' : handler === SIG_DFL ? defaultAction(signo) : 'handle';

/** Whether the thread goes with its process, or because another thread of it calls execve. */
function isEnding(tx: Transaction, task: Task): boolean {
  const process = tx.read(task.process)!;
  const execing = tx.read(process.execing);
  return tx.read(process.groupExit) !== null || (execing !== null && execing !== task);
}

/** The end of the process by a signal. When it was decided as the signal was sent, that signal is still to be shown. */
function end(tx: Transaction, task: Task, signo: number): Taken {
  const process = tx.read(task.process)!;
  const decided = tx.read(process.groupExit);
  if (signo === SIGKILL && decided !== null && decided !== SIGKILL) {
    const signals = tx.read(process.signals)!;
    const witness = tx.read(signals.lastChosen) ?? tx.read(process.leader);
    const left = [...queued(tx, tx.read(task.signals)!), ...(task === witness ? queued(tx, signals) : [])];
    const info = left.find(({ si_signo }) => killedStatus(si_signo, false) === decided);
    if (info !== undefined) tx.note({ type: 'signal.delivered', task, info, action: 'terminate' });
  }
  return { kind: 'end', status: killedStatus(signo, false) };
}

const isGroupOrphaned = operation('signal.orphaned', (tx: Transaction, k: Kernel, task: Task): boolean => {
  const group = tx.read(tx.read(task.process)!.group);
  return group === null || isOrphaned(tx, k, group);
});

/** SIGCONT may have come while the lock was dropped: then the stop is lost. */
const stopFor = operation(
  'signal.stop',
  (tx: Transaction, task: Task, signo: number): Stopping => beginStop(tx, task, signo),
);

/** Goes through the pending signals up to one with a handler, stopping and ending as they say; null when there is none. */
function* nextHandled(k: Kernel, task: Task): Steps<Handled | null> {
  for (;;) {
    const taken = yield* take(k, task);
    switch (taken.kind) {
      case 'nothing':
        return null;
      case 'shown':
        break;
      case 'frozen':
        yield* awaitThaw(task);
        break;
      case 'handler':
        return taken.handled;
      case 'report':
        yield* tellOfStop(k, task, taken.why);
        break;
      case 'end':
        return yield* exitGroup(k, task, taken.status);
      case 'stop':
        yield* stay(k, task, taken.stopping);
        break;
      case 'shown stop':
        yield* stay(k, task, yield* stopFor(task, taken.signo));
        break;
      case 'job control':
        if (!(yield* isGroupOrphaned(k, task))) yield* stay(k, task, yield* stopFor(task, taken.signo));
    }
  }
}

/** Stays stopped until SIGCONT or SIGKILL. */
function* stay(k: Kernel, task: Task, stopping: Stopping): Steps<void> {
  if (stopping === 'lost') return;
  if (stopping === 'completely') yield* tellOfStop(k, task, CLD_STOPPED);
  yield* schedule(task, null);
}

/** Enters a handler: from here on its signals are blocked, and the mask before is what rt_sigreturn gets. */
const enter = operation('signal.enter', (tx: Transaction, k: Kernel, task: Task, { info, action }: Handled): void => {
  const own = tx.read(task.signals)!;
  const blocked = tx.read(own.blocked);
  const restored = tx.read(own.savedMask) ?? blocked;
  tx.write(own.savedMask, null);
  tx.write(own.restartUntil, null);
  if (!k.userland.enterHandler(tx, task, action.handler, info, signalsOf(restored))) {
    setBlocked(tx, k, task, restored); // nothing to run: it is over at once
    return;
  }
  const altStack = tx.read(own.altStack);
  const within = innermostFrame(tx, task)?.onAltStack === true;
  const switches = altStack !== null && (action.flags & SA_ONSTACK) !== 0;
  tx.update(own.frames, (frames) => [...frames, { onAltStack: within || switches, altStack }]);
  if (switches && (altStack.flags & SS_AUTODISARM) !== 0) tx.write(own.altStack, null);
  const itself = (action.flags & SA_NODEFER) === 0 ? bit(info.si_signo) : 0n;
  setBlocked(tx, k, task, blocked | action.mask | itself);
});

/** Ends the temporary mask of sigsuspend when no handler's frame took it over. */
function restoreMask(tx: Transaction, k: Kernel, task: Task): void {
  const own = tx.read(task.signals)!;
  const saved = tx.read(own.savedMask);
  if (saved === null) return;
  tx.write(own.savedMask, null);
  setBlocked(tx, k, task, saved);
}

/** Delivers what is pending, entering at most one handler; returns its action, or null when none was entered. */
export function* deliver(k: Kernel, task: Task): Steps<Action | null> {
  const handled = yield* scoped(nextHandled(k, task));
  if (handled === null) return null;
  yield* enter(k, task, handled);
  return handled.action;
}

/** Goes back from the innermost handler to `mask`; rt_sigreturn(2). Nothing of a call that it interrupted goes on. */
export const leaveHandler = operation('signal.return', (tx: Transaction, k: Kernel, task: Task, mask: bigint): void => {
  const own = tx.read(task.signals)!;
  const frame = innermostFrame(tx, task);
  if (frame !== undefined) {
    tx.update(own.frames, (frames) => frames.slice(0, -1));
    tx.write(own.altStack, frame.altStack);
  }
  setBlocked(tx, k, task, mask);
});
