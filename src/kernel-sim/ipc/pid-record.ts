/**
 * Last pids of IPC objects (lspid, sempid, cpid …): who did it, and what number that is for whom looks.
 * 2.6.26 keeps a number as the one who acted saw it; 6.x keeps the struct pid, which has a number in each namespace. SEMANTICS C8-C10.
 */

import type { Kernel } from '../kernel.ts';
import type { Transaction } from '../machine/store.ts';
import type { PidNamespace } from '../pid/namespace.ts';
import { numberIn, type Upid } from '../pid/pid.ts';
import type { Task } from '../task/task.ts';

/** A number, 0 for nobody, or the numbers of a struct pid in every namespace that sees it. */
export type PidRecord = number | readonly Upid[];

/** The process of a task, or null for a task that has no number yet (a fork under way). */
export function processRecord(tx: Transaction, k: Kernel, task: Task): PidRecord | null {
  const process = tx.read(task.process);
  const ns = tx.read(task.pidNs);
  return process === null || ns === null ? null : recordAs(tx, k, tx.read(process.leader)!, ns);
}

/** A thread, as `viewer` sees it where only a number is kept. */
export const threadRecord = (tx: Transaction, k: Kernel, task: Task, viewer: PidNamespace): PidRecord | null =>
  recordAs(tx, k, task, viewer);

function recordAs(tx: Transaction, k: Kernel, task: Task, viewer: PidNamespace): PidRecord | null {
  const pid = tx.read(task.pid);
  if (pid === null) return null;
  return k.is26 ? numberIn(tx, pid, viewer) : tx.read(pid.upids);
}

/** What a record reads as in a pid namespace; 0 for nobody, and for somebody who is not to be seen there. */
export function numberSeenIn(tx: Transaction, record: PidRecord, ns: PidNamespace): number {
  if (typeof record === 'number') return record;
  const upid = record[tx.read(ns.level)];
  return upid?.ns === ns ? upid.number : 0;
}
