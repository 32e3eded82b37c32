/** Looking at a store without leaving a trace in it: no footprint, no fault, and whoever asks is told what was read. */

import type { Cell } from '../kernel-sim/machine/layout.ts';
import type { Store, Transaction } from '../kernel-sim/machine/store.ts';

/**
 * A transaction that can only read, for the rooms' own functions that look things up.
 *
 * @param onRead is told of each cell that was read
 */
export function viewOf(store: Store, onRead: (cell: number) => void = () => {}): Transaction {
  const read = <T>(cell: Cell<T>): T => {
    onRead(cell);
    return store.peek(cell);
  };
  const view: Pick<Transaction, 'read' | 'peek' | 'note'> = { read, peek: read, note: () => {} };
  return view as Transaction;
}
