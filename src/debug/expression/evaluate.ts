/**
 * Works expressions out against a state. What an expression read is told to whoever asks, so that a watchpoint need only look again
 * when one of those cells changes.
 *
 * Numbers are JavaScript numbers, or bigints where a cell holds one; comparing and counting mixes the two as C would.
 */

import { type KernelObject, Table } from '../../kernel-sim/machine/layout.ts';
import { POISON, UNINITIALISED } from '../../kernel-sim/machine/store.ts';
import { didYouMean } from '../../userland/language/suggest.ts';
import { type BinaryOperator, bad, type Expression, good, type Outcome, type Span } from './ast.ts';

/** What stands where nothing is: a field of NULL, an element past the end. */
export const ABSENT: unique symbol = Symbol('absent');

/** A value, and the cell it is the contents of, if it is. */
export interface Found {
  readonly value: unknown;
  readonly cell?: number;
}

/** What names mean, in one state. */
export interface Scope {
  /** The contents of a cell. */
  read(cell: number): unknown;
  name(name: string): Found | undefined;
  variable(name: string): Found | undefined;
  /** What a function gives for these arguments; a text says what is wrong with them, undefined that there is no such function. */
  apply(callee: string, args: readonly unknown[]): Found | string | undefined;
  /** Every name and function, for suggestions and completion. */
  readonly names: readonly string[];
}

/** The value of an expression. */
export function evaluate(expression: Expression, scope: Scope): Outcome<Found> {
  const { span } = expression;
  switch (expression.kind) {
    case 'literal':
      return good({ value: expression.value });
    case 'name': {
      const found = scope.name(expression.name);
      if (found !== undefined) return good(found);
      return bad(`nothing is called "${expression.name}"${didYouMean(expression.name, scope.names)}`, span);
    }
    case 'variable': {
      const found = scope.variable(expression.name);
      return found === undefined ? bad(`the program has no variable "${expression.name}" here`, span) : good(found);
    }
    case 'apply':
      return apply(expression, scope);
    case 'member': {
      const object = evaluate(expression.object, scope);
      return object.ok ? member(object.value.value, expression.field, scope, span) : object;
    }
    case 'index': {
      const object = evaluate(expression.object, scope);
      if (!object.ok) return object;
      const index = evaluate(expression.index, scope);
      return index.ok ? element(object.value.value, index.value.value, scope, expression.index.span) : index;
    }
    case 'unary': {
      const operand = evaluate(expression.operand, scope);
      if (!operand.ok || operand.value.value === ABSENT) return operand;
      if (expression.operator === '!') return good({ value: !isTrue(operand.value.value) });
      const number = integerOf(operand.value.value);
      if (number === null) return bad('not a number', expression.operand.span);
      return good({ value: narrow(expression.operator === '-' ? -number : ~number) });
    }
    case 'binary':
      return binary(expression.operator, expression.left, expression.right, scope);
  }
}

/** Whether a value counts as true: not 0, not NULL, not an empty text, not absent. */
export const isTrue = (value: unknown): boolean => value !== ABSENT && value !== 0n && Boolean(value);

function apply({ callee, args, span }: Extract<Expression, { kind: 'apply' }>, scope: Scope): Outcome<Found> {
  const values: unknown[] = [];
  for (const argument of args) {
    const found = evaluate(argument, scope);
    if (!found.ok) return found;
    values.push(found.value.value);
  }
  const found = scope.apply(callee, values);
  if (found === undefined) return bad(`there is no function "${callee}"${didYouMean(callee, scope.names)}`, span);
  return typeof found === 'string' ? bad(found, span) : good(found);
}

const isObject = (value: object): value is KernelObject => 'base' in value && 'layout' in value;

const nothing: Found = { value: ABSENT };

/** The fields of a kernel object, tables included. */
export function fieldsOf(object: KernelObject): readonly string[] {
  const declared = Object.getOwnPropertyDescriptors(Object.getPrototypeOf(object) as object);
  return Object.keys(declared).filter(
    (name) => declared[name]?.get !== undefined && !['layout', 'name'].includes(name),
  );
}

function member(object: unknown, field: string, scope: Scope, span: Span): Outcome<Found> {
  if (object === null || object === ABSENT) return good(nothing);
  if (object === POISON || object === UNINITIALISED) return bad('that memory holds garbage', span);
  if (typeof object !== 'object') return bad('only objects have fields', span);
  if (isObject(object)) {
    const fields = fieldsOf(object);
    if (!fields.includes(field))
      return bad(`a ${object.layout.kind} has no field "${field}"${didYouMean(field, fields)}`, span);
    return good(held((object as unknown as Record<string, unknown>)[field], scope));
  }
  if (!Object.hasOwn(object, field) || typeof (object as Record<string, unknown>)[field] === 'function') {
    return bad(`there is no "${field}" in it${didYouMean(field, Object.keys(object))}`, span);
  }
  return good({ value: (object as Record<string, unknown>)[field] });
}

/** A field of an object is a cell, or a table of cells. */
const held = (field: unknown, scope: Scope): Found =>
  typeof field === 'number' ? { value: scope.read(field), cell: field } : { value: field };

function element(object: unknown, index: unknown, scope: Scope, span: Span): Outcome<Found> {
  if (object === null || object === ABSENT) return good(nothing);
  if (typeof index !== 'number' && typeof index !== 'string') return bad('an index is a number or a text', span);
  if (object instanceof Table) {
    const cell = object.at(index);
    return good({ value: scope.read(cell), cell });
  }
  if (Array.isArray(object) && typeof index === 'number')
    return good(index in object ? { value: object[index] } : nothing);
  if (typeof object === 'object' && Object.hasOwn(object, index)) {
    return good({ value: (object as Record<string, unknown>)[index] });
  }
  return bad('it has no elements', span);
}

function integerOf(value: unknown): bigint | null {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  return typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : null;
}

const narrow = (value: bigint): number | bigint => (Number.isSafeInteger(Number(value)) ? Number(value) : value);

function binary(operator: BinaryOperator, left: Expression, right: Expression, scope: Scope): Outcome<Found> {
  const a = evaluate(left, scope);
  if (!a.ok) return a;
  if (operator === '&&' && !isTrue(a.value.value)) return good({ value: false });
  if (operator === '||' && isTrue(a.value.value)) return good({ value: true });
  const b = evaluate(right, scope);
  if (!b.ok) return b;
  const [x, y] = [a.value.value, b.value.value];
  if (operator === '&&' || operator === '||') return good({ value: isTrue(y) });
  if (operator === '==' || operator === '!=') return good({ value: same(x, y) === (operator === '==') });
  if (x === ABSENT || y === ABSENT) return good(nothing);
  const [m, n] = [integerOf(x), integerOf(y)];
  if (m === null || n === null) return bad('not a number', m === null ? left.span : right.span);
  if ((operator === '/' || operator === '%') && n === 0n) return bad('division by zero', right.span);
  return good({ value: compute(operator, m, n) });
}

/** Whether two values are the same: numbers by value, a truth as 0 or 1, everything else by identity. */
function same(x: unknown, y: unknown): boolean {
  const [m, n] = [integerOf(x), integerOf(y)];
  return m !== null && n !== null ? m === n : x === y;
}

function compute(
  operator: Exclude<BinaryOperator, '&&' | '||' | '==' | '!='>,
  m: bigint,
  n: bigint,
): number | bigint | boolean {
  switch (operator) {
    case '<':
      return m < n;
    case '<=':
      return m <= n;
    case '>':
      return m > n;
    case '>=':
      return m >= n;
    case '|':
      return narrow(m | n);
    case '&':
      return narrow(m & n);
    case '+':
      return narrow(m + n);
    case '-':
      return narrow(m - n);
    case '*':
      return narrow(m * n);
    case '/':
      return narrow(m / n);
    case '%':
      return narrow(m % n);
  }
}
