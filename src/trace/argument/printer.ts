/** What a printer of arguments is, and the numbers of strace: hexadecimal, octal and symbolic ones. */

import type { Datum, Struct } from '../../syscalls/datum.ts';

/** What a printer may look at besides the value. */
export interface Context {
  /** Bytes of a string, and elements of an array, that are shown; -1 for all. */
  readonly width: number;
  /** The call and all its arguments, when the value is one of them. */
  readonly call: string;
  readonly args: readonly Datum[];
  /** The structure that the value is a field of. */
  readonly around?: Struct;
}

/** The text of a value as strace has it for one kind of parameter; undefined for a value that is nothing special there. */
export type Printer = (value: Datum, context: Context) => string | undefined;

/** An integer argument as a bigint; undefined for anything else. */
export function integerIn(value: Datum): bigint | undefined {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  return typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : undefined;
}

/** C's `%#x` of the low 32 or 64 bits: 0 has no prefix. */
export function hexText(value: bigint, bits = 64): string {
  const low = BigInt.asUintN(bits, value);
  return low === 0n ? '0' : `0x${low.toString(16)}`;
}

/** Makes a printer of integers; everything else is left to others. */
export const integers =
  (print: (value: bigint, context: Context) => string): Printer =>
  (value, context) => {
    const integer = integerIn(value);
    return integer === undefined ? undefined : print(integer, context);
  };

/** An address: NULL or hexadecimal. */
export const address: Printer = integers((value) => (value === 0n ? 'NULL' : hexText(value)));

/** C's `%#03o`, as strace prints permission bits: `0600`, and `000` for none. */
export const octalText = (value: bigint): string => `0${value.toString(8).padStart(value === 0n ? 2 : 0, '0')}`;
