/** What relates a task to the file system: working directory and umask; struct fs_struct. */

import { operation, type Steps } from '../machine/effect.ts';
import { type Handle, layout } from '../machine/layout.ts';
import type { Transaction } from '../machine/store.ts';
import type { Kernel } from '../kernel.ts';
import { done, type Result } from '../result.ts';
import type { Task } from '../task/task.ts';

interface FsContextFields {
  count: number;
  umask: number;
}

export type FsContext = Handle<FsContextFields>;

export const FsContext = layout<FsContextFields>('fs_context', { count: 1, umask: 0o022 });

const copyContext = operation('fs.copy', (tx: Transaction, _parent: Task, child: Task): void => tx.write(child.fs, tx.create(FsContext)));

/** Gives a new task its parent's context (CLONE_FS) or a copy of it. */
export function* copyFs(_k: Kernel, parent: Task, child: Task, _flags: number): Steps<Result<undefined>> {
  yield* copyContext(parent, child);
  return done;
}

/** Lets go of the task's context. */
export function* exitFs(_k: Kernel, _task: Task): Steps<void> {}
