/**
 * Who is protected from signals it does not handle: SIGNAL_UNKILLABLE. The first process of the system always is; on 6.x the
 * first of every pid namespace is too (SEMANTICS C2, C12, D). For use inside operations.
 */

import type { Kernel } from '../kernel.ts';
import type { Transaction } from '../machine/store.ts';
import type { Task } from '../task/task.ts';

/** Whether signals that would end or stop `task` by default do nothing to it. */
export function isProtected(tx: Transaction, k: Kernel, task: Task): boolean {
  const ns = k.is26 ? k.initPidNs : tx.read(task.pidNs)!;
  const reaper = tx.read(ns.reaper);
  return reaper !== null && tx.read(reaper.process) === tx.read(task.process);
}
