/**
 * semop and semtimedop; sys_semtimedop of ipc/sem.c, SEMANTICS C9 and D, with what the semundo series adds (B5: S2, S16, S23).
 *
 * Without SEM_UNDO the call is one operation up to where it sleeps. With it, the caller's undo entry is found or made first, under
 * locks of its own, and the set may be removed and its id given out anew before the values are looked at (K7).
 * A call that was interrupted is never started again by itself: EINTR.
 * Note: `sem.undo_outdated` {id} when the set was made anew under the caller's undo entry.
 */

import type { ErrnoName } from '../abi/errno.ts';
import { SEM_UNDO } from '../abi/ipc.ts';
import type { Kernel } from '../kernel.ts';
import { operation, type Steps, scoped } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { done, fail, type Result } from '../result.ts';
import { signalPending } from '../signal/inherit.ts';
import { schedule } from '../task/sleep.ts';
import type { Task } from '../task/task.ts';
import { lookUp } from './ids.ts';
import { idsOf } from './namespace.ts';
import { permits, READ, WRITE } from './object.ts';
import { processRecord } from './pid-record.ts';
import { dequeue, enqueue, unmergeQueues } from './semaphore-queue.ts';
import { scan } from './semaphore-scan.ts';
import { type SemaphoreSet, type SemOperation, SemWaiter } from './semaphore-set.ts';
import { tryOperations } from './semaphore-try.ts';
import { findOrMakeEntry, getUndoList, putUndoList, type UndoList } from './undo.ts';
import { type UndoEntry, unpin } from './undo-entry.ts';
import { sleepInterruptibly } from './wait.ts';

/** One semop call. */
export interface SemCall {
  readonly id: number;
  /** The operations; null when they cannot be read. */
  readonly operations: readonly SemOperation[] | null;
  /** How many the caller says there are; a C unsigned. */
  readonly count: number;
  /** How long to wait at most, in ns; null for ever, 'fault' or 'invalid' for a structure that is neither. */
  readonly timeout: number | null | 'fault' | 'invalid';
}

const readOpMax = operation('semop.limit', (tx: Transaction, task: Task): number =>
  tx.read(tx.read(task.ipcNs)!.semopm),
);

/** What is wrong with the arguments, in the order of each kernel; null when nothing is. */
function refuse(k: Kernel, { id, operations, count, timeout }: SemCall, opMax: number): ErrnoName | null {
  const unreadable = operations === null;
  if (k.is26) {
    if (count < 1 || id < 0) return 'EINVAL';
    if (count > opMax) return 'E2BIG';
    if (unreadable || timeout === 'fault') return 'EFAULT';
  } else {
    if (timeout === 'fault') return 'EFAULT'; // 6.x copies the time before anything else
    if (count > opMax) return 'E2BIG';
    if (count < 1) return 'EINVAL';
    if (unreadable) return 'EFAULT';
    if (id < 0) return 'EINVAL';
  }
  return timeout === 'invalid' ? 'EINVAL' : null;
}

/** A call that sleeps: on which set, and until when. */
interface Waiting {
  readonly waiter: SemWaiter;
  readonly set: SemaphoreSet;
  readonly deadline: number | null;
}

const attempt = operation(
  'semop',
  (tx: Transaction, k: Kernel, task: Task, call: SemCall, undo: UndoEntry | null): Result<undefined> | Waiting => {
    const result = attemptPinned(tx, k, task, call, undo);
    if (undo !== null) unpin(tx, undo);
    return result;
  },
);

function attemptPinned(
  tx: Transaction,
  k: Kernel,
  task: Task,
  call: SemCall,
  undo: UndoEntry | null,
): Result<undefined> | Waiting {
  const found = lookUp<SemaphoreSet>(tx, k, idsOf(tx, tx.read(task.ipcNs)!, 'sem'), call.id);
  if (!found.ok) return found;
  const set = found.value;
  const operations = call.operations!;
  const alters = operations.some(({ op }) => op !== 0);
  // The set of this id is another one than the entry was found for: only the entry knows (K7).
  const outdated = undo !== null && tx.read(undo.semid) === -1;
  if (outdated) tx.note({ type: 'sem.undo_outdated', id: call.id });
  if (outdated && k.is26) return fail('EIDRM');
  if (operations.some(({ num }) => num >= tx.read(set.nsems))) return fail('EFBIG');
  if (!permits(tx, tx.read(task.cred), set, alters ? WRITE : READ)) return fail('EACCES');
  if (outdated) return fail('EIDRM');
  const pid = processRecord(tx, k, task)!;
  const outcome = tryOperations(tx, k, set, { operations, undo, pid });
  if (outcome === 'done') {
    if (alters) scan(tx, k, set, operations);
    return done;
  }
  if (typeof outcome === 'string') return fail(outcome);
  const waiter = tx.create(SemWaiter, { task, operations, undo, pid, alters, blockedAt: outcome });
  enqueue(tx, k, set, waiter);
  sleepInterruptibly(tx, task);
  const { timeout } = call;
  return { waiter, set, deadline: typeof timeout === 'number' ? tx.read(k.machine.clock.now) + timeout : null };
}

/** How a call ended, and whether the posted semundo series forgets there to give the list back (S2). */
interface Ending {
  readonly status: 'done' | ErrnoName;
  readonly keepsList: boolean;
}

/** A result that another task has set, or EAGAIN when time is over; null when neither, and the call still waits. */
const awake = operation(
  'semop.awake',
  (tx: Transaction, k: Kernel, { waiter, set, deadline }: Waiting): Ending | null => {
    const status = tx.read(waiter.status);
    if (status !== null) {
      tx.free(waiter);
      return { status, keepsList: true };
    }
    if (deadline === null || tx.read(k.machine.clock.now) < deadline) return null;
    leave(tx, k, set, waiter);
    return { status: 'EAGAIN', keepsList: false };
  },
);

/** Gives up waiting, unless a result has come since. */
const giveUp = operation('semop.give_up', (tx: Transaction, k: Kernel, { waiter, set }: Waiting): Ending => {
  const status = tx.read(waiter.status);
  if (status === null) leave(tx, k, set, waiter);
  else tx.free(waiter);
  return { status: status ?? 'EINTR', keepsList: false };
});

function leave(tx: Transaction, k: Kernel, set: SemaphoreSet, waiter: SemWaiter): void {
  dequeue(tx, k, set, waiter);
  unmergeQueues(tx, k, set);
  tx.free(waiter);
}

/** Goes back to sleep: woken for nothing. */
const sleepOn = operation('semop.sleep_on', (tx: Transaction, task: Task, waiter: SemWaiter): void => {
  if (tx.read(waiter.status) === null) sleepInterruptibly(tx, task);
});

function* waitForTurn(k: Kernel, task: Task, waiting: Waiting): Steps<Ending> {
  for (;;) {
    yield* schedule(task, waiting.deadline);
    const ending = yield* awake(k, waiting);
    if (ending !== null) return ending;
    // 2.6.26 takes every other wake-up for a signal; 6.x looks whether there is one.
    if (k.is26 || (yield* signalPending(task))) return yield* giveUp(k, waiting);
    yield* sleepOn(task, waiting.waiter);
  }
}

/**
 * Does operations on semaphores, all or none, waiting until they can be done; semop(2), semtimedop(2).
 *
 * @returns EINVAL, E2BIG, EFAULT, EIDRM, EFBIG, EACCES, ERANGE, EAGAIN (IPC_NOWAIT, or time is over), EINTR
 */
export function* operate(k: Kernel, task: Task, call: SemCall): Steps<Result<undefined>> {
  const refused = refuse(k, call, yield* readOpMax(task));
  if (refused !== null) return fail(refused);
  // With the series every call gets a list and holds it, even one that undoes nothing (S23).
  const list = k.profile.series.has('semundo') ? yield* scoped(getUndoList(k, task)) : null;
  const ending = yield* scoped(perform(k, task, call, list));
  // As posted, who was woken with a result leaves without giving its reference back (S2).
  if (list !== null && (!ending.keepsList || k.fixed('S2'))) yield* scoped(putOwn(k, task, list));
  return ending.status === 'done' ? done : fail(ending.status);
}

function* perform(k: Kernel, task: Task, call: SemCall, held: UndoList | null): Steps<Ending> {
  let undo: UndoEntry | null = null;
  if (call.operations!.some(({ flags }) => (flags & SEM_UNDO) !== 0)) {
    const entry = yield* findOrMakeEntry(k, held ?? (yield* getUndoList(k, task)), call.id);
    if (!entry.ok) return { status: entry.errno, keepsList: false };
    undo = entry.value;
  }
  const tried = yield* attempt(k, task, call, undo);
  if (!('ok' in tried)) return yield* waitForTurn(k, task, tried);
  return { status: tried.ok ? 'done' : tried.errno, keepsList: false };
}

const holdersOf = operation('undo.holders', (tx: Transaction, list: UndoList): number => tx.read(list.count));

/** Gives back what the call held. The task itself still holds the list, or so the posted assertion says (S16). */
function* putOwn(k: Kernel, task: Task, list: UndoList): Steps<void> {
  if ((yield* holdersOf(list)) > 1) yield* putUndoList(k, task, list);
  else yield* noteUnderflow(list);
}

const noteUnderflow = operation('undo.bug', (tx: Transaction, list: UndoList): void => {
  tx.update(list.count, (n) => n - 1);
  tx.note({
    type: 'fault',
    kind: 'assertion',
    access: 'check',
    cell: list.count,
    object: list,
    message: 'semtimedop gave the last reference to an undo list back',
  });
});
