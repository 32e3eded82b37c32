/**
 * Reading and writing regular files in memory; mm/filemap.c, mm/shmem.c.
 *
 * A write holds the inode's lock from finding its position to the last byte, so it is one step; a read is one too. What lies
 * around them, the position shared by all who hold the open file, is transfer.ts's.
 */

import { O_APPEND, SEEK_DATA } from '../abi/open.ts';
import { SIGXFSZ } from '../abi/signal.ts';
import type { Kernel } from '../kernel.ts';
import { operation } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { fail, ok, type Result } from '../result.ts';
import { sendFrom } from '../signal/send.ts';
import type { Task } from '../task/task.ts';
import { type Destination, type File, fileOperations, type Put, type Source, type Taken } from './file.ts';
import { type Inode, nextPage, readContent, touch, writeContent } from './inode.ts';

/** What a file may grow to; the next byte is ENOSPC. */
export const MAX_FILE_SIZE = 64 * 1024 * 1024;

const inodeOf = (tx: Transaction, file: File): Inode => tx.read(file.node) as Inode;

const read = operation(
  'file.read',
  (tx: Transaction, file: File, into: Destination, position: number): Result<Taken> => {
    const bytes = readContent(tx, inodeOf(tx, file), position, into.count);
    if (bytes !== '' && !into.good) return fail('EFAULT');
    return ok({ bytes, position: position + bytes.length });
  },
);

/**
 * How many of `count` bytes may be written at `position`.
 *
 * @returns EFBIG with SIGXFSZ when not one is below RLIMIT_FSIZE, ENOSPC when the file can grow no more
 */
export function room(tx: Transaction, k: Kernel, task: Task, position: number, count: number): Result<number> {
  const limit = tx.read(tx.read(task.process)!.limits)!.RLIMIT_FSIZE.soft;
  if (count > 0 && position >= limit) {
    sendFrom(tx, k, task, SIGXFSZ, task, 'thread');
    return fail('EFBIG');
  }
  if (count > 0 && position >= MAX_FILE_SIZE) return fail('ENOSPC');
  return ok(Math.min(count, limit - position, MAX_FILE_SIZE - position));
}

const write = operation(
  'file.write',
  (tx: Transaction, k: Kernel, task: Task, file: File, from: Source, position: number): Result<Put> => {
    const inode = inodeOf(tx, file);
    const start = (tx.read(file.flags) & O_APPEND) !== 0 ? tx.read(inode.size) : position;
    const allowed = room(tx, k, task, start, from.count);
    if (!allowed.ok) return allowed;
    const count = allowed.value;
    if (count === 0) return ok({ count: 0, position: start });
    if (from.bytes === null) return fail('EFAULT');
    writeContent(tx, inode, start, from.bytes.slice(0, count));
    touch(tx, k, inode);
    return ok({ count, position: start + count });
  },
);

export const regularFile = fileOperations('regular_file', {
  seeking: 'moves',
  vectored: () => true,
  read: (_k, _task, file, into, position) => read(file, into, position),
  write: (k, task, file, from, position) => write(k, task, file, from, position),
  available: (tx, file) => tx.read(inodeOf(tx, file).size) - tx.read(file.position),
  size: (tx, file) => tx.read(inodeOf(tx, file).size),
  extent(tx, file, offset, whence) {
    const inode = inodeOf(tx, file);
    if (whence === SEEK_DATA) return nextPage(tx, inode, offset, true);
    return nextPage(tx, inode, offset, false) ?? tx.read(inode.size); // behind the end everything is a hole
  },
});
