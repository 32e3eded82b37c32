/** Undo lists of SEM_UNDO; SEMANTICS C9. */

import type { Steps } from '../machine/effect.ts';
import { type Handle, layout } from '../machine/layout.ts';
import type { Kernel } from '../kernel.ts';
import { done, type Result } from '../result.ts';
import type { Task } from '../task/task.ts';

interface UndoListFields {
  count: number;
}

export type UndoList = Handle<UndoListFields>;

export const UndoList = layout<UndoListFields>('undo_list', { count: 1 });

/** Shares the parent's undo list with a new task (CLONE_SYSVSEM, making one if there is none) or leaves it without. */
export function* copySemundo(_k: Kernel, _parent: Task, _child: Task, _flags: number): Steps<Result<undefined>> {
  return done;
}

/** Lets go of the task's undo list; the last holder applies it. */
export function* exitSem(_k: Kernel, _task: Task): Steps<void> {}
