/** What fork copies of signals, and what exit lets go of; SEMANTICS C3 (steps 8, 12, 13), C5, C12. */

import { CLONE_CLEAR_SIGHAND, CLONE_SIGHAND, CLONE_VFORK, CLONE_VM } from '../abi/clone.ts';
import { CLD_STOPPED } from '../abi/signal-code.ts';
import type { Kernel } from '../kernel.ts';
import { operation, type Steps } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { done, type Result } from '../result.ts';
import type { Task } from '../task/task.ts';
import { onlyIgnored } from './action.ts';
import { handOver } from './mask.ts';
import { notifyOfStop } from './notify.ts';
import { flushPending } from './pending.ts';
import { ALL_SIGNALS } from './signal-set.ts';
import { SignalHandlers, ThreadSignals } from './state.ts';
import { leaveStop } from './stop.ts';

const copy = operation('sighand.copy', (tx: Transaction, parent: Task, child: Task, flags: number): void => {
  const handlers = tx.read(parent.handlers)!;
  if ((flags & CLONE_SIGHAND) !== 0) {
    tx.write(child.handlers, handlers);
    tx.add(handlers.count, 1);
  } else {
    const clears = Math.floor(flags / CLONE_CLEAR_SIGHAND) % 2 === 1;
    const actions = tx.read(handlers.actions);
    tx.write(child.handlers, tx.create(SignalHandlers, { actions: clears ? onlyIgnored(actions) : actions }));
  }
  const own = tx.read(parent.signals)!;
  // A thread that shares memory needs a stack of its own for its handlers; a vfork child is the only one to run.
  const sameStack = (flags & CLONE_VM) === 0 || (flags & CLONE_VFORK) !== 0;
  tx.write(
    child.signals,
    tx.create(ThreadSignals, {
      blocked: tx.read(own.blocked),
      altStack: sameStack ? tx.read(own.altStack) : null,
      frames: sameStack ? tx.read(own.frames) : [],
    }),
  );
});

/**
 * Shares the handler table (CLONE_SIGHAND) or copies it, and gives the new thread its own blocked mask and empty queue.
 * With 6.x's CLONE_CLEAR_SIGHAND only what is ignored is copied.
 */
export function* copySighand(_k: Kernel, parent: Task, child: Task, flags: number): Steps<Result<undefined>> {
  yield* copy(parent, child, flags);
  return done;
}

/** Drops what is queued for a thread, with the last thread of a process what is queued for that, and the handler table. */
const drop = operation('sighand.exit', (tx: Transaction, k: Kernel, task: Task): void => {
  const own = tx.read(task.signals);
  if (own !== null) {
    flushPending(tx, k, own);
    tx.write(task.signals, null);
    tx.free(own);
  }
  const handlers = tx.read(task.handlers);
  if (handlers !== null) {
    tx.write(task.handlers, null);
    if (tx.update(handlers.count, (n) => n - 1) === 0) tx.free(handlers);
  }
  const process = tx.read(task.process);
  const shared = process === null ? null : tx.read(process.signals);
  if (process === null || shared === null) return;
  if (tx.read(shared.lastChosen) === task) tx.write(shared.lastChosen, null);
  if (tx.read(process.threadsHead) !== null) return;
  flushPending(tx, k, shared);
  tx.write(process.signals, null);
  tx.free(shared);
});

/** Lets go of the handler table and drops what is queued, once the task is in no list any more or never was. */
export function* exitSighand(k: Kernel, task: Task): Steps<void> {
  yield* drop(k, task);
}

/**
 * A thread begins to exit: signals of the process that were left to it go to others, and a stop under way no longer waits for it.
 * For the operation that marks it as exiting; kernel/signal.c:exit_signals.
 */
export function leaveSignals(tx: Transaction, k: Kernel, task: Task): void {
  const process = tx.read(task.process)!;
  if (tx.read(process.threadsHead) === tx.read(process.threadsTail) || tx.read(process.groupExit) !== null) return;
  handOver(tx, task, ALL_SIGNALS & ~tx.read(tx.read(task.signals)!.blocked));
  if (leaveStop(tx, task)) notifyOfStop(tx, k, task, CLD_STOPPED);
}

/** Whether an unblocked signal is pending for the task: recalc_sigpending() and test. */
export const signalPending = operation('signal.pending', (tx: Transaction, task: Task): boolean => {
  const signals = tx.read(task.signals);
  return signals !== null && tx.read(signals.flagged);
});
