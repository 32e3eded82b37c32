/**
 * Nodes of procfs: plain values that say what a path below /proc stands for; fs/proc/base.c, fs/proc/generic.c, SEMANTICS C13.
 *
 * A node below a process holds its struct pid, as the inode does: when the process is gone the node leads nowhere, whoever has the
 * number by then.
 */

import { S_IFDIR, S_IFLNK, S_IFREG } from '../../abi/mode.ts';
import type { Kernel } from '../../kernel.ts';
import { hashLo } from '../../machine/hash.ts';
import type { Transaction } from '../../machine/store.ts';
import type { PidNamespace } from '../../pid/namespace.ts';
import type { Pid } from '../../pid/pid.ts';
import { fail, type Result } from '../../result.ts';
import type { Task } from '../../task/task.ts';
import { directoryFile } from '../directory.ts';
import type { File, FileOperations } from '../file.ts';
import {
  type Attributes,
  type Entry,
  isInode,
  type Node,
  type NodeFunctions,
  type NodeOperations,
  nodeOperations,
  type VirtualNode,
} from '../node.ts';

export interface ProcNode extends VirtualNode {
  /** The pid namespace that the mount shows. */
  readonly ns: PidNamespace;
  /** The process or thread that this is about; null outside of those directories. */
  readonly pid: Pid | null;
  /** The descriptor that an entry of fd/ or fdinfo/ is about. */
  readonly fd: number | null;
}

/** The node below `parent` that does `operations`. */
export const child = (
  parent: ProcNode,
  name: string,
  operations: NodeOperations,
  about: { pid?: Pid; fd?: number } = {},
): ProcNode => ({
  operations,
  parent,
  name,
  mount: parent.mount,
  ns: parent.ns,
  pid: about.pid ?? parent.pid,
  fd: about.fd ?? parent.fd,
});

/** The task that a node is about, null when it is gone; for operations. */
export const taskOf = (tx: Transaction, node: Node): Task | null => {
  const { pid } = node as ProcNode;
  return pid === null ? null : tx.read(pid.task);
};

/** The node that an open file of procfs was opened on; for operations. */
export const nodeOfFile = (tx: Transaction, file: File): ProcNode => tx.read(file.node) as ProcNode;

/** The task that an open file of procfs is about; for operations. */
export const taskOfFile = (tx: Transaction, file: File): Task | null => taskOf(tx, nodeOfFile(tx, file));

const MODE_OF_TASK_DIRECTORIES = 0o555;

/** Whom an entry belongs to: the effective ids of its task, or root where those say too little (not dumpable, dead). */
function ownerOf(tx: Transaction, task: Task, mode: number): { uid: number; gid: number } {
  const { euid, egid } = tx.read(task.cred);
  const process = tx.read(task.process);
  const dumpable = process !== null && tx.read(process.dumpable) === 1 && tx.read(task.mm) !== null;
  return dumpable || mode === (S_IFDIR | MODE_OF_TASK_DIRECTORIES) ? { uid: euid, gid: egid } : { uid: 0, gid: 0 };
}

function numberOf(node: ProcNode): number {
  let path = '';
  for (let at: Node | null = node; at !== null && !isInode(at); at = at.parent) path = `/${at.name}${path}`;
  return (hashLo(path) >>> 0) + 2;
}

/** The attributes of an entry with a mode; null when the task it is about is gone. */
function attributesWith(tx: Transaction, k: Kernel, node: ProcNode, mode: number, links: number): Attributes | null {
  const task = taskOf(tx, node);
  if (node.pid !== null && task === null) return null;
  const time = tx.read(k.system.bootTime);
  const owner = task === null ? { uid: 0, gid: 0 } : ownerOf(tx, task, mode);
  return { mode, ...owner, size: 0, links, number: numberOf(node), atime: time, mtime: time, ctime: time };
}

/** Permission bits, which may depend on the kernel. */
type Mode = number | ((k: Kernel) => number);

const bitsOf = (mode: Mode, k: Kernel): number => (typeof mode === 'number' ? mode : mode(k));

/** Declares a plain file of procfs. */
export function procFile(
  name: string,
  mode: Mode,
  operations: FileOperations,
  others: Pick<NodeFunctions, 'permission'> = {},
): NodeOperations {
  return nodeOperations(name, {
    ...others,
    attributes: (tx, k, node) => attributesWith(tx, k, node as ProcNode, S_IFREG | bitsOf(mode, k), 1),
    open: () => operations,
  });
}

/** Declares a symbolic link of procfs; `text` is what readlink gives where the link leads to a node and not to a path. */
export function procLink(
  name: string,
  follow: (tx: Transaction, k: Kernel, viewer: Task, node: ProcNode) => Result<string | Node>,
  {
    mode = 0o777,
    text,
  }: { mode?: Mode; text?: (tx: Transaction, k: Kernel, viewer: Task, node: ProcNode) => Result<string> } = {},
): NodeOperations {
  return nodeOperations(name, {
    attributes: (tx, k, node) => attributesWith(tx, k, node as ProcNode, S_IFLNK | bitsOf(mode, k), 1),
    follow: (tx, k, viewer, node) => follow(tx, k, viewer, node as ProcNode),
    ...(text === undefined ? {} : { text: (tx, k, viewer, node) => text(tx, k, viewer, node as ProcNode) }),
  });
}

/** What a directory has in it. */
interface Contents {
  /** Entries that are always there, by name; what they are may depend on the kernel. */
  readonly fixed?: (k: Kernel) => Readonly<Record<string, NodeOperations>>;
  /** An entry that comes and goes, null for none. */
  readonly find?: (tx: Transaction, k: Kernel, viewer: Task, node: ProcNode, name: string) => ProcNode | null;
  /** The names of those that come and go, each with its number, ascending. */
  readonly list?: (tx: Transaction, k: Kernel, viewer: Task, node: ProcNode) => readonly (readonly [string, number])[];
  readonly permission?: NodeFunctions['permission'];
  readonly mode?: number;
}

/** Cookies of entries that come and go start here, above those of the fixed ones. */
const FIRST_NUMBERED = 256;

/** Declares a directory of procfs. */
export function procDirectory(name: string, { fixed, find, list, permission, mode = 0o555 }: Contents): NodeOperations {
  const lookup = (tx: Transaction, k: Kernel, viewer: Task, node: Node, entry: string): ProcNode | null => {
    const directory = node as ProcNode;
    const entries = fixed?.(k) ?? {};
    const operations = Object.hasOwn(entries, entry) ? entries[entry] : undefined;
    if (operations !== undefined) return child(directory, entry, operations);
    return find?.(tx, k, viewer, directory, entry) ?? null;
  };
  return nodeOperations(name, {
    attributes: (tx, k, node) => attributesWith(tx, k, node as ProcNode, S_IFDIR | mode, 2),
    lookup,
    list(tx, k, viewer, node) {
      const names = Object.keys(fixed?.(k) ?? {}).map((entry, i) => [entry, i + 2] as const);
      const numbered = (list?.(tx, k, viewer, node as ProcNode) ?? []).map(
        ([entry, number]) => [entry, FIRST_NUMBERED + number] as const,
      );
      return [...names, ...numbered].flatMap(([entry, cookie]): readonly Entry[] => {
        const found = lookup(tx, k, viewer, node, entry);
        const attributes = found?.operations.attributes(tx, k, found) ?? null;
        if (attributes === null) return [];
        return [{ name: entry, number: attributes.number, type: attributes.mode & ~0o7777, cookie }];
      });
    },
    open: () => directoryFile,
    ...(permission === undefined ? {} : { permission }),
  });
}

/** What every call on a process that is gone says. */
export const GONE = fail('ESRCH');
