/** Sets of flags and enumerations by name, in strace's order; what has no name is hexadecimal. */

import { hexText, integers, type Printer } from './printer.ts';

/** Names with their values, in the order in which strace tries them. */
export type Names = readonly (readonly [name: string, value: bigint])[];

/** The named constants of a header in the order of `names`, which are separated by blanks. */
export function namesOf(header: Readonly<Record<string, unknown>>, names: string): Names {
  return names.split(' ').map((name) => {
    const value = header[name];
    if (typeof value !== 'number' && typeof value !== 'bigint') throw new Error(`there is no constant ${name}`);
    return [name, BigInt.asUintN(64, BigInt(value))];
  });
}

/** The names of the flags in a value, and the bits that none of them stands for. */
export function splitFlags(value: bigint, names: Names): { readonly found: string[]; readonly rest: bigint } {
  let rest = value;
  const found = names.flatMap(([name, bits]) => {
    if (bits === 0n || (rest & bits) !== bits) return [];
    rest &= ~bits;
    return [name];
  });
  return { found, rest };
}

/**
 * Prints a set of flags: `WNOHANG|0x80`, `0` for none.
 *
 * @param family what a comment calls flags none of which is known, such as `W` for `0x80 /* W_??? *\/`
 */
export const flags = (names: Names, family: string, bits = 32): Printer =>
  integers((value) => {
    const { found, rest } = splitFlags(BigInt.asUintN(bits, value), names);
    if (found.length === 0) return rest === 0n ? '0' : `${hexText(rest)} /* ${family}_??? */`;
    return [...found, ...(rest === 0n ? [] : [hexText(rest)])].join('|');
  });

/** Prints one of several values: `SEEK_SET`, or `0x7 /* SEEK_??? *\/`. */
export const choice = (names: Names, family: string): Printer => {
  const byValue = new Map([...names].reverse().map(([name, value]) => [BigInt.asIntN(32, value), name]));
  return integers((value) => {
    const low = BigInt.asIntN(32, value);
    return byValue.get(low) ?? `${hexText(low, 32)} /* ${family}_??? */`;
  });
};
