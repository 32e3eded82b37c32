/** Expressions of the debugger as trees. They are read by parse.ts and worked out by evaluate.ts; never run as JavaScript. */

/** Where a part stands in the text typed: characters from its start, and how many. */
export interface Span {
  readonly offset: number;
  readonly length: number;
}

export type UnaryOperator = '!' | '-' | '~';
export type BinaryOperator =
  | '||'
  | '&&'
  | '=='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | '|'
  | '&'
  | '+'
  | '-'
  | '*'
  | '/'
  | '%';

export type Expression = { readonly span: Span } & (
  | { readonly kind: 'literal'; readonly value: number | string | null }
  | { readonly kind: 'name'; readonly name: string }
  /** `$name`: a variable of the program of the task looked at. */
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'apply'; readonly callee: string; readonly args: readonly Expression[] }
  | { readonly kind: 'member'; readonly object: Expression; readonly field: string }
  | { readonly kind: 'index'; readonly object: Expression; readonly index: Expression }
  | { readonly kind: 'unary'; readonly operator: UnaryOperator; readonly operand: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
);

/** Something that cannot be read or worked out, and where. */
export interface Mistake {
  readonly message: string;
  readonly span: Span;
}

export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly mistake: Mistake };

export const good = <T>(value: T): Outcome<T> => ({ ok: true, value });
export const bad = (message: string, span: Span): Outcome<never> => ({ ok: false, mistake: { message, span } });

/** A mistake as people see it: the text, a caret under the place, the message. */
export function renderMistake(text: string, { message, span }: Mistake): string {
  const caret = '^'.repeat(Math.max(1, Math.min(span.length, text.length - span.offset)));
  return `  ${text}\n  ${' '.repeat(span.offset)}${caret}\n${message}`;
}
