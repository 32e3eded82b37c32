// Reads the integers of C: 42, 0x2a, 052. Nothing in a program is wider than the 64 bits of a system call's argument.

import type { Span } from './ast.ts';
import { narrow } from './integer.ts';
import type { Token } from './token.ts';

const forms = [
  { radix: 16, pattern: /^0[xX]([0-9a-fA-F]+)$/, prefix: '0x' },
  { radix: 8, pattern: /^0([0-7]+)$/, prefix: '0o' },
  { radix: 10, pattern: /^(0|[1-9][0-9]*)$/, prefix: '' },
] as const;

/** The number token for a word that begins with a digit. */
export function parseNumber(text: string, span: Span): Token {
  for (const { radix, pattern, prefix } of forms) {
    const digits = pattern.exec(text)?.[1];
    if (digits === undefined) continue;
    const value = digits.length > 24 ? undefined : BigInt(prefix + digits);
    if (value === undefined || value >= 1n << 64n)
      return error(text, span, `${shorten(text)} does not fit into 64 bits`);
    return { kind: 'number', text, number: { kind: 'number', value: narrow(value), radix }, span };
  }
  if (/^0[0-9]+$/.test(text))
    return error(text, span, `${shorten(text)} begins with 0, so it is octal, but has a digit above 7`);
  if (/^[0-9]+\.[0-9]*$/.test(text)) return error(text, span, `${shorten(text)} is not an integer`);
  return error(text, span, `${shorten(text)} is not a number`);
}

function error(text: string, span: Span, message: string): Token {
  return { kind: 'error', text, message, span };
}

function shorten(text: string): string {
  return text.length <= 32 ? text : `${text.slice(0, 29)}...`;
}
