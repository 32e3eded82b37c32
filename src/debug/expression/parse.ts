/**
 * Reads the debugger's expressions: C's operators and precedence on numbers, `task(5000).nsd.data`, `pidmap[5000]`, `tid == 5000`.
 * Left out on purpose: assignment. The debugger looks; what a run does is changed by its schedule only.
 */

import { type BinaryOperator, bad, type Expression, good, type Outcome, type Span, type UnaryOperator } from './ast.ts';
import { type Token, tokens } from './token.ts';

/** Operators from the loosest to the tightest. */
const levels: readonly (readonly BinaryOperator[])[] = [
  ['||'],
  ['&&'],
  ['==', '!='],
  ['<', '<=', '>', '>='],
  ['|'],
  ['&'],
  ['+', '-'],
  ['*', '/', '%'],
];

/** Words for signs, as people type them in conditions. */
const words: Readonly<Record<string, BinaryOperator>> = { and: '&&', or: '||' };

/** An expression may be this deep; more is refused, as it would not fit on the stack. */
const DEEPEST = 200;

/** And of this many words and signs: a chain of operators is as deep as it is long. */
const LONGEST = 1000;

/** Reads a whole text as one expression. */
export function parseExpression(text: string): Outcome<Expression> {
  const read = tokens(text);
  if (!read.ok) return read;
  const beyond = read.value[LONGEST];
  if (beyond !== undefined) return bad('the expression is too long', beyond.span);
  const parser = new Parser(read.value);
  const expression = parser.binary(0);
  if (!expression.ok) return expression;
  const rest = parser.peek();
  return rest.kind === 'end' ? expression : bad(`expected an operator before "${rest.text}"`, rest.span);
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(read: readonly Token[]) {
    this.#tokens = read;
  }

  peek(): Token {
    return this.#tokens[this.#at] as Token;
  }

  binary(level: number): Outcome<Expression> {
    const operators = levels[level];
    if (operators === undefined) return this.#unary();
    let left = this.binary(level + 1);
    for (;;) {
      const operator = this.#operator(operators);
      if (!left.ok || operator === undefined) return left;
      const right = this.binary(level + 1);
      if (!right.ok) return right;
      left = good({
        kind: 'binary',
        operator,
        left: left.value,
        right: right.value,
        span: around(left.value, right.value),
      });
    }
  }

  #operator(among: readonly BinaryOperator[]): BinaryOperator | undefined {
    const { kind, text } = this.peek();
    const sign = kind === 'name' ? words[text] : kind === 'sign' ? (text as BinaryOperator) : undefined;
    if (sign === undefined || !among.includes(sign)) return undefined;
    this.#at++;
    return sign;
  }

  #take(sign: string): boolean {
    const { kind, text } = this.peek();
    if (kind !== 'sign' || text !== sign) return false;
    this.#at++;
    return true;
  }

  #unary(): Outcome<Expression> {
    const { kind, text, span } = this.peek();
    if (this.#depth >= DEEPEST) return bad('nested too deeply', span);
    const negated = kind === 'name' && text === 'not';
    if (!negated && !(kind === 'sign' && ['!', '-', '~'].includes(text))) return this.#postfix();
    this.#at++;
    const operand = this.#deeper(() => this.#unary());
    if (!operand.ok) return operand;
    const operator = negated ? '!' : (text as UnaryOperator);
    return good({ kind: 'unary', operator, operand: operand.value, span: around({ span }, operand.value) });
  }

  #deeper(read: () => Outcome<Expression>): Outcome<Expression> {
    this.#depth++;
    const found = read();
    this.#depth--;
    return found;
  }

  #postfix(): Outcome<Expression> {
    let object = this.#primary();
    for (;;) {
      if (!object.ok) return object;
      if (this.#take('.')) object = this.#member(object.value);
      else if (this.#take('[')) object = this.#index(object.value);
      else return object;
    }
  }

  #member(object: Expression): Outcome<Expression> {
    const field = this.peek();
    if (field.kind !== 'name') return bad('expected the name of a field', field.span);
    this.#at++;
    return good({ kind: 'member', object, field: field.text, span: around(object, field) });
  }

  #index(object: Expression): Outcome<Expression> {
    const index = this.#deeper(() => this.binary(0));
    if (!index.ok) return index;
    const close = this.peek();
    if (!this.#take(']')) return bad('expected "]"', close.span);
    return good({ kind: 'index', object, index: index.value, span: around(object, close) });
  }

  #primary(): Outcome<Expression> {
    const { kind, text, span } = this.peek();
    if (kind === 'end') return bad('expected an expression', span);
    this.#at++;
    switch (kind) {
      case 'number':
        return good({ kind: 'literal', value: numberOf(text), span });
      case 'string':
        return good({ kind: 'literal', value: text, span });
      case 'variable':
        return good({ kind: 'variable', name: text, span });
      case 'name':
        if (text === 'NULL') return good({ kind: 'literal', value: null, span });
        return this.#take('(') ? this.#apply(text, span) : good({ kind: 'name', name: text, span });
      case 'sign':
        return text === '(' ? this.#parenthesised() : bad(`expected an expression, not "${text}"`, span);
    }
  }

  #parenthesised(): Outcome<Expression> {
    const inside = this.#deeper(() => this.binary(0));
    if (!inside.ok) return inside;
    return this.#take(')') ? inside : bad('expected ")"', this.peek().span);
  }

  #apply(callee: string, span: Span): Outcome<Expression> {
    const args: Expression[] = [];
    let close = this.peek();
    if (this.#take(')')) return good({ kind: 'apply', callee, args, span: around({ span }, close) });
    do {
      const argument = this.#deeper(() => this.binary(0));
      if (!argument.ok) return argument;
      args.push(argument.value);
    } while (this.#take(','));
    close = this.peek();
    if (!this.#take(')')) return bad('expected "," or ")"', close.span);
    return good({ kind: 'apply', callee, args, span: around({ span }, close) });
  }
}

/** C's way to write numbers: 0x for hexadecimal, 0 for octal. */
const numberOf = (text: string): number => (/^0[0-7]+$/.test(text) ? Number.parseInt(text, 8) : Number(text));

function around(first: { readonly span: Span }, last: { readonly span: Span }): Span {
  const { offset } = first.span;
  return { offset, length: last.span.offset + last.span.length - offset };
}
