/**
 * Undo entries: what the exit of a process will add to the semaphores of one set; struct sem_undo, SEMANTICS C9.
 *
 * An entry is in the list of its owners and in the list of its set. Removing the set marks it (id -1), takes it out of both, and
 * frees it after a grace period: at once, or when the last who looked it up under RCU is through (`pins`).
 */

import { type Handle, layout, type TableOf, table } from '../machine/layout.ts';
import { LinkedList } from '../machine/list.ts';
import type { Transaction } from '../machine/store.ts';
import type { SemaphoreSet } from './semaphore-set.ts';
import type { UndoList } from './undo.ts';

interface UndoEntryFields {
  /** The id of the set, -1 once the set has been removed. */
  semid: number;
  list: UndoList;
  /** The semaphores that there is an adjustment for, and each of these. */
  size: number;
  adjust: TableOf<number>;
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
    size: 0,
    adjust: table(0),
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
    size: tx.read(set.nsems),
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
  for (let num = 0; num < tx.read(entry.size); num++) tx.write(entry.adjust.at(num), 0);
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
    const size = tx.read(entry.size);
    for (let i = num ?? 0; i < (num === null ? size : num + 1); i++) tx.write(entry.adjust.at(i), 0);
  }
}

/** Whether an entry has room for a semaphore: one that was sized for a smaller set is overrun (S14). */
function isInside(tx: Transaction, entry: UndoEntry, num: number): boolean {
  if (num < tx.read(entry.size)) return true;
  tx.note({ type: 'fault', kind: 'out-of-bounds', access: 'check', cell: entry.size, object: entry });
  return false;
}

/** The adjustment of a semaphore. */
export const adjustmentOf = (tx: Transaction, entry: UndoEntry, num: number): number =>
  isInside(tx, entry, num) ? tx.read(entry.adjust.at(num)) : 0;

/** Puts a new adjustment down. */
export function adjust(tx: Transaction, entry: UndoEntry, num: number, value: number): void {
  if (isInside(tx, entry, num)) tx.write(entry.adjust.at(num), value);
}

/** Every adjustment of an entry, by semaphore; for those who look. */
export const adjustmentsOf = (tx: Transaction, entry: UndoEntry): readonly number[] =>
  Array.from({ length: tx.read(entry.size) }, (_, num) => tx.read(entry.adjust.at(num)));
