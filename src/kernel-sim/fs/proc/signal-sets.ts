/** Which signals wait, are blocked, ignored and caught, as status and stat show them; fs/proc/array.c:collect_sigign_sigcatch. */

import { SIG_DFL, SIG_IGN } from '../../abi/signal.ts';
import type { Transaction } from '../../machine/store.ts';
import { bit } from '../../signal/signal-set.ts';
import type { Task } from '../../task/task.ts';

export interface SignalSets {
  /** Of the thread alone. */
  readonly pending: bigint;
  /** Of the process. */
  readonly shared: bigint;
  readonly blocked: bigint;
  readonly ignored: bigint;
  readonly caught: bigint;
}

/** The sets of a task, empty as far as it has let go of them; for operations. */
export function signalSets(tx: Transaction, task: Task): SignalSets {
  const own = tx.read(task.signals);
  const shared = tx.read(tx.read(task.process)!.signals);
  const handlers = tx.read(task.handlers);
  const actions = Object.entries(handlers === null ? {} : tx.read(handlers.actions));
  const setOf = (wanted: (handler: unknown) => boolean): bigint =>
    actions.reduce((set, [signo, { handler }]) => (wanted(handler) ? set | bit(Number(signo)) : set), 0n);
  return {
    pending: own === null ? 0n : tx.read(own.pending),
    shared: shared === null ? 0n : tx.read(shared.pending),
    blocked: own === null ? 0n : tx.read(own.blocked),
    ignored: setOf((handler) => handler === SIG_IGN),
    caught: setOf((handler) => handler !== SIG_IGN && handler !== SIG_DFL),
  };
}
