/** Which parameter each argument of a call is for: strace names some of them, as in clone(child_stack=NULL, flags=SIGCHLD). */

import { syscalls } from '../syscalls/table.ts';
import type { Call, Expr } from './language/ast.ts';

/**
 * The arguments of a call in the order of its parameters, undefined where there is none: a named one is for its namesake, the others
 * fill what is left, in order.
 */
export function argumentsOf({ callee, args }: Call): readonly (Expr | undefined)[] {
  if (!args.some(({ kind }) => kind === 'assign')) return args;
  const parameters = Object.keys(syscalls.get(callee)?.parameters ?? {});
  const named = new Map(
    args.flatMap((expr) => (expr.kind === 'assign' ? [[parameters.indexOf(expr.name), expr] as const] : [])),
  );
  const others = args.filter(({ kind }) => kind !== 'assign');
  const placed: (Expr | undefined)[] = [];
  for (let i = 0; i < parameters.length; i++) placed.push(named.get(i) ?? others.shift());
  return placed;
}
