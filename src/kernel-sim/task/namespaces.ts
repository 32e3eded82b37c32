/** The namespaces of a task: which pid and IPC namespace it is in; kernel/nsproxy.c, SEMANTICS C2 and C3 step 15. */

import {
  CLONE_NEWIPC,
  CLONE_NEWNET,
  CLONE_NEWNS,
  CLONE_NEWPID,
  CLONE_NEWUSER,
  CLONE_NEWUTS,
  CLONE_SYSVSEM,
} from '../abi/clone.ts';
import type { Kernel } from '../kernel.ts';
import { load, operation, type Steps } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { done, fail, type Result } from '../result.ts';
import { capable } from './cred.ts';
import type { Task } from './task.ts';

const NEW_NAMESPACE = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWUSER | CLONE_NEWNET;

const inherit = operation('namespaces.copy', (tx: Transaction, parent: Task, child: Task): void => {
  tx.write(child.pidNs, tx.read(parent.pidNs));
  tx.write(child.ipcNs, tx.read(parent.ipcNs));
});

/** Gives a new task its parent's namespaces. New ones: EPERM without CAP_SYS_ADMIN, EINVAL for NEWIPC together with SYSVSEM. */
export function* copyNamespaces(_k: Kernel, parent: Task, child: Task, flags: number): Steps<Result<undefined>> {
  if ((flags & NEW_NAMESPACE) !== 0) {
    if (!capable(yield* load(parent.cred), 'CAP_SYS_ADMIN')) return fail('EPERM');
    // An undo list belongs to one IPC namespace, so it cannot be shared into another.
    if ((flags & CLONE_NEWIPC) !== 0 && (flags & CLONE_SYSVSEM) !== 0) return fail('EINVAL');
    // Only the initial namespaces are modelled so far: as a kernel built without them says.
    return fail('EINVAL');
  }
  yield* inherit(parent, child);
  return done;
}

/** Lets go of the task's namespaces. */
export function* exitNamespaces(_k: Kernel, _task: Task): Steps<void> {}
