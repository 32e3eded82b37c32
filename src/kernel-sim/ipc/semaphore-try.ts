/** Trying the operations of one semop call, all or none; try_atomic_semop and perform_atomic_semop of ipc/sem.c, SEMANTICS C9. */

import { IPC_NOWAIT, SEM_UNDO } from '../abi/ipc.ts';
import { SEMAEM, SEMVMX } from '../abi/limits.ts';
import { type Kernel, seconds } from '../kernel.ts';
import type { Transaction } from '../machine/store.ts';
import type { PidRecord } from './pid-record.ts';
import type { SemaphoreSet, SemOperation } from './semaphore-set.ts';
import { adjust, adjustmentOf, type UndoEntry } from './undo-entry.ts';

export interface Trial {
  readonly operations: readonly SemOperation[];
  /** Where SEM_UNDO is put down; null when no operation asks for it. */
  readonly undo: UndoEntry | null;
  readonly pid: PidRecord;
}

/** `done`, EAGAIN or ERANGE, or the index of the operation that has to wait. */
export type Outcome = 'done' | 'EAGAIN' | 'ERANGE' | number;

const isAdjustment = (value: number): boolean => -SEMAEM - 1 <= value && value <= SEMAEM;

/**
 * Does all operations if each can be done, in order, on the values that those before it leave; else changes nothing.
 * In the range test of SEM_UNDO, 2.6.26 sees the same old adjustment for each operation on a semaphore, 6.x what those before left.
 */
export function tryOperations(
  tx: Transaction,
  k: Kernel,
  set: SemaphoreSet,
  { operations, undo, pid }: Trial,
): Outcome {
  const values = new Map<number, number>();
  const adjustments = new Map<number, number>();
  for (const [index, { num, op, flags }] of operations.entries()) {
    const value = values.get(num) ?? tx.read(set.values.at(num));
    if ((op === 0 && value !== 0) || value + op < 0) return (flags & IPC_NOWAIT) === 0 ? index : 'EAGAIN';
    if (value + op > SEMVMX) return 'ERANGE';
    if ((flags & SEM_UNDO) !== 0) {
      const old = adjustmentOf(tx, undo!, num);
      const sum = adjustments.get(num) ?? old;
      if (!isAdjustment((k.is26 ? old : sum) - op)) return 'ERANGE';
      adjustments.set(num, asShort(sum - op));
    }
    values.set(num, value + op);
  }
  for (const [num, value] of values) {
    tx.write(set.values.at(num), value);
    tx.write(set.pids.at(num), pid);
  }
  for (const [num, value] of adjustments) adjust(tx, undo!, num, value);
  tx.write(set.otime, seconds(tx, k));
  return 'done';
}

/** An adjustment is a C short. */
const asShort = (value: number): number => (value << 16) >> 16;
