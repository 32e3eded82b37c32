/**
 * What paths lead to: nodes of the in-memory file system and of virtual ones such as procfs; struct inode and its dentry.
 *
 * A node in memory is a kernel object (inode.ts). A virtual one is a plain value that says what it stands for: it has no state,
 * what it shows is looked up when asked. Both answer to {@link NodeOperations}. A node has one name: there are no hard links.
 */

import { S_IFDIR, S_IFLNK, S_IFMT } from '../abi/mode.ts';
import type { Kernel } from '../kernel.ts';
import type { Transaction } from '../machine/store.ts';
import type { Result } from '../result.ts';
import type { Credentials } from '../task/cred.ts';
import type { Task } from '../task/task.ts';
import type { FileOperations } from './file.ts';
import { type Inode, inodeName, parentOfInode, releaseInode } from './inode.ts';
import { memory } from './memory.ts';
import type { Mount } from './mount.ts';
import { type Named, named } from './operations.ts';

/** What stat tells. */
export interface Attributes {
  /** Type and permission bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly links: number;
  readonly number: number;
  /** st_rdev of a device, [major, minor]. */
  readonly device?: readonly [number, number];
  /** seconds since the epoch */
  readonly atime: number;
  readonly mtime: number;
  readonly ctime: number;
}

/** Attributes that chmod, chown and truncate change. */
export type Change = Partial<Pick<Attributes, 'mode' | 'uid' | 'gid' | 'size'>>;

/** One line of a directory listing. */
export interface Entry {
  readonly name: string;
  readonly number: number;
  /** S_IF* bits. */
  readonly type: number;
  /** Grows along the listing and stays with the entry: where a listing goes on. At least 2. */
  readonly cookie: number;
}

/** What a node can do; a missing function makes the call fail as the comment says. All are for operations. */
export interface NodeFunctions {
  /** Null when what the node stood for is gone. */
  readonly attributes: (tx: Transaction, k: Kernel, node: Node) => Attributes | null;
  /** Whether access is allowed, where that is not what mode bits and capabilities say (`ordinary`). */
  readonly permission?: (
    tx: Transaction,
    k: Kernel,
    task: Task,
    node: Node,
    mask: number,
    ordinary: boolean,
  ) => boolean;
  /** The node of a name in a directory, null for ENOENT. */
  readonly lookup?: (tx: Transaction, k: Kernel, task: Task, directory: Node, name: string) => Node | null;
  /** ENOTDIR without. */
  readonly list?: (tx: Transaction, k: Kernel, task: Task, directory: Node) => readonly Entry[];
  /** Where a symbolic link leads: a path, or for a link that only looks like one the node itself. */
  readonly follow?: (tx: Transaction, k: Kernel, task: Task, link: Node) => Result<string | Node>;
  /** The text of a link, where it is not what {@link follow} gives. */
  readonly text?: (tx: Transaction, k: Kernel, task: Task, link: Node) => Result<string>;
  /** What an open file of the node does; ENXIO without. */
  readonly open?: (tx: Transaction, k: Kernel, node: Node) => FileOperations;
  /** Makes a regular file, a directory, a FIFO or a symbolic link; EACCES without, and mkdir and their like EPERM. */
  readonly create?: (
    tx: Transaction,
    k: Kernel,
    creator: Task,
    directory: Node,
    name: string,
    made: Making,
  ) => Result<Node>;
  /** Takes an entry out of a directory; EPERM without. */
  readonly remove?: (tx: Transaction, k: Kernel, directory: Node, child: Node) => Result<undefined>;
  /** Changes attributes, permission having been asked for; EPERM without. */
  readonly change?: (tx: Transaction, k: Kernel, node: Node, change: Change) => Result<undefined>;
}

/** What a new node is to be. */
export interface Making {
  /** Type and permission bits, the umask already taken off. */
  readonly mode: number;
  /** The text of a symbolic link. */
  readonly target?: string;
  readonly device?: readonly [number, number];
}

export type NodeOperations = NodeFunctions & Named;

/** Declares what a kind of node can do. */
export function nodeOperations(name: string, functions: NodeFunctions): NodeOperations {
  return named(name, functions);
}

/** A node without state of its own. */
export interface VirtualNode {
  readonly operations: NodeOperations;
  /** The directory it is in: for the root of a virtual file system the one that it is mounted on lies in. */
  readonly parent: Node | null;
  readonly name: string;
  /** What it belongs to, and keeps from being unmounted while it is in use. */
  readonly mount: Mount | null;
}

export type Node = Inode | VirtualNode;

export const isInode = (node: Node): node is Inode => 'layout' in node;

export const operationsOf = (node: Node): NodeOperations => (isInode(node) ? memory : node.operations);

/** The directory a node is in, null for the root of everything and for what has been removed; for operations. */
export const parentOf = (tx: Transaction, node: Node): Node | null =>
  isInode(node) ? parentOfInode(tx, node) : node.parent;

/** For operations. */
export const attributesOf = (tx: Transaction, k: Kernel, node: Node): Attributes | null =>
  operationsOf(node).attributes(tx, k, node);

/** Holds on to a node, as an open file or a working directory does; for operations. */
export function enterNode(tx: Transaction, node: Node): void {
  if (isInode(node)) tx.add(node.users, 1);
  else if (node.mount !== null) tx.add(node.mount.users, 1);
}

/** Lets go of a node: an unlinked one that nobody holds is gone; for operations. */
export function leaveNode(tx: Transaction, node: Node): void {
  if (isInode(node)) releaseInode(tx, node);
  else if (node.mount !== null) tx.add(node.mount.users, -1);
}

/** The absolute path of a node, ` (deleted)` behind it when it has been removed; for operations. d_path(). */
export function pathOf(tx: Transaction, k: Kernel, node: Node): string {
  if (node === tx.read(k.fs.root)) return '/';
  let path = '';
  for (let at: Node | null = node; at !== null && at !== tx.read(k.fs.root); at = parentOf(tx, at)) {
    const name = isInode(at) ? inodeName(tx, at) : at.name;
    if (isInode(at) && parentOfInode(tx, at) === null) return `${name}${path}`;
    path = `/${name}${path}`;
  }
  return path;
}

const isType =
  (type: number) =>
  (attributes: Attributes | null): boolean =>
    attributes !== null && (attributes.mode & S_IFMT) === type;

export const isDirectory = isType(S_IFDIR);
export const isLink = isType(S_IFLNK);

/** Whether the credentials give an owner's rights over something of `uid`. */
export const owns = (cred: Credentials, uid: number): boolean =>
  cred.fsuid === uid || cred.capabilities === 'all' || cred.capabilities.includes('CAP_FOWNER');
