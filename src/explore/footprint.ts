/** What a step touched, and when two steps can be made in either order. */

import type { Store } from '../kernel-sim/machine/store.ts';

export interface Footprint {
  readonly reads: readonly number[];
  readonly writes: readonly number[];
  readonly adds: readonly number[];
  /** One bit for each cell, by its number modulo 32: what bits do not share, cells do not. */
  readonly readBits: number;
  readonly writeBits: number;
  readonly addBits: number;
}

function bitsOf(cells: readonly number[]): number {
  let bits = 0;
  for (const cell of cells) bits |= 1 << (cell & 31);
  return bits;
}

/** The footprint of the step that the store has just seen; who writes a cell is not said to read it too. */
export function footprintOf(store: Store): Footprint {
  const writes = [...new Set(store.writes.copy())];
  const written = new Set(writes);
  const reads = [...new Set(store.reads.copy())].filter((cell) => !written.has(cell));
  const adds = [...new Set(store.adds.copy())].filter((cell) => !written.has(cell));
  return { reads, writes, adds, readBits: bitsOf(reads), writeBits: bitsOf(writes), addBits: bitsOf(adds) };
}

function share(a: readonly number[], b: readonly number[]): boolean {
  for (const cell of a) if (b.includes(cell)) return true;
  return false;
}

/** Whether neither step changes what the other looks at or changes. Counting the same cell up or down is no conflict. */
export function independent(a: Footprint, b: Footprint): boolean {
  const { writeBits, readBits, addBits } = b;
  if ((a.writeBits & (writeBits | readBits | addBits)) !== 0) {
    if (share(a.writes, b.writes) || share(a.writes, b.reads) || share(a.writes, b.adds)) return false;
  }
  if ((a.readBits & (writeBits | addBits)) !== 0 && (share(a.reads, b.writes) || share(a.reads, b.adds))) return false;
  return (a.addBits & (writeBits | readBits)) === 0 || !(share(a.adds, b.writes) || share(a.adds, b.reads));
}

/** Footprints by number, and which of them are independent, told apart once for each two. */
export class Prints {
  readonly #all: Footprint[] = [];
  readonly #numbers = new Map<string, number>();
  /** By two numbers: 1 for independent, 2 for not, 0 as long as nobody has asked. */
  readonly #relations: Uint8Array[] = [];

  /** The number of a footprint, the same for the same cells. */
  numberOf(print: Footprint): number {
    const key = `${print.reads.join()};${print.writes.join()};${print.adds.join()}`;
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.#all.push(print) - 1;
      this.#numbers.set(key, number);
      this.#relations.push(new Uint8Array(64));
    }
    return number;
  }

  /** Whether two footprints are {@link independent}. */
  areIndependent(a: number, b: number): boolean {
    const relation = (this.#relations[a] as Uint8Array)[b];
    return relation === undefined || relation === 0 ? this.#relate(a, b) : relation === 1;
  }

  #relate(a: number, b: number): boolean {
    let row = this.#relations[a] as Uint8Array;
    if (b >= row.length) {
      row = new Uint8Array(Math.max(b + 1, row.length * 2));
      row.set(this.#relations[a] as Uint8Array);
      this.#relations[a] = row;
    }
    const answer = independent(this.#all[a] as Footprint, this.#all[b] as Footprint);
    row[b] = answer ? 1 : 2;
    return answer;
  }
}
