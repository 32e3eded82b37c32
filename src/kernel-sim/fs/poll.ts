/**
 * Waiting for several open files at once; fs/select.c, poll(2), select(2).
 *
 * A sleeper looks at its files again whenever something changes that they depend on, and goes on when one of them is ready.
 */

import { POLLERR, POLLHUP, POLLIN, POLLNVAL, POLLOUT, POLLRDNORM, POLLWRNORM } from '../abi/descriptor.ts';
import type { Kernel } from '../kernel.ts';
import { operation, type Steps, scoped } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { fail, ok, type Result } from '../result.ts';
import { setBlocked } from '../signal/mask.ts';
import { UNBLOCKABLE } from '../signal/signal-set.ts';
import { sleepIn } from '../task/sleep.ts';
import type { Task } from '../task/task.ts';
import { descriptorLimit, fileAt } from './files.ts';
import { interrupted } from './wait-queue.ts';

/** A descriptor and the POLL* bits that are asked for. */
export interface Watched {
  readonly fd: number;
  readonly events: number;
}

const ALWAYS_READY = POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM;

/** What one descriptor has to say: errors are told even when nobody asked. */
function eventsOf(tx: Transaction, k: Kernel, task: Task, { fd, events }: Watched): number {
  if (fd < 0) return 0; // an entry that is switched off
  const file = fileAt(tx, task, fd);
  if (file === null) return POLLNVAL;
  const now = tx.read(file.operations).poll?.(tx, k, file, task) ?? ALWAYS_READY;
  return now & (events | POLLERR | POLLHUP);
}

const look = (tx: Transaction, k: Kernel, task: Task, watched: readonly Watched[]): readonly number[] =>
  watched.map((one) => eventsOf(tx, k, task, one));

const isAny = (events: readonly number[]): boolean => events.some((bits) => bits !== 0);

type Outcome = readonly number[] | 'wait' | 'EINTR';

const begin = operation(
  'poll',
  (tx: Transaction, k: Kernel, task: Task, watched: readonly Watched[], patient: boolean): Outcome => {
    const events = look(tx, k, task, watched);
    if (isAny(events) || !patient) return events;
    if (interrupted(tx, task)) return 'EINTR';
    sleepIn(tx, task, 'interruptible');
    return 'wait';
  },
);

/** How a wait for readiness treats signals. */
export interface PollSignals {
  /** The blocked set during the wait, null for the task's own; ppoll, pselect6. */
  readonly mask: bigint | null;
  /** A signal without a handler does not end the wait, which goes on for what is left of its time: poll alone. */
  readonly resumes: boolean;
}

const deadlineAfter = operation('poll.deadline', (tx: Transaction, k: Kernel, task: Task, ns: number): number => {
  const { restartUntil } = tx.read(task.signals)!;
  const resumed = tx.read(restartUntil);
  if (resumed !== null) tx.write(restartUntil, null);
  return resumed ?? tx.read(k.machine.clock.now) + ns;
});

const keepDeadline = operation('poll.interrupted', (tx: Transaction, task: Task, deadline: number | null): void =>
  tx.write(tx.read(task.signals)!.restartUntil, deadline),
);

const setMask = operation('poll.set_mask', (tx: Transaction, k: Kernel, task: Task, mask: bigint): void => {
  const own = tx.read(task.signals)!;
  tx.write(own.savedMask, tx.read(own.blocked));
  setBlocked(tx, k, task, mask & ~UNBLOCKABLE);
});

const restoreMask = operation('poll.restore_mask', (tx: Transaction, k: Kernel, task: Task): void => {
  const own = tx.read(task.signals)!;
  const saved = tx.read(own.savedMask)!;
  tx.write(own.savedMask, null);
  setBlocked(tx, k, task, saved);
});

const sleep = operation(
  'poll.wait',
  (tx: Transaction, k: Kernel, task: Task, watched: readonly Watched[], _deadline: number | null): Outcome => {
    sleepIn(tx, task, 'running');
    const events = look(tx, k, task, watched);
    return !isAny(events) && interrupted(tx, task) ? 'EINTR' : events;
  },
  {
    when: (tx, k, task, watched) => tx.read(task.state) === 'running' || isAny(look(tx, k, task, watched)),
    deadline: (_tx, _k, _task, _watched, deadline) => deadline,
  },
);

function* wait(
  k: Kernel,
  task: Task,
  watched: readonly Watched[],
  timeout: number | null,
  { mask, resumes }: PollSignals,
): Steps<Result<readonly number[]>> {
  const deadline = timeout === null || timeout === 0 ? null : yield* deadlineAfter(k, task, timeout);
  if (mask !== null) yield* setMask(k, task, mask);
  const now = yield* begin(k, task, watched, timeout !== 0);
  const events = now === 'wait' ? yield* sleep(k, task, watched, deadline) : now;
  if (typeof events !== 'string') {
    if (mask !== null) yield* restoreMask(k, task);
    return ok(events);
  }
  if (!resumes) return fail('ERESTARTNOHAND'); // the mask before comes back when the signal has been delivered
  yield* keepDeadline(task, deadline);
  return fail('ERESTART_RESTARTBLOCK');
}

const limitOf = operation('poll.limit', descriptorLimit);

/**
 * Waits until a descriptor is ready, at most `timeout` ns (null for ever, 0 not at all); poll(2).
 *
 * @returns for each descriptor the bits that hold; EINVAL for more descriptors than one may have, EINTR
 */
export function* poll(
  k: Kernel,
  task: Task,
  watched: readonly Watched[],
  timeout: number | null,
  signals: PollSignals,
): Steps<Result<readonly number[]>> {
  if (watched.length > (yield* limitOf(task))) return fail('EINVAL');
  return yield* scoped(wait(k, task, watched, timeout, signals));
}
