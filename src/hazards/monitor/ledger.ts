/**
 * What the monitor remembers of a task: the value it armed, and what has become of it. It lives in cells, so that going back
 * forgets it and states that differ in it are told apart.
 */

import { type Handle, layout } from '../../kernel-sim/machine/layout.ts';
import type { Transaction } from '../../kernel-sim/machine/store.ts';
import type { Consumer } from '../../kernel-sim/task/next-syscall-data.ts';
import type { Task } from '../../kernel-sim/task/task.ts';

/** How an armed value came through a call that was meant to take it. */
export type Survival = 'failed' | 'existing' | 'refused-set' | 'zero-set' | 'failed-exec';

/** A value that a call took and made nothing of. */
export interface Lost {
  readonly by: Consumer;
  readonly value: bigint;
  readonly why: 'failed' | 'restarted';
}

/** A value that the call under way has taken. */
export interface Taken {
  readonly by: Consumer;
  readonly value: bigint;
}

interface LedgerFields {
  survival: Survival | null;
  /** The call that the value came through. */
  survivedCall: string | null;
  taken: Taken | null;
  lost: Lost | null;
}

export type Ledger = Handle<LedgerFields>;

const Ledger = layout<LedgerFields>(
  'ledger',
  { survival: null, survivedCall: null, taken: null, lost: null },
  { shadow: true },
);

/** The ledger of a task, made when first needed. */
export function ledgerOf(tx: Transaction, task: Task): Ledger {
  const known = tx.read(task.remembered) as Ledger | null;
  if (known !== null) return known;
  const made = tx.create(Ledger);
  tx.write(task.remembered, made);
  return made;
}
