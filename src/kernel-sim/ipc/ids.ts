/**
 * The table of one kind of IPC objects in a namespace: which slot holds what, and how a key or an id is looked up; struct ipc_ids,
 * SEMANTICS C7 and D.
 *
 * The table is its own lock (`owner`, the rw_mutex): what changes it holds that lock, what only looks needs none.
 * 2.6.26 finds keys by walking the slots (I9) and gives out the lowest free one; 6.x hashes keys and goes round.
 * Notes: `ipc.walk` {kind, slots, objects} when a search by key had to pass empty slots, `ipc.removed` {kind, id},
 * `ipc.slot_reused` {kind, id} when a stale id met another object (K6).
 */

import type { Kernel } from '../kernel.ts';
import { type Handle, type KernelObject, layout, type TableOf, table } from '../machine/layout.ts';
import type { Transaction } from '../machine/store.ts';
import { fail, ok, type Result } from '../result.ts';
import { type IpcKind, type IpcObject, SLOTS } from './object.ts';

/** Slots in a leaf of the idr. */
export const LEAF = 64;
/** Layers that idr_pre_get keeps ready (twice the greatest height of the tree). */
const SPARE_LAYERS = 12;

interface IpcIdsFields {
  /** Who holds the lock. */
  owner: KernelObject | null;
  kind: IpcKind;
  inUse: number;
  /** 2.6.26: the sequence number of the next creation. 6.x: that of the last one. */
  seq: number;
  /** 2.6.26: the lowest slot that is free. */
  lowestFree: number;
  /** 2.6.26: idr layers ready to be used, shared by all creators (I2), and how many a creator tops them up to. */
  spare: number;
  spareMax: number;
  /** 6.x: where the search for a slot goes on, and the slot given out last. */
  cursor: number;
  lastSlot: number;
  /** 6.x: the id that the next creation by anybody takes, -1 for none; SEMANTICS E9. */
  nextId: number;
  slots: TableOf<IpcObject | null>;
  /** How many slots of each leaf are used. */
  leaves: TableOf<number>;
  /** 6.x: objects by key. */
  keys: TableOf<IpcObject | null>;
}

export type IpcIds = Handle<IpcIdsFields>;

export const IpcIds = layout<IpcIdsFields>('ipc_ids', {
  owner: null,
  kind: 'msg',
  inUse: 0,
  seq: 0,
  lowestFree: 0,
  spare: SPARE_LAYERS,
  spareMax: SPARE_LAYERS,
  cursor: 0,
  lastSlot: -1,
  nextId: -1,
  slots: table<IpcObject | null>(null),
  leaves: table(0),
  keys: table<IpcObject | null>(null),
});

/** Nobody holds the lock: what an operation waits for that would take it, work and give it back. */
export const isUnlocked = (tx: Transaction, ids: IpcIds): boolean => tx.read(ids.owner) === null;

/** The objects of a table from the lowest slot up, as all of the kernel's walks: until as many were met as there are. */
export function* objectsOf(tx: Transaction, ids: IpcIds): Generator<IpcObject, void> {
  let left = tx.read(ids.inUse);
  for (let slot = 0; left > 0; slot++) {
    const object = tx.read(ids.slots.at(slot));
    if (object === null) continue;
    left--;
    yield object;
  }
}

/** The highest slot in use, -1 for an empty table; ipc_get_maxid. */
export function highestSlot(tx: Transaction, ids: IpcIds): number {
  let highest = -1;
  for (const object of objectsOf(tx, ids)) highest = slotOf(tx, object);
  return highest;
}

/** What *_INFO commands return: the highest slot in use, 0 for an empty table. */
export const highestIndex = (tx: Transaction, ids: IpcIds): number => Math.max(0, highestSlot(tx, ids));

const slotOf = (tx: Transaction, object: IpcObject): number => slotOfId(tx.read(object.id));

/** The slot that an id stands for. */
export const slotOfId = (id: number): number => (id % SLOTS) | 0;

/** The object with a key, null when there is none; ipc_findkey. */
export function findKey(tx: Transaction, k: Kernel, ids: IpcIds, key: number): IpcObject | null {
  if (!k.is26 || k.fixed('I9')) return tx.read(ids.keys.at(key));
  let walked = 0;
  let found: IpcObject | null = null;
  for (const object of objectsOf(tx, ids)) {
    walked = slotOf(tx, object) + 1;
    if (tx.read(object.key) !== key) continue;
    found = object;
    break;
  }
  const objects = tx.read(ids.inUse);
  if (walked > objects) tx.note({ type: 'ipc.walk', kind: tx.read(ids.kind), slots: walked, objects });
  return found;
}

/**
 * The object with an id; ipc_lock_check.
 *
 * @returns EINVAL for an empty slot; for a slot that holds another object by now EIDRM (2.6.26, K6) or EINVAL (6.x)
 */
export function lookUp<O extends IpcObject>(tx: Transaction, k: Kernel, ids: IpcIds, id: number): Result<O> {
  const object = tx.read(ids.slots.at(slotOfId(id)));
  if (object === null) return fail('EINVAL');
  if (Math.trunc(id / SLOTS) === tx.read(object.seq)) return ok(object as O);
  if (!k.is26 || k.fixed('K6')) return fail('EINVAL');
  tx.note({ type: 'ipc.slot_reused', kind: tx.read(ids.kind), id });
  return fail('EIDRM');
}

/** The object in the slot of an index, whatever its id; what the *_STAT commands look at. EINVAL for an empty slot. */
export function lookUpIndex<O extends IpcObject>(tx: Transaction, ids: IpcIds, index: number): Result<O> {
  const object = tx.read(ids.slots.at(slotOfId(index)));
  return object === null ? fail('EINVAL') : ok(object as O);
}

/** Puts an object with an id into its slot: from here on others find it. */
export function publishObject(tx: Transaction, ids: IpcIds, object: IpcObject, slot: number): void {
  const key = tx.read(object.key);
  tx.write(object.deleted, false);
  tx.write(ids.slots.at(slot), object);
  tx.update(ids.leaves.at(leafOf(slot)), (n) => n + 1);
  if (key !== 0) tx.write(ids.keys.at(key), object);
  tx.update(ids.inUse, (n) => n + 1);
  if (slot !== tx.read(ids.lowestFree)) return;
  let free = slot + 1;
  while (tx.read(ids.slots.at(free)) !== null) free++;
  tx.write(ids.lowestFree, free);
}

/** Takes an object out of its table; ipc_rmid. */
export function unpublishObject(tx: Transaction, ids: IpcIds, object: IpcObject): void {
  const slot = slotOf(tx, object);
  forgetKey(tx, ids, object);
  tx.write(object.deleted, true);
  tx.write(ids.slots.at(slot), null);
  tx.update(ids.leaves.at(leafOf(slot)), (n) => n - 1);
  tx.update(ids.inUse, (n) => n - 1);
  tx.update(ids.lowestFree, (lowest) => Math.min(lowest, slot));
  tx.note({ type: 'ipc.removed', kind: tx.read(ids.kind), id: tx.read(object.id) });
}

/** Makes an object one that no key finds any more, while its id stays good. */
export function forgetKey(tx: Transaction, ids: IpcIds, object: IpcObject): void {
  const key = tx.read(object.key);
  if (key === 0) return;
  tx.write(ids.keys.at(key), null);
  tx.write(object.key, 0);
}

export const leafOf = (slot: number): number => Math.floor(slot / LEAF);
