/**
 * Ceasing to share with other tasks; kernel/fork.c:sys_unshare, SEMANTICS C3; unshare(2).
 *
 * Left out on purpose: the namespaces that thaw does not model.
 */

import {
  CLONE_FILES,
  CLONE_FS,
  CLONE_NEWCGROUP,
  CLONE_NEWIPC,
  CLONE_NEWNET,
  CLONE_NEWNS,
  CLONE_NEWPID,
  CLONE_NEWTIME,
  CLONE_NEWUSER,
  CLONE_NEWUTS,
  CLONE_SIGHAND,
  CLONE_SYSVSEM,
  CLONE_THREAD,
  CLONE_VM,
} from '../abi/clone.ts';
import { unshareFiles } from '../fs/files.ts';
import { unshareFs } from '../fs/fs-context.ts';
import { exitSem } from '../ipc/undo.ts';
import type { Kernel } from '../kernel.ts';
import { operation, type Steps, scoped } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { done, fail, type Result } from '../result.ts';
import { mayHaveNew, newIpcNamespace, switchIpcNamespace, unsharePids } from './namespaces.ts';
import { isAlone } from './release.ts';
import type { Task } from './task.ts';

const KNOWN_26 =
  CLONE_THREAD |
  CLONE_FS |
  CLONE_NEWNS |
  CLONE_SIGHAND |
  CLONE_VM |
  CLONE_FILES |
  CLONE_SYSVSEM |
  CLONE_NEWUTS |
  CLONE_NEWIPC |
  CLONE_NEWUSER |
  CLONE_NEWNET;
const KNOWN = KNOWN_26 | CLONE_NEWPID | CLONE_NEWCGROUP | CLONE_NEWTIME;

/** Asked of the 6.x kernel only, and not modelled. */
const ABSENT = CLONE_NEWCGROUP | CLONE_NEWTIME;

/** What cannot be unshared, said the way each kernel does: both pretend to succeed where nothing is shared. */
const checkThreads = operation(
  'unshare.check',
  (tx: Transaction, k: Kernel, task: Task, flags: number): Result<undefined> => {
    const has = (flag: number): boolean => (flags & flag) !== 0;
    const alone = isAlone(tx, task);
    const sharesHandlers = tx.read(tx.read(task.handlers)!.count) > 1;
    const sharesMemory = tx.read(tx.read(task.mm)!.count) > 1;
    if (k.is26) {
      const handlers = has(CLONE_THREAD) || has(CLONE_VM) || has(CLONE_SIGHAND);
      if (has(CLONE_THREAD) || (handlers && !alone)) return fail('EINVAL'); // a thread cannot leave its process
      if (handlers && sharesHandlers) return fail('EINVAL');
      return has(CLONE_VM) && sharesMemory ? fail('EINVAL') : done;
    }
    const user = has(CLONE_NEWUSER); // makes sense for a whole process only
    if ((user || has(CLONE_THREAD | CLONE_SIGHAND | CLONE_VM)) && !alone) return fail('EINVAL');
    if (has(CLONE_SIGHAND | CLONE_VM) && sharesHandlers) return fail('EINVAL');
    return has(CLONE_VM) && sharesMemory ? fail('EINVAL') : done;
  },
);

/**
 * Makes the calling thread's own what it shares with others; unshare(2).
 *
 * @returns EINVAL for flags that do not exist or cannot be had, EPERM for namespaces without CAP_SYS_ADMIN
 */
export function* unshare(k: Kernel, task: Task, flags: number): Steps<Result<undefined>> {
  if ((flags & ~(k.is26 ? KNOWN_26 : KNOWN)) !== 0) return fail('EINVAL');
  const threads = yield* checkThreads(k, task, flags);
  if (!threads.ok) return threads;
  const asked = (flags & ABSENT) === 0 ? flags & ~CLONE_SYSVSEM : CLONE_NEWPID;
  const may = yield* mayHaveNew(k, task, asked);
  if (!may.ok) return may;
  if ((flags & ABSENT) !== 0) return fail('EINVAL');
  const ipcNs = (flags & CLONE_NEWIPC) === 0 ? null : yield* newIpcNamespace(k);
  if ((flags & CLONE_NEWPID) !== 0) {
    const children = yield* unsharePids(task);
    if (!children.ok) return children;
  }
  if ((flags & (CLONE_SYSVSEM | CLONE_NEWIPC)) !== 0) yield* scoped(exitSem(k, task));
  // Somebody else could give the task a new undo list for the namespace that it is about to leave (S14).
  if (ipcNs !== null) yield* scoped(switchIpcNamespace(k, task, ipcNs));
  if ((flags & (CLONE_FS | CLONE_NEWNS)) !== 0) yield* unshareFs(task);
  if ((flags & CLONE_FILES) !== 0) yield* scoped(unshareFiles(k, task));
  return done;
}
