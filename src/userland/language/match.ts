// Compares what the kernel left in an argument, or returned, with what a program expects there.

import type { ArrayExpr, Expr, StructExpr } from './ast.ts';
import { type Environment, evaluate, truthOf } from './evaluate.ts';
import { ANY, equalValues, isArray, isRecord, type Value } from './value.ts';

/**
 * Whether a value is what a pattern describes. `_` is anything; a structure is compared in the fields that the pattern names;
 * an array element by element; `{… s …}` is true of the value `s`; `"abc"...`, `[…, ...]` and `{…, ...}` are beginnings;
 * `before => after` is about `after`. Anything else is evaluated and compared. A pattern without a value matches nothing.
 */
export function matches(pattern: Expr, actual: Value, env: Environment): boolean {
  switch (pattern.kind) {
    case 'any':
      return true;
    case 'assign':
      return matches(pattern.value, actual, env);
    case 'change':
      return matches(pattern.after, actual, env);
    case 'array':
      return matchesArray(pattern, actual, env);
    case 'struct':
      return matchesStruct(pattern, actual, env);
    case 'predicate':
      return holds(pattern.test, actual, env);
    default: {
      const expected = evaluate(pattern, env);
      if (!expected.ok) return false;
      const { value } = expected;
      if (pattern.kind === 'string' && pattern.truncated) {
        return typeof value === 'string' && typeof actual === 'string' && actual.startsWith(value);
      }
      return value === ANY || equalValues(value, actual);
    }
  }
}

function matchesArray({ elements, open }: ArrayExpr, actual: Value, env: Environment): boolean {
  return isArray(actual) && matchesElements(elements, open, actual, env);
}

function matchesElements(
  elements: readonly Expr[],
  open: boolean,
  actual: readonly Value[],
  env: Environment,
): boolean {
  if (open ? actual.length < elements.length : actual.length !== elements.length) return false;
  return elements.every((element, i) => matches(element, actual[i]!, env));
}

function matchesStruct({ fields, open }: StructExpr, actual: Value, env: Environment): boolean {
  if (isArray(actual)) {
    const positional = fields.every(({ name }) => name === undefined);
    const elements = fields.map(({ value }) => value);
    return positional && matchesElements(elements, open, actual, env);
  }
  if (!isRecord(actual)) return false;
  return fields.every(
    ({ name, value }) => name !== undefined && Object.hasOwn(actual, name) && matches(value, actual[name]!, env),
  );
}

/** Whether a test is true of a value; the test calls it `s`. */
function holds(test: Expr, actual: Value, env: Environment): boolean {
  const result = evaluate(test, { ...env, lookup: (name) => (name === 's' ? actual : env.lookup(name)) });
  return result.ok && truthOf(result.value) === true;
}
