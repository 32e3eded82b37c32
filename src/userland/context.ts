/**
 * The user-mode side of a task: which program it runs, how far it is, and its variables.
 *
 * A signal handler runs in a context of its own on top of the one it interrupted. Variables are copied by fork, as memory is;
 * threads get copies too: what threads share in thaw is the kernel's (descriptors, attached memory), not variables.
 */

import { type Handle, layout } from '../kernel-sim/machine/layout.ts';
import type { Transaction } from '../kernel-sim/machine/store.ts';
import type { Task } from '../kernel-sim/task/task.ts';
import type { Datum } from '../syscalls/datum.ts';
import type { Code } from './code.ts';

export type Variables = { readonly [name: string]: Datum };

interface ContextFields {
  code: Code | null;
  /** Index of the instruction that runs next, or that is in its call. */
  position: number;
  /** Rounds left of the repeats around the position, innermost last. */
  rounds: readonly number[];
  variables: Variables;
  /** The instruction's call has been made and has not been completed. */
  inCall: boolean;
  /** For a handler: what it interrupted, and the signal mask to restore; null for a program proper. */
  interrupted: Context | null;
  restoreMask: Datum;
}

export type Context = Handle<ContextFields>;

export const Context = layout<ContextFields>('context', {
  code: null,
  position: 0,
  rounds: [],
  variables: {},
  inCall: false,
  interrupted: null,
  restoreMask: null,
});

/** The context that runs next; for operations. */
export const contextOf = (tx: Transaction, task: Task): Context => tx.read(task.user) as Context;

/** Makes `code` what the task runs, from its start and on its own. */
export function start(tx: Transaction, task: Task, code: Code, variables: Variables): void {
  tx.write(task.user, tx.create(Context, { code, variables }));
}

/** Drops every context of a task. */
export function discard(tx: Transaction, task: Task): void {
  for (let at = tx.read(task.user) as Context | null; at !== null; ) {
    const below = tx.read(at.interrupted);
    tx.free(at);
    at = below;
  }
  tx.write(task.user, null);
}

/** Puts a handler on top of what the task runs. */
export function interrupt(tx: Transaction, task: Task, code: Code, variables: Variables, restoreMask: Datum): void {
  const interrupted = contextOf(tx, task);
  tx.write(task.user, tx.create(Context, { code, variables, interrupted, restoreMask }));
}

/** Goes back to what the handler on top had interrupted. */
export function resumeInterrupted(tx: Transaction, task: Task): void {
  const handler = contextOf(tx, task);
  tx.write(task.user, tx.read(handler.interrupted));
  tx.free(handler);
}

/** The context whose call is under way: handlers that were entered on its way out lie above it. */
export function callingContext(tx: Transaction, task: Task): Context | null {
  let at = tx.read(task.user) as Context | null;
  while (at !== null && !tx.read(at.inCall)) at = tx.read(at.interrupted);
  return at;
}
