/** Keeping an IPC namespace alive, and its end; ipc/namespace.c:put_ipc_ns and free_ipcs, SEMANTICS C7. */

import type { Kernel } from '../kernel.ts';
import { operation, type Steps } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { endQueues } from '../mqueue/queue.ts';
import type { Destroy } from './control.ts';
import { objectsOf } from './ids.ts';
import { destroyQueue } from './message-queue.ts';
import { type IpcNamespace, idsOf, unchainNamespace } from './namespace.ts';
import type { IpcKind } from './object.ts';
import { removeSegment } from './segment.ts';
import { destroySet } from './semaphore-set.ts';

const destroyers: readonly (readonly [IpcKind, Destroy])[] = [
  ['sem', destroySet as Destroy],
  ['msg', destroyQueue as Destroy],
  ['shm', removeSegment as Destroy],
];

const drop = operation('ipc_namespace.put', dropIpcNamespace);

/** Removes every object of a kind, each as IPC_RMID would: a segment that is still attached is only marked. */
const removeAll = operation(
  'ipc_namespace.remove_all',
  (tx: Transaction, k: Kernel, ns: IpcNamespace, kind: IpcKind, destroy: Destroy): void => {
    for (const object of objectsOf(tx, idsOf(tx, ns, kind))) destroy(tx, k, ns, object);
  },
);

const unchain = operation('ipc_namespace.free', (tx: Transaction, k: Kernel, ns: IpcNamespace): void => {
  endQueues(tx, k, tx.read(ns.posix)!);
  unchainNamespace(tx, k, ns);
});

/** Gives a reference to a namespace back; the last one removes everything in it. */
export function* putIpcNamespace(k: Kernel, ns: IpcNamespace): Steps<void> {
  if (yield* drop(ns)) yield* endIpcNamespace(k, ns);
}

/** Gives a reference back as part of an operation; when it was the last, {@link endIpcNamespace} is due. */
export function dropIpcNamespace(tx: Transaction, ns: IpcNamespace): boolean {
  return tx.update(ns.count, (n) => n - 1) === 0;
}

/** Removes everything in a namespace that nobody refers to any more. */
export function* endIpcNamespace(k: Kernel, ns: IpcNamespace): Steps<void> {
  for (const [kind, destroy] of destroyers) yield* removeAll(k, ns, kind, destroy);
  yield* unchain(k, ns);
}

/** Keeps a namespace alive; for operations. */
export const getIpcNamespace = (tx: Transaction, ns: IpcNamespace): number => tx.update(ns.count, (n) => n + 1);
