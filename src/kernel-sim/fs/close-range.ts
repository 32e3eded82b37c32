/** Many descriptors at once; fs/file.c:__close_range, close_range(2). */

import { CLOSE_RANGE_CLOEXEC, CLOSE_RANGE_UNSHARE } from '../abi/descriptor.ts';
import type { Kernel } from '../kernel.ts';
import { operation, type Steps } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { done, type Result } from '../result.ts';
import type { Task } from '../task/task.ts';
import { close, fileAt, take, unshareFiles } from './files.ts';

/** Descriptors from `first` to `last`, both included. */
export interface DescriptorRange {
  readonly first: number;
  readonly last: number;
}

const mark = operation('fd.mark_range', (tx: Transaction, task: Task, { first, last }: DescriptorRange): void => {
  const files = tx.read(task.files)!;
  for (const fd of tx.read(files.taken)) {
    if (fd >= first && fd <= last && fileAt(tx, task, fd) !== null) take(tx, files, fd, true);
  }
});

/** The lowest open descriptor from `from` up to `last`, -1 when there is none. */
const nextOpen = operation('fd.next_open', (tx: Transaction, task: Task, from: number, last: number): number => {
  const { taken } = tx.read(task.files)!;
  return tx.read(taken).find((fd) => fd >= from && fd <= last && fileAt(tx, task, fd) !== null) ?? -1;
});

/** Closes a range of descriptors one after the other, or marks them for exec; the table is the task's own first, if so asked. */
export function* closeRange(k: Kernel, task: Task, range: DescriptorRange, flags: number): Steps<Result<undefined>> {
  if ((flags & CLOSE_RANGE_UNSHARE) !== 0) yield* unshareFiles(k, task);
  if ((flags & CLOSE_RANGE_CLOEXEC) !== 0) {
    yield* mark(task, range);
    return done;
  }
  for (let fd = range.first; ; fd += 1) {
    fd = yield* nextOpen(task, fd, range.last);
    if (fd === -1) return done;
    yield* close(k, task, fd);
  }
}
