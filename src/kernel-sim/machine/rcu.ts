/**
 * Read-copy update: readers that are never kept waiting, and memory that is freed only when no reader can still hold it.
 *
 * A grace period ends when everybody who was inside a read section at its beginning has left it; who enters later is not waited
 * for. Sections nest. Left out on purpose: sleepable RCU, and the batching of grace periods, which no kernel code can see.
 */

import { operation, type Steps } from './effect.ts';
import { type Handle, type KernelObject, layout, type TableOf, table } from './layout.ts';
import type { Machine } from './machine.ts';
import type { Transaction } from './store.ts';

interface GraceFields {
  /** Readers that were inside when it began and have not left since. */
  awaited: readonly KernelObject[];
}

type Grace = Handle<GraceFields>;

const Grace = layout<GraceFields>('grace_period', { awaited: [] });

interface RcuFields {
  /** How deep each reader is in read sections, by its name. */
  depth: TableOf<number>;
  /** Who is inside, in the order of entering. */
  inside: readonly KernelObject[];
  /** Grace periods that have begun and not ended. */
  graces: readonly Grace[];
}

export type Rcu = Handle<RcuFields>;

export const Rcu = layout<RcuFields>('rcu', { depth: table(0), inside: [], graces: [] });

/** Enters a read section; rcu_read_lock. */
export const readLock = operation('rcu.read_lock', (tx: Transaction, rcu: Rcu, reader: KernelObject): void => {
  if (tx.update(rcu.depth.at(reader.name), (depth) => depth + 1) === 1) {
    tx.update(rcu.inside, (inside) => [...inside, reader]);
  }
});

/** Leaves a read section; rcu_read_unlock. Leaving one that was not entered is noted as unbalanced. */
export const readUnlock = operation('rcu.read_unlock', (tx: Transaction, rcu: Rcu, reader: KernelObject): void => {
  const cell = rcu.depth.at(reader.name);
  const depth = tx.read(cell);
  if (depth === 0) {
    const message = 'left a read section that was not entered';
    tx.note({ type: 'fault', kind: 'unbalanced', access: 'check', cell, object: rcu, message });
    return;
  }
  tx.write(cell, depth - 1);
  if (depth > 1) return;
  const others = (readers: readonly KernelObject[]): readonly KernelObject[] =>
    readers.filter((other) => other !== reader);
  tx.update(rcu.inside, others);
  for (const grace of tx.read(rcu.graces)) tx.update(grace.awaited, others);
});

const beginGrace = operation('rcu.begin_grace', (tx: Transaction, rcu: Rcu): Grace => {
  const grace = tx.create(Grace, { awaited: tx.read(rcu.inside) });
  tx.update(rcu.graces, (graces) => [...graces, grace]);
  return grace;
});

const endGrace = operation(
  'rcu.end_grace',
  (tx: Transaction, rcu: Rcu, grace: Grace): void => {
    tx.update(rcu.graces, (graces) => graces.filter((other) => other !== grace));
    tx.free(grace);
  },
  { when: (tx, _rcu, grace) => tx.read(grace.awaited).length === 0 },
);

/** Waits for a grace period; synchronize_rcu. Inside a read section of one's own it waits for ever, as it does in the real kernel. */
export function* synchronize(rcu: Rcu): Steps<void> {
  yield* endGrace(rcu, yield* beginGrace(rcu));
}

const freeNow = operation('rcu.free', (tx: Transaction, object: KernelObject): void => tx.free(object));

function* freeLater(rcu: Rcu, object: KernelObject): Steps<void> {
  yield* synchronize(rcu);
  yield* freeNow(object);
}

/** Frees an object when a grace period from now is over, without waiting for it; kfree_rcu. For operations. */
export function freeAfterGrace(tx: Transaction, machine: Machine, rcu: Rcu, object: KernelObject): void {
  machine.launchThread(tx, { name: 'rcu_callback', args: [object], start: () => freeLater(rcu, object) });
}
