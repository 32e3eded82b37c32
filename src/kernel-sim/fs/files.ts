/** Descriptor tables; SEMANTICS C14, include/linux/file.h. */

import { operation, type Steps } from '../machine/effect.ts';
import { type Handle, layout } from '../machine/layout.ts';
import type { Transaction } from '../machine/store.ts';
import type { Kernel } from '../kernel.ts';
import { done, type Result } from '../result.ts';
import type { Task } from '../task/task.ts';

interface FilesFields {
  /** How many tasks share the table. */
  count: number;
}

export type Files = Handle<FilesFields>;

export const Files = layout<FilesFields>('files', { count: 1 });

const copyTable = operation('files.copy', (tx: Transaction, _parent: Task, child: Task): void => tx.write(child.files, tx.create(Files)));

/** Gives a new task its parent's descriptor table (CLONE_FILES) or a copy of it. */
export function* copyFiles(_k: Kernel, parent: Task, child: Task, _flags: number): Steps<Result<undefined>> {
  yield* copyTable(parent, child);
  return done;
}

/** Lets go of the task's descriptor table; the last holder closes what is in it. */
export function* exitFiles(_k: Kernel, _task: Task): Steps<void> {}
