/**
 * Going to sleep and waking up; kernel/sched.c.
 *
 * A sleeper first says so (its state, and its place in whatever queue it waits in, in the same operation as the test that made it
 * wait), then calls {@link schedule}. A waker sets the state back. Between the two nothing can be lost, because both are effects.
 */

import { operation } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import type { RunState, Task } from './task.ts';

/** Puts the current task to sleep in `state`; for operations. It goes on running until {@link schedule}. */
export function sleepIn(tx: Transaction, task: Task, state: RunState): void {
  tx.write(task.state, state);
}

/** Makes a task run again if it sleeps in one of the states; for operations. Says whether it did. */
export function wake(
  tx: Transaction,
  task: Task,
  from: readonly RunState[] = ['interruptible', 'uninterruptible'],
): boolean {
  if (!from.includes(tx.read(task.state))) return false;
  tx.write(task.state, 'running');
  return true;
}

/**
 * Waits until the task is running again, or until `deadline` (virtual ns, null for never), and makes it running.
 * A pending signal wakes an interruptible sleeper; whether there is one is for the caller to look up.
 */
export const schedule = operation(
  'schedule',
  (tx: Transaction, task: Task, _deadline: number | null): void => tx.write(task.state, 'running'),
  {
    when: (tx, task) => tx.read(task.state) === 'running',
    deadline: (_tx, _task, deadline) => deadline,
  },
);
