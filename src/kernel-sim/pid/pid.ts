/**
 * struct pid: a number that can name a task, a process group and a session at the same time; include/linux/pid.h, SEMANTICS C1.
 *
 * It lives, and keeps its numbers taken, as long as one of the three uses does. In a namespace at level k it has k + 1 numbers.
 */

import { type Handle, layout } from '../machine/layout.ts';
import { LinkedList } from '../machine/list.ts';
import type { Transaction } from '../machine/store.ts';
import type { Task } from '../task/task.ts';
import type { PidNamespace } from './namespace.ts';

/** A number in one namespace. */
export interface Upid {
  readonly number: number;
  readonly ns: PidNamespace;
}

interface PidFields {
  /** Outermost namespace first. */
  upids: readonly Upid[];
  /** The task with this number (PIDTYPE_PID). */
  task: Task | null;
  groupHead: Task | null;
  groupTail: Task | null;
  sessionHead: Task | null;
  sessionTail: Task | null;
}

export type Pid = Handle<PidFields>;

export const Pid = layout<PidFields>('pid', {
  upids: [],
  task: null,
  groupHead: null,
  groupTail: null,
  sessionHead: null,
  sessionTail: null,
});

/** The leaders of the processes in a process group. */
export const groupMembers = new LinkedList<Pid, Task>({
  head: (pid) => pid.groupHead,
  tail: (pid) => pid.groupTail,
  next: (task) => task.nextInGroup,
  previous: (task) => task.previousInGroup,
});

/** The leaders of the processes in a session. */
export const sessionMembers = new LinkedList<Pid, Task>({
  head: (pid) => pid.sessionHead,
  tail: (pid) => pid.sessionTail,
  next: (task) => task.nextInSession,
  previous: (task) => task.previousInSession,
});

/** The number of `pid` in a namespace, 0 where it is not visible; for operations. */
export function numberIn(tx: Transaction, pid: Pid, ns: PidNamespace): number {
  const upid = tx.read(pid.upids)[tx.read(ns.level)];
  return upid?.ns === ns ? upid.number : 0;
}

/** The struct pid that a number stands for in a namespace, null if it cannot be found; for operations. */
export const findPid = (tx: Transaction, ns: PidNamespace, number: number): Pid | null =>
  number > 0 ? tx.read(ns.pids.at(number)) : null;

/** The task with a number in a namespace, a zombie included; for operations. */
export function findTask(tx: Transaction, ns: PidNamespace, number: number): Task | null {
  const pid = findPid(tx, ns, number);
  return pid === null ? null : tx.read(pid.task);
}

/** Makes the numbers of a new pid findable, on all levels at once; for operations. */
export function publish(tx: Transaction, pid: Pid): void {
  for (const { number, ns } of tx.read(pid.upids)) tx.write(ns.pids.at(number), pid);
}

/** Gives the numbers back if nothing uses the pid any more; for operations, after each detach. */
export function releaseIfUnused(tx: Transaction, pid: Pid): void {
  if (tx.read(pid.task) !== null || tx.read(pid.groupHead) !== null || tx.read(pid.sessionHead) !== null) return;
  for (const { number, ns } of tx.read(pid.upids)) {
    tx.write(ns.pids.at(number), null);
    tx.write(ns.map.at(number), false);
  }
  tx.free(pid);
}
