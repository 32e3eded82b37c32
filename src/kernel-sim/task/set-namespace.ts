/**
 * Entering namespaces that are there already; kernel/nsproxy.c:setns, each kind's install; setns(2). Of 3.0, by pidfd of 5.8.
 *
 * Whoever enters a pid namespace stays where it is: its children are there. Of the kinds that thaw does not model everybody is in
 * the only one, and entering that checks what the kernel checks and changes nothing.
 */

import {
  CLONE_NEWCGROUP,
  CLONE_NEWIPC,
  CLONE_NEWNET,
  CLONE_NEWNS,
  CLONE_NEWPID,
  CLONE_NEWTIME,
  CLONE_NEWUSER,
  CLONE_NEWUTS,
} from '../abi/clone.ts';
import { usableAt } from '../fs/files.ts';
import { mayInspect } from '../fs/proc/access.ts';
import { type NamespaceOfKind, namespaceBehind, namespacesOf } from '../fs/proc/namespaces.ts';
import type { IpcNamespace } from '../ipc/namespace.ts';
import { exitSem } from '../ipc/undo.ts';
import type { Kernel } from '../kernel.ts';
import { operation, type Steps, scoped } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import type { PidNamespace } from '../pid/namespace.ts';
import { done, fail, ok, type Result } from '../result.ts';
import { capable } from './cred.ts';
import { switchIpcNamespace } from './namespaces.ts';
import { describedBy } from './pidfd.ts';
import { isAlone } from './release.ts';
import type { Task } from './task.ts';

const KINDS =
  CLONE_NEWNS |
  CLONE_NEWUTS |
  CLONE_NEWIPC |
  CLONE_NEWNET |
  CLONE_NEWUSER |
  CLONE_NEWPID |
  CLONE_NEWTIME |
  CLONE_NEWCGROUP;

/** What a descriptor leads to: the namespace that it stands for, or those of a task that `flags` names. */
function wantedBy(tx: Transaction, task: Task, fd: number, flags: number): Result<readonly NamespaceOfKind[]> {
  const file = usableAt(tx, task, fd);
  if (file === null) return fail('EBADF');
  const one = namespaceBehind(tx, file);
  if (one !== null) return flags === 0 || flags === one.flag ? ok([one]) : fail('EINVAL'); // of another kind
  const described = describedBy(tx, task, fd);
  if (described === null || flags === 0 || (flags & ~KINDS) !== 0) return fail('EINVAL');
  const target = tx.read(described.pid.task);
  if (target === null) return fail('ESRCH');
  if (!mayInspect(tx, task, target, 'permitted')) return fail('EPERM');
  const all = tx.read(target.ipcNs) === null ? null : namespacesOf(tx, target, flags); // a zombie is in none
  return all === null ? fail('ESRCH') : ok(all);
}

function mayEnter(tx: Transaction, task: Task, { flag, namespace }: NamespaceOfKind): Result<undefined> {
  if (flag === CLONE_NEWUSER) return fail('EINVAL'); // it is in that one, and may not gain its rights again
  if (flag === CLONE_NEWTIME && !isAlone(tx, task)) return fail('EUSERS');
  const cred = tx.read(task.cred);
  if (!capable(cred, 'CAP_SYS_ADMIN')) return fail('EPERM');
  if (flag === CLONE_NEWNS) {
    if (!capable(cred, 'CAP_SYS_CHROOT')) return fail('EPERM');
    if (tx.read(tx.read(task.fs)!.count) > 1) return fail('EINVAL'); // its root is also others'
  }
  if (flag !== CLONE_NEWPID || isWithin(tx, namespace as PidNamespace, tx.read(task.pidNs)!)) return done;
  return fail('EINVAL'); // children would be out of their parent's sight
}

/** Whether a pid namespace is another one or lies below it. */
function isWithin(tx: Transaction, ns: PidNamespace, outer: PidNamespace): boolean {
  for (let at: PidNamespace | null = ns; at !== null; at = tx.read(at.parent)) if (at === outer) return true;
  return false;
}

/** Finds and checks all that is to be entered; returns the IPC namespace, with a reference for the task. */
const choose = operation(
  'setns.prepare',
  (tx: Transaction, k: Kernel, task: Task, fd: number, flags: number): Result<IpcNamespace | null> => {
    const wanted = wantedBy(tx, task, fd, flags);
    if (!wanted.ok) return wanted;
    for (const one of wanted.value) {
      const may = mayEnter(tx, task, one);
      if (!may.ok) return may;
    }
    let ipcNs: IpcNamespace | null = null;
    for (const { flag, namespace } of wanted.value) {
      if (flag === CLONE_NEWIPC) ipcNs = namespace as IpcNamespace;
      if (flag !== CLONE_NEWPID) continue;
      const ns = namespace as PidNamespace;
      tx.write(task.pidNsForChildren, ns === tx.read(task.pidNs) ? null : ns);
    }
    if (ipcNs !== null && ipcNs !== k.initIpcNs) tx.add(ipcNs.count, 1);
    return ok(ipcNs);
  },
);

/**
 * Moves the calling thread into a namespace, or into some of those of a process; setns(2).
 *
 * @returns EBADF, EINVAL for a descriptor of neither or of another kind than `flags` says, for the caller's user namespace and for a
 * pid namespace outside its own; EPERM; ESRCH for a process that is gone; EUSERS
 */
export function* enterNamespaces(k: Kernel, task: Task, fd: number, flags: number): Steps<Result<undefined>> {
  const chosen = yield* choose(k, task, fd, flags);
  if (!chosen.ok) return chosen;
  if (chosen.value !== null) {
    yield* scoped(exitSem(k, task)); // its undo list belongs to the namespace that it leaves
    yield* scoped(switchIpcNamespace(k, task, chosen.value));
  }
  return done;
}
