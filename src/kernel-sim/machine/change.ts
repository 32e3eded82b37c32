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
  /** Every cell whose value had a say, in the order in which they were first looked at, and what it held. */
  readonly seen: readonly number[];
  readonly seenValues: readonly unknown[];
  /** Every cell that ended up with another value, what it held, and what it holds then. All of them are among those seen. */
  readonly changed: readonly number[];
  readonly before: readonly unknown[];
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

  /** Ends what {@link begin} began. */
  end(): Change {
    const { seen, counted } = this.recorder as ChangeRecorder;
    this.recorder = null;
    const onlyCounted = [...counted].filter(([cell, before]) => !seen.has(cell) && this.#values[cell] !== before);
    const cells = new Set<number>();
    for (let i = this.#start; i < this.#journal.end; i++) cells.add(this.#journal.cellAt(i));
    for (const [cell] of counted) if (!seen.has(cell)) cells.delete(cell);
    let [lo, hi] = [0, 0];
    const changed: number[] = [];
    for (const cell of cells) {
      const [from, to] = [seen.get(cell), this.#canonical(cell)];
      if (from === to) continue;
      changed.push(cell);
      lo = (lo + this.termLo(cell, to) - this.termLo(cell, from)) | 0;
      hi = (hi + this.termHi(cell, to) - this.termHi(cell, from)) | 0;
    }
    return {
      seen: [...seen.keys()],
      seenValues: [...seen.values()],
      changed,
      before: changed.map((cell) => seen.get(cell)),
      values: changed.map((cell) => this.#values[cell]),
      counted: onlyCounted.map(([cell]) => cell),
      amounts: onlyCounted.map(([cell, before]) => (this.#values[cell] as number) - before),
      lo,
      hi,
    };
  }

  /** Makes a change again, where everything that it looked at holds what it held then. */
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

  /** What a cell that holds a value adds to the low lane of the state's hash. */
  termLo(cell: number, value: unknown): number {
    return mix(this.#seedLo.at(cell), hashLo(value));
  }

  /** What it adds to the high lane. */
  termHi(cell: number, value: unknown): number {
    return mix(this.#seedHi.at(cell), hashHi(value));
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
