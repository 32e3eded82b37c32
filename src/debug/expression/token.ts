/** The words of the debugger's expressions. */

import { bad, good, type Outcome, type Span } from './ast.ts';

export interface Token {
  readonly kind: 'number' | 'string' | 'name' | 'variable' | 'sign' | 'end';
  /** The sign, the name without a `$`, or the text between the quotes. */
  readonly text: string;
  readonly span: Span;
}

const blank = /[ \t]*/y;
const shapes: readonly (readonly [Token['kind'], RegExp])[] = [
  ['number', /(?:0[xX][0-9a-fA-F]+|[0-9]+)(?![A-Za-z0-9_])/y],
  ['name', /[A-Za-z_][A-Za-z0-9_]*/y],
  ['variable', /\$[A-Za-z_][A-Za-z0-9_]*/y],
  ['string', /"(?:[^"\\]|\\.)*"/y],
  ['sign', /\|\||&&|==|!=|<=|>=|[-+*/%<>!~|&()[\].,]/y],
];

/** Splits a text into tokens, the last of kind `end`. */
export function tokens(text: string): Outcome<readonly Token[]> {
  const found: Token[] = [];
  for (let at = skipBlank(text, 0); at < text.length; ) {
    const token = tokenAt(text, at);
    if (token === undefined) return bad(complaint(text, at), { offset: at, length: 1 });
    found.push(token);
    at = skipBlank(text, at + token.span.length);
  }
  return good([...found, { kind: 'end', text: '', span: { offset: text.trimEnd().length, length: 1 } }]);
}

function tokenAt(text: string, at: number): Token | undefined {
  for (const [kind, shape] of shapes) {
    shape.lastIndex = at;
    const match = shape.exec(text)?.[0];
    if (match !== undefined) return { kind, text: inner(kind, match), span: { offset: at, length: match.length } };
  }
  return undefined;
}

function inner(kind: Token['kind'], match: string): string {
  if (kind === 'variable') return match.slice(1);
  return kind === 'string' ? match.slice(1, -1).replace(/\\(.)/g, '$1') : match;
}

function skipBlank(text: string, at: number): number {
  blank.lastIndex = at;
  blank.exec(text);
  return blank.lastIndex;
}

function complaint(text: string, at: number): string {
  if (text[at] === '"') return 'the string does not end';
  if (/[0-9]/.test(text[at] as string)) return 'not a number';
  if (text[at] === '=') return 'nothing can be set; compare with ==';
  return `"${text[at]}" means nothing here`;
}
