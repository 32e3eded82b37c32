/**
 * The namespaces of a task: which pid and IPC namespace it is in; kernel/nsproxy.c, kernel/pid_namespace.c, SEMANTICS C2 and C3
 * step 15.
 *
 * The initial namespaces are not counted: they outlive every task. Mount, uts, user, network, cgroup and time namespaces are left
 * out on purpose: asking for a new one gets EINVAL, as from a kernel built without them. Entering others: set-namespace.ts.
 */

import {
  CLONE_NEWCGROUP,
  CLONE_NEWIPC,
  CLONE_NEWNET,
  CLONE_NEWNS,
  CLONE_NEWPID,
  CLONE_NEWUSER,
  CLONE_NEWUTS,
  CLONE_SYSVSEM,
  CLONE_THREAD,
} from '../abi/clone.ts';
import { createIpcNamespace, type IpcNamespace } from '../ipc/namespace.ts';
import { putIpcNamespace } from '../ipc/namespace-death.ts';
import type { Kernel } from '../kernel.ts';
import { load, operation, type Steps } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { PidNamespace } from '../pid/namespace.ts';
import { done, fail, type Result } from '../result.ts';
import { capable } from './cred.ts';
import type { Task } from './task.ts';

/** Flags that ask for a new namespace of some kind. */
const NEW_NAMESPACE = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWUSER | CLONE_NEWNET;

/** Those that are not modelled. */
const ABSENT = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWUSER | CLONE_NEWNET;

/**
 * Whether new namespaces may be had: EPERM without CAP_SYS_ADMIN, EINVAL for NEWIPC together with SYSVSEM and for kinds that are not
 * there.
 */
export function* mayHaveNew(k: Kernel, task: Task, flags: number): Steps<Result<undefined>> {
  const cgroup = k.is26 ? 0 : CLONE_NEWCGROUP; // 2.6.26 means another thing by that bit
  if ((flags & (NEW_NAMESPACE | cgroup)) === 0) return done;
  if (!capable(yield* load(task.cred), 'CAP_SYS_ADMIN')) return fail('EPERM');
  // An undo list belongs to one IPC namespace, so it cannot be shared into another.
  if ((flags & CLONE_NEWIPC) !== 0 && (flags & CLONE_SYSVSEM) !== 0) return fail('EINVAL');
  return (flags & (ABSENT | cgroup)) === 0 ? done : fail('EINVAL');
}

/** Makes an IPC namespace with one reference, the caller's. */
export const newIpcNamespace = operation(
  'namespaces.new_ipc',
  (tx: Transaction, k: Kernel): IpcNamespace => createIpcNamespace(tx, k, k.initIpcNs),
);

const inheritIpc = operation('namespaces.copy_ipc', (tx: Transaction, k: Kernel, parent: Task): IpcNamespace => {
  const ns = tx.read(parent.ipcNs)!;
  if (ns !== k.initIpcNs) tx.add(ns.count, 1);
  return ns;
});

const enter = operation(
  'namespaces.enter',
  (tx: Transaction, parent: Task, child: Task, ipcNs: IpcNamespace, newPidNs: boolean): void => {
    tx.write(child.ipcNs, ipcNs);
    tx.write(child.pidNs, newPidNs ? newPidNamespace(tx, parent) : childrensPidNs(tx, parent));
  },
);

/** Pid namespaces nest no deeper on 6.x. */
const MAX_LEVEL = 32;

/** The pid namespace that a task's children are in; for operations. */
const childrensPidNs = (tx: Transaction, task: Task): PidNamespace =>
  tx.read(task.pidNsForChildren) ?? tx.read(task.pidNs)!;

/** A pid namespace inside of a task's own; for operations. */
function newPidNamespace(tx: Transaction, task: Task): PidNamespace {
  const parent = tx.read(task.pidNs)!;
  return tx.create(PidNamespace, { level: tx.read(parent.level) + 1, parent });
}

/** Whether a task's children can be in a new pid namespace: EINVAL when they are in another one already, ENOSPC too far down. */
const checkPidNamespace = operation('namespaces.check_pid', (tx: Transaction, task: Task): Result<undefined> => {
  if (tx.read(task.pidNsForChildren) !== null) return fail('EINVAL');
  return tx.read(tx.read(task.pidNs)!.level) < MAX_LEVEL ? done : fail('ENOSPC');
});

const moveChildren = operation('namespaces.unshare_pid', (tx: Transaction, task: Task): void =>
  tx.write(task.pidNsForChildren, newPidNamespace(tx, task)),
);

/** Gives a task's future children a pid namespace of their own, whose first task is its init; unshare(2) of 6.x. */
export function* unsharePids(task: Task): Steps<Result<undefined>> {
  const checked = yield* checkPidNamespace(task);
  if (checked.ok) yield* moveChildren(task);
  return checked;
}

/**
 * Gives a new task its parent's namespaces, or new ones.
 *
 * @returns EPERM and EINVAL as {@link mayHaveNew}, EINVAL for a thread in a pid namespace of its own, and what
 * {@link checkPidNamespace} says
 */
export function* copyNamespaces(k: Kernel, parent: Task, child: Task, flags: number): Steps<Result<undefined>> {
  const may = yield* mayHaveNew(k, parent, flags);
  if (!may.ok) return may;
  const newPidNs = (flags & CLONE_NEWPID) !== 0;
  const isThread = (flags & CLONE_THREAD) !== 0;
  if (newPidNs && isThread) return fail('EINVAL');
  if (!k.is26 && (newPidNs || isThread)) {
    const checked = yield* checkPidNamespace(parent);
    if (!checked.ok && (newPidNs || checked.errno === 'EINVAL')) return checked;
  }
  const ipcNs = (flags & CLONE_NEWIPC) === 0 ? yield* inheritIpc(k, parent) : yield* newIpcNamespace(k);
  yield* enter(parent, child, ipcNs, newPidNs);
  return done;
}

const leave = operation('namespaces.leave', (tx: Transaction, k: Kernel, task: Task): IpcNamespace | null => {
  const ns = tx.read(task.ipcNs);
  tx.write(task.ipcNs, null);
  return ns === k.initIpcNs ? null : ns;
});

/** Lets go of the task's namespaces but for that of its pid, which goes with the pid. */
export function* exitNamespaces(k: Kernel, task: Task): Steps<void> {
  const ns = yield* leave(k, task);
  if (ns !== null) yield* putIpcNamespace(k, ns);
}

const exchange = operation(
  'namespaces.switch',
  (tx: Transaction, k: Kernel, task: Task, ipcNs: IpcNamespace): IpcNamespace | null => {
    const old = tx.read(task.ipcNs)!;
    tx.write(task.ipcNs, ipcNs);
    return old === k.initIpcNs ? null : old;
  },
);

/** Moves the task to another IPC namespace, whose reference becomes the task's; switch_task_namespaces. */
export function* switchIpcNamespace(k: Kernel, task: Task, ipcNs: IpcNamespace): Steps<void> {
  const old = yield* exchange(k, task, ipcNs);
  if (old !== null) yield* putIpcNamespace(k, old);
}
