/** Files that have no name from the start; fs/namei.c:do_tmpfile, open(2) O_TMPFILE. Since 3.11. */

import { S_IFREG } from '../abi/mode.ts';
import { W_OK, X_OK } from '../abi/open.ts';
import type { Kernel } from '../kernel.ts';
import type { Transaction } from '../machine/store.ts';
import { fail, ok, type Result } from '../result.ts';
import type { Task } from '../task/task.ts';
import { writable } from './file.ts';
import { umaskOf } from './fs-context.ts';
import { Inode, touch } from './inode.ts';
import { attributesOf, isDirectory, isInode } from './node.ts';
import { lookup, type PathFrom } from './path.ts';
import { permits, viewerOf } from './permission.ts';

/**
 * Makes the inode of a file without a name in the file system of a directory; for operations.
 *
 * @returns EINVAL for one that cannot be written, ENOTDIR, EACCES, EOPNOTSUPP where files are not made in memory
 */
export function makeUnnamed(
  tx: Transaction,
  k: Kernel,
  task: Task,
  from: PathFrom,
  { flags, mode }: { readonly flags: number; readonly mode: number },
): Result<Inode> {
  if (!writable(flags)) return fail('EINVAL');
  const directory = lookup(tx, k, task, from);
  if (!directory.ok) return directory;
  if (!isDirectory(attributesOf(tx, k, directory.value))) return fail('ENOTDIR');
  if (!isInode(directory.value)) return fail('EOPNOTSUPP');
  if (!permits(tx, k, viewerOf(tx, task), directory.value, W_OK | X_OK)) return fail('EACCES');
  const { fsuid, fsgid } = tx.read(task.cred);
  const inode = tx.create(Inode, {
    mode: S_IFREG | (mode & 0o7777 & ~umaskOf(tx, task)),
    uid: fsuid,
    gid: fsgid,
    links: 0,
    entryName: '/#unnamed (deleted)',
  });
  touch(tx, k, inode);
  return ok(inode);
}
