/** What nodes of the in-memory file system do: look up, list, make, remove and change; mm/shmem.c. */

import { S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFMT, S_IFREG, S_ISGID } from '../abi/mode.ts';
import type { Kernel } from '../kernel.ts';
import { seconds } from '../kernel.ts';
import type { Transaction } from '../machine/store.ts';
import { done, fail, ok } from '../result.ts';
import type { Task } from '../task/task.ts';
import { deviceOperations } from './device.ts';
import { directoryFile } from './directory.ts';
import { fifoFile } from './fifo.ts';
import type { FileOperations } from './file.ts';
import { entries, Inode, inodeNumber, link, touch, truncate, typeOf, unlink } from './inode.ts';
import type { Attributes, Change, Entry, Making, Node, NodeOperations } from './node.ts';
import { pathOf } from './node.ts';
import { named } from './operations.ts';
import { regularFile } from './regular-file.ts';

function attributes(tx: Transaction, _k: Kernel, node: Node): Attributes {
  const inode = node as Inode;
  const device = tx.read(inode.device);
  const mtime = tx.read(inode.mtime);
  return {
    mode: tx.read(inode.mode),
    uid: tx.read(inode.uid),
    gid: tx.read(inode.gid),
    size: tx.read(inode.size),
    // The inode of a pipe is in no directory, and says all the same that it has one name.
    links: tx.read(inode.links) === 0 && tx.read(inode.pipe) !== null ? 1 : tx.read(inode.links),
    number: inodeNumber(inode),
    atime: mtime,
    mtime,
    ctime: tx.read(inode.ctime),
    ...(device === null ? {} : { device }),
  };
}

function lookup(tx: Transaction, _k: Kernel, _task: Task, directory: Node, name: string): Node | null {
  const found = tx.read((directory as Inode).entries.at(name));
  const mount = found === null ? null : tx.read(found.mounted);
  return mount === null ? found : tx.read(mount.root);
}

function list(tx: Transaction, _k: Kernel, _task: Task, directory: Node): readonly Entry[] {
  return [...entries.members(tx, directory as Inode)].map((inode) => ({
    name: tx.read(inode.entryName),
    number: inodeNumber(inode),
    type: typeOf(tx, inode),
    cookie: tx.read(inode.cookie),
  }));
}

function open(tx: Transaction, _k: Kernel, node: Node): FileOperations {
  const inode = node as Inode;
  switch (typeOf(tx, inode)) {
    case S_IFDIR:
      return directoryFile;
    case S_IFIFO:
      return fifoFile;
    case S_IFCHR:
    case S_IFBLK:
      return deviceOperations(tx.read(inode.device)!);
    default:
      return regularFile;
  }
}

/** Makes an inode in a directory, owned by its maker; a directory with S_ISGID passes its group on. */
function create(tx: Transaction, k: Kernel, task: Task, directory: Node, name: string, made: Making) {
  const parent = directory as Inode;
  if (tx.read(parent.links) === 0) return fail('ENOENT'); // the directory itself has been removed
  const cred = tx.read(task.cred);
  const inherits = (tx.read(parent.mode) & S_ISGID) !== 0;
  const isDirectory = (made.mode & S_IFMT) === S_IFDIR;
  const inode = tx.create(Inode, {
    mode: inherits && isDirectory ? made.mode | S_ISGID : made.mode,
    uid: cred.fsuid,
    gid: inherits ? tx.read(parent.gid) : cred.fsgid,
    links: isDirectory ? 2 : 1,
    target: made.target ?? '',
    size: made.target?.length ?? 0,
    device: made.device ?? null,
  });
  touch(tx, k, inode);
  link(tx, k, parent, name, inode);
  return ok(inode);
}

function remove(tx: Transaction, k: Kernel, _directory: Node, child: Node) {
  const inode = child as Inode;
  if (typeOf(tx, inode) === S_IFDIR && tx.read(inode.firstEntry) !== null) return fail('ENOTEMPTY');
  unlink(tx, k, inode, pathOf(tx, k, inode));
  return done;
}

function change(tx: Transaction, k: Kernel, node: Node, { mode, uid, gid, size }: Change) {
  const inode = node as Inode;
  if (size !== undefined) {
    if (typeOf(tx, inode) !== S_IFREG) return fail('EINVAL'); // only contents have a length to change
    truncate(tx, inode, size);
    touch(tx, k, inode);
  }
  if (mode !== undefined) tx.write(inode.mode, (tx.read(inode.mode) & S_IFMT) | mode);
  if (uid !== undefined) tx.write(inode.uid, uid);
  if (gid !== undefined) tx.write(inode.gid, gid);
  tx.write(inode.ctime, seconds(tx, k));
  return done;
}

/** The operations of every inode: which of them applies its type says. */
export const memory: NodeOperations = named('memory', {
  attributes,
  lookup,
  list,
  open,
  create,
  remove,
  change,
  follow: (tx: Transaction, _k: Kernel, _task: Task, node: Node) => {
    const inode = node as Inode;
    return typeOf(tx, inode) === S_IFLNK ? ok(tx.read(inode.target)) : fail('EINVAL');
  },
});
