/** What a call left in its arguments: names that have no value yet take it, everything else is compared. */

import type { Datum } from '../syscalls/datum.ts';
import { syscalls } from '../syscalls/table.ts';
import { argumentsOf } from './arguments.ts';
import type { Variables } from './context.ts';
import type { Call, Expr } from './language/ast.ts';
import type { Environment } from './language/evaluate.ts';
import { evaluate } from './language/evaluate.ts';
import { matches } from './language/match.ts';
import { isArray, isRecord, type Value } from './language/value.ts';

/**
 * Binds and compares the outputs of a call.
 *
 * @param out what the kernel wrote, by parameter name
 * @returns the variables bound, and the argument that differs from what the program says, if one does
 */
export function bindOutputs(
  call: Call,
  out: Readonly<Record<string, Datum>>,
  environment: Environment,
): { bound: Variables; mismatch?: Expr } {
  const bound: Record<string, Datum> = {};
  const withBound: Environment = {
    ...environment,
    lookup: (name) => (bound[name] as Value | undefined) ?? environment.lookup(name),
  };
  const parameters = Object.keys(syscalls.get(call.callee)?.parameters ?? {});
  const args = argumentsOf(call);
  for (const [i, name] of parameters.entries()) {
    const pattern = args[i];
    const actual = out[name] as Value | undefined;
    if (pattern === undefined || actual === undefined || pattern.kind === 'null') continue;
    for (const [variable, value] of unboundNames(pattern, actual, withBound)) bound[variable] = value as Datum;
    if (!matches(pattern, actual, withBound)) return { bound, mismatch: pattern };
  }
  return { bound };
}

/** The names in a pattern that have no value, each with what stands in its place. */
function* unboundNames(pattern: Expr, actual: Value, environment: Environment): Generator<[string, Value]> {
  if (pattern.kind === 'assign') yield* unboundNames(pattern.value, actual, environment);
  else if (pattern.kind === 'change') yield* unboundNames(pattern.after, actual, environment);
  else if (pattern.kind === 'name') {
    if (!evaluate(pattern, environment).ok) yield [pattern.name, actual];
  } else if (pattern.kind === 'array' && isArray(actual)) {
    for (const [i, element] of pattern.elements.entries()) {
      const value = actual[i];
      if (value !== undefined) yield* unboundNames(element, value, environment);
    }
  } else if (pattern.kind === 'struct' && isRecord(actual)) {
    for (const { name, value } of pattern.fields) {
      const field = name === undefined ? undefined : actual[name];
      if (field !== undefined) yield* unboundNames(value, field, environment);
    }
  }
}
