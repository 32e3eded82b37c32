/**
 * The text of a next_syscall_data file: how a write is parsed and what a read prints; SEMANTICS A2-A4.
 * Text is bytes, one character for each.
 */

/** What a reader finds armed; null for nothing. GARBAGE values are possible, see the store. */
export type Armed = { readonly count: number; readonly value: bigint | number } | null;

/** A write that reaches the structure: the count goes in first, then the value, and an incomplete one is an error only then. */
export interface Setting {
  readonly kind: 'fill';
  readonly count: number;
  readonly value: bigint | undefined;
  readonly complete: boolean;
}

export type ParsedWrite = Setting | { readonly kind: 'reset' } | { readonly kind: 'refused' };

/** How many values the structure has room for (NDATA). */
const CAPACITY = 1;

/** isspace() by the kernel's ctype table: 0xA0 counts. */
const isSpace = (character: string): boolean => /[ \t\n\v\f\r\xa0]/.test(character);

const digitOf = (character: string | undefined): number =>
  character === undefined ? 99 : Number.parseInt(character, 36);

/**
 * simple_strtol(text, &end, 0): optional minus, 0x or 0 for the base, digits while they fit, overflow wraps modulo 2^64.
 *
 * @returns the value and how many characters it took; 0 when there was no digit
 */
export function strtol0(text: string): { value: bigint; length: number } {
  const negative = text.startsWith('-');
  let at = negative ? 1 : 0;
  let base = 10;
  if (text[at] === '0') {
    const hex = /^0[xX]$/.test(text.slice(at, at + 2)) && digitOf(text[at + 2]) < 16;
    base = hex ? 16 : 8;
    if (hex) at += 2;
  }
  const start = at;
  let value = 0n;
  while (digitOf(text[at]) < base) value = value * BigInt(base) + BigInt(digitOf(text[at++]));
  if (at === start) return { value: 0n, length: 0 };
  return { value: BigInt.asIntN(64, negative ? -value : value), length: at };
}

/** Splits at the first blank (0x20 only): what precedes it, and what follows or null without one. */
function word(text: string): [string, string | null] {
  const blank = text.indexOf(' ');
  return blank === -1 ? [text, null] : [text.slice(0, blank), text.slice(blank + 1)];
}

/** Parses what was written to the file. SEMANTICS A2. */
export function parseSetting(bytes: string): ParsedWrite {
  const nul = bytes.indexOf('\0');
  const [first, rest] = word(nul === -1 ? bytes : bytes.slice(0, nul));
  if (first.startsWith('RESET')) return { kind: 'reset' };
  if (!first.startsWith('LONG')) return { kind: 'refused' };
  const digits = first.slice('LONG'.length);
  const { value, length } = strtol0(digits);
  if (length !== digits.length) return { kind: 'refused' };
  const count = Number(BigInt.asIntN(32, value)); // the high bits are dropped: LONG4294967297 is LONG1
  return count > CAPACITY ? { kind: 'refused' } : parseValues(count, rest);
}

function parseValues(count: number, rest: string | null): Setting {
  if (count < 1 || rest === null) return { kind: 'fill', count, value: undefined, complete: count === 0 };
  const [token] = word(rest);
  const { value, length } = strtol0(token);
  const after = token[length];
  const good = length > 0 && (after === undefined || isSpace(after));
  return { kind: 'fill', count, value: good ? value : undefined, complete: good };
}

/** What stands for a byte of kernel memory that was never written. */
export const STRAY_BYTE = '\xa5';

/**
 * The page that a read prints into and the length it reports; 'ENOMEM' when the value does not fit. SEMANTICS A4.
 *
 * @param size bytes the reader asked for; the text is cut to it, but the length is not (N3)
 */
export function printArmed(armed: Armed, size: number): { page: string; length: number } | 'ENOMEM' {
  if (armed === null) return { page: cut('UNSET\n', size), length: 'UNSET\n'.length };
  const head = `LONG${armed.count} `;
  if (armed.count > CAPACITY) return 'ENOMEM'; // a count out of freed memory prints on until the buffer is full
  if (size < head.length) return { page: cut(head, size), length: head.length };
  const text = `${head}${armed.value}\n`;
  return text.length >= size ? 'ENOMEM' : { page: `${text}\0`, length: text.length };
}

/** What snprintf leaves in a buffer of `size` bytes. */
const cut = (text: string, size: number): string => (size === 0 ? '' : `${text.slice(0, size - 1)}\0`);

/** Bytes `position` to `position + count` of the page, as far as `length` goes; what nobody wrote is {@link STRAY_BYTE}. */
export function slice({ page, length }: { page: string; length: number }, position: number, count: number): string {
  const end = Math.min(position + count, length);
  return page.slice(position, end).padEnd(Math.max(0, end - position), STRAY_BYTE);
}
