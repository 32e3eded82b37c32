/** Making a call: looks it up, decodes its arguments, and gives the frame that runs it. */

import type { Steps } from '../kernel-sim/machine/effect.ts';
import type { Call } from '../kernel-sim/machine/frame.ts';
import type { Kernel } from '../kernel-sim/kernel.ts';
import { fail, type Result } from '../kernel-sim/result.ts';
import type { Task } from '../kernel-sim/task/task.ts';
import type { Datum, Return } from './datum.ts';
import { syscalls } from './table.ts';

/**
 * The call of `name` with arguments in the order of its parameters.
 *
 * @returns a call that ends in `Result<Return>`; ENOSYS for a name that is not in the table
 */
export function invoke(k: Kernel, task: Task, name: string, args: readonly Datum[]): Call {
  return { name, args, start: () => run(k, task, name, args) };
}

function* run(k: Kernel, task: Task, name: string, args: readonly Datum[]): Steps<Result<Return>> {
  const call = syscalls.get(name);
  if (call === undefined) return fail('ENOSYS');
  const decoded = Object.fromEntries(Object.entries(call.parameters).map(([parameter, { decode }], i) => [parameter, decode(args[i])]));
  return yield* call.run(k, task, decoded as Record<string, never>);
}
