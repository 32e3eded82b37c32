/**
 * Shared memory segments and their pages; ipc/shm.c, SEMANTICS C10.
 *
 * Pages are cells, made when they are first written; a page that never was reads as zeros. A segment lives until it has been removed
 * and its last attach is gone. Attaching is in attach.ts, shmctl in segment-control.ts.
 * Notes: `ipc.marked` {kind, id} when a segment that is still attached was removed.
 * Left out on purpose: huge pages (none are reserved), swapping, the limit of memory as such.
 */

import { SHM_DEST, SHM_HUGETLB } from '../abi/ipc.ts';
import { PAGE_SIZE, SHMMIN } from '../abi/limits.ts';
import { type Kernel, seconds } from '../kernel.ts';
import type { Steps } from '../machine/effect.ts';
import { type Handle, layout, type TableOf, table } from '../machine/layout.ts';
import type { Transaction } from '../machine/store.ts';
import type { Result } from '../result.ts';
import { capable } from '../task/cred.ts';
import type { Task } from '../task/task.ts';
import { get } from './create.ts';
import { forgetKey, unpublishObject } from './ids.ts';
import { type IpcNamespace, idsOf } from './namespace.ts';
import { type IpcObjectFields, ipcObjectFields } from './object.ts';
import { type PidRecord, processRecord } from './pid-record.ts';

interface SegmentFields extends IpcObjectFields {
  /** Bytes, as asked for. */
  size: number;
  nattch: number;
  atime: number;
  dtime: number;
  cpid: PidRecord;
  lpid: PidRecord;
  /** Contents by page, without the zeros at the end; null for a page that was never written. */
  pages: TableOf<string | null>;
  /** The pages that are there, in ascending order. */
  resident: readonly number[];
}

export type Segment = Handle<SegmentFields>;

export const Segment = layout<SegmentFields>('shm_segment', {
  ...ipcObjectFields,
  size: 0,
  nattch: 0,
  atime: 0,
  dtime: 0,
  cpid: 0,
  lpid: 0,
  pages: table<string | null>(null),
  resident: [],
});

/** Pages that `bytes` take up. */
export const pagesOf = (bytes: number): number => Math.ceil(bytes / PAGE_SIZE);

/** Marks a segment that is still attached and hides its key, or destroys it; IPC_RMID, do_shm_rmid. */
export function removeSegment(tx: Transaction, _k: Kernel, ns: IpcNamespace, segment: Segment): void {
  if (tx.read(segment.nattch) === 0) {
    destroySegment(tx, ns, segment);
    return;
  }
  tx.update(segment.mode, (mode) => mode | SHM_DEST);
  forgetKey(tx, idsOf(tx, ns, 'shm'), segment);
  tx.note({ type: 'ipc.marked', kind: 'shm', id: tx.read(segment.id) });
}

/** Destroys a segment whose last attach is gone, if it was removed before. */
export function destroyIfRemoved(tx: Transaction, ns: IpcNamespace, segment: Segment): void {
  const removed = (tx.read(segment.mode) & SHM_DEST) !== 0 || tx.read(ns.shmRmidForced);
  if (tx.read(segment.nattch) === 0 && removed) destroySegment(tx, ns, segment);
}

function destroySegment(tx: Transaction, ns: IpcNamespace, segment: Segment): void {
  tx.update(ns.shmTotal, (pages) => pages - pagesOf(tx.read(segment.size)));
  unpublishObject(tx, idsOf(tx, ns, 'shm'), segment);
  for (const page of tx.read(segment.resident)) tx.write(segment.pages.at(page), null);
  tx.free(segment);
}

/** Counts an attach; shm_open. A fork counts each one it inherits, in the parent's name. */
export function countAttach(tx: Transaction, k: Kernel, actor: Task, segment: Segment): void {
  tx.update(segment.nattch, (n) => n + 1);
  tx.write(segment.atime, seconds(tx, k));
  putActorDown(tx, k, actor, segment);
}

/** Counts a detach, which may be the end of the segment; shm_close. */
export function countDetach(tx: Transaction, k: Kernel, actor: Task, ns: IpcNamespace, segment: Segment): void {
  tx.update(segment.nattch, (n) => n - 1);
  tx.write(segment.dtime, seconds(tx, k));
  putActorDown(tx, k, actor, segment);
  destroyIfRemoved(tx, ns, segment);
}

/** A child of a fork that fails has no number yet: the parent, put down when it was forked, stays. */
function putActorDown(tx: Transaction, k: Kernel, actor: Task, segment: Segment): void {
  const record = processRecord(tx, k, actor);
  if (record !== null) tx.write(segment.lpid, record);
}

/** Finds or makes a segment of `size` bytes; shmget(2). EINVAL, ENOENT, EEXIST, EACCES, ENOSPC, and EBUSY for a chosen id. */
export function getSegment(k: Kernel, task: Task, key: number, size: number, flags: number): Steps<Result<number>> {
  const unsigned = BigInt.asUintN(64, BigInt(size));
  return get(k, task, {
    kind: 'shm',
    consumer: 'shmget',
    key,
    flags,
    invalid: () => null,
    tooSmall: (tx, found) => unsigned > BigInt(tx.read((found as Segment).size)),
    refuse: (tx, _k, ns) => {
      if (unsigned < SHMMIN || unsigned > tx.read(ns.shmmax)) return 'EINVAL';
      if (BigInt(tx.read(ns.shmTotal)) + (unsigned + 4095n) / 4096n > tx.read(ns.shmall)) return 'ENOSPC';
      if (unsigned > 0x7fff_ffff_ffff_ffffn) return 'EINVAL'; // longer than a file can be
      if ((flags & SHM_HUGETLB) === 0) return null;
      return capable(tx.read(task.cred), 'CAP_IPC_LOCK') ? 'ENOMEM' : 'EPERM'; // no huge pages are reserved
    },
    limit: (ns) => ns.shmmni,
    make: (tx, kernel, ns, creator) => {
      tx.update(ns.shmTotal, (pages) => pages + pagesOf(size));
      return tx.create(Segment, { size, cpid: processRecord(tx, kernel, creator)! });
    },
  });
}
