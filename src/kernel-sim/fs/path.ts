/**
 * From paths to nodes; fs/namei.c, path_resolution(7). For use inside operations: a walk is one step, since the directories it
 * passes are looked at without locks and a race with a rename is not among those that thaw shows.
 *
 * Left out on purpose: chroot, mount points in the middle of virtual file systems, trailing-slash rules of creat on a dangling link.
 */

import { NAME_MAX, PATH_MAX } from '../abi/limits.ts';
import { AT_FDCWD, X_OK } from '../abi/open.ts';
import type { Kernel } from '../kernel.ts';
import type { Transaction } from '../machine/store.ts';
import { done, fail, ok, type Result } from '../result.ts';
import type { Task } from '../task/task.ts';
import { fileAt } from './files.ts';
import { cwdOf } from './fs-context.ts';
import { attributesOf, isDirectory, isLink, type Node, operationsOf, parentOf } from './node.ts';
import { permits, type Viewer, viewerOf } from './permission.ts';

/** Symbolic links that one walk follows. */
const MAX_LINKS = 40;

/** A path as a call has it: from a directory descriptor or AT_FDCWD. */
export interface PathFrom {
  readonly dirfd: number;
  readonly path: string;
}

/** The directory that holds the last component of a path. */
export interface Place {
  readonly directory: Node;
  /** Empty for `/`; may be `.` or `..`. */
  readonly name: string;
  /** The path ends in a slash: what it names has to be a directory. */
  readonly slash: boolean;
}

/** What getname() says of a path: ENOENT for an empty one, ENAMETOOLONG. A path that cannot be read is null: EFAULT. */
export function checkPath(path: string | null): Result<undefined> {
  if (path === null) return fail('EFAULT');
  if (path === '') return fail('ENOENT');
  return path.length >= PATH_MAX ? fail('ENAMETOOLONG') : done;
}

/** Whether a last component is a name that a directory can hold. */
export const isPlainName = (name: string): boolean => name !== '' && name !== '.' && name !== '..';

/** The node that relative paths start from: EBADF and ENOTDIR for a descriptor that is no open directory. */
function startOf(tx: Transaction, k: Kernel, task: Task, { dirfd, path }: PathFrom): Result<Node> {
  if (path.startsWith('/')) return ok(tx.read(k.fs.root)!);
  if (dirfd === AT_FDCWD) return ok(cwdOf(tx, k, task));
  const file = fileAt(tx, task, dirfd);
  if (file === null) return fail('EBADF');
  const node = tx.read(file.node);
  return node !== null && isDirectory(attributesOf(tx, k, node)) ? ok(node) : fail('ENOTDIR');
}

const components = (path: string): string[] => path.split('/').filter((part) => part !== '');

/** The node of `name` in a directory that the viewer may search. */
function step(tx: Transaction, k: Kernel, viewer: Viewer, directory: Node, name: string): Result<Node> {
  const found =
    name === '.'
      ? directory
      : name === '..'
        ? (parentOf(tx, directory) ?? directory)
        : (operationsOf(directory).lookup?.(tx, k, viewer.task, directory, name) ?? null);
  return found === null ? fail('ENOENT') : ok(found);
}

/** Whether a walk may go on through a node. */
function mayPass(tx: Transaction, k: Kernel, viewer: Viewer, node: Node, name: string): Result<undefined> {
  const attributes = attributesOf(tx, k, node);
  if (attributes === null) return fail('ENOENT'); // the process that it showed is gone
  if (!isDirectory(attributes)) return fail('ENOTDIR');
  if (!permits(tx, k, viewer, node, X_OK)) return fail('EACCES');
  return name.length > NAME_MAX ? fail('ENAMETOOLONG') : done;
}

interface Walk {
  readonly at: Node;
  /** The last component, when the walk was to stop before it. */
  readonly name: string;
}

function walk(
  tx: Transaction,
  k: Kernel,
  viewer: Viewer,
  start: Node,
  path: string,
  last: 'enter' | 'follow' | 'leave',
): Result<Walk> {
  let at = start;
  const left = components(path).reverse();
  for (let links = 0; left.length > 0; ) {
    const name = left.pop()!;
    const allowed = mayPass(tx, k, viewer, at, name);
    if (!allowed.ok) return allowed;
    if (left.length === 0 && last === 'leave') return ok({ at, name });
    const next = step(tx, k, viewer, at, name);
    if (!next.ok) return next;
    if (!isLink(attributesOf(tx, k, next.value)) || (left.length === 0 && last === 'enter')) {
      at = next.value;
      continue;
    }
    if (++links > MAX_LINKS) return fail('ELOOP');
    const target = operationsOf(next.value).follow!(tx, k, viewer.task, next.value);
    if (!target.ok) return target;
    if (typeof target.value !== 'string') at = target.value;
    else {
      if (target.value.startsWith('/')) at = tx.read(k.fs.root)!;
      left.push(...components(target.value).reverse());
    }
  }
  return ok({ at, name: '' });
}

/**
 * The node a path leads to.
 *
 * @param follow whether a symbolic link at the end is followed; it is in any case when a slash comes after it
 * @returns ENOENT, ENOTDIR, EACCES, ELOOP, ENAMETOOLONG; EBADF and ENOTDIR for the descriptor it starts from
 */
export function lookup(
  tx: Transaction,
  k: Kernel,
  task: Task,
  from: PathFrom,
  { follow = true, viewer = viewerOf(tx, task) }: { follow?: boolean; viewer?: Viewer } = {},
): Result<Node> {
  const start = startOf(tx, k, task, from);
  if (!start.ok) return start;
  const slash = from.path.endsWith('/');
  const walked = walk(tx, k, viewer, start.value, from.path, follow || slash ? 'follow' : 'enter');
  if (!walked.ok) return walked;
  const attributes = attributesOf(tx, k, walked.value.at);
  if (attributes === null) return fail('ENOENT');
  return slash && !isDirectory(attributes) ? fail('ENOTDIR') : ok(walked.value.at);
}

/** The directory of a path's last component, which need not exist; errors as {@link lookup}. */
export function lookupParent(tx: Transaction, k: Kernel, task: Task, from: PathFrom): Result<Place> {
  const start = startOf(tx, k, task, from);
  return start.ok ? lookupParentFrom(tx, k, task, start.value, from.path) : start;
}

/** The same for a path that starts at a node: the text of a symbolic link. */
export function lookupParentFrom(tx: Transaction, k: Kernel, task: Task, start: Node, path: string): Result<Place> {
  const from = path.startsWith('/') ? tx.read(k.fs.root)! : start;
  const walked = walk(tx, k, viewerOf(tx, task), from, path, 'leave');
  if (!walked.ok) return walked;
  const { at, name } = walked.value;
  return ok({ directory: at, name, slash: path.endsWith('/') && name !== '' });
}

/** The node of a place, null when there is none; for operations. */
export function nodeAt(tx: Transaction, k: Kernel, task: Task, { directory, name }: Place): Node | null {
  const found = name === '' ? ok(directory) : step(tx, k, viewerOf(tx, task), directory, name);
  return found.ok ? found.value : null;
}
