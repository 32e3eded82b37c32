/**
 * Sleeping locks that are held across several effects: mutexes, the rw semaphores of IPC tables, directory locks.
 * A section that the real code runs under one lock without sleeping needs none: it is one operation.
 */

import { operation } from './effect.ts';
import { type Handle, type KernelObject, layout } from './layout.ts';
import type { Transaction } from './store.ts';

interface MutexFields {
  owner: KernelObject | null;
}

export type Mutex = Handle<MutexFields>;

export const Mutex = layout<MutexFields>('mutex', { owner: null });

/** Takes the lock for `holder`, waiting until it is free. Taking it twice waits for ever, as it does in the real kernel. */
export const lock = operation(
  'mutex.lock',
  (tx: Transaction, mutex: Mutex, holder: KernelObject): void => tx.write(mutex.owner, holder),
  {
    when: (tx, mutex) => tx.read(mutex.owner) === null,
  },
);

/** Gives the lock back; a holder who does not hold it is noted as unbalanced. */
export const unlock = operation('mutex.unlock', (tx: Transaction, mutex: Mutex, holder: KernelObject): void => {
  if (tx.read(mutex.owner) !== holder) {
    tx.note({
      type: 'fault',
      kind: 'unbalanced',
      access: 'check',
      cell: mutex.owner,
      object: mutex,
      message: 'unlocked by another than its holder',
    });
  }
  tx.write(mutex.owner, null);
});
