/**
 * What a stretch of steps did, so that it can be done again without running it: wherever the cells that it looked at hold the same,
 * it changes the same cells to the same values. That is so because steps touch state through operations only.
 */

import type { IntList } from './growable.ts';
import { hashHi, hashLo, mix } from './hash.ts';
import type { Journal } from './journal.ts';
import type { Cell } from './layout.ts';
import type { Store } from './store.ts';

export interface Change {
  /** Every cell whose value had a say, and what it held. */
  readonly seen: readonly number[];
  readonly seenValues: readonly unknown[];
  /** Every cell that ended up with another value, and which. */
  readonly changed: readonly number[];
  readonly values: readonly unknown[];
  /** Cells that were only counted up or down, and by how much. */
  readonly counted: readonly number[];
  readonly amounts: readonly number[];
  /** What the changed cells do to the hash of the state. */
  readonly lo: number;
  readonly hi: number;
}

/** Puts down what a stretch of steps looks at, from its beginning. */
class ChangeRecorder {
  /** What cells held at the beginning: those looked at or replaced. */
  readonly seen = new Map<number, unknown>();
  /** What cells held at the beginning that were counted up or down. */
  readonly counted = new Map<number, number>();

  /** Hears of a cell before its value is used or replaced. */
  touch(cell: number, value: unknown): void {
    if (!this.seen.has(cell)) this.seen.set(cell, this.counted.get(cell) ?? value);
  }

  count(cell: number, value: number): void {
    if (!this.counted.has(cell)) this.counted.set(cell, value);
  }
}

/** The changes of one store. */
export class Changes {
  /** Who hears what is looked at and changed; null while nothing is put down. */
  recorder: ChangeRecorder | null = null;
  readonly #store: Store;
  readonly #values: unknown[];
  readonly #journal: Journal;
  readonly #seedLo: IntList;
  readonly #seedHi: IntList;
  /** Plain data and frames that cells were left with, by cell and hash. */
  readonly #equals = new Map<string, object>();
  #start = 0;

  constructor(store: Store, values: unknown[], journal: Journal, seedLo: IntList, seedHi: IntList) {
    this.#store = store;
    this.#values = values;
    this.#journal = journal;
    this.#seedLo = seedLo;
    this.#seedHi = seedHi;
  }

  /** Puts down from here on what steps look at and change. */
  begin(): void {
    this.recorder = new ChangeRecorder();
    this.#start = this.#journal.end;
  }

  /**
   * Ends what {@link begin} began.
   *
   * @param isLikelyToDiffer which cells are worth looking at first, to tell soon where the change does not apply
   */
  end(isLikelyToDiffer: (cell: number) => boolean): Change {
    const { seen, counted } = this.recorder as ChangeRecorder;
    this.recorder = null;
    const onlyCounted = [...counted].filter(([cell]) => !seen.has(cell));
    const cells = new Set<number>();
    for (let i = this.#start; i < this.#journal.end; i++) cells.add(this.#journal.cellAt(i));
    for (const [cell] of onlyCounted) cells.delete(cell);
    let [lo, hi] = [0, 0];
    const changed: number[] = [];
    for (const cell of cells) {
      const [from, to] = [seen.get(cell), this.#canonical(cell)];
      if (from === to) continue;
      changed.push(cell);
      lo = (lo + mix(this.#seedLo.at(cell), hashLo(to)) - mix(this.#seedLo.at(cell), hashLo(from))) | 0;
      hi = (hi + mix(this.#seedHi.at(cell), hashHi(to)) - mix(this.#seedHi.at(cell), hashHi(from))) | 0;
    }
    const first = [...seen.keys()].filter(isLikelyToDiffer);
    const looked = [...new Set([...first, ...seen.keys()])];
    return {
      seen: looked,
      seenValues: looked.map((cell) => seen.get(cell)),
      changed,
      values: changed.map((cell) => this.#values[cell]),
      counted: onlyCounted.map(([cell]) => cell),
      amounts: onlyCounted.map(([cell, before]) => (this.#values[cell] as number) - before),
      lo,
      hi,
    };
  }

  /** Whether everything that a change has looked at holds what it held then. */
  allow({ seen, seenValues }: Change): boolean {
    for (let i = 0; i < seen.length; i++) if (this.#values[seen[i] as number] !== seenValues[i]) return false;
    return true;
  }

  /** Makes a change again that {@link allow} allows. */
  repeat({ changed, values, counted, amounts, lo, hi }: Change): void {
    const store = this.#store;
    for (let i = 0; i < changed.length; i++) {
      const cell = changed[i] as number;
      this.#journal.record(cell, this.#values[cell], store.hashLo, store.hashHi);
      this.#values[cell] = values[i];
    }
    store.hashLo = (store.hashLo + lo) | 0;
    store.hashHi = (store.hashHi + hi) | 0;
    for (let i = 0; i < counted.length; i++) store.add(counted[i] as Cell<number>, amounts[i] as number);
  }

  /** The value of a cell, exchanged for the one object that stands for all equal ones in this cell. */
  #canonical(cell: number): unknown {
    const value = this.#values[cell];
    if (typeof value !== 'object' || value === null || 'base' in value) return value;
    const key = `${cell} ${hashLo(value)} ${hashHi(value)}`;
    const known = this.#equals.get(key);
    if (known === undefined) this.#equals.set(key, value);
    else this.#values[cell] = known;
    return this.#values[cell];
  }
}
