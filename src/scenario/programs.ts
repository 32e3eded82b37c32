// The programs of a scenario file: each is one YAML text, and a mistake in it is shown at its place in the file.

import type { Scalar } from 'yaml';
import { constants } from '../kernel-sim/abi/constants.ts';
import type { Origin, Program } from '../userland/language/ast.ts';
import { parseProgram } from '../userland/language/parse.ts';
import { resolveNames } from '../userland/language/resolve.ts';
import type { Diagnostic, Parsed } from './diagnostic.ts';
import type { YamlDocument } from './document.ts';
import type { Vocabulary } from './reading.ts';

/** Where a program's text begins in the file, and whether every place in the text has its place there. */
type Placement = { readonly origin: Origin; readonly exact: boolean };

/** Parses the programs of a document and looks up the names in them; every mistake has its place in the file. */
export function readPrograms(
  document: YamlDocument,
  texts: Readonly<Record<string, string>>,
  params: Iterable<string>,
  { calls, fillsIn }: Pick<Vocabulary, 'calls' | 'fillsIn'>,
): Parsed<ReadonlyMap<string, Program>> {
  const diagnostics: Diagnostic[] = [];
  const placements = new Map<string, Placement>();
  const programs: Program[] = [];
  const inFile = (name: string, found: Diagnostic): Diagnostic =>
    placements.get(name)!.exact
      ? { ...found, sourceLine: document.lines[found.line - 1] ?? '' }
      : document.problem(['programs', name], `${found.message} (in line ${found.line} of the program)`);

  for (const [name, text] of Object.entries(texts)) {
    if (constants.has(name) || name === 'NULL') {
      diagnostics.push(
        document.problem(['programs', name], `"${name}" is a constant and no name for a program`, 'key'),
      );
    }
    const placement = placeProgram(document, document.scalarAt(['programs', name]), text);
    placements.set(name, placement);
    const parsed = parseProgram(name, text, placement.origin, calls);
    if (parsed.ok) programs.push(parsed.value);
    else diagnostics.push(...parsed.diagnostics.map((found) => inFile(name, found)));
  }
  // With a program missing, what it assigns and its very name would seem unknown.
  if (diagnostics.length > 0) return { ok: false, diagnostics };
  for (const [name, found] of resolveNames(programs, params, fillsIn)) {
    diagnostics.push(...found.map((one) => inFile(name, one)));
  }
  if (diagnostics.length > 0) return { ok: false, diagnostics };
  return { ok: true, value: new Map(programs.map((program) => [program.name, program])) };
}

/** A program behind `|` keeps its lines; one on a single line keeps its columns; in other texts YAML moves characters about. */
function placeProgram(document: YamlDocument, scalar: Scalar | undefined, text: string): Placement {
  const { file, lines } = document;
  const [from, to] = scalar?.range ?? [0, 0];
  const start = document.placeOf(from);
  if (scalar?.type === 'BLOCK_LITERAL') {
    return {
      origin: { file, line: start.line + 1, column: indentation(lines.slice(start.line), text) + 1 },
      exact: true,
    };
  }
  const quotes = scalar?.type === 'PLAIN' ? 0 : 1;
  if (scalar?.type !== 'BLOCK_FOLDED' && to - from === text.length + 2 * quotes && !text.includes('\n')) {
    return { origin: { file, line: start.line, column: start.column + quotes }, exact: true };
  }
  return { origin: { file, line: 1, column: 1 }, exact: false };
}

/** How far a block is indented: what its first line has in the file and not in the text. */
function indentation(fileLines: readonly string[], text: string): number {
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() !== '') return Math.max(0, (fileLines[i] ?? '').length - line.replace(/\r$/, '').length);
  }
  return 0;
}
