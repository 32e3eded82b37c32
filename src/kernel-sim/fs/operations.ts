/**
 * Tables of functions that objects of one kind share, such as struct file_operations: constants that a cell may hold.
 * They hash and print by their name.
 */

import { type Hashed, hashHi, hashLo } from '../machine/hash.ts';

/** A constant with a name of its own. */
export interface Named extends Hashed {
  readonly name: string;
  toJSON(): string;
}

/** Gives a table of functions its name. */
export function named<T extends object>(name: string, functions: T): T & Named {
  return Object.freeze({ ...functions, name, lo: hashLo(name), hi: hashHi(name), toJSON: () => name });
}
