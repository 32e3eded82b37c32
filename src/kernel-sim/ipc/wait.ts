/** Interruptible sleeps of the IPC rooms. */

import type { Transaction } from '../machine/store.ts';
import { sleepIn } from '../task/sleep.ts';
import type { Task } from '../task/task.ts';

/** Puts the caller to sleep, unless a signal is pending already: schedule() then returns at once, as it does in the kernel. */
export function sleepInterruptibly(tx: Transaction, task: Task): void {
  const signals = tx.read(task.signals);
  if (signals === null || !tx.read(signals.flagged)) sleepIn(tx, task, 'interruptible');
}
