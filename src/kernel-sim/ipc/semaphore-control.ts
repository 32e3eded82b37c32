/** semctl: reading and setting values, what a set looks like, totals, IPC_SET and IPC_RMID; ipc/sem.c, SEMANTICS C9, A7 and D. */

import { IPC_NOWAIT } from '../abi/ipc.ts';
import { SEMVMX } from '../abi/limits.ts';
import { type Kernel, seconds } from '../kernel.ts';
import { operation, type Steps } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { done, fail, ok, type Result } from '../result.ts';
import type { Task } from '../task/task.ts';
import { type Destroy, type OwnerChange, remove, set } from './control.ts';
import { highestIndex, lookUp, lookUpIndex } from './ids.ts';
import type { StatBy } from './message-control.ts';
import { idsOf } from './namespace.ts';
import { type IpcPermissions, permissionsOf, permits, READ, WRITE } from './object.ts';
import { numberSeenIn, processRecord } from './pid-record.ts';
import { alterQueue, onlyQueue, waiters, zeroQueue } from './semaphore-queue.ts';
import { scan } from './semaphore-scan.ts';
import { destroySet, type SemaphoreSet, type SemWaiter } from './semaphore-set.ts';
import { clearAdjustments } from './undo-entry.ts';

/** A set as semctl(IPC_STAT) shows it. */
export interface SetStatus {
  readonly id: number;
  readonly permissions: IpcPermissions;
  readonly otime: number;
  readonly ctime: number;
  readonly nsems: number;
}

const find = (tx: Transaction, k: Kernel, task: Task, id: number): Result<SemaphoreSet> =>
  lookUp<SemaphoreSet>(tx, k, idsOf(tx, tx.read(task.ipcNs)!, 'sem'), id);

/** Looks at a set; IPC_STAT, SEM_STAT and SEM_STAT_ANY. EINVAL, EIDRM, EACCES. */
export const statSet: (k: Kernel, task: Task, id: number, by: StatBy) => Steps<Result<SetStatus>> = operation(
  'semctl.stat',
  (tx: Transaction, k: Kernel, task: Task, id: number, by: StatBy): Result<SetStatus> => {
    const found =
      by === 'id' ? find(tx, k, task, id) : lookUpIndex<SemaphoreSet>(tx, idsOf(tx, tx.read(task.ipcNs)!, 'sem'), id);
    if (!found.ok) return found;
    const semaphores = found.value;
    if (by !== 'index-any' && !permits(tx, tx.read(task.cred), semaphores, READ)) return fail('EACCES');
    return ok({
      id: tx.read(semaphores.id),
      permissions: permissionsOf(tx, semaphores),
      otime: tx.read(semaphores.otime),
      ctime: tx.read(semaphores.ctime),
      nsems: tx.read(semaphores.nsems),
    });
  },
);

/** Limits and totals of a namespace's sets; the part of struct seminfo that is not constant. */
export interface SetInfo {
  readonly highest: number;
  readonly semmni: number;
  readonly semmns: number;
  readonly semmsl: number;
  readonly semopm: number;
  readonly sets: number;
  readonly semaphores: number;
}

/** IPC_INFO and SEM_INFO. */
export const setInfo: (task: Task) => Steps<SetInfo> = operation(
  'semctl.info',
  (tx: Transaction, task: Task): SetInfo => {
    const ns = tx.read(task.ipcNs)!;
    const ids = idsOf(tx, ns, 'sem');
    return {
      highest: highestIndex(tx, ids),
      semmni: tx.read(ns.semmni),
      semmns: tx.read(ns.semmns),
      semmsl: tx.read(ns.semmsl),
      semopm: tx.read(ns.semopm),
      sets: tx.read(ids.inUse),
      semaphores: tx.read(ns.usedSems),
    };
  },
);

/** What can be asked about one semaphore. */
export type SemQuery = 'GETVAL' | 'GETPID' | 'GETNCNT' | 'GETZCNT';

/** Value, last pid or number of waiters of one semaphore. EINVAL, EIDRM, EACCES. */
export const querySemaphore: (
  k: Kernel,
  task: Task,
  id: number,
  num: number,
  query: SemQuery,
) => Steps<Result<number>> = operation(
  'semctl.get',
  (tx: Transaction, k: Kernel, task: Task, id: number, num: number, query: SemQuery): Result<number> => {
    const found = find(tx, k, task, id);
    if (!found.ok) return found;
    const semaphores = found.value;
    if (!permits(tx, tx.read(task.cred), semaphores, READ)) return fail('EACCES');
    if (num < 0 || num >= tx.read(semaphores.nsems)) return fail('EINVAL');
    switch (query) {
      case 'GETVAL':
        return ok(tx.read(semaphores.values.at(num)));
      case 'GETPID':
        return ok(numberSeenIn(tx, tx.read(semaphores.pids.at(num)), tx.read(task.pidNs)!));
      case 'GETNCNT':
        return ok(countWaiters(tx, k, semaphores, num, (op) => op < 0));
      case 'GETZCNT':
        return ok(countWaiters(tx, k, semaphores, num, (op) => op === 0));
    }
  },
);

/**
 * How many wait for a semaphore. 2.6.26 counts operations: each of a waiting call that is of the kind asked for and may wait, whether
 * it is the one that holds the call up or not. 6.x counts the calls that are held up at such an operation.
 */
function countWaiters(
  tx: Transaction,
  k: Kernel,
  semaphores: SemaphoreSet,
  num: number,
  kind: (op: number) => boolean,
): number {
  let count = 0;
  for (const waiter of waitersOf(tx, k, semaphores, num)) {
    const operations = tx.read(waiter.operations);
    const candidates = k.is26
      ? operations.filter(({ flags }) => (flags & IPC_NOWAIT) === 0)
      : operations.slice(tx.read(waiter.blockedAt), tx.read(waiter.blockedAt) + 1);
    count += candidates.filter((operation) => operation.num === num && kind(operation.op)).length;
  }
  return count;
}

function* waitersOf(tx: Transaction, k: Kernel, semaphores: SemaphoreSet, num: number): Generator<SemWaiter, void> {
  const queues = k.is26
    ? [onlyQueue(semaphores)]
    : [
        alterQueue(semaphores, num),
        zeroQueue(semaphores, num),
        alterQueue(semaphores, null),
        zeroQueue(semaphores, null),
      ];
  for (const queue of queues) yield* waiters.members(tx, queue);
}

/** All values of a set; GETALL. EINVAL, EIDRM, EACCES. */
export const readValues: (k: Kernel, task: Task, id: number) => Steps<Result<readonly number[]>> = operation(
  'semctl.get_all',
  (tx: Transaction, k: Kernel, task: Task, id: number): Result<readonly number[]> => {
    const found = find(tx, k, task, id);
    if (!found.ok) return found;
    const semaphores = found.value;
    if (!permits(tx, tx.read(task.cred), semaphores, READ)) return fail('EACCES');
    return ok(Array.from({ length: tx.read(semaphores.nsems) }, (_, num) => tx.read(semaphores.values.at(num))));
  },
);

const isValue = (value: number): boolean => 0 <= value && value <= SEMVMX;

/** Sets one value, forgets everybody's adjustments of it and looks who can go on; SETVAL. EINVAL, EIDRM, EACCES, ERANGE. */
export const setValue: (k: Kernel, task: Task, id: number, num: number, value: number) => Steps<Result<undefined>> =
  operation(
    'semctl.set_value',
    (tx: Transaction, k: Kernel, task: Task, id: number, num: number, value: number): Result<undefined> => {
      if (!k.is26 && !isValue(value)) return fail('ERANGE'); // 6.x looks at the value first
      const found = find(tx, k, task, id);
      if (!found.ok) return found;
      const semaphores = found.value;
      const permitted = permits(tx, tx.read(task.cred), semaphores, WRITE);
      if (k.is26 && !permitted) return fail('EACCES');
      if (num < 0 || num >= tx.read(semaphores.nsems)) return fail('EINVAL');
      if (!permitted) return fail('EACCES');
      if (!isValue(value)) return fail('ERANGE');
      clearAdjustments(tx, semaphores, num);
      tx.write(semaphores.values.at(num), value);
      tx.write(semaphores.pids.at(num), processRecord(tx, k, task)!);
      tx.write(semaphores.ctime, seconds(tx, k));
      scan(tx, k, semaphores, null);
      return done;
    },
  );

/** A set that SETALL is under way for. */
interface Filling {
  readonly semaphores: SemaphoreSet;
  readonly nsems: number;
}

const beginSetAll = operation(
  'semctl.begin_set_all',
  (tx: Transaction, k: Kernel, task: Task, id: number): Result<Filling> => {
    const found = find(tx, k, task, id);
    if (!found.ok) return found;
    const semaphores = found.value;
    return permits(tx, tx.read(task.cred), semaphores, WRITE)
      ? ok({ semaphores, nsems: tx.read(semaphores.nsems) })
      : fail('EACCES');
  },
);

const finishSetAll = operation(
  'semctl.set_all',
  (tx: Transaction, k: Kernel, task: Task, semaphores: SemaphoreSet, values: readonly number[]): Result<undefined> => {
    if (tx.read(semaphores.deleted)) return fail('EIDRM'); // removed while the values were copied
    const pid = processRecord(tx, k, task)!;
    for (const [num, value] of values.entries()) {
      tx.write(semaphores.values.at(num), value);
      if (!k.is26) tx.write(semaphores.pids.at(num), pid);
    }
    clearAdjustments(tx, semaphores, null);
    tx.write(semaphores.ctime, seconds(tx, k));
    scan(tx, k, semaphores, null);
    return done;
  },
);

/**
 * Sets all values of a set; SETALL. The values are copied with the set unlocked. 2.6.26 leaves the last pids as they are.
 *
 * @param read what the caller's array holds for a number of semaphores, null when it cannot be read
 * @returns EINVAL, EIDRM, EACCES, EFAULT, ERANGE
 */
export function* setValues(
  k: Kernel,
  task: Task,
  id: number,
  read: (nsems: number) => readonly number[] | null,
): Steps<Result<undefined>> {
  const found = yield* beginSetAll(k, task, id);
  if (!found.ok) return found;
  const { semaphores, nsems } = found.value;
  const values = read(nsems);
  if (values === null) return fail('EFAULT');
  if (values.some((value) => value > SEMVMX)) return fail('ERANGE');
  return yield* finishSetAll(k, task, semaphores, values);
}

/** What semctl(IPC_SET) is given; see QueueChange. */
export interface SetChange {
  readonly owner: OwnerChange;
  readonly otime: number | null;
  readonly ctime: number | null;
}

/** Changes owner and permissions of a set; semctl(IPC_SET). EINVAL, EIDRM, EPERM. */
export const changeSet = (k: Kernel, task: Task, id: number, change: SetChange): Steps<Result<undefined>> =>
  set<SemaphoreSet>(k, task, 'sem', id, {
    owner: change.owner,
    refuse: () => null,
    apply: () => {},
    wake: () => {},
    history: [
      { cell: (semaphores) => semaphores.ctime, value: change.ctime },
      { cell: (semaphores) => semaphores.otime, value: change.otime },
    ],
  });

/** Removes a set; semctl(IPC_RMID). EINVAL, EIDRM, EPERM. */
export const removeSet = (k: Kernel, task: Task, id: number): Steps<Result<undefined>> =>
  remove(k, task, 'sem', id, destroySet as Destroy);
