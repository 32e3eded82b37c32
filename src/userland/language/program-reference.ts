// Where a call names a program: the child's program is the last argument of the calls that make a task. Handlers are named in
// the fields of sigaction(2), like any other value.

import type { Call, NameExpr } from './ast.ts';

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
