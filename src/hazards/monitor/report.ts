/** Turning what a monitor saw into a finding: catalogue entry, task and call by the names that people use. */

import type { Transaction } from '../../kernel-sim/machine/store.ts';
import type { Task } from '../../kernel-sim/task/task.ts';
import { type Context, contextOf } from '../../userland/context.ts';
import { findEntry } from '../catalogue/index.ts';
import type { Access, Finding } from '../finding.ts';

/** The program that a task runs, below any handler. */
export function programOf(tx: Transaction, task: Task): string {
  let context: Context | null = tx.read(task.user) === null ? null : contextOf(tx, task);
  while (context !== null && tx.read(context.interrupted) !== null) context = tx.read(context.interrupted);
  return (context === null ? null : tx.read(context.code)?.name) ?? tx.read(task.comm);
}

/** Whether a signal handler is on top of what the task runs. */
export const inHandler = (tx: Transaction, task: Task): boolean =>
  tx.read(task.user) !== null && tx.read(contextOf(tx, task).interrupted) !== null;

/** The call that a task is in. */
export const callOf = (tx: Transaction, task: Task): string => tx.peek(task.frame)?.call.name ?? 'user';

/** Says that a hazard has become certain. */
export function report(
  tx: Transaction,
  id: string,
  task: Task,
  said: { call?: string; intended: string; happened: string; accesses?: readonly Access[] },
): void {
  const entry = findEntry(id);
  if (entry === undefined) throw new Error(`the monitor reports ${id}, which is not in the catalogue`);
  // The call whose step this is: where the one who suffers it is meanwhile differs between orders that come to the same.
  const by = tx.actor;
  const call = said.call ?? callOf(tx, by as Task);
  const finding: Finding = {
    id: entry.id,
    name: entry.name,
    task: programOf(tx, task),
    at: { step: 0, call },
    accesses: said.accesses ?? [
      { task: 'user' in by ? programOf(tx, by as Task) : by.layout.kind, call, what: said.happened },
    ],
    intended: said.intended,
    happened: said.happened,
    fix: entry.fix,
  };
  tx.note({ type: 'hazard', finding });
}
