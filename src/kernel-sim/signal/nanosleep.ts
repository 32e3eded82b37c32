/**
 * Sleeping until a time or a signal; nanosleep(2), kernel/hrtimer.c, SEMANTICS C12 (ERESTART_RESTARTBLOCK).
 *
 * A sleep of some length that a signal without a handler interrupts goes on until the time at which it was to end in the first place:
 * that is what the restart block keeps. Note: `call.resumed` {task} when it does.
 */

import type { Kernel } from '../kernel.ts';
import { operation, type Steps } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { done, type Failure, type Ok } from '../result.ts';
import { schedule, sleepIn } from '../task/sleep.ts';
import type { Task } from '../task/task.ts';

/** When to wake up: after some ns, or at a virtual time in ns. */
export type Until = { readonly after: number } | { readonly at: number };

const begin = operation('nanosleep.begin', (tx: Transaction, k: Kernel, task: Task, until: Until): number => {
  const own = tx.read(task.signals)!;
  const now = tx.read(k.machine.clock.now);
  const resumed = tx.read(own.restartUntil);
  tx.write(own.restartUntil, null);
  if (resumed !== null) tx.note({ type: 'call.resumed', task });
  const deadline = 'at' in until ? until.at : (resumed ?? now + until.after);
  if (deadline > now && !tx.read(own.flagged)) sleepIn(tx, task, 'interruptible');
  return deadline;
});

/** The ns that are left, 0 when the time was reached; if not, the end that a sleep of some length has is kept for {@link begin}. */
const end = operation(
  'nanosleep.end',
  (tx: Transaction, k: Kernel, task: Task, deadline: number, isAbsolute: boolean): number => {
    const left = Math.max(0, deadline - tx.read(k.machine.clock.now));
    if (left === 0) return 0;
    if (!isAbsolute) tx.write(tx.read(task.signals)!.restartUntil, deadline);
    return left;
  },
);

/** What a sleep came to; `left` is what was left of it, in ns. */
export type Slept = Ok<undefined> | (Failure & { readonly left: number });

/** Sleeps; a signal ends it with ERESTART_RESTARTBLOCK, or ERESTARTNOHAND for a sleep until a given time. */
export function* sleepUntil(k: Kernel, task: Task, until: Until): Steps<Slept> {
  const deadline = yield* begin(k, task, until);
  yield* schedule(task, deadline);
  const isAbsolute = 'at' in until;
  const left = yield* end(k, task, deadline, isAbsolute);
  if (left === 0) return done;
  return { ok: false, errno: isAbsolute ? 'ERESTARTNOHAND' : 'ERESTART_RESTARTBLOCK', left };
}
