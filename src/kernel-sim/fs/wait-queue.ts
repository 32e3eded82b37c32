/** Queues of tasks that sleep until something changes, in one cell each; for use inside operations. */

import type { Cell } from '../machine/layout.ts';
import type { Transaction } from '../machine/store.ts';
import { sleepIn, wake } from '../task/sleep.ts';
import type { Task } from '../task/task.ts';

type Queue = Cell<readonly Task[]>;

/** Whether a signal is to be looked at before the task may sleep. */
export const interrupted = (tx: Transaction, task: Task): boolean => {
  const signals = tx.read(task.signals);
  return signals !== null && tx.read(signals.flagged);
};

/** Puts the task into the queue, to sleep until {@link awaken} or a signal; a pending one keeps it from sleeping at all. */
export function joinQueue(tx: Transaction, queue: Queue, task: Task): 'wait' | 'ERESTARTSYS' {
  if (interrupted(tx, task)) return 'ERESTARTSYS';
  tx.update(queue, (tasks) => [...tasks, task]);
  sleepIn(tx, task, 'interruptible');
  return 'wait';
}

/** Takes the task out of the queue, if it is there: a signal woke it, or it is done. */
export function leaveQueue(tx: Transaction, queue: Queue, task: Task): boolean {
  const tasks = tx.read(queue);
  if (!tasks.includes(task)) return false;
  tx.write(
    queue,
    tasks.filter((other) => other !== task),
  );
  return true;
}

/** Wakes everybody in the queue; each leaves it by itself when it looks again. */
export function awaken(tx: Transaction, queue: Queue): void {
  for (const task of tx.read(queue)) wake(tx, task);
}
