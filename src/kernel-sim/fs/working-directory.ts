/** Where relative paths start, and what links say; fs/open.c, fs/dcache.c, chdir(2), getcwd(2), readlink(2), umask(2). */

import { X_OK } from '../abi/open.ts';
import type { Kernel } from '../kernel.ts';
import { operation, type Steps } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { done, fail, ok, type Result } from '../result.ts';
import type { Task } from '../task/task.ts';
import { fileAt } from './files.ts';
import { cwdOf, setCwd } from './fs-context.ts';
import type { PathArgument } from './make.ts';
import { attributesOf, isDirectory, isLink, type Node, operationsOf, pathOf } from './node.ts';
import { checkPath, lookup } from './path.ts';
import { permits, viewerOf } from './permission.ts';

function enter(tx: Transaction, k: Kernel, task: Task, node: Node): Result<undefined> {
  if (!isDirectory(attributesOf(tx, k, node))) return fail('ENOTDIR');
  if (!permits(tx, k, viewerOf(tx, task), node, X_OK)) return fail('EACCES');
  setCwd(tx, task, node);
  return done;
}

/** chdir(2): ENOTDIR, EACCES and what the path says. */
export const changeDirectory = operation(
  'chdir',
  (tx: Transaction, k: Kernel, task: Task, { dirfd, path }: PathArgument): Result<undefined> => {
    const named = checkPath(path);
    if (!named.ok) return named;
    const node = lookup(tx, k, task, { dirfd, path: path! });
    return node.ok ? enter(tx, k, task, node.value) : node;
  },
);

/** fchdir(2): EBADF, ENOTDIR, EACCES. */
export const changeDirectoryTo = operation(
  'fchdir',
  (tx: Transaction, k: Kernel, task: Task, fd: number): Result<undefined> => {
    const file = fileAt(tx, task, fd);
    if (file === null) return fail('EBADF');
    const node = tx.read(file.node);
    return node === null ? fail('ENOTDIR') : enter(tx, k, task, node);
  },
);

/** The absolute path of the working directory: ENOENT when it has been removed. */
export const workingDirectory = operation('getcwd', (tx: Transaction, k: Kernel, task: Task): Result<string> => {
  const cwd = cwdOf(tx, k, task);
  const attributes = attributesOf(tx, k, cwd);
  return attributes === null || attributes.links === 0 ? fail('ENOENT') : ok(pathOf(tx, k, cwd));
});

/** Sets the umask and gives the old one; umask(2). */
export const setUmask = operation('umask', (tx: Transaction, task: Task, mask: number): number => {
  const context = tx.read(task.fs)!;
  const old = tx.read(context.umask);
  tx.write(context.umask, mask & 0o777);
  return old;
});

const textOf = operation(
  'readlink',
  (tx: Transaction, k: Kernel, task: Task, { dirfd, path }: PathArgument): Result<string> => {
    const named = checkPath(path);
    if (!named.ok) return named;
    const node = lookup(tx, k, task, { dirfd, path: path! }, { follow: false });
    if (!node.ok) return node;
    if (!isLink(attributesOf(tx, k, node.value))) return fail('EINVAL');
    const { text, follow } = operationsOf(node.value);
    const target = text === undefined ? follow!(tx, k, task, node.value) : text(tx, k, task, node.value);
    if (!target.ok) return target;
    return ok(typeof target.value === 'string' ? target.value : pathOf(tx, k, target.value));
  },
);

/** The text of a symbolic link, cut to `size` bytes; readlink(2): EINVAL for what is no link, or a size that is not positive. */
export function* readLink(k: Kernel, task: Task, at: PathArgument, size: number): Steps<Result<string>> {
  if (size <= 0) return fail('EINVAL');
  const text = yield* textOf(k, task, at);
  return text.ok ? ok(text.value.slice(0, size)) : text;
}
