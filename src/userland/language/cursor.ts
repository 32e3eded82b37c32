// A place in a list of tokens, for the parsers. After a mistake the cursor pretends to stand at the end of the text, so that
// whatever is being parsed comes to its end without another word; `recover` goes on with the next statement.

import type { Source, Span } from './ast.ts';
import { type Diagnostic, diagnosticAt } from './diagnostic.ts';
import type { Token } from './token.ts';

/** How many mistakes are reported before a reader would rather fix these. */
const maxDiagnostics = 20;

/** How deep brackets, blocks and operators may nest. */
export const maxDepth = 64;

export class Cursor {
  readonly diagnostics: Diagnostic[] = [];
  readonly #tokens: readonly Token[];
  readonly #source: Source;
  readonly #end: Token;
  #index = 0;
  #brackets = 0;
  #depth = 0;
  #failed = false;
  #bracketsAtFailure = 0;

  constructor(tokens: readonly Token[], source: Source) {
    this.#tokens = tokens;
    this.#source = source;
    this.#end = tokens.at(-1)!;
  }

  /** Whether the statement being parsed has a mistake; what was parsed of it is worthless. */
  get failed(): boolean {
    return this.#failed;
  }

  /** The next token, or the one `ahead` further; inside brackets newlines do not count. */
  peek(ahead = 0): Token {
    if (this.#failed) return this.#end;
    let index = this.#significant(this.#index);
    for (let n = 0; n < ahead; n += 1) index = this.#significant(index + 1);
    return this.#tokens[index] ?? this.#end;
  }

  /** Whether the next token is this sign or name. */
  at(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.text === text && (token.kind === 'punctuation' || token.kind === 'name');
  }

  /** Takes the next token. */
  take(): Token {
    const token = this.peek();
    if (!this.#failed && token !== this.#end) this.#index = this.#significant(this.#index) + 1;
    return token;
  }

  /** Takes the next token if it is this sign. */
  accept(text: string): boolean {
    if (!this.at(text)) return false;
    this.take();
    return true;
  }

  /** Takes this sign, or reports what stands in its place; `purpose` ends the sentence. */
  expect(text: string, purpose: string): void {
    if (!this.accept(text)) this.unexpected(`expected ${text} ${purpose}`);
  }

  /** Takes an opening bracket; newlines mean nothing until it is closed. */
  open(text: string, purpose: string): void {
    this.expect(text, purpose);
    this.#brackets += 1;
    this.deeper();
  }

  /** Takes a closing bracket. */
  close(text: string, purpose: string): void {
    this.expect(text, purpose);
    this.#brackets -= 1;
    this.shallower();
  }

  /** Goes one level down; a mistake when that is too deep. */
  deeper(): void {
    this.#depth += 1;
    if (this.#depth > maxDepth) this.fail(this.peek().span, `nested more than ${maxDepth} deep`);
  }

  /** Comes back up from `deeper`. */
  shallower(): void {
    this.#depth -= 1;
  }

  /** Reports the next token as a mistake: its own message when it could not even be read. */
  unexpected(expected: string): void {
    const token = this.peek();
    const previous = this.#tokens[this.#index - 1];
    if (token.kind === 'error') this.fail(token.span, token.message);
    else if (this.#brackets > 0 && previous !== undefined && previous.span.line < token.span.line) {
      this.fail(behind(previous.span), expected);
    } else this.fail(token.span, `${expected}, found ${describe(token)}`);
  }

  /** Reports a mistake, unless this statement has one already. */
  fail(span: Span, message: string): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#bracketsAtFailure = this.#brackets;
    if (this.diagnostics.length < maxDiagnostics) this.diagnostics.push(diagnosticAt(this.#source, span, message));
  }

  /** After a mistake: skips the rest of the statement, up to a newline, `;` or the } of the block it stands in. */
  recover(): void {
    if (!this.#failed) return;
    this.#failed = false;
    let open = this.#bracketsAtFailure;
    for (; this.#index < this.#tokens.length - 1; this.#index += 1) {
      const { kind, text } = this.#tokens[this.#index]!;
      if (kind === 'newline' && (open <= 0 || this.#statementFollows())) return;
      if (kind !== 'punctuation') continue;
      if (open <= 0 && (text === ';' || text === '}')) return;
      if ('([{'.includes(text)) open += 1;
      if (')]}'.includes(text)) open -= 1;
    }
  }

  /** Whether reading on makes sense. */
  get exhausted(): boolean {
    return this.diagnostics.length >= maxDiagnostics;
  }

  /** The span from a token to the last one taken. */
  spanFrom({ offset, line, column }: Span): Span {
    const last = this.#tokens[this.#index - 1]?.span ?? this.#end.span;
    return { offset, length: Math.max(0, last.offset + last.length - offset), line, column };
  }

  #significant(index: number): number {
    let at = index;
    while (this.#brackets > 0 && this.#tokens[at]?.kind === 'newline') at += 1;
    return at;
  }

  /** Whether the line behind the newline at the cursor looks like a statement of its own. */
  #statementFollows(): boolean {
    const [first, second, third] = this.#tokens.slice(this.#index + 1, this.#index + 4);
    if (first?.text === 'repeat' || first?.text === '}') return true;
    return first?.kind === 'name' && (second?.text === '(' || (second?.text === '=' && third?.kind === 'name'));
  }
}

function behind({ offset, length, line, column }: Span): Span {
  return { offset: offset + length, length: 1, line, column: column + length };
}

function describe(token: Token): string {
  if (token.kind === 'end') return 'the end of the program';
  if (token.kind === 'newline') return 'the end of the line';
  return token.text.length > 40 ? `${token.text.slice(0, 37)}...` : token.text;
}
