/** Making a call: looks it up, decodes its arguments, and gives the frame that runs it. */

import type { Kernel } from '../kernel-sim/kernel.ts';
import { type Steps, scoped } from '../kernel-sim/machine/effect.ts';
import type { Call } from '../kernel-sim/machine/frame.ts';
import { fail } from '../kernel-sim/result.ts';
import { isTied, reset } from '../kernel-sim/task/next-syscall-data.ts';
import type { Task } from '../kernel-sim/task/task.ts';
import type { Datum } from './datum.ts';
import { leaveKernel, leaveUserMode, type Outcome } from './leave.ts';
import { syscalls } from './table.ts';

/**
 * The call of `name` with arguments in the order of its parameters.
 *
 * @returns a call that ends in an `Outcome`; ENOSYS for a name that is not in the table
 */
export function invoke(k: Kernel, task: Task, name: string, args: readonly Datum[]): Call {
  return { name, args, start: () => run(k, task, name, args) };
}

function* run(k: Kernel, task: Task, name: string, args: readonly Datum[]): Steps<Outcome> {
  const call = syscalls.get(name);
  if (call === undefined) return fail('ENOSYS');
  const decoded = Object.fromEntries(
    Object.entries(call.parameters).map(([parameter, { decode }], i) => [parameter, decode(args[i])]),
  ) as Record<string, never>;
  for (;;) {
    const outcome = yield* leaveKernel(k, task, yield* call.run(k, task, decoded));
    if ('resume' in outcome) continue;
    if (!('restart' in outcome)) yield* forgetArmed(k, task, name, outcome.ok);
    return outcome;
  }
}

/**
 * Drops a value that the call behind arming it did not take: the next call of any kind is all it is for (N8, where it is not tied to
 * its call instead), or a failed exec (N21).
 */
function* forgetArmed(k: Kernel, task: Task, name: string, ok: boolean): Steps<void> {
  if (!k.profile.series.has('next_syscall_data')) return;
  const isOver = k.fixed('N8') && !isTied(k) && !/^p?write/.test(name);
  if (isOver || (k.fixed('N21') && name === 'execve' && !ok)) yield* scoped(reset(k, task));
}

/** What a task in user mode does before anything else when its flag says that signals are pending; ends in nothing. */
export const deliverPending = (k: Kernel, task: Task): Call => ({
  name: 'do_signal',
  args: [],
  start: () => leaveUserMode(k, task),
});
