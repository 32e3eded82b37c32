// Splits a program into tokens. Newlines are tokens, since they end statements; comments are not, but for `# intent:`.

import type { NumberExpr, Source, Span, StringExpr } from './ast.ts';
import { parseNumber } from './number-literal.ts';
import { matchAt, paramPattern, selfPattern } from './scan.ts';
import { parseString } from './string-literal.ts';

/** A token; `text` is what stands in the program, except for names in `$pid`, `${name}` and `# intent: name`. */
export type Token = { readonly text: string; readonly span: Span } & (
  | { readonly kind: 'name' | 'self' | 'param' | 'any' | 'punctuation' | 'intent' | 'newline' | 'end' }
  | { readonly kind: 'number'; readonly number: Omit<NumberExpr, 'span'> }
  | { readonly kind: 'string'; readonly parts: StringExpr['parts'] }
  | { readonly kind: 'error'; readonly message: string }
);

export type TokenOptions = {
  /** Whether `$pid` and `${name}` mean something inside strings: yes in programs, no in recorded traces. */
  readonly templates: boolean;
};

const blank = /[ \t\r]+/y;
const comment = /#[^\n]*/y;
const intent = /^#\s*intent:\s*(.*?)\s*$/;
const word = /[A-Za-z_][A-Za-z0-9_]*/y;
const digits = /[0-9][A-Za-z0-9_.]*/y;
const punctuation = /<<|>>|<=|>=|==|!=|=>|&&|\|\||\.\.\.|[-+*/%&|^~!<>=(){}[\],;?]/y;

/** All tokens of a text, the last of kind `end`; what cannot be read is a token of kind `error`. */
export function tokenize(source: Source, options: TokenOptions): Token[] {
  const { text } = source;
  const tokens: Token[] = [];
  let line = source.line;
  let lineStart = 0;
  let offset = 0;

  const spanTo = (end: number): Span => ({
    offset,
    length: end - offset,
    line,
    column: source.column + offset - lineStart,
  });

  while (offset < text.length) {
    const skipped = blankFrom(text, offset);
    if (skipped > offset) {
      for (let at = text.indexOf('\n', offset); at !== -1 && at < skipped; at = text.indexOf('\n', at + 1)) {
        line += 1;
        lineStart = at + 1;
      }
      offset = skipped;
      continue;
    }
    const token = readToken(text, offset, spanTo, options);
    if (token !== undefined) tokens.push(token);
    offset = token === undefined ? comment.lastIndex : offset + token.span.length;
    if (token?.kind === 'newline') {
      line += 1;
      lineStart = offset;
    }
  }
  tokens.push({ kind: 'end', text: '', span: spanTo(offset) });
  return tokens;
}

/** The offset behind a run of blanks, or behind one comment of C. */
function blankFrom(text: string, offset: number): number {
  if (matchAt(blank, text, offset) !== null) return blank.lastIndex;
  const end = text.startsWith('/*', offset) ? text.indexOf('*/', offset + 2) : -1;
  return end === -1 ? offset : end + 2;
}

/** The token at an offset that is not blank; undefined for a comment without meaning. */
function readToken(
  text: string,
  offset: number,
  spanTo: (end: number) => Span,
  options: TokenOptions,
): Token | undefined {
  const first = text[offset]!;
  if (first === '\n') return { kind: 'newline', text: first, span: spanTo(offset + 1) };
  if (first === '"') return parseString(text, spanTo(offset + 1), options.templates);

  const commented = matchAt(comment, text, offset);
  if (commented !== null) {
    const meant = intent.exec(commented[0])?.[1];
    return meant === undefined ? undefined : { kind: 'intent', text: meant, span: spanTo(comment.lastIndex) };
  }
  const named = matchAt(word, text, offset)?.[0];
  if (named !== undefined) return { kind: named === '_' ? 'any' : 'name', text: named, span: spanTo(word.lastIndex) };
  const number = matchAt(digits, text, offset)?.[0];
  if (number !== undefined) return parseNumber(number, spanTo(digits.lastIndex));
  const own = matchAt(selfPattern, text, offset)?.[1];
  if (own !== undefined) return { kind: 'self', text: own, span: spanTo(selfPattern.lastIndex) };
  const parameter = matchAt(paramPattern, text, offset)?.[1];
  if (parameter !== undefined) return { kind: 'param', text: parameter, span: spanTo(paramPattern.lastIndex) };
  const sign = matchAt(punctuation, text, offset)?.[0];
  if (sign !== undefined && !text.startsWith('/*', offset)) {
    return { kind: 'punctuation', text: sign, span: spanTo(punctuation.lastIndex) };
  }
  return unreadable(text, offset, spanTo);
}

function unreadable(text: string, offset: number, spanTo: (end: number) => Span): Token {
  const character = String.fromCodePoint(text.codePointAt(offset)!);
  const error = (message: string, end: number): Token => ({
    kind: 'error',
    text: text.slice(offset, end),
    message,
    span: spanTo(end),
  });
  if (text.startsWith('/*', offset)) return error('a comment that begins with /* and never ends', text.length);
  if (character === '$') return error('expected $pid, $tid, $ppid or ${parameter}', offset + 1);
  if (character === "'") return error('strings stand in double quotes', offset + 1);
  return error(`unexpected character ${JSON.stringify(character)}`, offset + character.length);
}
