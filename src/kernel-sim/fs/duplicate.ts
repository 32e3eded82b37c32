/** More descriptors for one open file; fs/fcntl.c (2.6.26), fs/file.c (6.x), dup(2), SEMANTICS C14. */

import type { Kernel } from '../kernel.ts';
import { operation, type Steps } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { fail, ok, type Result } from '../result.ts';
import type { Task } from '../task/task.ts';
import { getFile } from './file.ts';
import { type Closing, closeAll, descriptorLimit, fileAt, installAt, lowestDescriptor, take } from './files.ts';

/**
 * The lowest free descriptor from `start` up for the open file behind `fd`; dup(2), F_DUPFD.
 *
 * @returns EBADF, EINVAL when `start` is not below the limit, EMFILE when no number from there up is free
 */
export const duplicateFrom = operation(
  'fd.dup',
  (tx: Transaction, task: Task, fd: number, start: number, closeOnExec: boolean): Result<number> => {
    const file = fileAt(tx, task, fd);
    if (file === null) return fail('EBADF');
    if (start < 0 || start >= descriptorLimit(tx, task)) return fail('EINVAL');
    const copy = lowestDescriptor(tx, task, start);
    if (copy === -1) return fail('EMFILE');
    getFile(tx, file);
    take(tx, tx.read(task.files)!, copy, closeOnExec);
    installAt(tx, task, copy, file);
    return ok(copy);
  },
);

/** dup(2): EMFILE rather than EINVAL when the limit is 0. */
export function* duplicate(task: Task, fd: number): Steps<Result<number>> {
  const copy = yield* duplicateFrom(task, fd, 0, false);
  return !copy.ok && copy.errno === 'EINVAL' ? fail('EMFILE') : copy;
}

const replace = operation(
  'fd.dup2',
  (tx: Transaction, task: Task, fd: number, onto: number, closeOnExec: boolean): Result<Closing | null> => {
    const file = fileAt(tx, task, fd);
    if (file === null || onto < 0 || onto >= descriptorLimit(tx, task)) return fail('EBADF');
    if (fd === onto) return ok(null);
    const files = tx.read(task.files)!;
    const replaced = tx.read(files.slots.at(onto));
    if (replaced === null && tx.read(files.taken).includes(onto)) {
      // An open has reserved the number and not put its file there yet (F2).
      tx.note({ type: 'fd.busy', task, fd: onto, by: 'dup2', reserved: true });
      return fail('EBUSY');
    }
    if (replaced !== null) tx.note({ type: 'fd.replaced', task, fd: onto });
    getFile(tx, file);
    take(tx, files, onto, closeOnExec);
    installAt(tx, task, onto, file);
    return ok(replaced === null ? null : { open: [replaced], table: files });
  },
);

/**
 * Makes `onto` lead to the open file behind `fd`, closing what it led to; dup2(2), dup3(2).
 *
 * @returns `onto`; EBADF for a closed `fd` or an `onto` from the limit up, EBUSY for an `onto` that an open has reserved
 */
export function* duplicateOnto(
  k: Kernel,
  task: Task,
  fd: number,
  onto: number,
  closeOnExec: boolean,
): Steps<Result<number>> {
  const replaced = yield* replace(task, fd, onto, closeOnExec);
  if (!replaced.ok) return replaced;
  if (replaced.value !== null) yield* closeAll(k, task, replaced.value);
  return ok(onto);
}
