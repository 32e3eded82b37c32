/**
 * Hashes of values, for the state key of a run.
 *
 * A state is hashed as the sum, over all cells, of mix(name of the cell, value). A sum can be kept incrementally: a write takes
 * the old term out and puts the new one in, and an undo does the reverse. Two independent 32-bit lanes make 64 bits.
 */

/** The two lanes of a 64-bit hash, each a signed 32-bit integer. */
export interface Hashed {
  readonly lo: number;
  readonly hi: number;
}

const LANE_LO = 0x9e3779b1 | 0;
const LANE_HI = 0x85ebca77 | 0;

/** Mixes two 32-bit integers into one (the finaliser of murmur3). */
export function mix(a: number, b: number): number {
  let h = Math.imul(a ^ Math.imul(b, 0xcc9e2d51 | 0), 0x1b873593);
  h ^= h >>> 15;
  h = Math.imul(h, 0x2c1b3c6d);
  h ^= h >>> 13;
  return Math.imul(h, 0x297a2d39) ^ (h >>> 16);
}

function hashText(text: string, seed: number): number {
  let h = seed ^ text.length;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return mix(h, seed);
}

function hashNumber(value: number, seed: number): number {
  if ((value | 0) === value) return mix(value, seed);
  const high = Math.floor(value / 0x1_0000_0000);
  return Number.isInteger(value) ? mix(mix(value >>> 0, seed), high | 0) : hashText(String(value), seed);
}

function hashObject(value: object, seed: number): number {
  const named = value as Partial<Hashed>;
  if (named.lo !== undefined && named.hi !== undefined) return seed === LANE_LO ? named.lo : named.hi;
  let h = mix(seed, 0x0b1ec7);
  if (Array.isArray(value)) {
    for (const item of value) h = mix(h, hashLane(item, seed));
    return mix(h, value.length);
  }
  for (const key of Object.keys(value))
    h = mix(mix(h, hashText(key, seed)), hashLane((value as Record<string, unknown>)[key], seed));
  return h;
}

function hashLane(value: unknown, seed: number): number {
  switch (typeof value) {
    case 'number':
      return hashNumber(value, seed);
    case 'string':
      return hashText(value, seed);
    case 'boolean':
      return mix(value ? 0x7e0e : 0xfa15e, seed);
    case 'bigint':
      return hashText(value.toString(16), mix(seed, 0xb16));
    case 'symbol':
      return hashText(value.description ?? '', mix(seed, 0x5b1));
    case 'object':
      return value === null ? mix(0x4011, seed) : hashObject(value, seed);
    case 'function':
      return hashText(value.name, mix(seed, 0xf0));
    default:
      return mix(0x0de, seed);
  }
}

/** The low lane of a value's hash. Kernel objects and frames hash by their name, plain data by structure. */
export const hashLo = (value: unknown): number => hashLane(value, LANE_LO);

/** The high lane of a value's hash. */
export const hashHi = (value: unknown): number => hashLane(value, LANE_HI);
