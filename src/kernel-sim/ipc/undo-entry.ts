/**
 * Undo entries: what the exit of a process will add to the semaphores of one set; struct sem_undo, SEMANTICS C9.
 *
 * An entry is in the list of its owners and in the list of its set. Removing the set marks it (id -1), takes it out of both, and
 * frees it after a grace period: at once, or when the last who looked it up under RCU is through (`pins`).
 */

import { type Handle, layout } from '../machine/layout.ts';
import { LinkedList } from '../machine/list.ts';
import type { Transaction } from '../machine/store.ts';
import type { SemaphoreSet } from './semaphore-set.ts';
import type { UndoList } from './undo.ts';

interface UndoEntryFields {
  /** The id of the set, -1 once the set has been removed. */
  semid: number;
  list: UndoList;
  /** One adjustment per semaphore. */
  adjust: readonly number[];
  /** Readers inside an RCU section that know it. */
  pins: number;
  next: UndoEntry | null;
  previous: UndoEntry | null;
  nextOfSet: UndoEntry | null;
  previousOfSet: UndoEntry | null;
}

export type UndoEntry = Handle<UndoEntryFields>;

const UndoEntry = layout<UndoEntryFields>(
  'sem_undo',
  {
    semid: -1,
    list: null as unknown as UndoList,
    adjust: [],
    pins: 0,
    next: null,
    previous: null,
    nextOfSet: null,
    previousOfSet: null,
  },
  { heap: true },
);

/** The entries of a list, newest set first (6.x: the one used last first). */
export const entries = new LinkedList<UndoList, UndoEntry>({
  head: (list) => list.firstEntry,
  tail: (list) => list.lastEntry,
  next: (entry) => entry.next,
  previous: (entry) => entry.previous,
});

/** The entries for a set. */
const entriesOfSet = new LinkedList<SemaphoreSet, UndoEntry>({
  head: (set) => set.firstUndo,
  tail: (set) => set.lastUndo,
  next: (entry) => entry.nextOfSet,
  previous: (entry) => entry.previousOfSet,
});

/** Makes an entry without adjustments, first in both lists. */
export function addEntry(tx: Transaction, list: UndoList, set: SemaphoreSet): UndoEntry {
  const entry = tx.create(UndoEntry, {
    semid: tx.read(set.id),
    list,
    adjust: Object.freeze(Array.from({ length: tx.read(set.nsems) }, () => 0)),
    pins: 0,
    next: null,
    previous: null,
    nextOfSet: null,
    previousOfSet: null,
  });
  entries.prepend(tx, list, entry);
  entriesOfSet.prepend(tx, set, entry);
  return entry;
}

/** Takes an entry out of both lists. */
function unlinkEntry(tx: Transaction, list: UndoList, set: SemaphoreSet, entry: UndoEntry): void {
  entries.remove(tx, list, entry);
  entriesOfSet.remove(tx, set, entry);
}

/** Keeps an entry's memory until {@link unpin}: rcu_read_lock. */
export const pin = (tx: Transaction, entry: UndoEntry): number => tx.update(entry.pins, (n) => n + 1);

/** Ends a reader's section, and the grace period it held up. */
export function unpin(tx: Transaction, entry: UndoEntry): void {
  const pins = tx.update(entry.pins, (n) => n - 1);
  if (pins === 0 && tx.read(entry.semid) === -1) tx.free(entry);
}

/** Does away with an entry: out of both lists at once, freed when no reader knows it any more. */
export function dropEntry(tx: Transaction, list: UndoList, set: SemaphoreSet, entry: UndoEntry): void {
  unlinkEntry(tx, list, set, entry);
  tx.write(entry.semid, -1);
  if (tx.read(entry.pins) === 0) tx.free(entry);
}

/** Drops the entries for a set that is being removed. */
export function invalidateEntries(tx: Transaction, set: SemaphoreSet): void {
  for (const entry of entriesOfSet.members(tx, set)) dropEntry(tx, tx.read(entry.list), set, entry);
}

/** Forgets everybody's adjustments of one semaphore, or of all: SETVAL and SETALL. */
export function clearAdjustments(tx: Transaction, set: SemaphoreSet, num: number | null): void {
  for (const entry of entriesOfSet.members(tx, set)) {
    const adjust = tx.read(entry.adjust);
    if (num === null ? adjust.every((value) => value === 0) : adjust[num] === 0) continue;
    tx.write(
      entry.adjust,
      adjust.map((value, i) => (num === null || i === num ? 0 : value)),
    );
  }
}

/** The adjustment of a semaphore. An entry that was sized for a smaller set is overrun (S14). */
export function adjustmentOf(tx: Transaction, entry: UndoEntry, num: number): number {
  const adjust = tx.read(entry.adjust);
  if (num >= adjust.length)
    tx.note({ type: 'fault', kind: 'out-of-bounds', access: 'read', cell: entry.adjust, object: entry });
  return adjust[num] ?? 0;
}

/** Puts new adjustments down, by semaphore. */
export function writeAdjustments(tx: Transaction, entry: UndoEntry, changed: ReadonlyMap<number, number>): void {
  if (changed.size === 0) return;
  tx.update(entry.adjust, (adjust) => adjust.map((value, num) => changed.get(num) ?? value));
}
