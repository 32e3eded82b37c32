/**
 * IPC_SET and IPC_RMID as far as the three kinds are alike; msgctl_down, semctl_down and shmctl_down, SEMANTICS C7 and A7.
 *
 * With the next_syscall_data series an armed value turns IPC_SET into "set everything": the object's history is taken from the
 * caller's structure as well. The value is looked at only after every check, so a call that fails leaves it armed (I8), and the
 * value 0 counts as none (N14).
 * Notes: `ipc.history` {kind, id} when a history was rewritten.
 */

import type { ErrnoName } from '../abi/errno.ts';
import { type Kernel, seconds } from '../kernel.ts';
import { operation, type Steps, scoped } from '../machine/effect.ts';
import type { Cell } from '../machine/layout.ts';
import { GARBAGE, type Transaction } from '../machine/store.ts';
import { done, fail, ok, type Result } from '../result.ts';
import { type Credentials, capable } from '../task/cred.ts';
import { confirmTaken, peekFor, takeFor } from '../task/next-syscall-data.ts';
import type { Task } from '../task/task.ts';
import { isUnlocked, lookUp } from './ids.ts';
import { type IpcNamespace, idsOf } from './namespace.ts';
import { controls, type IpcKind, type IpcObject } from './object.ts';
import type { PidRecord } from './pid-record.ts';

/** What IPC_SET changes in every kind of object. */
export interface OwnerChange {
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

/** One field of an object's history as the caller's structure has it; null when the old, shorter layout has no room for it. */
interface HistoryField<O> {
  readonly cell: (object: O) => Cell<number> | Cell<PidRecord>;
  readonly value: number | null;
}

/** What a kind adds to the common IPC_SET. */
export interface Change<O extends IpcObject> {
  readonly owner: OwnerChange;
  /** Refuses the change beside who may make it; null when it is good. */
  readonly refuse: (tx: Transaction, object: O, cred: Credentials) => ErrnoName | null;
  /** Changes what only this kind has. */
  readonly apply: (tx: Transaction, object: O) => void;
  /** What follows: sleepers who may go on under the new rules. */
  readonly wake: (tx: Transaction, object: O) => void;
  readonly history: readonly HistoryField<O>[];
}

/** Finds an object that the caller may change or remove. EINVAL, EIDRM, EPERM; ipcctl_pre_down. */
function obtain<O extends IpcObject>(tx: Transaction, k: Kernel, task: Task, kind: IpcKind, id: number): Result<O> {
  const found = lookUp<O>(tx, k, idsOf(tx, tx.read(task.ipcNs)!, kind), id);
  if (!found.ok) return found;
  return controls(tx, tx.read(task.cred), found.value) ? found : fail('EPERM');
}

/** 6.x: an id that no user namespace maps. */
const INVALID_ID = 0xffff_ffff;

const setAttributes = operation(
  'ipc.set',
  (
    tx: Transaction,
    k: Kernel,
    task: Task,
    kind: IpcKind,
    id: number,
    change: Change<IpcObject>,
    everything: boolean,
  ): Result<undefined> => {
    const found = obtain(tx, k, task, kind, id);
    if (!found.ok) return found;
    const object = found.value;
    const cred = tx.read(task.cred);
    const refused = change.refuse(tx, object, cred);
    if (refused !== null) return fail(refused);
    if (everything && k.fixed('I6') && !capable(cred, 'CAP_SYS_ADMIN')) return fail('EPERM');
    const { uid, gid, mode } = change.owner;
    if (!k.is26 && (uid === INVALID_ID || gid === INVALID_ID)) return fail('EINVAL');
    change.apply(tx, object);
    tx.write(object.uid, uid);
    tx.write(object.gid, gid);
    tx.update(object.mode, (old) => (old & ~0o777) | (mode & 0o777));
    if (everything) rewriteHistory(tx, k, kind, object, change.history);
    else tx.write(object.ctime, seconds(tx, k));
    change.wake(tx, object);
    return done;
  },
  { when: (tx, _k, task, kind) => isUnlocked(tx, idsOf(tx, tx.read(task.ipcNs)!, kind)) },
);

/** Puts what the caller says into the object, whoever the caller is (I6). */
function rewriteHistory(
  tx: Transaction,
  k: Kernel,
  kind: IpcKind,
  object: IpcObject,
  history: readonly HistoryField<IpcObject>[],
): void {
  for (const { cell, value } of history) {
    const field = cell(object) as Cell<number>;
    if (value === null && !k.fixed('I7')) {
      // The copy-in of the old layout leaves these fields of the kernel's temporary as the stack was (I7).
      tx.note({
        type: 'fault',
        kind: 'uninitialised-read',
        access: 'read',
        cell: field,
        object,
        message: 'bytes of the kernel stack',
      });
    }
    tx.write(field, value ?? (k.fixed('I7') ? 0 : GARBAGE));
  }
  tx.note({ type: 'ipc.history', kind, id: tx.read(object.id) });
}

/**
 * Changes owner, permissions and what else a kind lets one change; with a value armed, the history too.
 *
 * @returns EINVAL, EIDRM, EPERM, and what `change.refuse` says
 */
export function* set<O extends IpcObject>(
  k: Kernel,
  task: Task,
  kind: IpcKind,
  id: number,
  change: Change<O>,
): Steps<Result<undefined>> {
  const common = change as unknown as Change<IpcObject>;
  if (!k.profile.series.has('next_syscall_data')) return yield* setAttributes(k, task, kind, id, common, false);
  const armed = yield* peekFor(k, task, 'ipc_set');
  const everything = armed !== null && (armed !== 0n || k.fixed('N14'));
  const result = yield* setAttributes(k, task, kind, id, common, everything);
  if (everything && (result.ok || k.fixed('I8'))) yield* scoped(drop(k, task));
  return result;
}

/** Drops what is armed for an IPC_SET that fails before it looks at it (fix I8). */
export function* dropAfterFailure(k: Kernel, task: Task): Steps<void> {
  if (k.fixed('I8') && k.profile.series.has('next_syscall_data')) yield* scoped(drop(k, task));
}

function* drop(k: Kernel, task: Task): Steps<void> {
  if ((yield* takeFor(k, task, 'ipc_set')) !== null) yield* confirmTaken(k, task, 'ipc_set');
}

const removeObject = operation(
  'ipc.rmid',
  (tx: Transaction, k: Kernel, task: Task, kind: IpcKind, id: number, destroy: Destroy): Result<undefined> => {
    const found = obtain(tx, k, task, kind, id);
    if (!found.ok) return found;
    destroy(tx, k, tx.read(task.ipcNs)!, found.value);
    return ok(undefined);
  },
  { when: (tx, _k, task, kind) => isUnlocked(tx, idsOf(tx, tx.read(task.ipcNs)!, kind)) },
);

/** Removes an object of a kind: wakes who sleeps on it and frees what it holds. */
export type Destroy = (tx: Transaction, k: Kernel, ns: IpcNamespace, object: IpcObject) => void;

/** Removes an object. EINVAL, EIDRM, EPERM. */
export const remove = (k: Kernel, task: Task, kind: IpcKind, id: number, destroy: Destroy): Steps<Result<undefined>> =>
  removeObject(k, task, kind, id, destroy);
