// The YAML of a file that people write: plain data, with the way back from each value to its place in the text.

import { type Document, isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, type Scalar } from 'yaml';
import type { Diagnostic, Parsed } from './diagnostic.ts';
import { keyText, type Mistake, maxDepth, toData } from './yaml-data.ts';

/** A way from the top of a document to a value in it. */
export type Path = readonly (string | number)[];

/** A YAML 1.2 text with at most one document. */
export class YamlDocument {
  readonly file: string;
  /** The lines of the text without their ends. */
  readonly lines: readonly string[];
  /** The document as plain data; mappings are objects without prototype. */
  readonly data: unknown;
  readonly #document: Document;
  readonly #counter: LineCounter;

  /** Reads a text; mistakes in its syntax come with their places. */
  static read(text: string, file: string): Parsed<YamlDocument> {
    const counter = new LineCounter();
    const lines = text.split(/\r?\n/);
    const refuse = (mistakes: readonly { range: readonly number[]; message: string }[]): Parsed<never> => ({
      ok: false,
      diagnostics: mistakes.map(({ range, message }) => diagnose(file, lines, counter, range, message)),
    });
    const document = parseYaml(text, counter);
    if (document === undefined) return refuse([{ range: [0, 1], message: `nested more than ${maxDepth} deep` }]);
    const errors = [...document.errors, ...document.warnings];
    if (errors.length > 0) {
      return refuse(errors.map(({ pos, message }) => ({ range: pos, message: lowerFirst(message) })));
    }
    const mistakes: Mistake[] = [];
    const data = toData(document.contents, { resolve: (alias) => alias.resolve(document), mistakes });
    if (mistakes.length > 0) {
      return refuse(mistakes.map(({ node, message }) => ({ range: rangeOf(node), message })));
    }
    return { ok: true, value: new YamlDocument(file, lines, data, document, counter) };
  }

  private constructor(file: string, lines: readonly string[], data: unknown, document: Document, counter: LineCounter) {
    this.file = file;
    this.lines = lines;
    this.data = data;
    this.#document = document;
    this.#counter = counter;
  }

  /** The line and column of an offset, both from 1. */
  placeOf(offset: number): { line: number; column: number } {
    return place(this.#counter, offset);
  }

  /** The scalar at a path; undefined when something else is there, or nothing. */
  scalarAt(path: Path): Scalar | undefined {
    const { node, complete } = this.#follow(path);
    return complete && isScalar(node) ? node : undefined;
  }

  /** A message about the value at a path, or about its key; where there is none, about what holds it. */
  problem(path: Path, message: string, about: 'value' | 'key' = 'value'): Diagnostic {
    const { node, key } = this.#follow(path);
    const meant = about === 'key' && key !== undefined ? key : node;
    const [from = 0, to = 1] = rangeOf(meant);
    const range = isScalar(meant) && meant.type !== 'BLOCK_LITERAL' ? [from, to] : [from, from + 1];
    return diagnose(this.file, this.lines, this.#counter, range, message);
  }

  /** Walks along a path as far as it goes. */
  #follow(path: Path): { node: unknown; key: unknown; complete: boolean } {
    let node: unknown = this.#resolved(this.#document.contents);
    let key: unknown;
    for (const step of path) {
      const pair = isMap(node) ? node.items.find((item) => keyText(item.key) === step) : undefined;
      const next = pair === undefined ? (isSeq(node) ? node.items[Number(step)] : undefined) : pair.value;
      if (pair === undefined && next === undefined) return { node, key, complete: false };
      key = pair?.key;
      node = this.#resolved(next) ?? key;
    }
    return { node, key, complete: true };
  }

  #resolved(node: unknown): unknown {
    return isAlias(node) ? node.resolve(this.#document) : node;
  }
}

/** The parsed text; undefined when it nests so deep that the library's recursion ended. */
function parseYaml(text: string, lineCounter: LineCounter): Document | undefined {
  try {
    const document = parseDocument(text, {
      lineCounter,
      prettyErrors: false,
      // Its own test for keys that are there twice takes quadratic time; yaml-data.ts has one that does not.
      uniqueKeys: false,
      intAsBigInt: true,
      // A second document and a tag without meaning are mistakes; the library would print the latter.
      logLevel: 'error',
    });
    return document.errors.some(({ message }) => message.includes('call stack')) ? undefined : document;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function place(counter: LineCounter, offset: number): { line: number; column: number } {
  const { line, col } = counter.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

function diagnose(
  file: string,
  lines: readonly string[],
  counter: LineCounter,
  [from = 0, to = from + 1]: readonly number[],
  message: string,
): Diagnostic {
  const { line, column } = place(counter, from);
  const sourceLine = lines[line - 1] ?? '';
  const length = Math.max(1, Math.min(to - from, sourceLine.length - column + 1));
  return { file, line, column, length, message, sourceLine };
}

function rangeOf(node: unknown): readonly number[] {
  return (isNode(node) ? node.range : undefined)?.slice(0, 2) ?? [0, 1];
}

function lowerFirst(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1);
}
