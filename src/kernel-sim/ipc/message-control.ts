/** msgctl: what a queue looks like, totals, IPC_SET and IPC_RMID; ipc/msg.c, SEMANTICS C8, A7 and D. */

import type { Kernel } from '../kernel.ts';
import { operation, type Steps } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { fail, ok, type Result } from '../result.ts';
import { capable } from '../task/cred.ts';
import type { Task } from '../task/task.ts';
import { type Destroy, type OwnerChange, remove, set } from './control.ts';
import { highestIndex, lookUp, lookUpIndex, objectsOf } from './ids.ts';
import { destroyQueue, expungeReceivers, type MessageQueue, wakeSenders } from './message-queue.ts';
import { idsOf } from './namespace.ts';
import { type IpcPermissions, permissionsOf, permits, READ } from './object.ts';
import { numberSeenIn } from './pid-record.ts';

/** How a *_STAT command names its object: by id, or by slot, and then with or without a test of permission. */
export type StatBy = 'id' | 'index' | 'index-any';

/** A queue as msgctl(IPC_STAT) shows it. */
export interface QueueStatus {
  readonly id: number;
  readonly permissions: IpcPermissions;
  readonly stime: number;
  readonly rtime: number;
  readonly ctime: number;
  readonly qnum: number;
  readonly qbytes: number;
  readonly lspid: number;
  readonly lrpid: number;
}

/** Looks at a queue; IPC_STAT, MSG_STAT and MSG_STAT_ANY. EINVAL, EIDRM, EACCES. */
export const statQueue: (k: Kernel, task: Task, id: number, by: StatBy) => Steps<Result<QueueStatus>> = operation(
  'msgctl.stat',
  (tx: Transaction, k: Kernel, task: Task, id: number, by: StatBy): Result<QueueStatus> => {
    const ids = idsOf(tx, tx.read(task.ipcNs)!, 'msg');
    const found = by === 'id' ? lookUp<MessageQueue>(tx, k, ids, id) : lookUpIndex<MessageQueue>(tx, ids, id);
    if (!found.ok) return found;
    const queue = found.value;
    if (by !== 'index-any' && !permits(tx, tx.read(task.cred), queue, READ)) return fail('EACCES');
    const viewer = tx.read(task.pidNs)!;
    return ok({
      id: tx.read(queue.id),
      permissions: permissionsOf(tx, queue),
      stime: tx.read(queue.stime),
      rtime: tx.read(queue.rtime),
      ctime: tx.read(queue.ctime),
      qnum: tx.read(queue.qnum),
      qbytes: tx.read(queue.qbytes),
      lspid: numberSeenIn(tx, tx.read(queue.lspid), viewer),
      lrpid: numberSeenIn(tx, tx.read(queue.lrpid), viewer),
    });
  },
);

/** Limits and totals of a namespace's queues; struct msginfo. */
export interface QueueInfo {
  readonly highest: number;
  readonly msgmax: number;
  readonly msgmnb: number;
  readonly msgmni: number;
  readonly queues: number;
  readonly messages: number;
  readonly bytes: number;
}

/** Adds up a namespace's queues; IPC_INFO and MSG_INFO. */
export const queueInfo: (task: Task) => Steps<QueueInfo> = operation(
  'msgctl.info',
  (tx: Transaction, task: Task): QueueInfo => {
    const ns = tx.read(task.ipcNs)!;
    const ids = idsOf(tx, ns, 'msg');
    let messages = 0;
    let bytes = 0;
    for (const queue of objectsOf(tx, ids) as Iterable<MessageQueue>) {
      messages += tx.read(queue.qnum);
      bytes += tx.read(queue.cbytes);
    }
    return {
      highest: highestIndex(tx, ids),
      msgmax: tx.read(ns.msgmax),
      msgmnb: tx.read(ns.msgmnb),
      msgmni: tx.read(ns.msgmni),
      queues: tx.read(ids.inUse),
      messages,
      bytes,
    };
  },
);

/** What msgctl(IPC_SET) is given; the history counts only with a value armed, and is null where the old layout has no field. */
export interface QueueChange {
  readonly owner: OwnerChange;
  readonly qbytes: number;
  readonly stime: number | null;
  readonly rtime: number | null;
  readonly ctime: number | null;
  readonly lspid: number | null;
  readonly lrpid: number | null;
}

/** Changes owner, permissions and size of a queue; msgctl(IPC_SET). EINVAL, EIDRM, EPERM. */
export const setQueue = (k: Kernel, task: Task, id: number, change: QueueChange): Steps<Result<undefined>> =>
  set<MessageQueue>(k, task, 'msg', id, {
    owner: change.owner,
    // More than the namespace's default size takes a capability.
    refuse: (tx, _queue, cred) =>
      change.qbytes > tx.read(tx.read(task.ipcNs)!.msgmnb) && !capable(cred, 'CAP_SYS_RESOURCE') ? 'EPERM' : null,
    apply: (tx, queue) => tx.write(queue.qbytes, change.qbytes),
    wake: (tx, queue) => {
      expungeReceivers(tx, queue, 'EAGAIN'); // stricter permissions may shut them out
      wakeSenders(tx, k, queue); // a larger queue may let them in
    },
    history: [
      { cell: (queue) => queue.stime, value: change.stime },
      { cell: (queue) => queue.rtime, value: change.rtime },
      { cell: (queue) => queue.ctime, value: change.ctime },
      { cell: (queue) => queue.lspid, value: change.lspid },
      { cell: (queue) => queue.lrpid, value: change.lrpid },
    ],
  });

/** Removes a queue; msgctl(IPC_RMID). EINVAL, EIDRM, EPERM. */
export const removeQueue = (k: Kernel, task: Task, id: number): Steps<Result<undefined>> =>
  remove(k, task, 'msg', id, destroyQueue as Destroy);
