/**
 * Giving a new object its slot, its sequence number and so its id; ipc_addid of ipc/util.c, SEMANTICS A7 (chosen ids), C7 and D.
 *
 * 2.6.26 takes the lowest free slot and a new sequence number at every creation; a chosen id (next_syscall_data) has to have its
 * slot free. 6.x goes round the slots, counts up the sequence number only when it starts over, and takes a chosen id (*_next_id, E9)
 * as a wish. Runs inside the operation that publishes the object, under the table's lock.
 */

import { INT_MAX } from '../abi/limits.ts';
import type { Kernel } from '../kernel.ts';
import type { Transaction } from '../machine/store.ts';
import { fail, ok, type Result } from '../result.ts';
import { highestSlot, type IpcIds, LEAF, leafOf, slotOfId } from './ids.ts';
import { SLOTS } from './object.ts';

/** A place in a table; `id` is what will be found there. */
export interface Place {
  readonly slot: number;
  readonly seq: number;
  readonly id: number;
  /** The id that was asked for, null when none was. */
  readonly wanted: number | null;
}

const MAX_SEQ = Math.floor(INT_MAX / SLOTS);

const placeAt = (slot: number, seq: number, wanted: number | null): Place => ({
  slot,
  seq,
  id: seq * SLOTS + slot,
  wanted,
});

const isTaken = (tx: Transaction, ids: IpcIds, slot: number): boolean => tx.read(ids.slots.at(slot)) !== null;

/** The next place in the ordinary way of 2.6.26. EAGAIN when a leaf of the idr is needed and no layer is left for it. */
export function nextPlace(tx: Transaction, ids: IpcIds): Result<Place> {
  const slot = tx.read(ids.lowestFree);
  if (!takeLayer(tx, ids, slot)) return fail('EAGAIN');
  const seq = tx.read(ids.seq);
  tx.write(ids.seq, seq === MAX_SEQ ? 0 : seq + 1);
  return ok(placeAt(slot, seq, null));
}

/**
 * The place of a chosen id in 2.6.26; SEMANTICS A7.
 *
 * @returns EBUSY when the slot is taken, though the id itself may not be in use (I1); ENOSPC or EBUSY for a negative id (I3);
 * EAGAIN when no layer of the idr is left, which the caller answers by trying again without the value (I2)
 */
export function chosenPlace(tx: Transaction, k: Kernel, ids: IpcIds, wanted: number): Result<Place> {
  if (wanted < 0 && k.fixed('I3')) return fail('EINVAL');
  // slot + 32768 · seq is the id by definition: the posted comparison of the two never refuses anything.
  const slot = slotOfId(wanted);
  const seq = Math.trunc(wanted / SLOTS);
  if (slot < 0) return fail(negativeSlotMeetsNeighbour(tx, ids, slot) ? 'EBUSY' : 'ENOSPC');
  if (isTaken(tx, ids, slot)) {
    tx.note({ type: 'ipc.busy', kind: tx.read(ids.kind), wanted });
    return fail('EBUSY');
  }
  if (!takeLayer(tx, ids, slot)) return fail('EAGAIN');
  // The table's own counter stays, so that an ordinary creation may repeat this very id later (I4).
  if (k.fixed('I4')) tx.update(ids.seq, (own) => Math.max(own, seq === MAX_SEQ ? 0 : seq + 1));
  return ok({ slot, seq, id: wanted, wanted });
}

/**
 * Whether the idr, asked for a negative slot, comes up with another free one in its only leaf, which is then refused as not the one
 * wanted. It looks at the position (slot modulo 64) only; with more than one leaf the way down ends in the void.
 */
function negativeSlotMeetsNeighbour(tx: Transaction, ids: IpcIds, slot: number): boolean {
  if (highestSlot(tx, ids) >= LEAF) return false;
  return isTaken(tx, ids, slot & (LEAF - 1)) && tx.read(ids.leaves.at(0)) < LEAF;
}

/** Takes a spare layer if the slot's leaf is not there yet; false when there is none. Inner layers are not counted. */
function takeLayer(tx: Transaction, ids: IpcIds, slot: number): boolean {
  if (tx.read(ids.leaves.at(leafOf(slot))) > 0) return true;
  const spare = tx.read(ids.spare);
  if (spare === 0) return false;
  tx.write(ids.spare, spare - 1);
  return true;
}

/** The slots that 6.x goes round in while few are used; ipc_min_cycle. */
const MIN_CYCLE = 64;

/** The next place on 6.x: what *_next_id asks for or the slot after it, else the next slot going round; ENOSPC when none is free. */
export function cyclicPlace(tx: Transaction, ids: IpcIds): Result<Place> {
  const wanted = tx.read(ids.nextId);
  if (wanted >= 0) {
    tx.write(ids.nextId, -1); // whoever creates next takes it, and it is gone whatever comes of that
    const slot = freeSlot(tx, ids, slotOfId(wanted), SLOTS);
    if (slot === null) return fail('ENOSPC');
    if (slot !== slotOfId(wanted)) tx.note({ type: 'ipc.busy', kind: tx.read(ids.kind), wanted });
    return ok(placeAt(slot, Math.trunc(wanted / SLOTS), wanted));
  }
  const end = Math.min(Math.max(Math.floor((tx.read(ids.inUse) * 3) / 2), MIN_CYCLE), SLOTS);
  const cursor = tx.read(ids.cursor);
  const slot = freeSlot(tx, ids, cursor, end) ?? freeSlot(tx, ids, 0, end);
  if (slot === null) return fail('ENOSPC');
  tx.write(ids.cursor, slot + 1);
  if (slot <= tx.read(ids.lastSlot)) tx.update(ids.seq, (seq) => (seq + 1 >= MAX_SEQ ? 0 : seq + 1));
  tx.write(ids.lastSlot, slot);
  return ok(placeAt(slot, tx.read(ids.seq), null));
}

function freeSlot(tx: Transaction, ids: IpcIds, from: number, end: number): number | null {
  for (let slot = from; slot < end; slot++) if (!isTaken(tx, ids, slot)) return slot;
  return null;
}
