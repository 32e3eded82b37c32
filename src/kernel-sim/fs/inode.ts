/**
 * Files, directories, FIFOs, devices and symbolic links of the in-memory file system; struct inode, mm/shmem.c.
 *
 * Contents are pages of 4096 bytes, one cell each; what was never written reads as NUL bytes. Directories list their entries in
 * the order they were made. Everything here is for use inside operations.
 * Left out on purpose: hard links, access times (as if mounted noatime), extended attributes, quotas.
 */

import { PAGE_SIZE } from '../abi/limits.ts';
import { S_IFDIR, S_IFMT } from '../abi/mode.ts';
import type { Kernel } from '../kernel.ts';
import { seconds } from '../kernel.ts';
import { type Handle, layout, type TableOf, table } from '../machine/layout.ts';
import { LinkedList } from '../machine/list.ts';
import type { Transaction } from '../machine/store.ts';
import type { Mount } from './mount.ts';
import type { Pipe } from './pipe.ts';

interface InodeFields {
  /** Type and permission bits. */
  mode: number;
  uid: number;
  gid: number;
  /** 0 once it has been removed. */
  links: number;
  /** Open files and working directories that hold it. */
  users: number;
  /** Open files that can write. */
  writers: number;
  /** bytes */
  size: number;
  pages: TableOf<string>;
  /** Of a directory, by name. */
  entries: TableOf<Inode | null>;
  firstEntry: Inode | null;
  lastEntry: Inode | null;
  /** The cookie of the entry made last. */
  lastCookie: number;
  /** Where it is: its directory, its name there, its neighbours in the listing. */
  parent: Inode | null;
  entryName: string;
  cookie: number;
  next: Inode | null;
  previous: Inode | null;
  /** The text of a symbolic link. */
  target: string;
  device: readonly [number, number] | null;
  pipe: Pipe | null;
  /** What is mounted on this directory. */
  mounted: Mount | null;
  /** seconds since the epoch */
  mtime: number;
  ctime: number;
}

export type Inode = Handle<InodeFields>;

export const Inode = layout<InodeFields>('inode', {
  mode: 0,
  uid: 0,
  gid: 0,
  links: 1,
  users: 0,
  writers: 0,
  size: 0,
  pages: table(''),
  entries: table<Inode | null>(null),
  firstEntry: null,
  lastEntry: null,
  lastCookie: 1,
  parent: null,
  entryName: '',
  cookie: 0,
  next: null,
  previous: null,
  target: '',
  device: null,
  pipe: null,
  mounted: null,
  mtime: 0,
  ctime: 0,
});

/** The entries of a directory, oldest first. */
export const entries = new LinkedList<Inode, Inode>({
  head: (directory) => directory.firstEntry,
  tail: (directory) => directory.lastEntry,
  next: (inode) => inode.next,
  previous: (inode) => inode.previous,
});

/** st_ino: made from the inode's name in the store, so that it does not depend on what else was made before. */
export const inodeNumber = (inode: Inode): number => (inode.lo >>> 0) + 2;

export const parentOfInode = (tx: Transaction, inode: Inode): Inode | null => tx.read(inode.parent);

export const inodeName = (tx: Transaction, inode: Inode): string => tx.read(inode.entryName);

export const typeOf = (tx: Transaction, inode: Inode): number => tx.read(inode.mode) & S_IFMT;

/** Puts a new inode into a directory. */
export function link(tx: Transaction, k: Kernel, directory: Inode, name: string, inode: Inode): void {
  tx.write(inode.parent, directory);
  tx.write(inode.entryName, name);
  tx.write(
    inode.cookie,
    tx.update(directory.lastCookie, (cookie) => cookie + 1),
  );
  tx.write(directory.entries.at(name), inode);
  entries.append(tx, directory, inode);
  if (typeOf(tx, inode) === S_IFDIR) tx.add(directory.links, 1);
  touch(tx, k, directory);
}

/** Takes an inode out of its directory; it lives on, under the name `path (deleted)`, while somebody holds it. */
export function unlink(tx: Transaction, k: Kernel, inode: Inode, path: string): void {
  const directory = tx.read(inode.parent)!;
  tx.write(directory.entries.at(tx.read(inode.entryName)), null);
  entries.remove(tx, directory, inode);
  if (typeOf(tx, inode) === S_IFDIR) tx.add(directory.links, -1);
  touch(tx, k, directory);
  tx.write(inode.links, 0);
  tx.write(inode.parent, null);
  tx.write(inode.entryName, `${path} (deleted)`);
  tx.write(inode.ctime, seconds(tx, k));
  if (tx.read(inode.users) === 0) destroy(tx, inode);
}

/** Lets go of an inode that an open file or a working directory held. */
export function releaseInode(tx: Transaction, inode: Inode): void {
  if (tx.update(inode.users, (n) => n - 1) === 0 && tx.read(inode.links) === 0) destroy(tx, inode);
}

function destroy(tx: Transaction, inode: Inode): void {
  truncate(tx, inode, 0);
  const pipe = tx.read(inode.pipe);
  if (pipe !== null) tx.free(pipe);
  tx.free(inode);
}

/** Sets the times of a change of contents. */
export function touch(tx: Transaction, k: Kernel, inode: Inode): void {
  const now = seconds(tx, k);
  tx.write(inode.mtime, now);
  tx.write(inode.ctime, now);
}

/** At most `count` bytes from `position` on; none behind the end. */
export function readContent(tx: Transaction, inode: Inode, position: number, count: number): string {
  const end = Math.min(position + count, tx.read(inode.size));
  let bytes = '';
  for (let at = position; at < end; ) {
    const page = Math.floor(at / PAGE_SIZE);
    const from = at % PAGE_SIZE;
    const to = Math.min(PAGE_SIZE, end - page * PAGE_SIZE);
    bytes += tx
      .read(inode.pages.at(page))
      .slice(from, to)
      .padEnd(to - from, '\0');
    at = page * PAGE_SIZE + to;
  }
  return bytes;
}

/** Where the next page that was ever written begins, or (`written` false) one that was not, from an offset on; null behind the end. */
export function nextPage(tx: Transaction, inode: Inode, offset: number, written: boolean): number | null {
  const size = tx.read(inode.size);
  for (let page = Math.floor(offset / PAGE_SIZE); page * PAGE_SIZE < size; page += 1) {
    if ((tx.read(inode.pages.at(page)) !== '') === written) return Math.max(offset, page * PAGE_SIZE);
  }
  return null;
}

/** Puts bytes at `position`, and lengthens the file if they reach beyond its end. */
export function writeContent(tx: Transaction, inode: Inode, position: number, bytes: string): void {
  for (let done = 0; done < bytes.length; ) {
    const at = position + done;
    const from = at % PAGE_SIZE;
    const piece = bytes.slice(done, done + PAGE_SIZE - from);
    tx.update(inode.pages.at(Math.floor(at / PAGE_SIZE)), (page) => overlay(page, from, piece));
    done += piece.length;
  }
  if (position + bytes.length > tx.read(inode.size)) tx.write(inode.size, position + bytes.length);
}

const overlay = (page: string, from: number, piece: string): string =>
  page.slice(0, from).padEnd(from, '\0') + piece + page.slice(from + piece.length);

/** Cuts the file or lengthens it with NUL bytes. */
export function truncate(tx: Transaction, inode: Inode, size: number): void {
  const old = tx.read(inode.size);
  const kept = Math.floor(size / PAGE_SIZE);
  for (let page = kept; page * PAGE_SIZE < old; page++) {
    tx.update(inode.pages.at(page), (bytes) => (page === kept ? bytes.slice(0, size % PAGE_SIZE) : ''));
  }
  tx.write(inode.size, size);
}
