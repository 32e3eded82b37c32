/**
 * Mounts: file systems on top of directories; fs/namespace.c, mount(2), umount(2).
 *
 * There is one tree for everybody. A directory shows what is mounted on it, and is not to be seen until that is gone; each open file
 * and working directory below a mount keeps it. Which file systems there are is file-system-types.ts's.
 * Left out on purpose: mount namespaces, bind mounts, remounting, mounts on top of mounts, read-only mounts.
 */

import {
  MNT_DETACH,
  MNT_EXPIRE,
  MNT_FORCE,
  MS_BIND,
  MS_MOVE,
  MS_PRIVATE,
  MS_REMOUNT,
  MS_SHARED,
  MS_SLAVE,
  MS_UNBINDABLE,
  UMOUNT_NOFOLLOW,
} from '../abi/mount.ts';
import { AT_FDCWD } from '../abi/open.ts';
import type { Kernel } from '../kernel.ts';
import { operation, type Steps } from '../machine/effect.ts';
import { type Handle, layout } from '../machine/layout.ts';
import type { Transaction } from '../machine/store.ts';
import { done, fail, type Result } from '../result.ts';
import { capable } from '../task/cred.ts';
import type { Task } from '../task/task.ts';
import { fileSystemTypes, type MakeRoot } from './file-system-types.ts';
import { type Inode, inodeName, parentOfInode } from './inode.ts';
import { attributesOf, isDirectory, isInode, type Node, type VirtualNode } from './node.ts';
import { checkPath, lookup } from './path.ts';

interface MountFields {
  root: VirtualNode | null;
  /** The directory it covers. */
  point: Inode | null;
  /** Open files and working directories below. */
  users: number;
}

export type Mount = Handle<MountFields>;

export const Mount = layout<MountFields>('mount', { root: null, point: null, users: 0 });

/** Covers a directory with a new file system; for operations. */
export function mountOn(tx: Transaction, k: Kernel, task: Task | null, point: Inode, makeRoot: MakeRoot): void {
  const mount = tx.create(Mount, { point });
  const parent = parentOfInode(tx, point)!;
  tx.write(mount.root, makeRoot(tx, k, task, { mount, parent, name: inodeName(tx, point) }));
  tx.write(point.mounted, mount);
}

const PROPAGATION = MS_PRIVATE | MS_SHARED | MS_SLAVE | MS_UNBINDABLE;

/** What a path leads to, where a mount may be made or changed: EPERM without CAP_SYS_ADMIN. */
function targetOf(tx: Transaction, k: Kernel, task: Task, path: string | null, follow = true): Result<Node> {
  const named = checkPath(path);
  if (!named.ok) return named;
  const node = lookup(tx, k, task, { dirfd: AT_FDCWD, path: path! }, { follow });
  if (!node.ok) return node;
  return capable(tx.read(task.cred), 'CAP_SYS_ADMIN') ? node : fail('EPERM');
}

/** The mount that a node is the root of; null when it is none. For operations. */
export function mountAt(tx: Transaction, node: Node): Mount | null {
  if (isInode(node) || node.mount === null) return null;
  const root = tx.read(node.mount.root);
  return root?.parent === node.parent && root.name === node.name ? node.mount : null;
}

const mountType = operation(
  'mount',
  (tx: Transaction, k: Kernel, task: Task, path: string | null, type: string): Result<undefined> => {
    const target = targetOf(tx, k, task, path);
    if (!target.ok) return target;
    const makeRoot = fileSystemTypes(k)[type];
    if (makeRoot === undefined) return fail('ENODEV');
    const point = target.value;
    if (!isDirectory(attributesOf(tx, k, point))) return fail('ENOTDIR');
    // Another file system begins here already, or it is one that nothing can be mounted in.
    if (!isInode(point) || parentOfInode(tx, point) === null) return fail('EBUSY');
    mountOn(tx, k, task, point, makeRoot);
    return done;
  },
);

const changePropagation = operation(
  'mount.propagation',
  (tx: Transaction, k: Kernel, task: Task, path: string | null): Result<undefined> => {
    const target = targetOf(tx, k, task, path);
    if (!target.ok) return target;
    const isRoot = target.value === tx.read(k.fs.root) || mountAt(tx, target.value) !== null;
    return isRoot ? done : fail('EINVAL');
  },
);

/**
 * mount(2) of a file system by its type.
 *
 * @returns ENODEV for an unknown type, EPERM, ENOTDIR, EBUSY where something is mounted; EINVAL for what is left out
 */
export function* mount(
  k: Kernel,
  task: Task,
  path: string | null,
  type: string | null,
  flags: number,
): Steps<Result<undefined>> {
  // Nobody has a tree of his own, so that what goes on in one is not seen in others is true already.
  if ((flags & PROPAGATION) !== 0) return yield* changePropagation(k, task, path);
  if ((flags & (MS_BIND | MS_MOVE | MS_REMOUNT)) !== 0) return fail('EINVAL');
  return type === null ? fail('EINVAL') : yield* mountType(k, task, path, type);
}

/** umount2(2): EPERM, EINVAL for what is no mount point, EBUSY while something below is in use and MNT_DETACH is not given. */
export const unmount = operation(
  'umount',
  (tx: Transaction, k: Kernel, task: Task, path: string | null, flags: number): Result<undefined> => {
    if ((flags & ~(MNT_FORCE | MNT_DETACH | MNT_EXPIRE | UMOUNT_NOFOLLOW)) !== 0) return fail('EINVAL');
    const target = targetOf(tx, k, task, path, (flags & UMOUNT_NOFOLLOW) === 0);
    if (!target.ok) return target;
    const mounted = mountAt(tx, target.value);
    if (mounted === null) return fail('EINVAL');
    if (tx.read(mounted.users) > 0 && (flags & MNT_DETACH) === 0) return fail('EBUSY');
    tx.write(tx.read(mounted.point)!.mounted, null);
    return done;
  },
);
