/**
 * Waking those whose operations can be done now that values have changed; update_queue and do_smart_update of ipc/sem.c,
 * SEMANTICS C9 and D.
 */

import type { Kernel } from '../kernel.ts';
import type { Transaction } from '../machine/store.ts';
import {
  alterQueue,
  dequeue,
  finish,
  onlyQueue,
  unmergeQueues,
  type WaitQueue,
  waiters,
  zeroQueue,
} from './semaphore-queue.ts';
import type { SemaphoreSet, SemOperation, SemWaiter } from './semaphore-set.ts';
import { type Outcome, tryOperations } from './semaphore-try.ts';

/**
 * Looks for calls that can go on.
 *
 * @param changed the operations just done; null when any value may have changed
 */
export function scan(tx: Transaction, k: Kernel, set: SemaphoreSet, changed: readonly SemOperation[] | null): void {
  if (k.is26) {
    scanAll(tx, k, set);
    return;
  }
  wakeZeroWaiters(tx, k, set, changed);
  if (!waiters.isEmpty(tx, alterQueue(set, null))) wakeAltering(tx, k, set, null);
  else if (changed === null) for (let num = 0; num < tx.read(set.nsems); num++) wakeAltering(tx, k, set, num);
  else for (const { num, op } of changed) if (op > 0) wakeAltering(tx, k, set, num);
  unmergeQueues(tx, k, set);
}

/** Tries a waiting call; when it need wait no longer, takes it out and ends its wait. */
function advance(tx: Transaction, k: Kernel, set: SemaphoreSet, waiter: SemWaiter): Outcome {
  const outcome = tryOperations(tx, k, set, {
    operations: tx.read(waiter.operations),
    undo: tx.read(waiter.undo),
    pid: tx.read(waiter.pid),
  });
  if (typeof outcome === 'number') tx.write(waiter.blockedAt, outcome);
  else {
    dequeue(tx, k, set, waiter);
    finish(tx, waiter, outcome);
  }
  return outcome;
}

/** 2.6.26: from the head, and from the head again after each call that altered. So small requests overtake big older ones. */
function scanAll(tx: Transaction, k: Kernel, set: SemaphoreSet): void {
  const queue = onlyQueue(set);
  let waiter = waiters.first(tx, queue);
  while (waiter !== null) {
    const next: SemWaiter | null = waiters.next(tx, waiter);
    const waits = typeof advance(tx, k, set, waiter) === 'number';
    waiter = !waits && tx.read(waiter.alters) ? waiters.first(tx, queue) : next;
  }
}

/** 6.x: of each semaphore that is zero now its waiters, oldest first, then the calls with several waits. */
function wakeZeroWaiters(tx: Transaction, k: Kernel, set: SemaphoreSet, changed: readonly SemOperation[] | null): void {
  const nums = changed?.map(({ num }) => num) ?? Array.from({ length: tx.read(set.nsems) }, (_, num) => num);
  const zero = nums.filter((num) => tx.read(set.values.at(num)) === 0);
  for (const num of zero) wakeAll(tx, k, set, zeroQueue(set, num));
  if (zero.length > 0) wakeAll(tx, k, set, zeroQueue(set, null));
}

function wakeAll(tx: Transaction, k: Kernel, set: SemaphoreSet, queue: WaitQueue): void {
  for (const waiter of waiters.members(tx, queue)) advance(tx, k, set, waiter);
}

/** 6.x: altering calls of one semaphore, or of the common queue, oldest first. */
function wakeAltering(tx: Transaction, k: Kernel, set: SemaphoreSet, num: number | null): void {
  const queue = alterQueue(set, num);
  let waiter = waiters.first(tx, queue);
  while (waiter !== null) {
    if (num !== null && tx.read(set.values.at(num)) === 0) return; // nothing can be taken from zero
    const next: SemWaiter | null = waiters.next(tx, waiter);
    const operations = tx.read(waiter.operations);
    const done = advance(tx, k, set, waiter) === 'done';
    if (done) wakeZeroWaiters(tx, k, set, operations);
    // After a call of several operations, or beside one, an older one may be able to go on.
    const restart = done && (operations.length > 1 || !waiters.isEmpty(tx, alterQueue(set, null)));
    waiter = restart ? waiters.first(tx, queue) : next;
  }
}
