/** Looking at and changing what is known of a file; fs/stat.c, fs/attr.c, fs/open.c, stat(2), chmod(2), chown(2), truncate(2). */

import { S_IFMT, S_IFREG, S_ISGID, S_ISUID, S_IXGRP } from '../abi/mode.ts';
import { AT_FDCWD, W_OK } from '../abi/open.ts';
import type { Kernel } from '../kernel.ts';
import { operation, type Steps } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { done, fail, ok, type Result } from '../result.ts';
import { type Credentials, capable } from '../task/cred.ts';
import type { Task } from '../task/task.ts';
import { type File, writable } from './file.ts';
import { fileAt } from './files.ts';
import { cwdOf } from './fs-context.ts';
import { type Attributes, attributesOf, type Change, isDirectory, type Node, operationsOf, owns } from './node.ts';
import { checkPath, lookup } from './path.ts';
import { permits, viewerOf } from './permission.ts';
import { room } from './regular-file.ts';

/** What a call names: a path from a directory, or an open file. */
export type Subject =
  | { readonly dirfd: number; readonly path: string | null; readonly follow: boolean; readonly orItself?: boolean }
  | { readonly fd: number };

/** What stat says of an open file that no path leads to. */
const ANONYMOUS: Attributes = {
  mode: 0o600,
  uid: 0,
  gid: 0,
  size: 0,
  links: 1,
  number: 1,
  atime: 0,
  mtime: 0,
  ctime: 0,
};

/** The node a call means; null for an open file without one. */
function nodeOf(tx: Transaction, k: Kernel, task: Task, subject: Subject): Result<Node | null> {
  if ('fd' in subject) {
    const file = fileAt(tx, task, subject.fd);
    return file === null ? fail('EBADF') : ok(tx.read(file.node));
  }
  const { dirfd, path, follow, orItself } = subject;
  // AT_EMPTY_PATH: the descriptor itself, or the working directory.
  if (path === '' && orItself === true)
    return dirfd === AT_FDCWD ? ok(cwdOf(tx, k, task)) : nodeOf(tx, k, task, { fd: dirfd });
  const named = checkPath(path);
  return named.ok ? lookup(tx, k, task, { dirfd, path: path! }, { follow }) : named;
}

/** stat(2) and its like: EBADF, EFAULT and what the path says. */
export const stat = operation(
  'stat',
  (tx: Transaction, k: Kernel, task: Task, subject: Subject): Result<Attributes> => {
    const node = nodeOf(tx, k, task, subject);
    if (!node.ok) return node;
    const attributes = node.value === null ? ANONYMOUS : attributesOf(tx, k, node.value);
    return attributes === null ? fail('ENOENT') : ok(attributes);
  },
);

type Ask = (cred: Credentials, now: Attributes) => Result<Change>;

const changeNode = operation(
  'attributes.change',
  (tx: Transaction, k: Kernel, task: Task, subject: Subject, ask: Ask): Result<undefined> => {
    const node = nodeOf(tx, k, task, subject);
    if (!node.ok) return node;
    if (node.value === null) return fail('EPERM');
    const now = attributesOf(tx, k, node.value);
    if (now === null) return fail('ENOENT');
    const { change } = operationsOf(node.value);
    const wanted = ask(tx.read(task.cred), now);
    if (change === undefined) return fail('EPERM'); // a file system that says itself what belongs to whom
    return wanted.ok ? change(tx, k, node.value, wanted.value) : wanted;
  },
);

/** chmod(2): EPERM for anybody but the owner. S_ISGID goes when the caller is not in the file's group. */
export const changeMode = (k: Kernel, task: Task, subject: Subject, mode: number): Steps<Result<undefined>> =>
  changeNode(k, task, subject, (cred, now) => {
    if (!owns(cred, now.uid)) return fail('EPERM');
    const member = cred.fsgid === now.gid || cred.groups.includes(now.gid) || capable(cred, 'CAP_FSETID');
    return ok({ mode: mode & (member ? 0o7777 : 0o7777 & ~S_ISGID) });
  });

/** chown(2): -1 leaves an id as it is. EPERM, unless the owner gives the file to a group of its own, or with CAP_CHOWN. */
export const changeOwner = (
  k: Kernel,
  task: Task,
  subject: Subject,
  uid: number,
  gid: number,
): Steps<Result<undefined>> =>
  changeNode(k, task, subject, (cred, now) => {
    const mine = cred.fsuid === now.uid;
    const groupIsMine = gid === cred.fsgid || cred.groups.includes(gid) || gid === now.gid;
    const allowed =
      capable(cred, 'CAP_CHOWN') || (mine && (uid === -1 || uid === now.uid) && (gid === -1 || groupIsMine));
    if (!allowed) return fail('EPERM');
    return ok({
      ...(uid === -1 ? {} : { uid }),
      ...(gid === -1 ? {} : { gid }),
      ...(isDirectory(now) ? {} : { mode: withoutSetId(now.mode) }),
    });
  });

/** A new owner does not get a program that runs as the old one. */
const withoutSetId = (mode: number): number => mode & 0o7777 & ~(S_ISUID | ((mode & S_IXGRP) !== 0 ? S_ISGID : 0));

function resize(tx: Transaction, k: Kernel, task: Task, node: Node, size: number): Result<undefined> {
  const now = attributesOf(tx, k, node)!;
  if (size > now.size) {
    const allowed = room(tx, k, task, size - 1, 1);
    if (!allowed.ok) return allowed;
  }
  return operationsOf(node).change?.(tx, k, node, { size }) ?? done;
}

/** truncate(2): EINVAL for a negative size or no regular file, EISDIR, EACCES, EFBIG and SIGXFSZ over RLIMIT_FSIZE. */
export const truncatePath = operation(
  'truncate',
  (tx: Transaction, k: Kernel, task: Task, path: string | null, size: number): Result<undefined> => {
    if (size < 0) return fail('EINVAL');
    const node = nodeOf(tx, k, task, { dirfd: AT_FDCWD, path, follow: true });
    if (!node.ok) return node;
    const now = attributesOf(tx, k, node.value!)!;
    if (isDirectory(now)) return fail('EISDIR');
    if ((now.mode & S_IFMT) !== S_IFREG) return fail('EINVAL');
    if (!permits(tx, k, viewerOf(tx, task), node.value!, W_OK)) return fail('EACCES');
    return resize(tx, k, task, node.value!, size);
  },
);

/** ftruncate(2): EBADF; EINVAL for a negative size, no regular file, or a file that is not open for writing. */
export const truncateFile = operation(
  'ftruncate',
  (tx: Transaction, k: Kernel, task: Task, fd: number, size: number): Result<undefined> => {
    if (size < 0) return fail('EINVAL');
    const file: File | null = fileAt(tx, task, fd);
    if (file === null) return fail('EBADF');
    const node = tx.read(file.node);
    const now = node === null ? null : attributesOf(tx, k, node);
    const regular = now !== null && (now.mode & S_IFMT) === S_IFREG;
    if (node === null || !regular || !writable(tx.read(file.flags))) return fail('EINVAL');
    return resize(tx, k, task, node, size);
  },
);

/** access(2): with the real ids instead of the effective ones, unless `effective`. */
export const access = operation(
  'access',
  (tx: Transaction, k: Kernel, task: Task, subject: Subject, mask: number, effective: boolean): Result<undefined> => {
    if ((mask & ~7) !== 0) return fail('EINVAL');
    const cred = tx.read(task.cred);
    const real: Credentials = {
      ...cred,
      fsuid: cred.uid,
      fsgid: cred.gid,
      capabilities: cred.uid === 0 ? cred.permitted : [],
    };
    const viewer = { task, cred: effective ? cred : real };
    if ('fd' in subject) return fail('EBADF');
    const named = checkPath(subject.path);
    if (!named.ok) return named;
    const { dirfd, path, follow } = subject;
    const node = lookup(tx, k, task, { dirfd, path: path! }, { follow, viewer });
    if (!node.ok) return node;
    return mask === 0 || permits(tx, k, viewer, node.value, mask) ? done : fail('EACCES');
  },
);
