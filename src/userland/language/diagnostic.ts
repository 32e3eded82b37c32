// What a reader of programs has to say about a place in a file. How it looks on a terminal is scenario/diagnostic.ts.

import type { Source, Span } from './ast.ts';

/** A message about a place: line and column count from 1, `length` characters are meant, `sourceLine` is the whole line. */
export type Diagnostic = {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly length: number;
  readonly message: string;
  readonly sourceLine: string;
};

/** Either a value or everything that is wrong with the text it was read from. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** A message about the part of a text that a span covers; the source line gets back the indentation of its file. */
export function diagnosticAt(source: Source, span: Span, message: string): Diagnostic {
  const from = source.text.lastIndexOf('\n', span.offset - 1) + 1;
  const to = source.text.indexOf('\n', span.offset);
  const line = source.text.slice(from, to === -1 ? undefined : to).replace(/\r$/, '');
  return {
    file: source.file,
    line: span.line,
    column: span.column,
    length: Math.max(1, Math.min(span.length, from + line.length - span.offset)),
    message,
    sourceLine: ' '.repeat(source.column - 1) + line,
  };
}
