/** Waiting for signals: sigsuspend(2), pause(2), sigtimedwait(2); kernel/signal.c, SEMANTICS C12, B6 G21. */

import type { Kernel } from '../kernel.ts';
import { operation, type Steps, scoped } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { type Failure, fail, ok, type Result } from '../result.ts';
import { schedule, sleepIn } from '../task/sleep.ts';
import type { Task } from '../task/task.ts';
import { dequeue } from './deliver.ts';
import { setBlocked } from './mask.ts';
import type { SigInfo } from './siginfo.ts';
import { UNBLOCKABLE } from './signal-set.ts';

/** Goes to sleep unless a signal is there already: an interruptible sleeper with one is not put to sleep at all. */
function sleepForSignal(tx: Transaction, task: Task): void {
  if (!tx.read(tx.read(task.signals)!.flagged)) sleepIn(tx, task, 'interruptible');
}

const beginPause = operation('signal.pause', sleepForSignal);

/** Sleeps until a signal ends the sleep; pause(2). */
export function* pause(task: Task): Steps<Failure> {
  yield* beginPause(task);
  yield* schedule(task, null);
  return fail('ERESTARTNOHAND');
}

const beginSuspend = operation('signal.suspend', (tx: Transaction, k: Kernel, task: Task, mask: bigint): void => {
  const own = tx.read(task.signals)!;
  tx.write(own.savedMask, tx.read(own.blocked));
  setBlocked(tx, k, task, mask & ~UNBLOCKABLE);
  sleepForSignal(tx, task);
});

/**
 * Sleeps with another mask; sigsuspend(2). The mask before comes back on the way out, or with the handler's frame; whatever
 * others did to the blocked set in between is lost (G21).
 */
export function* suspend(k: Kernel, task: Task, mask: bigint): Steps<Failure> {
  yield* beginSuspend(k, task, mask);
  yield* schedule(task, null);
  return fail('ERESTARTNOHAND');
}

/** A signal that is there already, or else the time at which the wait for one ends. */
type Begun = { readonly info: SigInfo } | { readonly deadline: number | null } | { readonly info: null };

const beginWait = operation(
  'signal.wait',
  (tx: Transaction, k: Kernel, task: Task, wanted: bigint, timeout: number | null): Begun => {
    const info = dequeue(tx, k, task, wanted);
    if (info !== null || timeout === 0) return { info };
    const own = tx.read(task.signals)!;
    const blocked = tx.read(own.blocked);
    // Unblocked so that senders wake this thread, remembered so that they do not drop what it ignores.
    tx.write(own.realBlocked, blocked);
    setBlocked(tx, k, task, blocked & ~wanted);
    sleepForSignal(tx, task);
    return { deadline: timeout === null ? null : tx.read(k.machine.clock.now) + timeout };
  },
);

const endWait = operation(
  'signal.wait_end',
  (tx: Transaction, k: Kernel, task: Task, wanted: bigint, deadline: number | null): Result<SigInfo> => {
    const own = tx.read(task.signals)!;
    const info = dequeue(tx, k, task, wanted);
    setBlocked(tx, k, task, tx.read(own.realBlocked));
    tx.write(own.realBlocked, 0n);
    if (info !== null) return ok(info);
    const late = deadline !== null && tx.read(k.machine.clock.now) >= deadline;
    return fail(late ? 'EAGAIN' : 'EINTR');
  },
);

/**
 * Takes a pending signal of a set, waiting for one if need be; sigtimedwait(2).
 *
 * @param timeout ns, null for ever
 * @returns EAGAIN when the time is over, EINTR when another signal came
 */
export function waitFor(k: Kernel, task: Task, wanted: bigint, timeout: number | null): Steps<Result<SigInfo>> {
  return scoped(awaitSignal(k, task, wanted & ~UNBLOCKABLE, timeout));
}

function* awaitSignal(k: Kernel, task: Task, wanted: bigint, timeout: number | null): Steps<Result<SigInfo>> {
  const begun = yield* beginWait(k, task, wanted, timeout);
  if ('info' in begun) return begun.info === null ? fail('EAGAIN') : ok(begun.info);
  yield* schedule(task, begun.deadline);
  return yield* endWait(k, task, wanted, begun.deadline);
}
