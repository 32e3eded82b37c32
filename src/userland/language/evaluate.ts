// Evaluates expressions: pure, and an impossible operation is a result, not an exception. C's operators on 64-bit integers.
// A name is a variable or a program if the environment says so, else a constant of kernel-sim/abi.

import { constants } from '../../kernel-sim/abi/constants.ts';
import { signalNumber } from '../../kernel-sim/abi/signal-name.ts';
import type { ApplyExpr, BinaryExpr, Expr, Span, StringExpr, StructExpr, UnaryExpr } from './ast.ts';
import { functions } from './function.ts';
import { binaryInteger, type Integer, unaryInteger } from './integer.ts';
import { ANY, equalValues, isArray, isInteger, record, type Value } from './value.ts';

/** What an expression's value depends on besides its text. */
export type Environment = {
  /** The value of a variable, or `programNamed(name)` for a program. */
  readonly lookup: (name: string) => Value | undefined;
  /** The task's own numbers as it sees them. */
  readonly self: { readonly pid: number; readonly tid: number; readonly ppid: number };
  /** The scenario's parameters. */
  readonly params: ReadonlyMap<string, Value>;
};

/** A value, or why there is none and which part of the expression is to blame. */
export type Evaluated<T = Value> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly message: string; readonly span: Span };

/** The most times that a block may be repeated. */
const maxRepeat = 1_000_000;

/** The value of an expression in an environment. */
export function evaluate(expr: Expr, env: Environment): Evaluated {
  switch (expr.kind) {
    case 'number':
      return done(expr.value);
    case 'string':
      return evaluateString(expr, env);
    case 'name':
      return found(expr.name, env.lookup(expr.name) ?? constants.get(expr.name), expr.span);
    case 'param':
      return found(expr.name, env.params.get(expr.name) ?? env.lookup(expr.name), expr.span);
    case 'self':
      return done(env.self[expr.which]);
    case 'any':
      return done(ANY);
    case 'null':
      return done(null);
    case 'array':
      return evaluateAll(expr.elements, env);
    case 'struct':
      return evaluateStruct(expr, env);
    case 'sigset':
      return done(Object.freeze(signalsOf(expr.signals)));
    case 'unary':
      return evaluateUnary(expr, env);
    case 'binary':
      return evaluateBinary(expr, env);
    case 'apply':
      return evaluateApply(expr, env);
    case 'assign':
      return evaluate(expr.value, env);
    case 'change':
      return evaluate(expr.before, env);
    case 'predicate':
      return failed('a test of s stands only where the kernel fills in a value', expr.span);
  }
}

/** How often a block is repeated: 0 to `maxRepeat`. */
export function evaluateCount(count: Expr, env: Environment): Evaluated<number> {
  const result = evaluate(count, env);
  if (!result.ok) return result;
  const { value } = result;
  if (typeof value === 'number' && value >= 0 && value <= maxRepeat) return { ok: true, value };
  return { ok: false, message: `a block is repeated 0 to ${maxRepeat} times, not ${show(value)}`, span: count.span };
}

/** The truth of a value, as C has it; undefined for what is neither an integer, a truth nor NULL. */
export function truthOf(value: Value): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (value === null) return false;
  return isInteger(value) ? Number(value) !== 0 : undefined;
}

function done(value: Value): Evaluated {
  return { ok: true, value };
}

function failed(message: string, span: Span): Evaluated<never> {
  return { ok: false, message, span };
}

function found(name: string, value: Value | undefined, span: Span): Evaluated {
  return value === undefined ? failed(`"${name}" has no value here`, span) : done(value);
}

function evaluateString(expr: StringExpr, env: Environment): Evaluated {
  let bytes = '';
  for (const part of expr.parts) {
    if (part.kind === 'bytes') {
      bytes += part.bytes;
      continue;
    }
    const result = evaluate(part, env);
    if (!result.ok) return result;
    const { value } = result;
    if (!isInteger(value) && typeof value !== 'string') {
      return failed(`${show(value)} cannot stand in a string`, part.span);
    }
    bytes += value.toString();
  }
  return done(bytes);
}

function evaluateAll(exprs: readonly Expr[], env: Environment): Evaluated<readonly Value[]> {
  const values: Value[] = [];
  for (const expr of exprs) {
    const result = evaluate(expr, env);
    if (!result.ok) return result;
    values.push(result.value);
  }
  return { ok: true, value: Object.freeze(values) };
}

function evaluateStruct(expr: StructExpr, env: Environment): Evaluated {
  const values = evaluateAll(
    expr.fields.map((field) => field.value),
    env,
  );
  if (!values.ok || (expr.fields.length > 0 && expr.fields[0]!.name === undefined)) return values;
  return done(record(expr.fields.map(({ name }, i) => [name!, values.value[i]!])));
}

/** The numbers of the signals in a set, ascending. */
function signalsOf(names: readonly string[]): Value[] {
  const numbers = new Set(names.map((name) => signalNumber(name)!));
  return [...numbers].sort((a, b) => a - b);
}

function evaluateUnary(expr: UnaryExpr, env: Environment): Evaluated {
  const { operator, operand, span } = expr;
  const result = evaluate(operand, env);
  if (!result.ok) return result;
  const { value } = result;
  if (operator === '!') {
    const truth = truthOf(value);
    return truth === undefined ? failed(`! needs a truth, not ${show(value)}`, operand.span) : done(!truth);
  }
  if (operator === '~' && isArray(value)) return done(Object.freeze(complement(value)));
  if (!isInteger(value)) return failed(`${operator} needs an integer, not ${show(value)}`, operand.span);
  return integer(unaryInteger(operator, value), span);
}

/** The signals that are not in a set. */
function complement(signals: readonly Value[]): Value[] {
  return Array.from({ length: 64 }, (_, i) => i + 1).filter((number) => !signals.includes(number));
}

function integer(result: Integer | string, span: Span): Evaluated {
  return typeof result === 'string' ? failed(result, span) : done(result);
}

function evaluateBinary(expr: BinaryExpr, env: Environment): Evaluated {
  const { operator, left, right, span } = expr;
  const first = evaluate(left, env);
  if (!first.ok) return first;
  if (operator === '&&' || operator === '||') return evaluateLogic(expr, first.value, env);

  const second = evaluate(right, env);
  if (!second.ok) return second;
  if (operator === '==') return done(equalValues(first.value, second.value));
  if (operator === '!=') return done(!equalValues(first.value, second.value));

  const a = toInteger(first.value);
  const b = toInteger(second.value);
  if (a === undefined) return failed(`${operator} needs integers, not ${show(first.value)}`, left.span);
  if (b === undefined) return failed(`${operator} needs integers, not ${show(second.value)}`, right.span);
  switch (operator) {
    case '<':
      return done(a < b);
    case '<=':
      return done(a <= b);
    case '>':
      return done(a > b);
    case '>=':
      return done(a >= b);
    default:
      return integer(binaryInteger(operator, a, b), span);
  }
}

/** `&&` and `||`, which look at their right side only if the left has not settled the matter. */
function evaluateLogic(expr: BinaryExpr, left: Value, env: Environment): Evaluated {
  const { operator } = expr;
  const first = truthOf(left);
  if (first === undefined) return failed(`${operator} needs truths, not ${show(left)}`, expr.left.span);
  if (first === (operator === '||')) return done(first);
  const right = evaluate(expr.right, env);
  if (!right.ok) return right;
  const second = truthOf(right.value);
  return second === undefined
    ? failed(`${operator} needs truths, not ${show(right.value)}`, expr.right.span)
    : done(second);
}

function evaluateApply(expr: ApplyExpr, env: Environment): Evaluated {
  const called = functions.get(expr.callee);
  if (called === undefined) return failed(`"${expr.callee}" is not a function`, expr.span);
  const args = evaluateAll(expr.args, env);
  if (!args.ok) return args;
  const numbers = args.value.filter((value) => typeof value === 'number');
  if (numbers.length < args.value.length || numbers.length !== called.arity) {
    return failed(`${expr.callee} takes ${called.arity} integer${called.arity === 1 ? '' : 's'}`, expr.span);
  }
  return done(called.apply(...numbers));
}

function toInteger(value: Value): Integer | undefined {
  if (typeof value === 'boolean') return value ? 1 : 0;
  return isInteger(value) ? value : undefined;
}

/** A value in a message. */
function show(value: Value): string {
  if (isInteger(value) || typeof value === 'boolean') return value.toString();
  if (typeof value === 'string') return 'a string';
  if (value === null) return 'NULL';
  if (value === ANY) return '_';
  return isArray(value) ? 'an array' : 'a structure';
}
