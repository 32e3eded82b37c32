/**
 * Undo lists of SEM_UNDO: who shares one, and what the last holder's end does; ipc/sem.c:get_undo_list, find_alloc_undo, exit_sem,
 * SEMANTICS C9, B5 and B8 (K2, K7).
 *
 * A list is held by the tasks that point to it (CLONE_SYSVSEM shares it). With the semundo series every semop call holds it too,
 * whether it asks for SEM_UNDO or not (S23), and the list keeps its namespace alive; the series' defects in counting (S1, S2, S16)
 * are here and in semop.ts. The file /proc/<pid>/semundo is procfs' own and uses {@link getUndoList} and {@link putUndoList}.
 * Left out on purpose: running out of memory; who trips over the BUG of S16 goes on.
 */

import { CLONE_SYSVSEM } from '../abi/clone.ts';
import { SEMVMX } from '../abi/limits.ts';
import { type Kernel, seconds } from '../kernel.ts';
import { operation, type Steps, scoped } from '../machine/effect.ts';
import { type Handle, layout } from '../machine/layout.ts';
import type { Transaction } from '../machine/store.ts';
import { done, fail, ok, type Result } from '../result.ts';
import type { Task } from '../task/task.ts';
import { lookUp } from './ids.ts';
import { type IpcNamespace, idsOf } from './namespace.ts';
import { putIpcNamespace } from './namespace-death.ts';
import { processRecord } from './pid-record.ts';
import { scan } from './semaphore-scan.ts';
import type { SemaphoreSet } from './semaphore-set.ts';
import { addEntry, adjustmentOf, dropEntry, entries, pin, type UndoEntry } from './undo-entry.ts';

interface UndoListFields {
  /** Holders. */
  count: number;
  /** The namespace whose sets the entries are for. */
  ns: IpcNamespace | null;
  firstEntry: UndoEntry | null;
  lastEntry: UndoEntry | null;
}

export type UndoList = Handle<UndoListFields>;

export const UndoList = layout<UndoListFields>(
  'undo_list',
  { count: 1, ns: null, firstEntry: null, lastEntry: null },
  { heap: true },
);

const createList = (tx: Transaction, task: Task, count: number): UndoList =>
  tx.create(UndoList, { count, ns: tx.read(task.ipcNs), firstEntry: null, lastEntry: null });

/** The base: only the task itself makes its list, so there is nobody to race with. */
const ownList = operation('undo.get_own', (tx: Transaction, task: Task): UndoList => {
  const list = tx.read(task.undo) ?? createList(tx, task, 1);
  tx.write(task.undo, list);
  return list;
});

const countedList = operation('undo.get', (tx: Transaction, task: Task): UndoList | null => {
  const list = tx.read(task.undo);
  if (list !== null) tx.update(list.count, (n) => n + 1);
  return list;
});

const allocateList = operation('undo.allocate', (tx: Transaction, task: Task): UndoList => {
  const list = createList(tx, task, 2);
  tx.update(tx.read(list.ns)!.count, (n) => n + 1);
  return list;
});

/** Gives the list to the task, counted for it and for the caller; or finds that another has been faster. */
const installList = operation('undo.install', (tx: Transaction, k: Kernel, task: Task, fresh: UndoList): UndoList => {
  const there = tx.read(task.undo);
  if (there === null) {
    tx.write(task.undo, fresh);
    return fresh;
  }
  tx.update(tx.read(fresh.ns)!.count, (n) => n - 1);
  tx.free(fresh);
  if (k.fixed('S1')) tx.update(there.count, (n) => n + 1);
  return there; // as posted, taken without being counted for the caller (S1)
});

/** The undo list of a task, made if it has none. With the semundo series it is counted for the caller, who has to put it. */
export function* getUndoList(k: Kernel, task: Task): Steps<UndoList> {
  if (!k.profile.series.has('semundo')) return yield* ownList(task);
  return (yield* countedList(task)) ?? (yield* installList(k, task, yield* allocateList(task)));
}

const dropCount = operation(
  'undo.put',
  (tx: Transaction, list: UndoList): boolean => tx.update(list.count, (n) => n - 1) === 0,
);

/** Gives a reference back; the last one applies the list in the name of `actor` and frees it. */
export function* putUndoList(k: Kernel, actor: Task, list: UndoList): Steps<void> {
  if (yield* dropCount(list)) yield* scoped(applyUndoList(k, actor, list));
}

/** Looks an entry up; 6.x moves it to the front. */
function findEntry(tx: Transaction, k: Kernel, list: UndoList, semid: number): UndoEntry | null {
  for (const entry of entries.members(tx, list)) {
    if (tx.read(entry.semid) !== semid) continue;
    if (!k.is26) {
      entries.remove(tx, list, entry);
      entries.prepend(tx, list, entry);
    }
    return entry;
  }
  return null;
}

/** The caller's entry for a set, pinned; or the set, when an entry has to be made for it. EINVAL, EIDRM. */
const findPinned = operation(
  'sem.find_undo',
  (tx: Transaction, k: Kernel, list: UndoList, semid: number): Result<UndoEntry | SemaphoreSet> => {
    const entry = findEntry(tx, k, list, semid);
    if (entry === null) return lookUp<SemaphoreSet>(tx, k, idsOf(tx, tx.read(list.ns)!, 'sem'), semid);
    pin(tx, entry);
    return ok(entry);
  },
);

/** Makes the entry, after memory for it was got with no lock held: the set may be gone by now, or the entry there. */
const addPinned = operation(
  'sem.add_undo',
  (tx: Transaction, k: Kernel, list: UndoList, set: SemaphoreSet, semid: number): Result<UndoEntry> => {
    if (tx.read(set.deleted)) return fail('EIDRM');
    const entry = findEntry(tx, k, list, semid) ?? addEntry(tx, list, set);
    pin(tx, entry);
    return ok(entry);
  },
);

/**
 * Finds or makes the entry of a list for a set, and keeps its memory until it is unpinned; find_alloc_undo.
 *
 * @returns EINVAL, EIDRM
 */
export function* findOrMakeEntry(k: Kernel, list: UndoList, semid: number): Steps<Result<UndoEntry>> {
  const found = yield* findPinned(k, list, semid);
  if (!found.ok) return found;
  const { value } = found;
  return 'semid' in value ? ok(value) : yield* addPinned(k, list, value, semid);
}

const shareList = operation('undo.share', (tx: Transaction, k: Kernel, list: UndoList, child: Task): void => {
  // With the series the reference that getting it has counted becomes the child's.
  if (!k.profile.series.has('semundo')) tx.update(list.count, (n) => n + 1);
  tx.write(child.undo, list);
});

/** Shares the parent's undo list with a new task (CLONE_SYSVSEM, making one if there is none) or leaves it without. */
export function* copySemundo(k: Kernel, parent: Task, child: Task, flags: number): Steps<Result<undefined>> {
  if ((flags & CLONE_SYSVSEM) !== 0) yield* shareList(k, yield* getUndoList(k, parent), child);
  return done;
}

/** Takes the list from the task and gives the task's reference back; the list when that was the last. */
const detachList = operation('exit_sem.detach', (tx: Transaction, task: Task): UndoList | null => {
  const list = tx.read(task.undo);
  if (list === null) return null;
  tx.write(task.undo, null);
  return tx.update(list.count, (n) => n - 1) === 0 ? list : null;
});

/** Lets go of the task's undo list; the last holder applies it. */
export function* exitSem(k: Kernel, task: Task): Steps<void> {
  const list = yield* detachList(task);
  if (list !== null) yield* scoped(applyUndoList(k, task, list));
}

interface Next {
  readonly entry: UndoEntry;
  readonly semid: number;
}

/** The first entry and its id, inside one RCU section. */
const nextEntry = operation('exit_sem.next', (tx: Transaction, list: UndoList): Next | null => {
  const entry = entries.first(tx, list);
  return entry === null ? null : { entry, semid: tx.read(entry.semid) };
});

/** Reads the id once more, outside: the set may have been removed since, and the entry freed (K2). */
const readAgain = operation(
  'exit_sem.read_again',
  (tx: Transaction, entry: UndoEntry): number => tx.read(entry.semid),
  { plain: true },
);

const applyEntry = operation(
  'exit_sem.apply',
  (tx: Transaction, k: Kernel, actor: Task, list: UndoList, id: number, semid: number): void => {
    const found = lookUp<SemaphoreSet>(tx, k, idsOf(tx, tx.read(list.ns)!, 'sem'), id);
    if (!found.ok) return; // raced with IPC_RMID: nothing to do
    const set = found.value;
    const entry = findEntry(tx, k, list, semid);
    if (entry === null) return; // the id was given to another set meanwhile
    const pid = processRecord(tx, k, actor) ?? 0;
    for (let num = 0; num < tx.read(set.nsems); num++) {
      const adjustment = adjustmentOf(tx, entry, num);
      if (adjustment === 0) continue;
      // Never waits: what would go below zero stops there.
      tx.update(set.values.at(num), (value) => Math.min(Math.max(value + adjustment, 0), SEMVMX));
      tx.write(set.pids.at(num), pid);
    }
    tx.write(set.otime, seconds(tx, k));
    dropEntry(tx, list, set, entry);
    scan(tx, k, set, null);
  },
);

const freeList = operation('undo.free', (tx: Transaction, list: UndoList): void => tx.free(list));

/** Applies every entry of a list that nobody holds any more, set by set, and frees it. */
function* applyUndoList(k: Kernel, actor: Task, list: UndoList): Steps<void> {
  for (let next = yield* nextEntry(list); next !== null; next = yield* nextEntry(list)) {
    const { entry, semid } = next;
    const id = k.is26 && !k.fixed('K2') ? yield* readAgain(entry) : semid;
    yield* applyEntry(k, actor, list, id, semid);
  }
  const ns = k.profile.series.has('semundo') ? yield* pinnedNamespace(list) : null;
  yield* freeList(list);
  if (ns !== null) yield* putIpcNamespace(k, ns);
}

const pinnedNamespace = operation(
  'undo.namespace',
  (tx: Transaction, list: UndoList): IpcNamespace => tx.read(list.ns)!,
);
