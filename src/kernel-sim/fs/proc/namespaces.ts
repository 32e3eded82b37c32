/**
 * /proc/<pid>/ns: which namespaces a task is in, and files that lead there; fs/proc/namespaces.c, fs/nsfs.c, namespaces(7).
 * Since 3.0. Two tasks are in the same namespace when their links read the same.
 *
 * An open file keeps an IPC namespace alive; a pid namespace needs no keeping here. Of the kinds that thaw does not model there is
 * one namespace each, the initial one, and everybody is in it.
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
} from '../../abi/clone.ts';
import type { IpcNamespace } from '../../ipc/namespace.ts';
import { putIpcNamespace } from '../../ipc/namespace-death.ts';
import type { Kernel } from '../../kernel.ts';
import { operation, type Steps } from '../../machine/effect.ts';
import { hashLo } from '../../machine/hash.ts';
import type { Transaction } from '../../machine/store.ts';
import type { PidNamespace } from '../../pid/namespace.ts';
import { done, fail, ok, type Result } from '../../result.ts';
import type { Task } from '../../task/task.ts';
import { type File, type FileOperations, fileOperations, writable } from '../file.ts';
import { mayInspect } from './access.ts';
import { procDirectory, procFile, procLink, taskOf, taskOfFile } from './node.ts';

/** A namespace of a kind that is modelled; null stands for the only one of another kind. */
export type AnyNamespace = IpcNamespace | PidNamespace | null;

/** A kind of namespace, by the flag that asks for a new one. */
interface Kind {
  readonly flag: number;
  /** The namespace of a task; undefined when it has none, any more or yet. */
  readonly of: (tx: Transaction, task: Task) => AnyNamespace | undefined;
  /** The number that the initial one has in the real kernel. */
  readonly number: number;
}

/** The numbers that namespaces have in the real kernel begin here. */
const FIRST = 0xf000_0000;

const alone = (flag: number, number: number): Kind => ({ flag, number, of: () => null });

const kinds: Readonly<Record<string, Kind>> = {
  ipc: { flag: CLONE_NEWIPC, number: FIRST, of: (tx, task) => tx.read(task.ipcNs) ?? undefined },
  pid: { flag: CLONE_NEWPID, number: FIRST, of: (tx, task) => tx.read(task.pidNs) ?? undefined },
  pid_for_children: { flag: CLONE_NEWPID, number: FIRST, of: childrensNs },
  mnt: alone(CLONE_NEWNS, 0xeffffff9),
  uts: alone(CLONE_NEWUTS, 0xeffffffe),
  net: alone(CLONE_NEWNET, 0xeffffff8),
  user: alone(CLONE_NEWUSER, 0xeffffffd),
  cgroup: alone(CLONE_NEWCGROUP, 0xeffffffb),
  time: alone(CLONE_NEWTIME, 0xeffffffa),
};

/** Where the children of a task will be; a namespace that has no init yet cannot be seen. */
function childrensNs(tx: Transaction, task: Task): PidNamespace | undefined {
  const ns = tx.read(task.pidNsForChildren) ?? tx.read(task.pidNs)!;
  return tx.read(ns.reaper) === null ? undefined : ns;
}

function inspect(tx: Transaction, viewer: Task, task: Task | null, { of }: Kind): Result<AnyNamespace> {
  if (task !== null && !mayInspect(tx, viewer, task)) return fail('EACCES');
  const namespace = task === null ? undefined : of(tx, task);
  return namespace === undefined ? fail('ENOENT') : ok(namespace);
}

/** Remembers the namespace that the task is in as the file is opened. */
const remember = operation(
  'nsfs.open',
  (tx: Transaction, k: Kernel, viewer: Task, file: File, kind: Kind): Result<undefined> => {
    if (writable(tx.read(file.flags))) return fail('EPERM'); // nothing is ever written there
    const found = inspect(tx, viewer, taskOfFile(tx, file), kind);
    if (!found.ok) return found;
    tx.write(file.data, found.value);
    if (kind.flag === CLONE_NEWIPC && found.value !== k.initIpcNs) tx.add((found.value as IpcNamespace).count, 1);
    return done;
  },
);

const remembered = operation('nsfs.release', (tx: Transaction, k: Kernel, file: File): IpcNamespace | null => {
  const namespace = tx.read(file.data) as IpcNamespace | null;
  return namespace === k.initIpcNs ? null : namespace;
});

function* letGo(k: Kernel, file: File): Steps<void> {
  const namespace = yield* remembered(k, file);
  if (namespace !== null) yield* putIpcNamespace(k, namespace);
}

const flagOf = new Map<FileOperations, number>();

function linkTo(name: string, kind: Kind) {
  const operations = fileOperations(`nsfs_${name}`, {
    seeking: 'stays',
    positioned: () => false,
    open: (k, task, file) => remember(k, task, file, kind),
    ...(kind.flag === CLONE_NEWIPC ? { release: (k: Kernel, _task: Task, file: File) => letGo(k, file) } : {}),
  });
  flagOf.set(operations, kind.flag);
  const file = procFile(`nsfs_${name}`, 0o444, operations);
  return procLink(
    `proc_ns_${name}`,
    (tx, _k, viewer, node) => {
      const found = inspect(tx, viewer, taskOf(tx, node), kind);
      return found.ok ? ok({ ...node, operations: file }) : found;
    },
    {
      text(tx, _k, viewer, node) {
        const found = inspect(tx, viewer, taskOf(tx, node), kind);
        if (!found.ok) return found;
        const number = found.value === null ? kind.number : FIRST + (hashLo(found.value) & 0xfff_ffff);
        return ok(`${name.replace('_for_children', '')}:[${number}]`);
      },
    },
  );
}

const links = Object.fromEntries(Object.entries(kinds).map(([name, kind]) => [name, linkTo(name, kind)]));

export const namespaceDirectory = procDirectory('proc_ns', { fixed: () => links, mode: 0o511 });

/** A namespace and its kind, as the CLONE_NEW* flag. */
export interface NamespaceOfKind {
  readonly flag: number;
  readonly namespace: AnyNamespace;
}

/** The namespace that an open file leads to, null when it leads to none; for operations. */
export function namespaceBehind(tx: Transaction, file: File): NamespaceOfKind | null {
  const flag = flagOf.get(tx.read(file.operations));
  return flag === undefined ? null : { flag, namespace: tx.read(file.data) as AnyNamespace };
}

/** The order in which setns enters several. */
const ORDER = ['user', 'mnt', 'uts', 'ipc', 'pid', 'cgroup', 'net', 'time'] as const;

/** The namespaces of a task of the kinds that `flags` names; null when the task has them no more. For operations. */
export function namespacesOf(tx: Transaction, task: Task, flags: number): readonly NamespaceOfKind[] | null {
  const found: NamespaceOfKind[] = [];
  for (const name of ORDER) {
    const { flag, of } = kinds[name]!;
    if ((flags & flag) === 0) continue;
    const namespace = of(tx, task);
    if (namespace === undefined) return null;
    found.push({ flag, namespace });
  }
  return found;
}
