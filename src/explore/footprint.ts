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
