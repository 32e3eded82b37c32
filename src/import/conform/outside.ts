/**
 * What programs of a recording meet that is not in the model: files that were there before, the machine's own /proc and /sys, and
 * descriptors that calls outside the model made. They are put into the simulated world as the log shows them.
 */

import { S_IFREG } from '../../kernel-sim/abi/mode.ts';
import { File, fileOperations } from '../../kernel-sim/fs/file.ts';
import { type InitialFile, populate } from '../../kernel-sim/fs/file-system.ts';
import { fileAt, installAt, lowestDescriptor, take } from '../../kernel-sim/fs/files.ts';
import { cwdOf } from '../../kernel-sim/fs/fs-context.ts';
import { Inode, typeOf, writeContent } from '../../kernel-sim/fs/inode.ts';
import { lookup } from '../../kernel-sim/fs/path.ts';
import type { Kernel } from '../../kernel-sim/kernel.ts';
import type { Transaction } from '../../kernel-sim/machine/store.ts';
import { fail } from '../../kernel-sim/result.ts';
import type { Task } from '../../kernel-sim/task/task.ts';

/** An open file that thaw knows nothing of but its number; what is read and written there is not compared. */
const unknownFile = fileOperations('outside', {
  seeking: 'stays',
  *read() {
    return fail('EIO');
  },
  *write() {
    return fail('EIO');
  },
});

/** Whether a descriptor leads outside the model. */
export const isOutside = (tx: Transaction, task: Task, fd: number): boolean => {
  const file = fileAt(tx, task, fd);
  return file !== null && tx.read(file.operations) === unknownFile;
};

/** Whether a descriptor leads to a regular file whose contents the log may still show. */
export function contentOf(tx: Transaction, task: Task, fd: number): { inode: Inode; position: number } | null {
  const file = fileAt(tx, task, fd);
  const node = file === null ? null : tx.read(file.node);
  if (node === null || (node as Partial<Inode>).layout !== (Inode as unknown)) return null;
  const inode = node as Inode;
  return typeOf(tx, inode) === S_IFREG ? { inode, position: tx.read(file!.position) } : null;
}

/** Makes a file hold the bytes that the log shows of it. */
export const fillIn = (tx: Transaction, inode: Inode, position: number, bytes: string): void =>
  writeContent(tx, inode, position, bytes);

/** Opens a file of the outside as the lowest free descriptor; -1 when the limit is reached. For operations. */
export function openOutside(tx: Transaction, task: Task, flags: number, closeOnExec: boolean): number {
  const fd = lowestDescriptor(tx, task, 0);
  if (fd !== -1) installOutside(tx, task, fd, flags, closeOnExec);
  return fd;
}

/** Opens a file of the outside as descriptor `fd`, whatever was there. For operations. */
export function installOutside(tx: Transaction, task: Task, fd: number, flags = 0, closeOnExec = false): void {
  take(tx, tx.read(task.files)!, fd, closeOnExec);
  installAt(tx, task, fd, tx.create(File, { flags, operations: unknownFile }));
}

/** The absolute path of what a relative one starts from: an open directory, or the working directory. For operations. */
export function directoryPath(tx: Transaction, k: Kernel, task: Task, dirfd: number): string {
  const file = fileAt(tx, task, dirfd);
  const start = file === null ? cwdOf(tx, k, task) : tx.read(file.node);
  if (start === null || (start as Partial<Inode>).layout !== (Inode as unknown)) return '/';
  const names: string[] = [];
  for (let at = start as Inode; tx.read(at.parent) !== null; at = tx.read(at.parent)!)
    names.unshift(tx.read(at.entryName));
  return `/${names.join('/')}`;
}

/** Whether a path leads to something. For operations. */
export const exists = (tx: Transaction, k: Kernel, task: Task, dirfd: number, path: string): boolean =>
  lookup(tx, k, task, { dirfd, path }, { follow: false }).ok;

/** Puts a file into the world that must have been there before; its parents are made as needed. */
export const plantFile = (tx: Transaction, k: Kernel, file: InitialFile): void => populate(tx, k, [file]);
