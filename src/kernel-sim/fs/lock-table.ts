/**
 * Advisory locks on whole files that belong to open files; fs/locks.c:flock_lock_file, flock(2).
 *
 * A lock goes with the last descriptor of its open file, so a child that inherited one holds it too. Getting another kind of lock is
 * letting go of the old one first: somebody else may come between.
 */

import { LOCK_EX, LOCK_NB, LOCK_SH, LOCK_UN } from '../abi/open.ts';
import type { Kernel } from '../kernel.ts';
import { operation, type Steps } from '../machine/effect.ts';
import type { Cell } from '../machine/layout.ts';
import type { Transaction } from '../machine/store.ts';
import { done, fail, type Result } from '../result.ts';
import { schedule, sleepIn, wake } from '../task/sleep.ts';
import type { Task } from '../task/task.ts';
import type { File } from './file.ts';
import { attributesOf, pathOf } from './node.ts';
import { interrupted } from './wait-queue.ts';

interface Lock {
  readonly file: File;
  readonly exclusive: boolean;
}

/** The locks on one file, and who waits for them to change. */
export interface Locks {
  readonly held: readonly Lock[];
  readonly waiters: readonly Task[];
}

const none: Locks = { held: [], waiters: [] };

/** What the locks of an open file's node go by: its number. What no path leads to is all one node. For operations. */
export function lockKey(tx: Transaction, k: Kernel, file: File): string {
  const node = tx.read(file.node);
  if (node === null) return 'anonymous';
  const attributes = attributesOf(tx, k, node);
  return attributes === null ? pathOf(tx, k, node) : String(attributes.number);
}

const locksOn = (tx: Transaction, k: Kernel, file: File): Cell<Locks | null> => k.fs.locks.at(lockKey(tx, k, file));

function keep(tx: Transaction, cell: Cell<Locks | null>, locks: Locks): void {
  tx.write(cell, locks.held.length === 0 && locks.waiters.length === 0 ? null : locks);
}

/** Lets go of what an open file holds, and tells who waits; for operations. */
export function dropLocksOf(tx: Transaction, k: Kernel, file: File): void {
  const cell = locksOn(tx, k, file);
  const { held, waiters } = tx.read(cell) ?? none;
  if (!held.some((lock) => lock.file === file)) return;
  for (const waiter of waiters) wake(tx, waiter);
  keep(tx, cell, { held: held.filter((lock) => lock.file !== file), waiters });
}

const tryLock = operation(
  'flock',
  (tx: Transaction, k: Kernel, task: Task, file: File, exclusive: boolean, patient: boolean) => {
    const cell = locksOn(tx, k, file);
    const mine = (tx.read(cell) ?? none).held.find((lock) => lock.file === file);
    if (mine !== undefined && mine.exclusive !== exclusive) dropLocksOf(tx, k, file);
    const { held, waiters } = tx.read(cell) ?? none;
    const others = waiters.filter((waiter) => waiter !== task);
    const conflict = held.some((lock) => lock.file !== file && (lock.exclusive || exclusive));
    if (!conflict) {
      const granted = held.some((lock) => lock.file === file) ? held : [...held, { file, exclusive }];
      keep(tx, cell, { held: granted, waiters: others });
      tx.write(file.locking, true);
      return 'locked';
    }
    const end = !patient ? 'EAGAIN' : interrupted(tx, task) ? 'ERESTARTSYS' : 'wait';
    keep(tx, cell, { held, waiters: end === 'wait' ? [...others, task] : others });
    if (end === 'wait') sleepIn(tx, task, 'interruptible');
    return end;
  },
);

const unlockFile = operation('flock.unlock', dropLocksOf);

/** flock(2): EINVAL for an unknown operation, EAGAIN for a conflict under LOCK_NB, ERESTARTSYS when a signal ends the wait. */
export function* flock(k: Kernel, task: Task, file: File, request: number): Steps<Result<undefined>> {
  const kind = request & ~LOCK_NB;
  if (kind === LOCK_UN) {
    yield* unlockFile(k, file);
    return done;
  }
  if (kind !== LOCK_SH && kind !== LOCK_EX) return fail('EINVAL');
  for (;;) {
    const end = yield* tryLock(k, task, file, kind === LOCK_EX, (request & LOCK_NB) === 0);
    if (end === 'locked') return done;
    if (end !== 'wait') return fail(end);
    yield* schedule(task, null);
  }
}
