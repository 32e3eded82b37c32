/** shmctl: what a segment looks like, totals, IPC_SET, IPC_RMID, SHM_LOCK and SHM_UNLOCK; ipc/shm.c, SEMANTICS C10, A7 and D. */

import { SHM_LOCKED } from '../abi/ipc.ts';
import type { Kernel } from '../kernel.ts';
import { operation, type Steps } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { done, fail, ok, type Result } from '../result.ts';
import { capable } from '../task/cred.ts';
import type { Task } from '../task/task.ts';
import { type Destroy, type OwnerChange, remove, set } from './control.ts';
import { highestIndex, lookUp, lookUpIndex, objectsOf } from './ids.ts';
import type { StatBy } from './message-control.ts';
import { idsOf } from './namespace.ts';
import { type IpcPermissions, owns, permissionsOf, permits, READ } from './object.ts';
import { numberSeenIn } from './pid-record.ts';
import { removeSegment, type Segment } from './segment.ts';

/** A segment as shmctl(IPC_STAT) shows it. */
export interface SegmentStatus {
  readonly id: number;
  readonly permissions: IpcPermissions;
  readonly size: number;
  readonly cpid: number;
  readonly lpid: number;
  readonly nattch: number;
  readonly atime: number;
  readonly dtime: number;
  readonly ctime: number;
}

/** Looks at a segment; IPC_STAT, SHM_STAT and SHM_STAT_ANY. EINVAL, EIDRM, EACCES. */
export const statSegment: (k: Kernel, task: Task, id: number, by: StatBy) => Steps<Result<SegmentStatus>> = operation(
  'shmctl.stat',
  (tx: Transaction, k: Kernel, task: Task, id: number, by: StatBy): Result<SegmentStatus> => {
    const ids = idsOf(tx, tx.read(task.ipcNs)!, 'shm');
    const found = by === 'id' ? lookUp<Segment>(tx, k, ids, id) : lookUpIndex<Segment>(tx, ids, id);
    if (!found.ok) return found;
    const segment = found.value;
    if (by !== 'index-any' && !permits(tx, tx.read(task.cred), segment, READ)) return fail('EACCES');
    const viewer = tx.read(task.pidNs)!;
    return ok({
      id: tx.read(segment.id),
      permissions: permissionsOf(tx, segment),
      size: tx.read(segment.size),
      cpid: numberSeenIn(tx, tx.read(segment.cpid), viewer),
      lpid: numberSeenIn(tx, tx.read(segment.lpid), viewer),
      nattch: tx.read(segment.nattch),
      atime: tx.read(segment.atime),
      dtime: tx.read(segment.dtime),
      ctime: tx.read(segment.ctime),
    });
  },
);

/** Limits and totals of a namespace's segments. */
export interface SegmentInfo {
  readonly highest: number;
  readonly shmmax: bigint;
  readonly shmall: bigint;
  readonly shmmni: number;
  readonly segments: number;
  /** Pages of all segments, and how many of them are there. */
  readonly total: number;
  readonly resident: number;
}

/** IPC_INFO and SHM_INFO. */
export const segmentInfo: (task: Task) => Steps<SegmentInfo> = operation(
  'shmctl.info',
  (tx: Transaction, task: Task): SegmentInfo => {
    const ns = tx.read(task.ipcNs)!;
    const ids = idsOf(tx, ns, 'shm');
    let resident = 0;
    for (const segment of objectsOf(tx, ids) as Iterable<Segment>) resident += tx.read(segment.resident).length;
    return {
      highest: highestIndex(tx, ids),
      shmmax: tx.read(ns.shmmax),
      shmall: tx.read(ns.shmall),
      shmmni: tx.read(ns.shmmni),
      segments: tx.read(ids.inUse),
      total: tx.read(ns.shmTotal),
      resident,
    };
  },
);

/** Locks a segment into memory or lets it go; SHM_LOCK, SHM_UNLOCK. EINVAL, EIDRM, EPERM, ENOMEM. */
export const lockSegment: (k: Kernel, task: Task, id: number, locked: boolean) => Steps<Result<undefined>> = operation(
  'shmctl.lock',
  (tx: Transaction, k: Kernel, task: Task, id: number, locked: boolean): Result<undefined> => {
    const found = lookUp<Segment>(tx, k, idsOf(tx, tx.read(task.ipcNs)!, 'shm'), id);
    if (!found.ok) return found;
    const segment = found.value;
    const cred = tx.read(task.cred);
    if (!capable(cred, 'CAP_IPC_LOCK')) {
      if (!owns(tx, cred, segment)) return fail('EPERM');
      const limit = tx.read(tx.read(task.process)!.limits)!.RLIMIT_MEMLOCK.soft;
      if (locked && limit === 0) return fail('EPERM');
      // Only this segment is held against the limit, not what else the user has locked.
      if (locked && tx.read(segment.size) > limit) return fail('ENOMEM');
    }
    tx.update(segment.mode, (mode) => (locked ? mode | SHM_LOCKED : mode & ~SHM_LOCKED));
    return done;
  },
);

/** What shmctl(IPC_SET) is given; see QueueChange. */
export interface SegmentChange {
  readonly owner: OwnerChange;
  readonly atime: number | null;
  readonly dtime: number | null;
  readonly ctime: number | null;
  readonly cpid: number | null;
  readonly lpid: number | null;
}

/** Changes owner and permissions of a segment; shmctl(IPC_SET). EINVAL, EIDRM, EPERM. */
export const setSegment = (k: Kernel, task: Task, id: number, change: SegmentChange): Steps<Result<undefined>> =>
  set<Segment>(k, task, 'shm', id, {
    owner: change.owner,
    refuse: () => null,
    apply: () => {},
    wake: () => {},
    history: [
      { cell: (segment) => segment.atime, value: change.atime },
      { cell: (segment) => segment.dtime, value: change.dtime },
      { cell: (segment) => segment.ctime, value: change.ctime },
      { cell: (segment) => segment.cpid, value: change.cpid },
      { cell: (segment) => segment.lpid, value: change.lpid },
    ],
  });

/** Removes a segment, or marks it while it is attached; shmctl(IPC_RMID). EINVAL, EIDRM, EPERM. */
export const removeSegmentById = (k: Kernel, task: Task, id: number): Steps<Result<undefined>> =>
  remove(k, task, 'shm', id, removeSegment as Destroy);
