/**
 * The queues of those who wait for semaphores; append_to_queue … of ipc/sem.c, SEMANTICS C9 and D.
 *
 * 2.6.26 has one queue per set, with pure waits for zero in front. 6.x has one for each semaphore and kind of wait, and one of each
 * kind for calls of several operations; while any such call waits, all altering calls are in the common queue.
 */

import type { ErrnoName } from '../abi/errno.ts';
import type { Kernel } from '../kernel.ts';
import { LinkedList } from '../machine/list.ts';
import type { Transaction } from '../machine/store.ts';
import { wake } from '../task/sleep.ts';
import type { SemaphoreSet, SemWaiter } from './semaphore-set.ts';

/** One queue of a set. */
export interface WaitQueue {
  readonly set: SemaphoreSet;
  readonly name: string;
}

/** Those who wait in one queue, first to last. */
export const waiters = new LinkedList<WaitQueue, SemWaiter>({
  head: ({ set, name }) => set.heads.at(name),
  tail: ({ set, name }) => set.tails.at(name),
  next: (waiter) => waiter.next,
  previous: (waiter) => waiter.previous,
});

/** 2.6.26: the only queue. */
export const onlyQueue = (set: SemaphoreSet): WaitQueue => ({ set, name: 'pending' });

/** 6.x: altering calls, and pure waits for zero; of one semaphore, or (num null) of calls with several operations. */
export const alterQueue = (set: SemaphoreSet, num: number | null): WaitQueue => ({
  set,
  name: num === null ? 'alter' : `alter ${num}`,
});
export const zeroQueue = (set: SemaphoreSet, num: number | null): WaitQueue => ({
  set,
  name: num === null ? 'zero' : `zero ${num}`,
});

const queueOf = (tx: Transaction, set: SemaphoreSet, waiter: SemWaiter): WaitQueue => ({
  set,
  name: tx.read(waiter.queue),
});

function append(tx: Transaction, queue: WaitQueue, waiter: SemWaiter): void {
  tx.write(waiter.queue, queue.name);
  waiters.append(tx, queue, waiter);
}

/** Puts a call that has to wait into its queue. */
export function enqueue(tx: Transaction, k: Kernel, set: SemaphoreSet, waiter: SemWaiter): void {
  const alters = tx.read(waiter.alters);
  if (k.is26) {
    const queue = onlyQueue(set);
    tx.write(waiter.queue, queue.name);
    if (alters) waiters.append(tx, queue, waiter);
    else waiters.prepend(tx, queue, waiter);
    return;
  }
  const operations = tx.read(waiter.operations);
  if (operations.length === 1) {
    const { num } = operations[0]!;
    if (!alters) append(tx, zeroQueue(set, num), waiter);
    else append(tx, alterQueue(set, tx.read(set.complex) === 0 ? num : null), waiter);
    return;
  }
  if (tx.read(set.complex) === 0) mergeQueues(tx, set);
  append(tx, alters ? alterQueue(set, null) : zeroQueue(set, null), waiter);
  tx.update(set.complex, (n) => n + 1);
}

/** Takes a call out of its queue. */
export function dequeue(tx: Transaction, k: Kernel, set: SemaphoreSet, waiter: SemWaiter): void {
  waiters.remove(tx, queueOf(tx, set, waiter), waiter);
  if (!k.is26 && tx.read(waiter.operations).length > 1) tx.update(set.complex, (n) => n - 1);
}

/** Moves the altering calls of every semaphore to the common queue: those of the last semaphore come first. */
function mergeQueues(tx: Transaction, set: SemaphoreSet): void {
  const nsems = tx.read(set.nsems);
  for (let num = nsems - 1; num >= 0; num--) moveAll(tx, alterQueue(set, num), () => alterQueue(set, null));
}

/** Gives single altering calls back to their semaphores once no call of several operations waits; unmerge_queues. */
export function unmergeQueues(tx: Transaction, k: Kernel, set: SemaphoreSet): void {
  if (k.is26 || tx.read(set.complex) > 0) return;
  moveAll(tx, alterQueue(set, null), (waiter) => alterQueue(set, tx.read(waiter.operations)[0]!.num));
}

function moveAll(tx: Transaction, from: WaitQueue, to: (waiter: SemWaiter) => WaitQueue): void {
  for (const waiter of waiters.members(tx, from)) {
    waiters.remove(tx, from, waiter);
    append(tx, to(waiter), waiter);
  }
}

/** Ends a call's wait. */
export function finish(tx: Transaction, waiter: SemWaiter, status: 'done' | ErrnoName): void {
  tx.write(waiter.status, status);
  wake(tx, tx.read(waiter.task)!);
}

/** Every queue of the set that may hold somebody, pure waits for zero first. */
function* allQueues(tx: Transaction, set: SemaphoreSet): Generator<WaitQueue, void> {
  yield onlyQueue(set);
  yield zeroQueue(set, null);
  yield alterQueue(set, null);
  for (let num = 0; num < tx.read(set.nsems); num++) {
    yield zeroQueue(set, num);
    yield alterQueue(set, num);
  }
}

/** Ends every wait with EIDRM: the set is gone. */
export function expungeWaiters(tx: Transaction, set: SemaphoreSet): void {
  for (const queue of allQueues(tx, set)) {
    for (const waiter of waiters.members(tx, queue)) {
      waiters.remove(tx, queue, waiter);
      finish(tx, waiter, 'EIDRM');
    }
  }
}
