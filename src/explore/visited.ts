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
    const at = this.find(lo, hi);
    return this.has(at) ? this.valueAt(at) : undefined;
  }

  set(lo: number, hi: number, value: number): void {
    this.put(this.find(lo, hi), lo, hi, value);
  }

  /** Where a state is, or belongs; good until the next {@link put}. */
  find(lo: number, hi: number): number {
    return find(this.#slots, lo, hi);
  }

  /** Whether there is a state at a place. */
  has(at: number): boolean {
    return this.#slots[at + USED] === 1;
  }

  /** The number kept for the state at a place. */
  valueAt(at: number): number {
    return this.#slots[at + VALUE] as number;
  }

  /** Keeps a number for a state at its place. */
  put(at: number, lo: number, hi: number, value: number): void {
    const slots = this.#slots;
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
      const [lo, hi] = [old[i] as number, old[i + HI] as number];
      const at = find(slots, lo, hi);
      slots[at] = lo;
      slots[at + HI] = hi;
      slots[at + VALUE] = old[i + VALUE] as number;
      slots[at + USED] = 1;
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
