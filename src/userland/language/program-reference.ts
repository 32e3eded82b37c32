// Where a call names a program: the child's program is the last argument of the calls that make a task. Handlers are named in
// the fields of sigaction(2), like any other value.

import type { Call, Expr, NameExpr } from './ast.ts';
import { children } from './walk.ts';

/** The calls whose child runs the program that their last argument names. */
const creators: ReadonlySet<string> = new Set(['fork', 'vfork', 'clone', 'clone3', 'eclone', 'fork_with_id']);

/** Whether the call makes a task. */
export function createsTask(call: Call): boolean {
  return creators.has(call.callee);
}

/** The name of the child's program; undefined when the call makes no task or names none. */
export function childProgram(call: Call): NameExpr | undefined {
  const last = call.args.at(-1);
  return createsTask(call) && last?.kind === 'name' ? last : undefined;
}

/** The names given as handlers, SIG_DFL and SIG_IGN among them. */
export function* handlerNames(expr: Expr): Generator<NameExpr> {
  if (expr.kind === 'struct') {
    for (const { name, value } of expr.fields) {
      if ((name === 'sa_handler' || name === 'sa_sigaction') && value.kind === 'name') yield value;
    }
  }
  for (const child of children(expr)) yield* handlerNames(child);
}
