/**
 * The states a search has seen: 64-bit hashes with a number each, in one open-addressed table (hash compaction).
 * Two states with the same hash are taken for one; at n states the chance of that is about n² / 2^65.
 */

/** Integers of a slot: the two lanes of the hash, the number, and whether it is used. A look then costs one line of the cache. */
const SLOT = 4;
const [HI, VALUE, USED] = [1, 2, 3];

/**
 * How many states can be kept in so many megabytes; without a limit, any number.
 * At most half of the slots are used, and their number is a power of two.
 */
export function statesIn(megabytes = Number.POSITIVE_INFINITY): number {
  return megabytes === Number.POSITIVE_INFINITY
    ? megabytes
    : 2 ** Math.floor(Math.log2((megabytes * 2 ** 20) / (SLOT * Int32Array.BYTES_PER_ELEMENT))) / 2;
}

export class Visited {
  size = 0;
  #slots = new Int32Array(SLOT << 12);

  /** The number kept for a state, undefined if it was never put in. */
  get(lo: number, hi: number): number | undefined {
    const at = find(this.#slots, lo, hi);
    return this.#slots[at + USED] === 1 ? this.#slots[at + VALUE] : undefined;
  }

  set(lo: number, hi: number, value: number): void {
    const slots = this.#slots;
    const at = find(slots, lo, hi);
    slots[at + VALUE] = value;
    if (slots[at + USED] === 1) return;
    slots[at] = lo;
    slots[at + HI] = hi;
    slots[at + USED] = 1;
    this.size++;
    if (this.size * 2 * SLOT > slots.length) this.#grow();
  }

  #grow(): void {
    const old = this.#slots;
    const slots = new Int32Array(old.length * 2);
    for (let i = 0; i < old.length; i += SLOT) {
      if (old[i + USED] !== 1) continue;
      const at = find(slots, old[i] as number, old[i + HI] as number);
      for (let j = 0; j < SLOT; j++) slots[at + j] = old[i + j] as number;
    }
    this.#slots = slots;
  }
}

/** Where a state is, or would be put. */
function find(slots: Int32Array, lo: number, hi: number): number {
  const mask = slots.length - SLOT;
  let at = ((lo ^ (hi >>> 7)) * SLOT) & mask;
  while (slots[at + USED] === 1 && (slots[at] !== lo || slots[at + HI] !== hi)) at = (at + SLOT) & mask;
  return at;
}
