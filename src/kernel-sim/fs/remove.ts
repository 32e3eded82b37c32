/** Taking names out of directories; fs/namei.c:do_unlinkat, do_rmdir, may_delete, unlink(2), rmdir(2). */

import { W_OK, X_OK } from '../abi/open.ts';
import type { Kernel } from '../kernel.ts';
import { operation, type Steps } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { fail, type Result } from '../result.ts';
import type { Task } from '../task/task.ts';
import type { PathArgument } from './make.ts';
import { mountAt } from './mount.ts';
import { attributesOf, isDirectory, type Node, operationsOf } from './node.ts';
import { checkPath, isPlainName, lookupParent, nodeAt, type Place } from './path.ts';
import { isStuck, permits, viewerOf } from './permission.ts';

const findPlace = operation('path.lookup_parent', lookupParent);

/** Whether the viewer may take `child` out of `directory`. */
function mayDelete(tx: Transaction, k: Kernel, task: Task, directory: Node, child: Node): Result<undefined> {
  const viewer = viewerOf(tx, task);
  if (!permits(tx, k, viewer, directory, W_OK | X_OK)) return fail('EACCES');
  const [above, below] = [attributesOf(tx, k, directory)!, attributesOf(tx, k, child)!];
  if (isStuck(viewer.cred, above, below)) return fail('EPERM');
  const { remove } = operationsOf(directory);
  return remove === undefined ? fail('EPERM') : remove(tx, k, directory, child);
}

const unlinkAt = operation('path.unlink', (tx: Transaction, k: Kernel, task: Task, place: Place): Result<undefined> => {
  if (!isPlainName(place.name)) return fail('EISDIR'); // the directory itself, its parent, or the root
  const child = nodeAt(tx, k, task, place);
  if (child === null) return fail('ENOENT');
  const directory = isDirectory(attributesOf(tx, k, child));
  if (place.slash) return fail(directory ? 'EISDIR' : 'ENOTDIR');
  const viewer = viewerOf(tx, task);
  if (directory) return fail(permits(tx, k, viewer, place.directory, W_OK | X_OK) ? 'EISDIR' : 'EACCES');
  return mayDelete(tx, k, task, place.directory, child);
});

const rmdirAt = operation('path.rmdir', (tx: Transaction, k: Kernel, task: Task, place: Place): Result<undefined> => {
  if (place.name === '..') return fail('ENOTEMPTY');
  if (place.name === '.') return fail('EINVAL');
  if (place.name === '') return fail('EBUSY'); // the root
  const child = nodeAt(tx, k, task, place);
  if (child === null) return fail('ENOENT');
  const viewer = viewerOf(tx, task);
  if (!isDirectory(attributesOf(tx, k, child))) {
    return fail(permits(tx, k, viewer, place.directory, W_OK | X_OK) ? 'ENOTDIR' : 'EACCES');
  }
  if (mountAt(tx, child) !== null) return fail('EBUSY');
  return mayDelete(tx, k, task, place.directory, child);
});

function* removeWith(
  k: Kernel,
  task: Task,
  { dirfd, path }: PathArgument,
  removeAt: typeof unlinkAt,
): Steps<Result<undefined>> {
  const named = checkPath(path);
  if (!named.ok) return named;
  const place = yield* findPlace(k, task, { dirfd, path: path! });
  return place.ok ? yield* removeAt(k, task, place.value) : place;
}

/** unlink(2): EISDIR for a directory, ENOENT, ENOTDIR, EACCES, EPERM in a sticky directory. The file lives on while it is open. */
export const unlinkPath = (k: Kernel, task: Task, at: PathArgument): Steps<Result<undefined>> =>
  removeWith(k, task, at, unlinkAt);

/** rmdir(2): ENOTDIR, ENOTEMPTY, EBUSY for the root and mount points, EINVAL for `.`, and the errors of unlink. */
export const removeDirectory = (k: Kernel, task: Task, at: PathArgument): Steps<Result<undefined>> =>
  removeWith(k, task, at, rmdirAt);
