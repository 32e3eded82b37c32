// Reads string literals as strace writes them: C escapes, and each character one byte. A character outside ASCII stands for
// its UTF-8 bytes. In programs `$pid`, `$tid`, `$ppid` and `${name}` are filled in; `\$` is a plain dollar sign.

import type { BytesPart, SelfExpr, Span, StringExpr } from './ast.ts';
import { matchAt, paramPattern, selfPattern } from './scan.ts';
import type { Token } from './token.ts';

const plain = /[^"\\$\n\u0080-\uffff]+/y;
const wide = /[\u0080-\uffff]+/y;
const octal = /\\([0-3]?[0-7]{1,2})/y;
const hex = /\\x([0-9a-fA-F]{1,2})/y;

const escapes: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['v', '\v'],
  ['f', '\f'],
  ['r', '\r'],
  ['a', '\x07'],
  ['b', '\b'],
  ['e', '\x1b'],
  ['"', '"'],
  ["'", "'"],
  ['\\', '\\'],
  ['$', '$'],
]);

/** A piece of a literal: bytes, something filled in at run time, or a mistake. */
type Piece = { readonly end: number } & (
  | { readonly bytes: string }
  | { readonly which: SelfExpr['which'] }
  | { readonly name: string }
  | { readonly mistake: string }
);

/** The bytes of a text in UTF-8, one character U+0000..U+00FF per byte. */
export function utf8Bytes(text: string): string {
  let bytes = '';
  for (const byte of new TextEncoder().encode(text)) bytes += String.fromCharCode(byte);
  return bytes;
}

/** The string token whose opening quote `start` covers; `templates` says whether dollar signs mean anything. */
export function parseString(text: string, start: Span, templates: boolean): Token {
  const parts: StringExpr['parts'][number][] = [];
  let bytes = '';
  let at = start.offset + 1;

  const spanOf = (from: number, to: number): Span => ({
    offset: from,
    length: to - from,
    line: start.line,
    column: start.column + from - start.offset,
  });
  const mistake = (message: string): Token => {
    const end = closingQuote(text, at);
    return { kind: 'error', text: text.slice(start.offset, end), message, span: spanOf(start.offset, end) };
  };
  const endBytes = (): void => {
    if (bytes !== '') parts.push({ kind: 'bytes', bytes } satisfies BytesPart);
    bytes = '';
  };

  while (at < text.length && text[at] !== '\n' && text[at] !== '"') {
    const piece = readPiece(text, at, templates);
    if ('mistake' in piece) return mistake(piece.mistake);
    if ('bytes' in piece) {
      bytes += piece.bytes;
    } else {
      endBytes();
      const span = spanOf(at, piece.end);
      parts.push(
        'which' in piece ? { kind: 'self', which: piece.which, span } : { kind: 'param', name: piece.name, span },
      );
    }
    at = piece.end;
  }
  if (text[at] !== '"') return mistake('a string that never ends: no closing "');
  endBytes();
  return { kind: 'string', text: text.slice(start.offset, at + 1), parts, span: spanOf(start.offset, at + 1) };
}

function readPiece(text: string, at: number, templates: boolean): Piece {
  if (text[at] === '\\') return readEscape(text, at);
  if (text[at] === '$') return templates ? readTemplate(text, at) : { bytes: '$', end: at + 1 };
  const run = matchAt(plain, text, at);
  if (run !== null) return { bytes: run[0], end: plain.lastIndex };
  return { bytes: utf8Bytes(matchAt(wide, text, at)![0]), end: wide.lastIndex };
}

function readEscape(text: string, at: number): Piece {
  const number = matchAt(octal, text, at);
  if (number !== null) return { bytes: String.fromCharCode(Number.parseInt(number[1]!, 8)), end: octal.lastIndex };
  const byte = matchAt(hex, text, at);
  if (byte !== null) return { bytes: String.fromCharCode(Number.parseInt(byte[1]!, 16)), end: hex.lastIndex };
  const letter = /[^\n]?/u.exec(text.slice(at + 1, at + 3))![0];
  const escaped = escapes.get(letter);
  if (escaped === undefined) return { mistake: `unknown escape "\\${letter}" in a string`, end: at };
  return { bytes: escaped, end: at + 2 };
}

function readTemplate(text: string, at: number): Piece {
  const own = matchAt(selfPattern, text, at);
  if (own !== null) return { which: own[1] as SelfExpr['which'], end: selfPattern.lastIndex };
  const name = matchAt(paramPattern, text, at);
  if (name !== null) return { name: name[1]!, end: paramPattern.lastIndex };
  if (text[at + 1] !== '{') return { bytes: '$', end: at + 1 };
  return { mistake: 'expected ${name} in a string; a plain dollar sign before { is written \\$', end: at };
}

/** The offset behind the quote that closes a string, or the end of the line. */
function closingQuote(text: string, from: number): number {
  let at = from;
  while (at < text.length && text[at] !== '\n' && text[at] !== '"')
    at += text[at] === '\\' && text[at + 1] !== '\n' ? 2 : 1;
  return text[at] === '"' ? at + 1 : Math.min(at, text.length);
}
