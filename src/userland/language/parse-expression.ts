// Reads the expressions of strace's argument syntax by operator precedence (C's). What strace prints and C does not have:
// `_`, `{a=1}` without a type, `[USR1 RT_2]` and `~[…]`, `{WIFEXITED(s) && …}`, `"abc"...`, `name=value`, `{…} => {…}`.

import { signalNumbers } from '../../kernel-sim/abi/signal-name.ts';
import type { BinaryOperator, Expr, Field, Span, StringExpr, UnaryOperator } from './ast.ts';
import { type Cursor, maxDepth } from './cursor.ts';
import { functions } from './function.ts';
import { fits64, narrow } from './integer.ts';
import { didYouMean } from './suggest.ts';
import type { Token } from './token.ts';
import { children, references } from './walk.ts';

/** How tightly each operator binds: C's precedence, higher is tighter. */
export const precedences: ReadonlyMap<string, number> = new Map<BinaryOperator, number>([
  ['||', 1],
  ['&&', 2],
  ['|', 3],
  ['^', 4],
  ['&', 5],
  ['==', 6],
  ['!=', 6],
  ['<', 7],
  ['<=', 7],
  ['>', 7],
  ['>=', 7],
  ['<<', 8],
  ['>>', 8],
  ['+', 9],
  ['-', 9],
  ['*', 10],
  ['/', 10],
  ['%', 10],
]);

const unaryOperators: readonly string[] = ['-', '~', '!'] satisfies UnaryOperator[];

/** Signal names as they stand in a set: USR1, RT_2. */
const setNames: ReadonlySet<string> = new Set([...signalNumbers.keys()].map((name) => name.slice('SIG'.length)));

/** An argument: an expression, `name=value`, or `before => after`. */
export function parseArgument(cursor: Cursor): Expr {
  const start = cursor.peek().span;
  if (cursor.peek().kind === 'name' && cursor.at('=', 1)) {
    const name = cursor.take().text;
    cursor.take();
    const value = parseChange(cursor);
    return { kind: 'assign', name, value, span: cursor.spanFrom(start) };
  }
  return parseChange(cursor);
}

function parseChange(cursor: Cursor): Expr {
  const start = cursor.peek().span;
  const before = parseExpression(cursor);
  if (!cursor.accept('=>')) return before;
  const after = parseExpression(cursor);
  return { kind: 'change', before, after, span: cursor.spanFrom(start) };
}

/** An expression whose operators all bind at least as tightly as `lowest`. */
export function parseExpression(cursor: Cursor, lowest = 1): Expr {
  const start = cursor.peek().span;
  let left = parseUnary(cursor);
  for (;;) {
    const { kind, text } = cursor.peek();
    const precedence = kind === 'punctuation' ? precedences.get(text) : undefined;
    if (precedence === undefined || precedence < lowest) return left;
    cursor.take();
    const right = parseExpression(cursor, precedence + 1);
    const span = cursor.spanFrom(start);
    left = { kind: 'binary', operator: text as BinaryOperator, left, right, span };
    if (depthOf(left) > maxDepth) cursor.fail(span, `nested more than ${maxDepth} deep`);
  }
}

const depths = new WeakMap<Expr, number>();

/** How deep an expression nests; long chains of operators do so without any bracket. */
function depthOf(expr: Expr): number {
  let depth = depths.get(expr);
  if (depth === undefined) {
    depth = 1 + children(expr).reduce((deepest, child) => Math.max(deepest, depthOf(child)), 0);
    depths.set(expr, depth);
  }
  return depth;
}

function parseUnary(cursor: Cursor): Expr {
  const { kind, text, span } = cursor.peek();
  if (kind !== 'punctuation' || !unaryOperators.includes(text)) return parsePrimary(cursor);
  cursor.take();
  const next = cursor.peek();
  if (text === '-' && next.kind === 'number') return parseNegative(cursor, next, span);
  cursor.deeper();
  const operand = parseUnary(cursor);
  cursor.shallower();
  return { kind: 'unary', operator: text as UnaryOperator, operand, span: cursor.spanFrom(span) };
}

function parseNegative(cursor: Cursor, token: Token & { kind: 'number' }, start: Span): Expr {
  cursor.take();
  const value = narrow(-BigInt(token.number.value));
  const span = cursor.spanFrom(start);
  if (!fits64(value)) cursor.fail(span, `-${token.text} does not fit into 64 bits`);
  return { ...token.number, value, span };
}

function parsePrimary(cursor: Cursor): Expr {
  const token = cursor.peek();
  const { span, text } = token;
  switch (token.kind) {
    case 'number':
      cursor.take();
      return { ...token.number, span };
    case 'string':
      return parseStringExpr(cursor, token.parts, span);
    case 'self':
      cursor.take();
      return { kind: 'self', which: text as 'pid' | 'tid' | 'ppid', span };
    case 'param':
      cursor.take();
      return { kind: 'param', name: text, span };
    case 'any':
      cursor.take();
      return { kind: 'any', span };
    case 'name':
      return parseName(cursor);
    case 'punctuation':
      if (text === '(') return parseGroup(cursor);
      if (text === '[') return parseArray(cursor);
      if (text === '{') return parseStruct(cursor);
  }
  cursor.unexpected('expected a value');
  return { kind: 'any', span };
}

function parseStringExpr(cursor: Cursor, parts: StringExpr['parts'], span: Span): Expr {
  cursor.take();
  const truncated = cursor.accept('...');
  return { kind: 'string', parts, truncated, span: cursor.spanFrom(span) };
}

function parseName(cursor: Cursor): Expr {
  const { text, span } = cursor.take();
  if (text === 'NULL') return { kind: 'null', span };
  if (!cursor.at('(')) return { kind: 'name', name: text, span };
  if (!functions.has(text)) cursor.fail(span, `unknown function "${text}"${didYouMean(text, functions.keys())}`);
  const args = parseArguments(cursor);
  return { kind: 'apply', callee: text, args, span: cursor.spanFrom(span) };
}

/** Arguments in parentheses. */
export function parseArguments(cursor: Cursor): Expr[] {
  const args: Expr[] = [];
  cursor.open('(', 'and the arguments');
  if (!cursor.at(')')) {
    do args.push(parseArgument(cursor));
    while (cursor.accept(','));
  }
  cursor.close(')', 'or , behind an argument');
  return args;
}

function parseGroup(cursor: Cursor): Expr {
  cursor.open('(', '');
  const inner = parseExpression(cursor);
  cursor.close(')', 'behind an expression');
  return inner;
}

function parseArray(cursor: Cursor): Expr {
  const { span } = cursor.peek();
  cursor.open('[', '');
  const expr = startsSignalSet(cursor) ? parseSignalSet(cursor) : parseElements(cursor);
  cursor.close(']', 'or , behind an element');
  return { ...expr, span: cursor.spanFrom(span) };
}

function startsSignalSet(cursor: Cursor): boolean {
  const first = cursor.peek();
  if (first.kind !== 'name') return false;
  return cursor.peek(1).kind === 'name' || (cursor.at(']', 1) && setNames.has(first.text));
}

function parseSignalSet(cursor: Cursor): Expr {
  const { span } = cursor.peek();
  const signals: string[] = [];
  while (cursor.peek().kind === 'name') {
    const name = cursor.take();
    signals.push(name.text);
    if (!setNames.has(name.text)) {
      cursor.fail(name.span, `unknown signal "${name.text}" in a set${didYouMean(name.text, setNames)}`);
    }
  }
  return { kind: 'sigset', signals, span };
}

function parseElements(cursor: Cursor): Expr {
  const { span } = cursor.peek();
  const elements: Expr[] = [];
  let open = false;
  if (!cursor.at(']')) {
    do {
      open = cursor.accept('...');
      if (!open) elements.push(parseArgument(cursor));
    } while (!open && cursor.accept(','));
  }
  return { kind: 'array', elements, open, span };
}

function parseStruct(cursor: Cursor): Expr {
  const { span } = cursor.peek();
  const fields: Field[] = [];
  let open = false;
  cursor.open('{', '');
  if (!cursor.at('}')) {
    do {
      open = cursor.accept('...');
      if (!open) fields.push(parseField(cursor, fields));
    } while (!open && cursor.accept(','));
  }
  cursor.close('}', 'or , behind a field');

  const [only, ...others] = fields;
  if (only !== undefined && only.name === undefined && others.length === 0 && !open && testsValue(only.value)) {
    return { kind: 'predicate', test: only.value, span: cursor.spanFrom(span) };
  }
  return { kind: 'struct', fields, open, span: cursor.spanFrom(span) };
}

function parseField(cursor: Cursor, before: readonly Field[]): Field {
  const { span } = cursor.peek();
  const value = parseArgument(cursor);
  const field = value.kind === 'assign' ? { name: value.name, value: value.value } : { value };
  if (before.length > 0 && (before[0]!.name === undefined) !== (field.name === undefined)) {
    cursor.fail(span, 'either all fields of a structure have names or none has');
  }
  if (field.name !== undefined && before.some(({ name }) => name === field.name)) {
    cursor.fail(span, `the field "${field.name}" is given twice`);
  }
  return field;
}

/** Whether an expression speaks of `s`, the value that a predicate tests. */
function testsValue(expr: Expr): boolean {
  for (const { kind, name } of references(expr)) if (kind === 'name' && name === 's') return true;
  return false;
}
