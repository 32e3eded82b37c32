/** What /proc/<pid>/status says of signals, read under the signal lock; fs/proc/array.c, SEMANTICS C13. For operations. */

import { SIG_DFL, SIG_IGN } from '../abi/signal.ts';
import type { Kernel } from '../kernel.ts';
import type { Transaction } from '../machine/store.ts';
import type { Task } from '../task/task.ts';
import { setOf } from './signal-set.ts';

/** Masks with bit n-1 for signal n. */
export interface StatusMasks {
  readonly SigPnd: bigint;
  readonly ShdPnd: bigint;
  readonly SigBlk: bigint;
  readonly SigIgn: bigint;
  readonly SigCgt: bigint;
}

const NONE: StatusMasks = { SigPnd: 0n, ShdPnd: 0n, SigBlk: 0n, SigIgn: 0n, SigCgt: 0n };

/** The masks of a thread and its process; all empty once it is released. */
export function statusMasks(tx: Transaction, task: Task): StatusMasks {
  const own = tx.read(task.signals);
  const handlers = tx.read(task.handlers);
  const shared = tx.read(tx.read(task.process)!.signals);
  if (own === null || handlers === null || shared === null) return NONE;
  const actions = Object.entries(tx.read(handlers.actions));
  const withHandler = (test: (handler: unknown) => boolean): bigint =>
    setOf(actions.filter(([, { handler }]) => test(handler)).map(([signo]) => Number(signo)));
  return {
    SigPnd: tx.read(own.pending),
    ShdPnd: tx.read(shared.pending),
    SigBlk: tx.read(own.blocked),
    SigIgn: withHandler((handler) => handler === SIG_IGN),
    SigCgt: withHandler((handler) => handler !== SIG_IGN && handler !== SIG_DFL),
  };
}

/** SigQ: queued signals of the task's real user, and how many its process may make them. */
export function queuedCount(tx: Transaction, k: Kernel, task: Task): { readonly used: number; readonly limit: number } {
  return {
    used: tx.read(k.users.signals.at(tx.read(task.cred).uid)),
    limit: tx.read(tx.read(task.process)!.limits)!.RLIMIT_SIGPENDING.soft,
  };
}
