/**
 * Descriptor tables: which numbers are taken and what they point to; struct files_struct, fs/file.c, fs/open.c, SEMANTICS C14.
 *
 * open reserves a number first, and puts the file there only when it is made: between the two the number is taken and leads
 * nowhere (F2). Whatever changes the table holds its lock, so each change is one step. The lowest free number is looked for from 0:
 * the kernel's hint (next_fd) is left out, as it must never change an answer, and so nothing can move it too far (F5).
 * Notes: `fd.busy` {task, fd, by, reserved} when a chosen number is taken, `fd.replaced` {task, fd} when dup2 closes what was there.
 */

import { CLONE_FILES } from '../abi/clone.ts';
import { NR_OPEN } from '../abi/limits.ts';
import { O_PATH } from '../abi/open.ts';
import type { Kernel } from '../kernel.ts';
import { operation, type Steps } from '../machine/effect.ts';
import { type Handle, layout, type TableOf, table } from '../machine/layout.ts';
import type { Transaction } from '../machine/store.ts';
import { done, fail, ok, type Result } from '../result.ts';
import type { Task } from '../task/task.ts';
import { closeFile, type File, type FileOperations, getFile, putFile } from './file.ts';

interface FilesFields {
  /** How many tasks share the table. */
  count: number;
  /** Numbers that are taken, reserved ones included, ascending. */
  taken: readonly number[];
  /** Numbers that exec closes, ascending. */
  closeOnExec: readonly number[];
  slots: TableOf<File | null>;
}

export type Files = Handle<FilesFields>;

export const Files = layout<FilesFields>('files', {
  count: 1,
  taken: [],
  closeOnExec: [],
  slots: table<File | null>(null),
});

const insert = (numbers: readonly number[], number: number): readonly number[] => {
  const after = numbers.findIndex((other) => other >= number);
  if (after === -1) return [...numbers, number];
  return numbers[after] === number ? numbers : [...numbers.slice(0, after), number, ...numbers.slice(after)];
};

const without = (numbers: readonly number[], number: number): readonly number[] =>
  numbers.includes(number) ? numbers.filter((other) => other !== number) : numbers;

/** The lowest number from `start` up that is not in an ascending list. */
function lowestFree(numbers: readonly number[], start: number): number {
  let free = start;
  for (const number of numbers) {
    if (number > free) break;
    if (number === free) free++;
  }
  return free;
}

/** RLIMIT_NOFILE of the task's process, never above what the kernel can hold; for operations. */
export const descriptorLimit = (tx: Transaction, task: Task): number =>
  Math.min(tx.read(tx.read(task.process)!.limits)!.RLIMIT_NOFILE.soft, NR_OPEN);

/** The open file behind a descriptor; null for one that is free or only reserved. For operations. */
export function fileAt(tx: Transaction, task: Task, fd: number): File | null {
  const files = tx.read(task.files);
  return files === null || fd < 0 || fd >= NR_OPEN ? null : tx.read(files.slots.at(fd));
}

/** The same, but null too for one that only stands for a path (O_PATH), which has no more than a number and a place. */
export function usableAt(tx: Transaction, task: Task, fd: number): File | null {
  const file = fileAt(tx, task, fd);
  return file !== null && (tx.read(file.flags) & O_PATH) !== 0 ? null : file;
}

/** Takes a number in the table; for operations. */
export function take(tx: Transaction, files: Files, fd: number, closeOnExec: boolean): void {
  tx.update(files.taken, (numbers) => insert(numbers, fd));
  tx.update(files.closeOnExec, (numbers) => (closeOnExec ? insert(numbers, fd) : without(numbers, fd)));
}

/** Gives a number back; for operations. */
function vacate(tx: Transaction, files: Files, fd: number): void {
  tx.write(files.slots.at(fd), null);
  tx.update(files.taken, (numbers) => without(numbers, fd));
  tx.update(files.closeOnExec, (numbers) => without(numbers, fd));
}

/** The lowest free number from `start` up that the limit allows, -1 when there is none; for operations. */
export function lowestDescriptor(tx: Transaction, task: Task, start: number): number {
  const fd = lowestFree(tx.read(tx.read(task.files)!.taken), start);
  return fd < descriptorLimit(tx, task) ? fd : -1;
}

const reserveLowest = operation('fd.reserve', (tx: Transaction, task: Task, closeOnExec: boolean): number => {
  const fd = lowestDescriptor(tx, task, 0);
  if (fd !== -1) take(tx, tx.read(task.files)!, fd, closeOnExec);
  return fd;
});

/** Reserves the lowest free number for a file that is still to be made; EMFILE. */
export function* reserve(task: Task, closeOnExec: boolean): Steps<Result<number>> {
  const fd = yield* reserveLowest(task, closeOnExec);
  return fd === -1 ? fail('EMFILE') : ok(fd);
}

/**
 * Reserves a chosen number; SEMANTICS A9 step 2.
 *
 * @returns EINVAL for a negative one, EMFILE from the limit up (F4), EBUSY when it is taken, if only by an unfinished open (F1, F2)
 */
export const reserveChosen = operation(
  'fd.reserve_chosen',
  (tx: Transaction, task: Task, fd: number, closeOnExec: boolean): Result<number> => {
    const files = tx.read(task.files)!;
    if (fd < 0) return fail('EINVAL');
    if (fd >= descriptorLimit(tx, task)) return fail('EMFILE');
    if (tx.read(files.taken).includes(fd)) {
      tx.note({ type: 'fd.busy', task, fd, by: 'open', reserved: tx.read(files.slots.at(fd)) === null });
      return fail('EBUSY');
    }
    take(tx, files, fd, closeOnExec);
    return ok(fd);
  },
);

/** Gives a reserved number back: nothing was made for it. */
export const giveBackDescriptor = operation('fd.give_back', (tx: Transaction, task: Task, fd: number): void =>
  vacate(tx, tx.read(task.files)!, fd),
);

/** Puts a finished file under the number reserved for it; fd_install. */
export const install = operation('fd.install', installAt);

/** The same, for operations. */
export function installAt(tx: Transaction, task: Task, fd: number, file: File): void {
  tx.write(tx.read(task.files)!.slots.at(fd), file);
}

/** An open file while a call uses it. */
export interface Held {
  readonly file: File;
  readonly operations: FileOperations;
  /** Access mode and status flags at the start of the call. */
  readonly flags: number;
  /** The table is shared, so the call holds the file itself: another thread may close the descriptor. */
  readonly counted: boolean;
}

const hold = operation('fd.get', (tx: Transaction, task: Task, fd: number): Held | null => {
  const file = usableAt(tx, task, fd);
  if (file === null) return null;
  const counted = tx.read(tx.read(task.files)!.count) > 1;
  if (counted) getFile(tx, file);
  return { file, operations: tx.read(file.operations), flags: tx.read(file.flags), counted };
});

/** Runs `use` on the open file behind a descriptor, which stays open for so long; EBADF without one. fget_light(). */
export function* withFile<T>(
  k: Kernel,
  task: Task,
  fd: number,
  use: (held: Held) => Steps<Result<T>>,
): Steps<Result<T>> {
  const held = yield* hold(task, fd);
  if (held === null) return fail('EBADF');
  const result = yield* use(held);
  if (held.counted) yield* putFile(k, task, held.file);
  return result;
}

/** Open files to be closed, and the descriptor table that led to them. */
export interface Closing {
  readonly open: readonly File[];
  readonly table: Files;
}

/** Closes what a step has taken out of a table. */
export function* closeAll(k: Kernel, task: Task, { open, table }: Closing): Steps<void> {
  for (const file of open) yield* closeFile(k, task, file, table);
}

const remove = operation('fd.close', (tx: Transaction, task: Task, fd: number): Closing | null => {
  const file = fileAt(tx, task, fd);
  if (file === null) return null;
  const files = tx.read(task.files)!;
  vacate(tx, files, fd);
  return { open: [file], table: files };
});

/** close(2): EBADF for a number that is free, or reserved by an unfinished open (F2). */
export function* close(k: Kernel, task: Task, fd: number): Steps<Result<undefined>> {
  const closing = yield* remove(task, fd);
  if (closing === null) return fail('EBADF');
  yield* closeAll(k, task, closing);
  return done;
}

/** A copy of a table, for operations: a number that is only reserved is free in it (F2). */
function duplicate(tx: Transaction, files: Files): Files {
  const copy = tx.create(Files);
  const installed = tx.read(files.taken).filter((fd) => {
    const file = tx.read(files.slots.at(fd));
    if (file === null) return false;
    getFile(tx, file);
    tx.write(copy.slots.at(fd), file);
    return true;
  });
  tx.write(copy.taken, installed);
  tx.write(
    copy.closeOnExec,
    tx.read(files.closeOnExec).filter((fd) => installed.includes(fd)),
  );
  return copy;
}

const copyTable = operation('files.copy', (tx: Transaction, parent: Task, child: Task, shared: boolean): void => {
  const files = tx.read(parent.files)!;
  if (shared) tx.add(files.count, 1);
  tx.write(child.files, shared ? files : duplicate(tx, files));
});

/** Gives a new task its parent's descriptor table (CLONE_FILES) or a copy of it. */
export function* copyFiles(_k: Kernel, parent: Task, child: Task, flags: number): Steps<Result<undefined>> {
  yield* copyTable(parent, child, (flags & CLONE_FILES) !== 0);
  return done;
}

/** Lets go of a table; what the last holder has to close, in order. For operations. */
function drop(tx: Transaction, files: Files): Closing | null {
  if (tx.update(files.count, (n) => n - 1) > 0) return null;
  const open: File[] = [];
  for (const fd of tx.read(files.taken)) {
    const file = tx.read(files.slots.at(fd));
    if (file !== null) open.push(file);
    tx.write(files.slots.at(fd), null);
  }
  tx.free(files);
  return { open, table: files };
}

const leaveTable = operation('files.exit', (tx: Transaction, task: Task): Closing | null => {
  const files = tx.read(task.files);
  tx.write(task.files, null);
  return files === null ? null : drop(tx, files);
});

/** Lets go of the task's descriptor table; the last holder closes what is in it. */
export function* exitFiles(k: Kernel, task: Task): Steps<void> {
  const closing = yield* leaveTable(task);
  if (closing !== null) yield* closeAll(k, task, closing);
}

const ownTable = operation('files.unshare', (tx: Transaction, task: Task): Closing | null => {
  const files = tx.read(task.files)!;
  if (tx.read(files.count) === 1) return null;
  tx.write(task.files, duplicate(tx, files));
  return drop(tx, files);
});

/** Gives a task that shares its descriptor table one of its own; unshare(CLONE_FILES), exec. */
export function* unshareFiles(k: Kernel, task: Task): Steps<void> {
  const closing = yield* ownTable(task);
  if (closing !== null) yield* closeAll(k, task, closing);
}

const takeMarked = operation('files.close_on_exec', (tx: Transaction, task: Task): Closing => {
  const files = tx.read(task.files)!;
  const marked = tx.read(files.closeOnExec).map((fd) => [fd, tx.read(files.slots.at(fd))] as const);
  for (const [fd] of marked) vacate(tx, files, fd);
  return { open: marked.flatMap(([, file]) => (file === null ? [] : [file])), table: files };
});

/** What exec does to descriptors: the table is the task's own from now on, and without those marked close-on-exec. */
export function* closeOnExec(k: Kernel, task: Task): Steps<void> {
  yield* unshareFiles(k, task);
  yield* closeAll(k, task, yield* takeMarked(task));
}
