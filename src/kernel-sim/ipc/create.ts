/**
 * msgget, semget and shmget as far as they are alike: finding an object by its key, or making one; ipcget of ipc/util.c,
 * SEMANTICS C7 and A7.
 *
 * Search and creation are under the table's lock. With nothing armed that is one operation. With a value armed (next_syscall_data)
 * the lock is held across the steps that take the value, in the kernel's order: the value is looked at only when everything that
 * could refuse the creation has been passed, and it is gone as soon as it has been looked at (N9).
 * Notes: `ipc.created` {kind, id, wanted, key}, `ipc.found` {kind, id, key}, `ipc.busy` {kind, wanted}, `ipc.retry` {kind, wanted}
 * when a creation starts over without its value (I2).
 * Left out on purpose: security modules, running out of memory.
 */

import type { ErrnoName } from '../abi/errno.ts';
import { IPC_CREAT, IPC_EXCL, IPC_PRIVATE } from '../abi/ipc.ts';
import { type Kernel, seconds } from '../kernel.ts';
import { operation, type Steps, scoped } from '../machine/effect.ts';
import type { Cell } from '../machine/layout.ts';
import { lock, unlock } from '../machine/mutex.ts';
import type { Transaction } from '../machine/store.ts';
import { fail, ok, type Result } from '../result.ts';
import { asInt, type Consumer, confirmTaken, peekFor, takeFor } from '../task/next-syscall-data.ts';
import type { Task } from '../task/task.ts';
import { findKey, type IpcIds, isUnlocked, publishObject, slotOfId } from './ids.ts';
import { type IpcNamespace, idsOf } from './namespace.ts';
import { type IpcKind, type IpcObject, permits, SLOTS } from './object.ts';
import { chosenPlace, cyclicPlace, nextPlace, type Place } from './slot.ts';

/** One get call: what is asked for, and what its kind adds to the common rules. */
export interface GetRequest {
  readonly kind: IpcKind;
  readonly consumer: Consumer;
  readonly key: number;
  readonly flags: number;
  /** Refuses arguments before anything is looked up; null when they are good. */
  readonly invalid: (tx: Transaction, ns: IpcNamespace) => ErrnoName | null;
  /** Whether an object found by its key is too small for what is asked. */
  readonly tooSmall: (tx: Transaction, found: IpcObject) => boolean;
  /** Refuses to make an object, by the kind's own limits; null when there is room. */
  readonly refuse: (tx: Transaction, k: Kernel, ns: IpcNamespace) => ErrnoName | null;
  /** The greatest number of objects. */
  readonly limit: (ns: IpcNamespace) => Cell<number>;
  /** Makes the object with its own fields, and charges the namespace for it. */
  readonly make: (tx: Transaction, k: Kernel, ns: IpcNamespace, task: Task) => IpcObject;
}

const tableOf = (tx: Transaction, task: Task, { kind }: GetRequest): IpcIds => idsOf(tx, tx.read(task.ipcNs)!, kind);

/** The id of the object with the key, null when one has to be made. ENOENT, EEXIST, EINVAL, EACCES, ENOSPC. */
function search(tx: Transaction, k: Kernel, task: Task, request: GetRequest): Result<number | null> {
  const ns = tx.read(task.ipcNs)!;
  const { kind, key, flags } = request;
  const invalid = request.invalid(tx, ns);
  if (invalid !== null) return fail(invalid);
  const ids = idsOf(tx, ns, kind);
  const found = key === IPC_PRIVATE ? null : findKey(tx, k, ids, key);
  if (found !== null) {
    if ((flags & IPC_CREAT) !== 0 && (flags & IPC_EXCL) !== 0) return fail('EEXIST');
    if (request.tooSmall(tx, found)) return fail('EINVAL');
    if (!permits(tx, tx.read(task.cred), found, flags)) return fail('EACCES');
    const id = tx.read(found.id);
    tx.note({ type: 'ipc.found', kind, id, key });
    return ok(id);
  }
  if (key !== IPC_PRIVATE && (flags & IPC_CREAT) === 0) return fail('ENOENT');
  const refused = request.refuse(tx, k, ns);
  if (refused !== null) return fail(refused);
  if (tx.read(ids.inUse) >= Math.min(tx.read(request.limit(ns)), SLOTS)) return fail('ENOSPC'); // the count only: the slot may be any (I10)
  return ok(null);
}

/** Makes the object in its place and lets others find it. */
function add(tx: Transaction, k: Kernel, task: Task, request: GetRequest, place: Result<Place>): Result<number> {
  if (!place.ok) return place;
  const { slot, seq, id, wanted } = place.value;
  const ns = tx.read(task.ipcNs)!;
  const cred = tx.read(task.cred);
  const object = request.make(tx, k, ns, task);
  tx.write(object.id, id);
  tx.write(object.seq, seq);
  tx.write(object.key, request.key);
  tx.write(object.mode, request.flags & 0o777);
  for (const owner of [object.uid, object.cuid]) tx.write(owner, cred.euid);
  for (const group of [object.gid, object.cgid]) tx.write(group, cred.egid);
  tx.write(object.ctime, seconds(tx, k));
  publishObject(tx, idsOf(tx, ns, request.kind), object, slot);
  tx.note({ type: 'ipc.created', kind: request.kind, id, wanted, key: request.key });
  return ok(id);
}

const ordinaryPlace = (tx: Transaction, k: Kernel, ids: IpcIds): Result<Place> =>
  k.is26 ? nextPlace(tx, ids) : cyclicPlace(tx, ids);

/** The whole call under one hold of the lock, for a caller who has nothing armed. */
const getAtOnce = operation(
  'ipc.get',
  (tx: Transaction, k: Kernel, task: Task, request: GetRequest): Result<number> => {
    const found = search(tx, k, task, request);
    if (!found.ok) return found;
    if (found.value !== null) return ok(found.value);
    return add(tx, k, task, request, ordinaryPlace(tx, k, tableOf(tx, task, request)));
  },
  { when: (tx, _k, task, request) => isUnlocked(tx, tableOf(tx, task, request)) },
);

const searchLocked = operation('ipc.search', search);

/** The place of a chosen id; as posted only the number of objects is limited, not the slot (I10). */
function chosenWithin(tx: Transaction, k: Kernel, task: Task, request: GetRequest, wanted: number): Result<Place> {
  const limit = tx.read(request.limit(tx.read(task.ipcNs)!));
  if (k.fixed('I10') && slotOfId(wanted) >= limit) return fail('ENOSPC');
  return chosenPlace(tx, k, tableOf(tx, task, request), wanted);
}

const addChosen = operation(
  'ipc.add',
  (tx: Transaction, k: Kernel, task: Task, request: GetRequest, wanted: number): Result<number> =>
    add(tx, k, task, request, chosenWithin(tx, k, task, request, wanted)),
);

const findTable = operation('ipc.table', tableOf);

/** Makes sure that spare layers are there for the idr, before any lock; idr_pre_get. The kernel's creators share them (I2). */
const topUpSpares = operation('idr.pre_get', (tx: Transaction, task: Task, request: GetRequest): void => {
  const ids = tableOf(tx, task, request);
  const wanted = tx.read(ids.spareMax);
  if (tx.read(ids.spare) < wanted) tx.write(ids.spare, wanted);
});

/** Says that a creation starts over because the spare layers were used by others. */
const noteRetry = operation('ipc.retry', (tx: Transaction, kind: IpcKind, wanted: number | null): void =>
  tx.note({ type: 'ipc.retry', kind, wanted }),
);

/**
 * Finds the object with a key, or makes one; msgget(2), semget(2), shmget(2).
 *
 * @returns its id; the errnos of {@link search}, and for a chosen id those of {@link chosenPlace}
 */
export function* get(k: Kernel, task: Task, request: GetRequest): Steps<Result<number>> {
  for (;;) {
    if (k.is26) yield* topUpSpares(task, request);
    const armed = k.profile.series.has('next_syscall_data') ? yield* peekFor(k, task, request.consumer) : null;
    const got = armed === null ? yield* getAtOnce(k, task, request) : yield* getArmed(k, task, request);
    if (got.ok || got.errno !== 'EAGAIN') return got;
    yield* noteRetry(request.kind, armed === null ? null : asInt(armed));
  }
}

function* getArmed(k: Kernel, task: Task, request: GetRequest): Steps<Result<number>> {
  const ids = yield* findTable(task, request);
  yield* lock(ids, task);
  const got = yield* scoped(getLocked(k, task, request));
  yield* unlock(ids, task);
  return got;
}

function* getLocked(k: Kernel, task: Task, request: GetRequest): Steps<Result<number>> {
  const { consumer } = request;
  const found = yield* searchLocked(k, task, request);
  if (!found.ok) return found; // the value stays armed: whatever creates next gets it (N8)
  if (found.value !== null) {
    // So it does when nothing had to be made (I5).
    if (k.fixed('I5')) {
      yield* takeFor(k, task, consumer);
      yield* confirmTaken(k, task, request.consumer);
    }
    return ok(found.value);
  }
  if (k.fixed('I2')) return yield* addThenTake(k, task, request);
  const wanted = (yield* takeFor(k, task, consumer))!;
  const added = yield* addChosen(k, task, request, asInt(wanted)); // the long becomes an int (N15)
  if (added.ok) yield* confirmTaken(k, task, request.consumer);
  return added;
}

/** With I2 repaired: the value goes once it is decided what becomes of it, and starting over finds it still there. */
function* addThenTake(k: Kernel, task: Task, request: GetRequest): Steps<Result<number>> {
  const wanted = (yield* peekFor(k, task, request.consumer))!;
  const added = yield* addChosen(k, task, request, asInt(wanted));
  if (!added.ok && added.errno === 'EAGAIN') return added;
  yield* takeFor(k, task, request.consumer);
  if (added.ok) yield* confirmTaken(k, task, request.consumer);
  return added;
}
