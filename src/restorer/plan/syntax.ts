/** Short ways to write expressions of programs as trees; src/userland/language/ast.ts. Everything here is frozen and may be shared. */

import type { AnyExpr, BytesPart, Expr, Field, NullExpr, NumberExpr, Span } from '../../userland/language/ast.ts';

/** Where a planned call stands: nowhere yet, since nobody has printed it. */
export const nowhere: Span = Object.freeze({ offset: 0, length: 0, line: 1, column: 1 });

/** `_`. */
export const any: AnyExpr = Object.freeze({ kind: 'any', span: nowhere });

/** `NULL`. */
export const none: NullExpr = Object.freeze({ kind: 'null', span: nowhere });

const makeNumber = (value: number | bigint, radix: NumberExpr['radix']): Expr =>
  Object.freeze({ kind: 'number', value, radix, span: nowhere });

/** Descriptors and lengths, which every program is full of. */
const small: readonly Expr[] = Array.from({ length: 256 }, (_, value) => makeNumber(value, 10));

/** A number in decimal, or in the base in which people read this one. */
export const number = (value: number | bigint, radix: NumberExpr['radix'] = 10): Expr =>
  (radix === 10 && typeof value === 'number' ? small[value] : undefined) ?? makeNumber(value, radix);

/** A variable, a constant or a program. */
export const name = (called: string): Expr => Object.freeze({ kind: 'name', name: called, span: nowhere });

/** `$pid`. */
export const ownPid: Expr = Object.freeze({ kind: 'self', which: 'pid', span: nowhere });

/** Bytes, one character U+0000..U+00FF each; parts that are expressions are filled in when the program runs. */
export function text(...parts: (string | Expr)[]): Expr {
  const made = parts
    .filter((part) => part !== '')
    .map((part) => (typeof part === 'string' ? ({ kind: 'bytes', bytes: part } satisfies BytesPart) : part));
  return Object.freeze({ kind: 'string', parts: made as never, truncated: false, span: nowhere });
}

/** `{name=value, …}`. */
export function struct(fields: Readonly<Record<string, Expr>>): Expr {
  const list: Field[] = Object.entries(fields).map(([field, value]) => ({ name: field, value }));
  return Object.freeze({ kind: 'struct', fields: list, open: false, span: nowhere });
}

/** `[a, b]`. */
export const array = (elements: readonly Expr[]): Expr =>
  Object.freeze({ kind: 'array', elements, open: false, span: nowhere });

/** `[USR1 RT_2]`: a set of signals by their names without SIG. */
export const signals = (names: readonly string[]): Expr =>
  Object.freeze({ kind: 'sigset', signals: names, span: nowhere });

/** `-1`, as a number that C would print so. */
export const minusOne: Expr = number(-1);

/** Flags joined by `|`, from any that have names; what is left is a number. `0` when there is none. */
export function flags(
  value: number,
  names: Readonly<Record<string, number>>,
  leftover: NumberExpr['radix'] = 16,
): Expr {
  const parts: Expr[] = [];
  let left = value;
  for (const [flag, bits] of Object.entries(names)) {
    if (bits === 0 || (left & bits) >>> 0 !== bits >>> 0) continue;
    parts.push(name(flag));
    left = (left & ~bits) >>> 0;
  }
  if (left !== 0 || parts.length === 0) parts.push(number(left, left === 0 ? 10 : leftover));
  return either(parts);
}

/** `a|b|c`. */
export function either(parts: readonly Expr[]): Expr {
  return parts.reduce((left, right) => Object.freeze({ kind: 'binary', operator: '|', left, right, span: nowhere }));
}
