/** Numbers of tasks as a procfs mount shows them; for use inside operations. */

import type { Transaction } from '../../machine/store.ts';
import type { PidNamespace } from '../../pid/namespace.ts';
import { numberIn, type Pid } from '../../pid/pid.ts';
import { children, type Process, type Task, threads } from '../../task/task.ts';

/** The number of a task, 0 where it cannot be seen. */
export const taskNumber = (tx: Transaction, task: Task, ns: PidNamespace): number =>
  pidNumber(tx, tx.read(task.pid), ns);

/** The number of a task's process. */
export function processNumber(tx: Transaction, task: Task, ns: PidNamespace): number {
  const process = tx.read(task.process);
  const leader = process === null ? null : tx.read(process.leader);
  return leader === null ? 0 : taskNumber(tx, leader, ns);
}

/** The number of a group or session, 0 where it cannot be seen. */
export const pidNumber = (tx: Transaction, pid: Pid | null, ns: PidNamespace): number =>
  pid === null ? 0 : numberIn(tx, pid, ns);

/** The number of the process that a task is a child of, 0 for none that can be seen. */
export function parentNumber(tx: Transaction, task: Task, ns: PidNamespace): number {
  const parent = tx.read(task.parent);
  return parent === null ? 0 : processNumber(tx, parent, ns);
}

/** The numbers of all processes in a namespace, zombies included, ascending. */
export function processNumbers(tx: Transaction, ns: PidNamespace): readonly number[] {
  const reaper = tx.read(ns.reaper);
  const numbers: number[] = [];
  const left: Process[] = reaper === null ? [] : [tx.read(reaper.process)!];
  while (left.length > 0) {
    const process = left.pop()!;
    const leader = tx.read(process.leader);
    const number = leader === null ? 0 : taskNumber(tx, leader, ns);
    if (number !== 0) numbers.push(number);
    for (const thread of threads.members(tx, process)) {
      for (const child of children.members(tx, thread)) left.push(tx.read(child.process)!);
    }
  }
  return numbers.sort((a, b) => a - b);
}

/** The numbers of a process's threads, in the order they were made. */
export const threadNumbers = (tx: Transaction, process: Process, ns: PidNamespace): readonly number[] =>
  [...threads.members(tx, process)].map((thread) => taskNumber(tx, thread, ns)).filter((number) => number !== 0);
