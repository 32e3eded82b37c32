// What is wrong with a scenario file, for people: the place, the message and the line itself, as a compiler shows them.
// Plain text; colour is for the command line to add.

import type { Diagnostic } from '../userland/language/diagnostic.ts';

export type { Diagnostic, Parsed } from '../userland/language/diagnostic.ts';

/** How much of a source line is shown around the place that is meant. */
const shownWidth = 160;

/** A diagnostic as text: `file:line:column: message`, below it the line and a caret. No newline at the end. */
export function renderDiagnostic({ file, line, column, length, message, sourceLine }: Diagnostic): string {
  const head = `${file}:${line}:${column}: ${printable(message)}`;
  if (sourceLine.trim() === '') return head;
  const from = column - 1 < shownWidth - 20 ? 0 : column - 40;
  const shown = printable(sourceLine.slice(from, from + shownWidth));
  const before = shown.slice(0, column - 1 - from).replace(/[^\t]/g, ' ');
  const marked = Math.max(1, Math.min(length, shown.length - before.length));
  return `${head}\n  ${shown}\n  ${before}${'^'.repeat(marked)}`;
}

/** Several diagnostics, one after the other, in the order of their places. */
export function renderDiagnostics(diagnostics: readonly Diagnostic[]): string {
  return diagnostics
    .toSorted((a, b) => a.line - b.line || a.column - b.column)
    .map(renderDiagnostic)
    .join('\n');
}

/** The text with what would move a terminal's cursor or colour it made visible; its lines stay. */
export function printable(text: string): string {
  return text.replace(/[\0-\x08\x0b-\x1f\x7f-\x9f]/g, '\ufffd');
}
