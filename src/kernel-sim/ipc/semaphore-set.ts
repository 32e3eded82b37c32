/**
 * Semaphore sets: values, who waits on them, and whose exit will adjust them; ipc/sem.c, SEMANTICS C9.
 *
 * Operations on values are in semaphore-try.ts, the queues of those who wait in semaphore-queue.ts, semop in semop.ts, semctl in
 * semaphore-control.ts, undo lists in undo.ts.
 */

import type { ErrnoName } from '../abi/errno.ts';
import type { Kernel } from '../kernel.ts';
import type { Steps } from '../machine/effect.ts';
import { type Handle, layout, type TableOf, table } from '../machine/layout.ts';
import type { Transaction } from '../machine/store.ts';
import type { Result } from '../result.ts';
import type { Task } from '../task/task.ts';
import { get } from './create.ts';
import { unpublishObject } from './ids.ts';
import { type IpcNamespace, idsOf } from './namespace.ts';
import { type IpcObjectFields, ipcObjectFields } from './object.ts';
import type { PidRecord } from './pid-record.ts';
import { expungeWaiters } from './semaphore-queue.ts';
import { invalidateEntries, type UndoEntry } from './undo-entry.ts';

/** One operation of a semop call; struct sembuf. */
export interface SemOperation {
  readonly num: number;
  readonly op: number;
  readonly flags: number;
}

interface SemWaiterFields {
  task: Task | null;
  operations: readonly SemOperation[];
  undo: UndoEntry | null;
  /** What sempid becomes. */
  pid: PidRecord;
  /** Whether any operation is other than a wait for zero. */
  alters: boolean;
  /** Index of the operation that could not go on when last tried. */
  blockedAt: number;
  /** What the call ends with; null while it waits. */
  status: 'done' | ErrnoName | null;
  /** Which of the set's queues it is in. */
  queue: string;
  next: SemWaiter | null;
  previous: SemWaiter | null;
}

/** A call that waits for semaphores. */
export type SemWaiter = Handle<SemWaiterFields>;

export const SemWaiter = layout<SemWaiterFields>('sem_queue', {
  task: null,
  operations: [],
  undo: null,
  pid: 0,
  alters: false,
  blockedAt: 0,
  status: null,
  queue: '',
  next: null,
  previous: null,
});

interface SemaphoreSetFields extends IpcObjectFields {
  nsems: number;
  otime: number;
  /** 6.x: waiting calls of more than one operation. */
  complex: number;
  values: TableOf<number>;
  /** sempid of each semaphore. */
  pids: TableOf<PidRecord>;
  /** The ends of the set's queues, by name. */
  heads: TableOf<SemWaiter | null>;
  tails: TableOf<SemWaiter | null>;
  /** The undo entries for this set, in whatever lists, newest first. */
  firstUndo: UndoEntry | null;
  lastUndo: UndoEntry | null;
}

export type SemaphoreSet = Handle<SemaphoreSetFields>;

export const SemaphoreSet = layout<SemaphoreSetFields>('sem_array', {
  ...ipcObjectFields,
  nsems: 0,
  otime: 0,
  complex: 0,
  values: table(0),
  pids: table<PidRecord>(0),
  heads: table<SemWaiter | null>(null),
  tails: table<SemWaiter | null>(null),
  firstUndo: null,
  lastUndo: null,
});

/** Removes a set: undo entries for it are dropped, whoever sleeps on it gets EIDRM; freeary. */
export function destroySet(tx: Transaction, _k: Kernel, ns: IpcNamespace, set: SemaphoreSet): void {
  invalidateEntries(tx, set);
  expungeWaiters(tx, set);
  unpublishObject(tx, idsOf(tx, ns, 'sem'), set);
  const nsems = tx.read(set.nsems);
  tx.update(ns.usedSems, (n) => n - nsems);
  for (let num = 0; num < nsems; num++) {
    tx.write(set.values.at(num), 0);
    tx.write(set.pids.at(num), 0);
  }
  tx.free(set);
}

/** Finds or makes a set of `nsems` semaphores; semget(2). EINVAL, ENOENT, EEXIST, EACCES, ENOSPC, and EBUSY for a chosen id. */
export const getSet = (k: Kernel, task: Task, key: number, nsems: number, flags: number): Steps<Result<number>> =>
  get(k, task, {
    kind: 'sem',
    consumer: 'semget',
    key,
    flags,
    invalid: (tx, ns) => (nsems < 0 || nsems > tx.read(ns.semmsl) ? 'EINVAL' : null),
    tooSmall: (tx, found) => nsems > tx.read((found as SemaphoreSet).nsems),
    refuse: (tx, _k, ns) => {
      if (nsems === 0) return 'EINVAL'; // fine for finding a set, not for making one
      return tx.read(ns.usedSems) + nsems > tx.read(ns.semmns) ? 'ENOSPC' : null;
    },
    limit: (ns) => ns.semmni,
    make: (tx, _k, ns) => {
      tx.update(ns.usedSems, (n) => n + nsems);
      return tx.create(SemaphoreSet, { nsems });
    },
  });
