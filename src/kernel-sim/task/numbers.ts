/** The numbers a task has; getpid(2), gettid(2), getppid(2). */

import { operation } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { numberIn } from '../pid/pid.ts';
import type { Task } from './task.ts';

const seenFrom = (tx: Transaction, viewer: Task, task: Task): number =>
  numberIn(tx, tx.read(task.pid)!, tx.read(viewer.pidNs)!);

export const threadNumber = operation('gettid', (tx: Transaction, task: Task): number => seenFrom(tx, task, task));

export const ownProcessNumber = operation('getpid', (tx: Transaction, task: Task): number =>
  seenFrom(tx, task, tx.read(tx.read(task.process)!.leader)!),
);

/** The parent's process, 0 when it is outside the pid namespace or there is none. */
export const parentNumber = operation('getppid', (tx: Transaction, task: Task): number => {
  const parent = tx.read(task.parent);
  return parent === null ? 0 : seenFrom(tx, task, tx.read(tx.read(parent.process)!.leader)!);
});
