/**
 * Descriptors for open files that no path leads to: reserve, make, install; fs/pipe.c:do_pipe_flags, fs/anon_inodes.c.
 * None of these calls takes an armed value (SEMANTICS A9). Other rooms use this for files of their own kinds.
 */

import type { Kernel } from '../kernel.ts';
import { type Steps, scoped } from '../machine/effect.ts';
import { fail, ok, type Result } from '../result.ts';
import type { Task } from '../task/task.ts';
import { type File, putFile } from './file.ts';
import { giveBackDescriptor, install, reserve } from './files.ts';

/** A descriptor for the open file that `make` makes, unless none is free: EMFILE. */
export function* openAnonymous(_k: Kernel, task: Task, make: Steps<File>, closeOnExec: boolean): Steps<Result<number>> {
  const fd = yield* reserve(task, closeOnExec);
  if (fd.ok) yield* install(task, fd.value, yield* make);
  return fd;
}

/**
 * Two descriptors for two open files, as pipe(2) gives them: EMFILE.
 *
 * @param good whether the numbers can be told to the program; EFAULT otherwise
 */
export function* installPair(
  k: Kernel,
  task: Task,
  make: Steps<readonly [File, File]>,
  closeOnExec: boolean,
  good: boolean,
): Steps<Result<readonly [number, number]>> {
  const files = yield* make;
  const numbers = yield* scoped(reservePair(task, closeOnExec));
  if (!numbers.ok || !good) {
    if (numbers.ok) for (const fd of numbers.value) yield* giveBackDescriptor(task, fd);
    for (const file of files) yield* putFile(k, task, file);
    return numbers.ok ? fail('EFAULT') : numbers;
  }
  for (const [i, fd] of numbers.value.entries()) yield* install(task, fd, files[i]!);
  return numbers;
}

function* reservePair(task: Task, closeOnExec: boolean): Steps<Result<readonly [number, number]>> {
  const first = yield* reserve(task, closeOnExec);
  if (!first.ok) return first;
  const second = yield* reserve(task, closeOnExec);
  if (second.ok) return ok([first.value, second.value]);
  yield* giveBackDescriptor(task, first.value);
  return second;
}
