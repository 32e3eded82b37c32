/** Making directories, FIFOs, devices and symbolic links; fs/namei.c, mkdir(2), mknod(2), symlink(2). */

import { S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFMT, S_IFREG, S_IFSOCK, S_ISVTX } from '../abi/mode.ts';
import { W_OK, X_OK } from '../abi/open.ts';
import type { Kernel } from '../kernel.ts';
import { operation, type Steps } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { done, fail, type Result } from '../result.ts';
import { capable } from '../task/cred.ts';
import type { Task } from '../task/task.ts';
import { umaskOf } from './fs-context.ts';
import { type Making, operationsOf } from './node.ts';
import { checkPath, isPlainName, lookupParent, nodeAt, type PathFrom, type Place } from './path.ts';
import { permits, viewerOf } from './permission.ts';

/** A path as a call got it: null when it cannot be read. */
export interface PathArgument {
  readonly dirfd: number;
  readonly path: string | null;
}

const findPlace = operation('path.lookup_parent', lookupParent);

const create = operation(
  'path.create',
  (tx: Transaction, k: Kernel, task: Task, place: Place, making: Making): Result<undefined> => {
    const { directory, name, slash } = place;
    if (!isPlainName(name) || nodeAt(tx, k, task, place) !== null) return fail('EEXIST');
    // Only a directory may be written with a slash behind it.
    if (slash && (making.mode & S_IFMT) !== S_IFDIR) return fail('ENOENT');
    const { create } = operationsOf(directory);
    if (create === undefined) return fail('ENOENT'); // a file system where nothing is made by hand
    if (!permits(tx, k, viewerOf(tx, task), directory, W_OK | X_OK)) return fail('EACCES');
    const type = making.mode & S_IFMT;
    if ((type === S_IFCHR || type === S_IFBLK) && !capable(tx.read(task.cred), 'CAP_MKNOD')) return fail('EPERM');
    const mode = type === S_IFLNK ? making.mode : making.mode & ~umaskOf(tx, task);
    const made = create(tx, k, task, directory, name, { ...making, mode });
    return made.ok ? done : made;
  },
);

function* make(k: Kernel, task: Task, { dirfd, path }: PathArgument, making: Making): Steps<Result<undefined>> {
  const named = checkPath(path);
  if (!named.ok) return named;
  const from: PathFrom = { dirfd, path: path! };
  const place = yield* findPlace(k, task, from);
  return place.ok ? yield* create(k, task, place.value, making) : place;
}

/** mkdir(2): EEXIST, ENOENT, ENOTDIR, EACCES and what {@link lookupParent} says. */
export const makeDirectory = (k: Kernel, task: Task, at: PathArgument, mode: number): Steps<Result<undefined>> =>
  make(k, task, at, { mode: S_IFDIR | (mode & (S_ISVTX | 0o777)) });

/** mknod(2): EINVAL for an unknown type, EPERM for a directory or a device without CAP_MKNOD. */
export function* makeNode(
  k: Kernel,
  task: Task,
  at: PathArgument,
  mode: number,
  device: readonly [number, number],
): Steps<Result<undefined>> {
  const type = mode & S_IFMT;
  const bits = mode & 0o7777;
  switch (type) {
    case 0:
    case S_IFREG:
      return yield* make(k, task, at, { mode: S_IFREG | bits });
    case S_IFIFO:
    case S_IFSOCK:
      return yield* make(k, task, at, { mode: type | bits });
    case S_IFCHR:
    case S_IFBLK:
      return yield* make(k, task, at, { mode: type | bits, device });
    case S_IFDIR:
      return fail('EPERM'); // mkdir makes those
    default:
      return fail('EINVAL');
  }
}

/** symlink(2): ENOENT for an empty text. */
export function* makeLink(k: Kernel, task: Task, target: string | null, at: PathArgument): Steps<Result<undefined>> {
  const named = checkPath(target);
  return named.ok ? yield* make(k, task, at, { mode: S_IFLNK | 0o777, target: target! }) : named;
}
