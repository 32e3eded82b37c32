/**
 * A sketch of the machine: what the states of a search differ in, as small integers.
 *
 * Most cells hold the same in all states of a search. Each of the others has a slot, from the first change of it on, and each of
 * its values a number. A change that is made again is then a handful of integers, and the store need not hear of it.
 */

import type { Change } from '../kernel-sim/machine/change.ts';
import type { Cell } from '../kernel-sim/machine/layout.ts';
import type { Store } from '../kernel-sim/machine/store.ts';

/** A change in the terms of a sketch. */
export interface Move {
  /** For each changed slot three numbers: the slot, what it held, what it holds then. */
  readonly parts: Int32Array;
  /** For each slot that was only counted two: the slot, and by how much. */
  readonly counts: Int32Array;
  readonly lo: number;
  readonly hi: number;
}

/** Whoever took a cell for one that holds the same in all states. */
export interface Reliant {
  isStale: boolean;
}

interface Slot {
  readonly cell: number;
  readonly values: unknown[];
  readonly numbers: Map<unknown, number>;
}

export class Sketch {
  /** By slot: the number of the value that it holds now. */
  now = new Int32Array(256);
  /** The hash of the present state. */
  lo: number;
  hi: number;
  readonly #store: Store;
  readonly #slots: Slot[] = [];
  /** By cell: its slot and 1, 0 for none. */
  #slotOf = new Int32Array(4096);
  readonly #reliants = new Map<number, Set<Reliant>>();

  /** @param store at the state in which the search begins */
  constructor(store: Store) {
    this.#store = store;
    this.lo = store.hashLo;
    this.hi = store.hashHi;
  }

  /** The slot of a cell, -1 if it holds the same in all states so far. */
  slotOf(cell: number): number {
    return cell < this.#slotOf.length ? (this.#slotOf[cell] as number) - 1 : -1;
  }

  /** The number of a value in a slot. */
  numberOf(slot: number, value: unknown): number {
    const { values, numbers } = this.#slots[slot] as Slot;
    let number = numbers.get(value);
    if (number === undefined) {
      number = values.push(value) - 1;
      numbers.set(value, number);
    }
    return number;
  }

  /** The value that a slot holds now. */
  valueOf(slot: number): unknown {
    return (this.#slots[slot] as Slot).values[this.now[slot] as number];
  }

  /** The value that a cell has in all states; only for cells without a slot. Whoever relies on it hears when it gets one. */
  constantOf(cell: number, reliant: Reliant): unknown {
    const reliants = this.#reliants.get(cell);
    if (reliants === undefined) this.#reliants.set(cell, new Set([reliant]));
    else reliants.add(reliant);
    return this.#store.peek(cell as Cell<unknown>);
  }

  /**
   * Gives a cell a slot, if it has none.
   *
   * @param constant what it held in all states so far
   */
  vary(cell: number, constant: unknown): number {
    const known = this.slotOf(cell);
    if (known !== -1) return known;
    const slot = this.#slots.push({ cell, values: [constant], numbers: new Map([[constant, 0]]) }) - 1;
    if (cell >= this.#slotOf.length) this.#slotOf = widened(this.#slotOf, cell + 1);
    this.#slotOf[cell] = slot + 1;
    if (slot >= this.now.length) this.now = widened(this.now, slot + 1);
    for (const reliant of this.#reliants.get(cell) ?? []) reliant.isStale = true;
    this.#reliants.delete(cell);
    return slot;
  }

  /**
   * A change in terms of slots. What it is the first to change held the same in all states before.
   *
   * @param isMade whether the store has just made it
   */
  moveOf({ changed, before, values, counted, amounts, lo, hi }: Change, isMade: boolean): Move {
    const parts = changed.flatMap((cell, i) => {
      const slot = this.vary(cell, before[i]);
      return [slot, this.numberOf(slot, before[i]), this.numberOf(slot, values[i])];
    });
    const counts = counted.flatMap((cell, i) => {
      const [held, amount] = [this.#store.peek(cell as Cell<number>), amounts[i] as number];
      return [this.vary(cell, isMade ? held - amount : held), amount];
    });
    return { parts: Int32Array.from(parts), counts: Int32Array.from(counts), lo, hi };
  }

  /** Makes a move. */
  make({ parts, counts, lo, hi }: Move): void {
    const { now } = this;
    for (let i = 0; i < parts.length; i += 3) now[parts[i] as number] = parts[i + 2] as number;
    this.lo = (this.lo + lo) | 0;
    this.hi = (this.hi + hi) | 0;
    for (let i = 0; i < counts.length; i += 2) this.#count(counts[i] as number, counts[i + 1] as number);
  }

  /** Takes the last move back. */
  takeBack({ parts, counts, lo, hi }: Move): void {
    const { now } = this;
    for (let i = 0; i < counts.length; i += 2) this.#count(counts[i] as number, -(counts[i + 1] as number));
    for (let i = 0; i < parts.length; i += 3) now[parts[i] as number] = parts[i + 1] as number;
    this.lo = (this.lo - lo) | 0;
    this.hi = (this.hi - hi) | 0;
  }

  #count(slot: number, amount: number): void {
    const { cell, values } = this.#slots[slot] as Slot;
    const { changes } = this.#store;
    const from = values[this.now[slot] as number] as number;
    const to = from + amount;
    this.now[slot] = this.numberOf(slot, to);
    this.lo = (this.lo + changes.termLo(cell, to) - changes.termLo(cell, from)) | 0;
    this.hi = (this.hi + changes.termHi(cell, to) - changes.termHi(cell, from)) | 0;
  }
}

function widened(items: Int32Array<ArrayBuffer>, least: number): Int32Array<ArrayBuffer> {
  const wider = new Int32Array(Math.max(least, items.length * 2));
  wider.set(items);
  return wider;
}
