/**
 * The states a search has seen: 64-bit hashes with a number each, in one open-addressed table (hash compaction).
 * Two states with the same hash are taken for one; at n states the chance of that is about n² / 2^65.
 */

/** Bytes of a slot; at most half of the slots are used, and their number is a power of two. */
const SLOT = 13;

/** How many states can be kept in so many megabytes; without a limit, any number. */
export function statesIn(megabytes = Number.POSITIVE_INFINITY): number {
  return megabytes === Number.POSITIVE_INFINITY
    ? megabytes
    : 2 ** Math.floor(Math.log2((megabytes * 2 ** 20) / SLOT)) / 2;
}

export class Visited {
  #lo = new Int32Array(1 << 12);
  #hi = new Int32Array(1 << 12);
  #value = new Int32Array(1 << 12);
  #used = new Uint8Array(1 << 12);
  size = 0;

  /** The number kept for a state, undefined if it was never put in. */
  get(lo: number, hi: number): number | undefined {
    const slot = this.#slot(lo, hi);
    return this.#used[slot] === 1 ? this.#value[slot] : undefined;
  }

  set(lo: number, hi: number, value: number): void {
    const slot = this.#slot(lo, hi);
    this.#value[slot] = value;
    if (this.#used[slot] === 1) return;
    this.#used[slot] = 1;
    this.#lo[slot] = lo;
    this.#hi[slot] = hi;
    this.size++;
    if (this.size * 2 > this.#used.length) this.#grow();
  }

  #slot(lo: number, hi: number): number {
    const mask = this.#used.length - 1;
    let slot = (lo ^ (hi >>> 7)) & mask;
    while (this.#used[slot] === 1 && (this.#lo[slot] !== lo || this.#hi[slot] !== hi)) slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const [lo, hi, value, used] = [this.#lo, this.#hi, this.#value, this.#used];
    this.#lo = new Int32Array(lo.length * 2);
    this.#hi = new Int32Array(lo.length * 2);
    this.#value = new Int32Array(lo.length * 2);
    this.#used = new Uint8Array(lo.length * 2);
    this.size = 0;
    for (let i = 0; i < used.length; i++) {
      if (used[i] === 1) this.set(lo[i] as number, hi[i] as number, value[i] as number);
    }
  }
}
