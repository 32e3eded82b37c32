/** What relates a task to the file system: working directory and umask; struct fs_struct, SEMANTICS C3 step 11. */

import { CLONE_FS } from '../abi/clone.ts';
import type { Kernel } from '../kernel.ts';
import { operation, type Steps } from '../machine/effect.ts';
import { type Handle, layout } from '../machine/layout.ts';
import type { Transaction } from '../machine/store.ts';
import { done, type Result } from '../result.ts';
import type { Task } from '../task/task.ts';
import { enterNode, leaveNode, type Node } from './node.ts';

interface FsContextFields {
  /** How many tasks share it. */
  count: number;
  umask: number;
  /** The working directory; null for the root. */
  cwd: Node | null;
}

export type FsContext = Handle<FsContextFields>;

export const FsContext = layout<FsContextFields>('fs_context', { count: 1, umask: 0o022, cwd: null });

/** The working directory of a task; for operations. */
export const cwdOf = (tx: Transaction, k: Kernel, task: Task): Node => {
  const context = tx.read(task.fs);
  return (context === null ? null : tx.read(context.cwd)) ?? tx.read(k.fs.root)!;
};

/** The permission bits a task's new files do not get; for operations. */
export const umaskOf = (tx: Transaction, task: Task): number => tx.read(tx.read(task.fs)!.umask);

/** Makes a node the working directory; for operations. */
export function setCwd(tx: Transaction, task: Task, node: Node): void {
  const context = tx.read(task.fs)!;
  const old = tx.read(context.cwd);
  enterNode(tx, node);
  tx.write(context.cwd, node);
  if (old !== null) leaveNode(tx, old);
}

function duplicate(tx: Transaction, context: FsContext): FsContext {
  const cwd = tx.read(context.cwd);
  if (cwd !== null) enterNode(tx, cwd);
  return tx.create(FsContext, { umask: tx.read(context.umask), cwd });
}

function letGo(tx: Transaction, context: FsContext): void {
  if (tx.update(context.count, (n) => n - 1) > 0) return;
  const cwd = tx.read(context.cwd);
  if (cwd !== null) leaveNode(tx, cwd);
  tx.free(context);
}

const copy = operation('fs.copy', (tx: Transaction, parent: Task, child: Task, shared: boolean): void => {
  const context = tx.read(parent.fs)!;
  if (shared) tx.add(context.count, 1);
  tx.write(child.fs, shared ? context : duplicate(tx, context));
});

/** Gives a new task its parent's context (CLONE_FS) or a copy of it. */
export function* copyFs(_k: Kernel, parent: Task, child: Task, flags: number): Steps<Result<undefined>> {
  yield* copy(parent, child, (flags & CLONE_FS) !== 0);
  return done;
}

const exit = operation('fs.exit', (tx: Transaction, task: Task): void => {
  const context = tx.read(task.fs);
  tx.write(task.fs, null);
  if (context !== null) letGo(tx, context);
});

/** Lets go of the task's context. */
export const exitFs = (_k: Kernel, task: Task): Steps<void> => exit(task);

const unshare = operation('fs.unshare', (tx: Transaction, task: Task): void => {
  const context = tx.read(task.fs)!;
  if (tx.read(context.count) === 1) return;
  tx.write(task.fs, duplicate(tx, context));
  letGo(tx, context);
});

/** Gives a task that shares its context one of its own; unshare(CLONE_FS). */
export const unshareFs = (task: Task): Steps<void> => unshare(task);
