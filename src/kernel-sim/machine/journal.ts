/**
 * The journal: what each change of a cell replaced, and the hash of the state before it. Going back swaps old values in and new ones
 * into the journal, so that going forward again is the same walk the other way.
 */

import { IntList } from './growable.ts';

/** A place in the journal, to which the store can be taken back. */
export type Mark = number;

export class Journal {
  /** Where it stands: entries from here on were taken back. */
  end: Mark = 0;
  /** How many changes were ever put down: as long as it stays, what was taken back can be brought again. */
  count = 0;
  readonly #cells = new IntList();
  readonly #values: unknown[] = [];
  readonly #lo = new IntList();
  readonly #hi = new IntList();

  /** Puts down that a cell held `old` in a state with this hash. */
  record(cell: number, old: unknown, lo: number, hi: number): void {
    const at = this.end++;
    this.count++;
    this.#cells.put(at, cell);
    this.#values[at] = old;
    this.#lo.put(at, lo);
    this.#hi.put(at, hi);
  }

  /** Takes entries back down to `mark`; `lo` and `hi` are the hash of the state that is left. */
  undo(mark: Mark, values: unknown[], lo: number, hi: number): void {
    this.#lo.put(this.end, lo);
    this.#hi.put(this.end, hi);
    for (let i = this.end - 1; i >= mark; i--) this.#swap(i, values);
    this.end = mark;
  }

  /** Brings entries back that were taken, up to `mark`. */
  redo(mark: Mark, values: unknown[]): void {
    for (let i = this.end; i < mark; i++) this.#swap(i, values);
    this.end = mark;
  }

  /** The hash of the state at a place that the journal has been at. */
  hashAt(mark: Mark): { lo: number; hi: number } {
    return { lo: this.#lo.at(mark), hi: this.#hi.at(mark) };
  }

  /** The cell that an entry changed. */
  cellAt(entry: Mark): number {
    return this.#cells.at(entry);
  }

  /** What an entry holds: the value before the change, or after it for an entry that was taken back. */
  valueAt(entry: Mark): unknown {
    return this.#values[entry];
  }

  /** Forgets everything. */
  clear(): void {
    this.end = 0;
    this.count++;
    this.#values.length = 0;
  }

  #swap(entry: Mark, values: unknown[]): void {
    const cell = this.#cells.at(entry);
    const now = values[cell];
    values[cell] = this.#values[entry];
    this.#values[entry] = now;
  }
}
