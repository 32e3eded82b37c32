/** Names in the file system: making, removing and following them, and what is known of a file; delegates to kernel-sim/fs. */

import {
  AT_EACCESS,
  AT_EMPTY_PATH,
  AT_FDCWD,
  AT_NO_AUTOMOUNT,
  AT_REMOVEDIR,
  AT_SYMLINK_NOFOLLOW,
} from '../kernel-sim/abi/open.ts';
import { access, changeMode, changeOwner, type Subject, stat } from '../kernel-sim/fs/attributes.ts';
import { makeDirectory, makeLink, makeNode } from '../kernel-sim/fs/make.ts';
import { removeDirectory, unlinkPath } from '../kernel-sim/fs/remove.ts';
import {
  changeDirectory,
  changeDirectoryTo,
  readLink,
  setUmask,
  workingDirectory,
} from '../kernel-sim/fs/working-directory.ts';
import type { Kernel } from '../kernel-sim/kernel.ts';
import type { Steps } from '../kernel-sim/machine/effect.ts';
import { fail, ok, type Result } from '../kernel-sim/result.ts';
import type { Task } from '../kernel-sim/task/task.ts';
import { FAULT, OUT, type Return } from './datum.ts';
import { count, pathIn, statStruct, succeed } from './file-data.ts';
import { int, out, path } from './parameter.ts';
import { syscall } from './syscall.ts';

type Path = string | null | typeof FAULT;
type Buffer = null | typeof OUT | typeof FAULT;

const NO_FOLLOW = AT_SYMLINK_NOFOLLOW;

/** What a call on a path means, by its AT_* flags. */
const subjectOf = (dirfd: number, name: Path, flags = 0): Subject => ({
  ...pathIn(name, dirfd),
  follow: (flags & NO_FOLLOW) === 0,
  orItself: (flags & AT_EMPTY_PATH) !== 0,
});

function* tell(k: Kernel, task: Task, subject: Subject, buffer: Buffer): Steps<Result<Return>> {
  const found = yield* stat(k, task, subject);
  if (!found.ok) return found;
  return buffer === OUT ? ok({ value: 0, out: { statbuf: statStruct(found.value) } }) : fail('EFAULT');
}

function* readText(k: Kernel, task: Task, dirfd: number, name: Path, buffer: Buffer, size: number | null) {
  const text = yield* readLink(k, task, pathIn(name, dirfd), size ?? 4096);
  if (!text.ok) return text;
  return buffer === OUT ? ok({ value: text.value.length, out: { buf: text.value } }) : fail('EFAULT');
}

function* directoryName(k: Kernel, task: Task, buffer: Buffer, size: number): Steps<Result<Return>> {
  const name = yield* workingDirectory(k, task);
  if (!name.ok) return name;
  const length = name.value.length + 1; // the NUL is counted
  if (length > size) return fail('ERANGE');
  return buffer === OUT ? ok({ value: length, out: { buf: name.value } }) : fail('EFAULT');
}

function* mask(task: Task, bits: number): Steps<Result<Return>> {
  return ok({ value: yield* setUmask(task, bits) });
}

/** EINVAL for a flag that the call does not know. */
const only = (flags: number, known: number, steps: Steps<Result<Return>>): Steps<Result<Return>> =>
  (flags & ~known) === 0 ? steps : refused();

function* refused(): Steps<Result<Return>> {
  return fail('EINVAL');
}

const device = (number: number): readonly [number, number] => [(number >> 8) & 0xfff, number & 0xff];

const remove = (k: Kernel, task: Task, dirfd: number, name: Path, flags: number): Steps<Result<Return>> =>
  only(
    flags,
    AT_REMOVEDIR,
    succeed(((flags & AT_REMOVEDIR) !== 0 ? removeDirectory : unlinkPath)(k, task, pathIn(name, dirfd))),
  );

const mayAccess = (k: Kernel, task: Task, dirfd: number, name: Path, bits: number, flags: number) =>
  only(
    flags,
    AT_EACCESS | NO_FOLLOW,
    succeed(access(k, task, subjectOf(dirfd, name, flags), bits, (flags & AT_EACCESS) !== 0)),
  );

const fd = int('fd');
const dirfd = int('dirfd');
const mode = int('mode');
const flags = int('at_flags');
const statbuf = out('stat');

export const pathCalls = [
  syscall({
    name: 'unlink',
    family: 'descriptors',
    parameters: { pathname: path() },
    run: (k, task, { pathname }) => remove(k, task, AT_FDCWD, pathname, 0),
  }),
  syscall({
    name: 'unlinkat',
    family: 'descriptors',
    parameters: { dirfd, pathname: path(), flags },
    run: (k, task, { dirfd: at, pathname, flags: how }) => remove(k, task, at, pathname, how),
  }),
  syscall({
    name: 'rmdir',
    family: 'descriptors',
    parameters: { pathname: path() },
    run: (k, task, { pathname }) => remove(k, task, AT_FDCWD, pathname, AT_REMOVEDIR),
  }),
  syscall({
    name: 'mkdir',
    family: 'descriptors',
    parameters: { pathname: path(), mode },
    run: (k, task, { pathname, mode: bits }) => succeed(makeDirectory(k, task, pathIn(pathname, AT_FDCWD), bits)),
  }),
  syscall({
    name: 'mkdirat',
    family: 'descriptors',
    parameters: { dirfd, pathname: path(), mode },
    run: (k, task, { dirfd: at, pathname, mode: bits }) => succeed(makeDirectory(k, task, pathIn(pathname, at), bits)),
  }),
  syscall({
    name: 'mknod',
    family: 'descriptors',
    parameters: { pathname: path(), mode, dev: int('device') },
    run: (k, task, { pathname, mode: bits, dev }) =>
      succeed(makeNode(k, task, pathIn(pathname, AT_FDCWD), bits, device(dev))),
  }),
  syscall({
    name: 'mknodat',
    family: 'descriptors',
    parameters: { dirfd, pathname: path(), mode, dev: int('device') },
    run: (k, task, { dirfd: at, pathname, mode: bits, dev }) =>
      succeed(makeNode(k, task, pathIn(pathname, at), bits, device(dev))),
  }),
  syscall({
    name: 'symlink',
    family: 'descriptors',
    parameters: { target: path(), linkpath: path() },
    run: (k, task, { target, linkpath }) =>
      succeed(makeLink(k, task, target === FAULT ? null : target, pathIn(linkpath, AT_FDCWD))),
  }),
  syscall({
    name: 'symlinkat',
    family: 'descriptors',
    parameters: { target: path(), newdirfd: dirfd, linkpath: path() },
    run: (k, task, { target, newdirfd, linkpath }) =>
      succeed(makeLink(k, task, target === FAULT ? null : target, pathIn(linkpath, newdirfd))),
  }),
  syscall({
    name: 'readlink',
    family: 'descriptors',
    parameters: { pathname: path(), buf: out('path'), bufsiz: count() },
    run: (k, task, { pathname, buf, bufsiz }) => readText(k, task, AT_FDCWD, pathname, buf, bufsiz),
  }),
  syscall({
    name: 'readlinkat',
    family: 'descriptors',
    parameters: { dirfd, pathname: path(), buf: out('path'), bufsiz: count() },
    run: (k, task, { dirfd: at, pathname, buf, bufsiz }) => readText(k, task, at, pathname, buf, bufsiz),
  }),
  syscall({
    name: 'access',
    family: 'descriptors',
    parameters: { pathname: path(), mode: int('access_mode') },
    run: (k, task, { pathname, mode: bits }) => mayAccess(k, task, AT_FDCWD, pathname, bits, 0),
  }),
  syscall({
    name: 'faccessat',
    family: 'descriptors',
    parameters: { dirfd, pathname: path(), mode: int('access_mode') },
    run: (k, task, { dirfd: at, pathname, mode: bits }) => mayAccess(k, task, at, pathname, bits, 0),
  }),
  syscall({
    name: 'faccessat2',
    family: 'descriptors',
    parameters: { dirfd, pathname: path(), mode: int('access_mode'), flags },
    *run(k, task, { dirfd: at, pathname, mode: bits, flags: how }) {
      if (k.is26) return fail('ENOSYS'); // came with 5.8
      return yield* mayAccess(k, task, at, pathname, bits, how);
    },
  }),
  syscall({
    name: 'chmod',
    family: 'descriptors',
    parameters: { pathname: path(), mode },
    run: (k, task, { pathname, mode: bits }) => succeed(changeMode(k, task, subjectOf(AT_FDCWD, pathname), bits)),
  }),
  syscall({
    name: 'fchmod',
    family: 'descriptors',
    parameters: { fd, mode },
    run: (k, task, { fd: open, mode: bits }) => succeed(changeMode(k, task, { fd: open }, bits)),
  }),
  syscall({
    name: 'fchmodat',
    family: 'descriptors',
    parameters: { dirfd, pathname: path(), mode },
    run: (k, task, { dirfd: at, pathname, mode: bits }) => succeed(changeMode(k, task, subjectOf(at, pathname), bits)),
  }),
  syscall({
    name: 'chown',
    family: 'descriptors',
    parameters: { pathname: path(), owner: int('uid'), group: int('gid') },
    run: (k, task, { pathname, owner, group }) =>
      succeed(changeOwner(k, task, subjectOf(AT_FDCWD, pathname), owner, group)),
  }),
  syscall({
    name: 'lchown',
    family: 'descriptors',
    parameters: { pathname: path(), owner: int('uid'), group: int('gid') },
    run: (k, task, { pathname, owner, group }) =>
      succeed(changeOwner(k, task, subjectOf(AT_FDCWD, pathname, NO_FOLLOW), owner, group)),
  }),
  syscall({
    name: 'fchown',
    family: 'descriptors',
    parameters: { fd, owner: int('uid'), group: int('gid') },
    run: (k, task, { fd: open, owner, group }) => succeed(changeOwner(k, task, { fd: open }, owner, group)),
  }),
  syscall({
    name: 'fchownat',
    family: 'descriptors',
    parameters: { dirfd, pathname: path(), owner: int('uid'), group: int('gid'), flags },
    run: (k, task, { dirfd: at, pathname, owner, group, flags: how }) =>
      only(
        how,
        NO_FOLLOW | (k.is26 ? 0 : AT_EMPTY_PATH),
        succeed(changeOwner(k, task, subjectOf(at, pathname, how), owner, group)),
      ),
  }),
  syscall({
    name: 'stat',
    family: 'descriptors',
    parameters: { pathname: path(), statbuf },
    run: (k, task, { pathname, statbuf: buffer }) => tell(k, task, subjectOf(AT_FDCWD, pathname), buffer),
  }),
  syscall({
    name: 'lstat',
    family: 'descriptors',
    parameters: { pathname: path(), statbuf },
    run: (k, task, { pathname, statbuf: buffer }) => tell(k, task, subjectOf(AT_FDCWD, pathname, NO_FOLLOW), buffer),
  }),
  syscall({
    name: 'fstat',
    family: 'descriptors',
    parameters: { fd, statbuf },
    run: (k, task, { fd: open, statbuf: buffer }) => tell(k, task, { fd: open }, buffer),
  }),
  syscall({
    name: 'newfstatat',
    family: 'descriptors',
    parameters: { dirfd, pathname: path(), statbuf, flags },
    run: (k, task, { dirfd: at, pathname, statbuf: buffer, flags: how }) =>
      only(
        how,
        NO_FOLLOW | (k.is26 ? 0 : AT_EMPTY_PATH | AT_NO_AUTOMOUNT),
        tell(k, task, subjectOf(at, pathname, how), buffer),
      ),
  }),
  syscall({
    name: 'chdir',
    family: 'descriptors',
    parameters: { path: path() },
    run: (k, task, { path: name }) => succeed(changeDirectory(k, task, pathIn(name, AT_FDCWD))),
  }),
  syscall({
    name: 'fchdir',
    family: 'descriptors',
    parameters: { fd },
    run: (k, task, { fd: open }) => succeed(changeDirectoryTo(k, task, open)),
  }),
  syscall({
    name: 'getcwd',
    family: 'descriptors',
    parameters: { buf: out('path'), size: count() },
    run: (k, task, { buf, size }) => directoryName(k, task, buf, size ?? 4096),
  }),
  syscall({
    name: 'umask',
    family: 'descriptors',
    parameters: { mask: int('mode') },
    run: (_k, task, { mask: bits }) => mask(task, bits),
  }),
];
