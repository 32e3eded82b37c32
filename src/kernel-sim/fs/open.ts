/**
 * Opening files; fs/open.c:do_sys_open, fs/namei.c:open_namei and may_open, open(2), SEMANTICS A7, A9 and B4.
 *
 * The order is the kernel's: the path name is copied (a failure leaves an armed value armed), a number is reserved (the armed one is
 * gone from here on), the path is looked up, the file is made, the number leads to it. Siblings see every stage.
 * Notes: `fs.opened` {task, fd, path, chosen} when the number leads to the file.
 * Left out on purpose: terminals, and what O_DIRECT and O_SYNC do.
 */

import { S_IFMT, S_IFREG } from '../abi/mode.ts';
import {
  O_ACCMODE,
  O_CLOEXEC,
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_LARGEFILE,
  O_NOATIME,
  O_NOCTTY,
  O_NOFOLLOW,
  O_PATH,
  O_TMPFILE,
  O_TRUNC,
  R_OK,
  W_OK,
  X_OK,
} from '../abi/open.ts';
import type { Kernel } from '../kernel.ts';
import { operation, type Steps, scoped } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { done, fail, ok, type Result } from '../result.ts';
import { asInt, confirmTaken, takeFor } from '../task/next-syscall-data.ts';
import type { Task } from '../task/task.ts';
import { discardFile, File, type FileOperations, fileOperations, writable } from './file.ts';
import { giveBackDescriptor, installAt, reserve, reserveChosen } from './files.ts';
import { umaskOf } from './fs-context.ts';
import { breakLeases, hasLeases } from './lease.ts';
import {
  type Attributes,
  attributesOf,
  enterNode,
  isDirectory,
  isInode,
  isLink,
  type Node,
  operationsOf,
  owns,
} from './node.ts';
import {
  checkPath,
  isPlainName,
  lookup,
  lookupParent,
  lookupParentFrom,
  nodeAt,
  type PathFrom,
  type Place,
} from './path.ts';
import { permits, viewerOf } from './permission.ts';
import { isControlFile } from './proc/next-syscall-data-file.ts';
import { makeUnnamed } from './unnamed-file.ts';

export interface OpenRequest {
  readonly dirfd: number;
  /** Null for an address that cannot be read. */
  readonly path: string | null;
  readonly flags: number;
  /** Permission bits of a file that is made. */
  readonly mode: number;
}

/** All that an open file with O_PATH knows. */
const PATH_FLAGS = O_DIRECTORY | O_NOFOLLOW | O_PATH;

/** Whether the open file is to stand for a path only; since 2.6.39. */
const isPathOnly = (k: Kernel, flags: number): boolean => !k.is26 && (flags & O_PATH) !== 0;

/** What the open file remembers of the flags, and F_GETFL shows: 2.6.26 does not take O_CLOEXEC out. */
const rememberedFlags = (k: Kernel, flags: number): number =>
  isPathOnly(k, flags)
    ? flags & PATH_FLAGS
    : (flags & ~(O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | (k.is26 ? 0 : O_CLOEXEC))) | O_LARGEFILE;

/** The access that an access mode asks for: R_OK, W_OK or both. Mode 3 asks for both and gets neither. */
function accessOf(flags: number): number {
  const mode = flags & O_ACCMODE;
  const access = mode === O_ACCMODE ? R_OK | W_OK : [R_OK, W_OK, R_OK | W_OK][mode]!;
  return (flags & O_TRUNC) !== 0 ? access | W_OK : access;
}

/** What stands against opening a node that is there; fs/namei.c:may_open. */
function mayOpen(tx: Transaction, k: Kernel, task: Task, node: Node, flags: number): Result<Attributes> {
  const attributes = attributesOf(tx, k, node);
  if (attributes === null) return fail('ENOENT');
  if (isLink(attributes)) return fail('ELOOP'); // O_NOFOLLOW found one
  if ((flags & O_DIRECTORY) !== 0 && !isDirectory(attributes)) return fail('ENOTDIR');
  const access = accessOf(flags);
  if (isDirectory(attributes) && (access & W_OK) !== 0) return fail('EISDIR'); // directories are written by other calls
  const viewer = viewerOf(tx, task);
  if (!permits(tx, k, viewer, node, access)) return fail('EACCES');
  if ((flags & O_NOATIME) !== 0 && !owns(viewer.cred, attributes.uid)) return fail('EPERM');
  return ok(attributes);
}

/** A new open file, and what it can do. */
interface Made {
  readonly file: File;
  readonly operations: FileOperations;
  /** Somebody has a lease on a file, perhaps on this one. */
  readonly leased: boolean;
}

/** Makes the open file of a node; ENXIO when there is nothing that one could do with it. */
function makeFile(tx: Transaction, k: Kernel, node: Node, flags: number): Result<Made> {
  const operations = operationsOf(node).open?.(tx, k, node);
  if (operations === undefined) return fail('ENXIO');
  enterNode(tx, node);
  if (isInode(node) && writable(flags)) tx.add(node.writers, 1);
  const file = tx.create(File, { flags: rememberedFlags(k, flags), operations, node });
  return ok({ file, operations, leased: hasLeases(tx, k) });
}

const pathFile = fileOperations('path', { seeking: 'none' });

/** Makes an open file that nothing can be done with but what its place is good for: the node itself is not asked. */
function makePathFile(tx: Transaction, k: Kernel, node: Node, flags: number): Result<Made> {
  if ((flags & O_DIRECTORY) !== 0 && !isDirectory(attributesOf(tx, k, node))) return fail('ENOTDIR');
  enterNode(tx, node);
  const file = tx.create(File, { flags: rememberedFlags(k, flags), operations: pathFile, node });
  return ok({ file, operations: pathFile, leased: false });
}

function openNode(tx: Transaction, k: Kernel, task: Task, node: Node, flags: number): Result<Made> {
  if (isPathOnly(k, flags)) return makePathFile(tx, k, node, flags);
  const allowed = mayOpen(tx, k, task, node, flags);
  if (!allowed.ok) return allowed;
  if ((flags & O_TRUNC) !== 0 && (allowed.value.mode & S_IFMT) === S_IFREG) {
    operationsOf(node).change?.(tx, k, node, { size: 0 });
  }
  return makeFile(tx, k, node, flags);
}

const openUnnamed = operation(
  'open.unnamed',
  (tx: Transaction, k: Kernel, task: Task, request: OpenRequest & PathFrom): Result<Made> => {
    const made = makeUnnamed(tx, k, task, request, request);
    return made.ok ? makeFile(tx, k, made.value, request.flags) : made;
  },
);

const openExisting = operation(
  'open.lookup',
  (tx: Transaction, k: Kernel, task: Task, from: PathFrom, flags: number): Result<Node> =>
    lookup(tx, k, task, from, { follow: (flags & O_NOFOLLOW) === 0 }),
);

const openFound = operation('open.file', openNode);

const findPlace = operation('open.lookup_parent', lookupParent);

/** A symbolic link in the place of the file: the open goes on where it leads. */
interface Onward {
  readonly directory: Node;
  readonly path: string;
}

/** Opens the file in a place, making it if it is missing; the directory is locked meanwhile. */
const openOrCreate = operation(
  'open.create',
  (tx: Transaction, k: Kernel, task: Task, place: Place, { flags, mode }: OpenRequest): Result<Made | Onward> => {
    if (!isPlainName(place.name) || place.slash) return fail('EISDIR'); // only a directory is called so
    const { directory } = place;
    const node = nodeAt(tx, k, task, place);
    if (node === null) {
      const { create } = operationsOf(directory);
      if (create === undefined) return fail('ENOENT'); // a file system where files are not made by hand
      if (!permits(tx, k, viewerOf(tx, task), directory, W_OK | X_OK)) return fail('EACCES');
      const made = create(tx, k, task, directory, place.name, {
        mode: S_IFREG | (mode & 0o7777 & ~umaskOf(tx, task)),
      });
      // Whoever makes a file may use it as asked, whatever its mode says.
      const opened = made.ok ? makeFile(tx, k, made.value, flags) : made;
      if (opened.ok) tx.write(opened.value.file.created, true);
      return opened;
    }
    if ((flags & O_EXCL) !== 0) return fail('EEXIST');
    const attributes = attributesOf(tx, k, node);
    if (isLink(attributes) && (flags & O_NOFOLLOW) === 0) {
      const target = operationsOf(node).follow!(tx, k, task, node);
      if (!target.ok) return target;
      if (typeof target.value === 'string') return ok({ directory, path: target.value });
      return openNode(tx, k, task, target.value, flags);
    }
    if (isDirectory(attributes)) return fail('EISDIR');
    return openNode(tx, k, task, node, flags);
  },
);

const findPlaceFrom = operation('open.lookup_parent', lookupParentFrom);

/** Symbolic links that a creating open follows from one to the next. */
const MAX_LINKS = 40;

function* createFile(k: Kernel, task: Task, request: OpenRequest & PathFrom): Steps<Result<Made>> {
  let place = yield* findPlace(k, task, request);
  for (let links = 0; links <= MAX_LINKS; links++) {
    if (!place.ok) return place;
    const opened = yield* openOrCreate(k, task, place.value, request);
    if (!opened.ok) return opened;
    if (!('path' in opened.value)) return ok(opened.value);
    place = yield* findPlaceFrom(k, task, opened.value.directory, opened.value.path);
  }
  return fail('ELOOP');
}

function* findFile(k: Kernel, task: Task, request: OpenRequest & PathFrom): Steps<Result<Made>> {
  const node = yield* openExisting(k, task, request, request.flags);
  return node.ok ? yield* openFound(k, task, node.value, request.flags) : node;
}

/** Looks the path up and makes the open file; filp_open(). */
function* makeOpenFile(k: Kernel, task: Task, request: OpenRequest & PathFrom): Steps<Result<File>> {
  const { flags } = request;
  if (!k.is26 && !isPathOnly(k, flags)) {
    // Since 6.4; before, the file was made although it was to be a directory.
    if ((flags & O_CREAT) !== 0 && (flags & O_DIRECTORY) !== 0) return fail('EINVAL');
    if ((flags & O_TMPFILE) === O_TMPFILE) {
      const unnamed = yield* openUnnamed(k, task, request);
      return unnamed.ok ? ok(unnamed.value.file) : unnamed;
    }
  }
  const creates = (flags & O_CREAT) !== 0 && !isPathOnly(k, flags);
  const made = yield* scoped(creates ? createFile(k, task, request) : findFile(k, task, request));
  if (!made.ok) return made;
  const { file, operations, leased } = made.value;
  const broken = leased ? yield* scoped(breakLeases(k, task, file)) : done;
  const opened = !broken.ok || operations.open === undefined ? broken : yield* scoped(operations.open(k, task, file));
  if (opened.ok) return ok(file);
  yield* discardFile(k, file);
  return opened;
}

const leadsToControlFile = operation(
  'open.is_control_file',
  (tx: Transaction, k: Kernel, task: Task, from: PathFrom): boolean => {
    const node = lookup(tx, k, task, from);
    return node.ok && isControlFile(node.value);
  },
);

/** The number that the file is to get: the armed one if there is one, else the lowest; and whether it was chosen. */
function* reserveNumber(
  k: Kernel,
  task: Task,
  request: OpenRequest & PathFrom,
): Steps<Result<{ fd: number; chosen: boolean }>> {
  const closeOnExec = (request.flags & O_CLOEXEC) !== 0;
  // As posted, looking at the control file takes the value that one wants to look at (N19).
  const observing = k.fixed('N19') && (yield* leadsToControlFile(k, task, request));
  if (k.profile.series.has('next_syscall_data') && !observing) {
    const armed = yield* takeFor(k, task, 'open');
    if (armed !== null) {
      const taken = yield* reserveChosen(task, asInt(armed), closeOnExec);
      return taken.ok ? ok({ fd: taken.value, chosen: true }) : taken;
    }
  }
  const lowest = yield* reserve(task, closeOnExec);
  return lowest.ok ? ok({ fd: lowest.value, chosen: false }) : lowest;
}

const installOpened = operation(
  'fd.install',
  (tx: Transaction, task: Task, fd: number, file: File, path: string, chosen: boolean): void => {
    installAt(tx, task, fd, file);
    tx.note({ type: 'fs.opened', task, fd, path, chosen });
  },
);

/**
 * Opens a file; open(2), openat(2), creat(2).
 *
 * @returns the descriptor; EFAULT, ENOENT, ENAMETOOLONG before an armed value is touched; EINVAL, EMFILE, EBUSY for the number;
 * what the path says (ENOENT, EACCES, EISDIR …), after which the number is free again and an armed value lost (F3)
 */
export function* openFile(k: Kernel, task: Task, request: OpenRequest): Steps<Result<number>> {
  const { dirfd, path, flags, mode } = request;
  const named = checkPath(path);
  if (!named.ok) return named;
  const from = { dirfd, path: path!, flags, mode };
  const reserved = yield* scoped(reserveNumber(k, task, from));
  if (!reserved.ok) return reserved;
  const { fd, chosen } = reserved.value;
  const file = yield* scoped(makeOpenFile(k, task, from));
  if (!file.ok) {
    yield* giveBackDescriptor(task, fd);
    return file;
  }
  if (chosen) yield* confirmTaken(k, task, 'open');
  yield* installOpened(task, fd, file.value, path!, chosen);
  return ok(fd);
}
