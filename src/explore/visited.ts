/**
 * The states a search has seen: 64-bit hashes with a number each, in one open-addressed table (hash compaction).
 * Two states with the same hash are taken for one; at n states the chance of that is about n² / 2^65.
 */

/** Integers of a slot: the two lanes of the hash, the number, and whose it is. A look then costs one line of the cache. */
const SLOT = 4;
const [HI, VALUE, WHOSE] = [1, 2, 3];

/**
 * Whose a state is: this search came to it first as far as is known, or another did; and one that another came to without its being
 * known what was searched below it. Zero is a slot without a state.
 */
const [OWN, OTHERS, NAMED] = [1, 2, 3];

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

  /** Where a state is, or belongs; good until the next {@link put}. */
  find(lo: number, hi: number): number {
    return find(this.#slots, lo, hi);
  }

  /** Whether there is a state at a place of which a number is kept. */
  has(at: number): boolean {
    const whose = this.#slots[at + WHOSE];
    return whose === OWN || whose === OTHERS;
  }

  /** Whether a state that is put at a place is nobody's so far. */
  isFree(at: number): boolean {
    return this.#slots[at + WHOSE] === 0;
  }

  /** Whether the state at a place is this search's own. */
  isOwn(at: number): boolean {
    return this.#slots[at + WHOSE] === OWN;
  }

  /** Leaves the state at a place to another search. */
  cede(at: number): void {
    this.#slots[at + WHOSE] = OTHERS;
  }

  /** The number kept for the state at a place. */
  valueAt(at: number): number {
    return this.#slots[at + VALUE] as number;
  }

  /** Keeps a number for a state at its place. */
  put(at: number, lo: number, hi: number, value: number, isOwn = true): void {
    const slots = this.#slots;
    slots[at + VALUE] = value;
    if (this.has(at)) return;
    const isFree = slots[at + WHOSE] === 0;
    slots[at + WHOSE] = isOwn && isFree ? OWN : OTHERS;
    if (isFree) this.#occupy(at, lo, hi);
  }

  /** Puts down that a state is another search's, and nothing else of it. */
  name(at: number, lo: number, hi: number): void {
    this.#slots[at + WHOSE] = NAMED;
    this.#occupy(at, lo, hi);
  }

  #occupy(at: number, lo: number, hi: number): void {
    const slots = this.#slots;
    slots[at] = lo;
    slots[at + HI] = hi;
    this.size++;
    if (this.size * 2 * SLOT > slots.length) this.#grow();
  }

  #grow(): void {
    const old = this.#slots;
    const slots = new Int32Array(old.length * 2);
    for (let i = 0; i < old.length; i += SLOT) {
      if (old[i + WHOSE] === 0) continue;
      const [lo, hi] = [old[i] as number, old[i + HI] as number];
      const at = find(slots, lo, hi);
      slots[at] = lo;
      slots[at + HI] = hi;
      slots[at + VALUE] = old[i + VALUE] as number;
      slots[at + WHOSE] = old[i + WHOSE] as number;
    }
    this.#slots = slots;
  }
}

/** Where a state is, or would be put. */
function find(slots: Int32Array, lo: number, hi: number): number {
  const mask = slots.length - SLOT;
  let at = ((lo ^ (hi >>> 7)) * SLOT) & mask;
  while (slots[at + WHOSE] !== 0 && (slots[at] !== lo || slots[at + HI] !== hi)) at = (at + SLOT) & mask;
  return at;
}
