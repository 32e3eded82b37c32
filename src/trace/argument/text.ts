/** Strings as strace quotes them: escapes for what has no shape, and an end where they get too long. */

import type { Printer } from './printer.ts';

const letters: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\t': '\\t',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '"': '\\"',
  '\\': '\\\\',
};

/** Bytes in quotes, cut after `width` of them; one character U+0000..U+00FF each. */
export function quoted(bytes: string, width: number): string {
  const shown = width < 0 ? bytes : bytes.slice(0, width);
  return `"${escapeBytes(shown)}"${shown.length < bytes.length ? '...' : ''}`;
}

/** Octal is as short as it can be without swallowing the digit behind it. */
function escapeBytes(bytes: string): string {
  return bytes.replace(/["\\]|[^ -~]/g, (byte, offset: number) => {
    const letter = letters[byte];
    if (letter !== undefined) return letter;
    const octal = byte.charCodeAt(0).toString(8);
    return `\\${/[0-7]/.test(bytes[offset + 1] ?? '') ? octal.padStart(3, '0') : octal}`;
  });
}

/** The contents of a buffer. */
export const bytes: Printer = (value, { width }) => (typeof value === 'string' ? quoted(value, width) : undefined);

/** A path, which is never cut. */
export const path: Printer = (value) => (typeof value === 'string' ? quoted(value, -1) : undefined);
