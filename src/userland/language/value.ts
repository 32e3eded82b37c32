// What expressions evaluate to: plain data, frozen, with one form for each value, so that it can be compared and hashed.

import type { Integer } from './integer.ts';

/** The value of `_`: whatever the kernel fills in. */
export const ANY: unique symbol = Symbol('_');

/**
 * A value of a program: an integer (a bigint only where it is no safe number), bytes (one character U+0000..U+00FF each), a
 * truth, NULL, `_`, an array, or a structure: a frozen record without a prototype, so that no field name is special.
 */
export type Value = Integer | string | boolean | null | typeof ANY | readonly Value[] | RecordValue;

export type RecordValue = { readonly [field: string]: Value };

/** A structure with these fields, in this order. */
export function record(fields: Iterable<readonly [string, Value]>): RecordValue {
  const made: Record<string, Value> = Object.create(null);
  for (const [name, value] of fields) made[name] = value;
  return Object.freeze(made);
}

/** The value of a program's name, as in `sa_handler=on_usr1`: what a handler's address is to a real process. */
export function programNamed(name: string): RecordValue {
  return record([['program', name]]);
}

/** The program that a value names; undefined for any other value. */
export function programOf(value: Value): string | undefined {
  if (!isRecord(value) || Object.keys(value).length !== 1) return undefined;
  return typeof value.program === 'string' ? value.program : undefined;
}

export function isInteger(value: Value): value is Integer {
  return typeof value === 'number' || typeof value === 'bigint';
}

export function isArray(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

export function isRecord(value: Value): value is RecordValue {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether two values are the same: integers by number, the rest by structure. A truth equals 0 or 1, as in C. */
export function equalValues(a: Value, b: Value): boolean {
  if (isArray(a)) return isArray(b) && a.length === b.length && a.every((element, i) => equalValues(element, b[i]!));
  if (isRecord(a)) return isRecord(b) && equalRecords(a, b);
  return plain(a) === plain(b);
}

function equalRecords(a: RecordValue, b: RecordValue): boolean {
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  return names.every((name) => Object.hasOwn(b, name) && equalValues(a[name]!, b[name]!));
}

/** Integers as bigints and truths as 0 and 1, so that === compares numbers. */
function plain(value: Value): Value {
  if (typeof value === 'boolean') return value ? 1n : 0n;
  return typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : value;
}
