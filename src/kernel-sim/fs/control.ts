/**
 * Flags of descriptors and open files; fs/fcntl.c, fcntl(2).
 *
 * Left out on purpose: directory notification, and signals on readiness of anything but pipes.
 */

import { PAGE_SIZE } from '../abi/limits.ts';
import { S_IFREG } from '../abi/mode.ts';
import {
  F_CREATED_QUERY,
  F_DUPFD,
  F_DUPFD_CLOEXEC,
  F_DUPFD_QUERY,
  F_GETFD,
  F_GETFL,
  F_GETLEASE,
  F_GETOWN,
  F_GETPIPE_SZ,
  F_GETSIG,
  F_OWNER_PGRP,
  F_OWNER_PID,
  F_OWNER_TID,
  F_SETFD,
  F_SETFL,
  F_SETLEASE,
  F_SETOWN,
  F_SETPIPE_SZ,
  F_SETSIG,
  FD_CLOEXEC,
  O_APPEND,
  O_ASYNC,
  O_DIRECT,
  O_NOATIME,
  O_NONBLOCK,
} from '../abi/open.ts';
import type { Kernel } from '../kernel.ts';
import { operation, type Steps } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { findPid, numberIn } from '../pid/pid.ts';
import { fail, ok, type Result } from '../result.ts';
import type { Task } from '../task/task.ts';
import { duplicateFrom } from './duplicate.ts';
import { isPipe, resizePipe, watchPipe } from './fifo.ts';
import type { File, FileOwner } from './file.ts';
import { fileAt, take, usableAt } from './files.ts';
import { typeOf } from './inode.ts';
import { leaseOf, setLease } from './lease.ts';
import { attributesOf, isInode, type Node, owns } from './node.ts';
import { pipeOf } from './pipe.ts';

/** The status flags that F_SETFL changes. */
const SETTABLE = O_APPEND | O_DIRECT | O_NOATIME | O_NONBLOCK;

const INT_MIN = -(2 ** 31);

const HIGHEST_SIGNAL = 64;

/** Commands on the flags of a descriptor, which are the table's and not the open file's. */
const descriptorFlags = operation(
  'fd.flags',
  (tx: Transaction, task: Task, fd: number, set: boolean | null): Result<number> => {
    if (fileAt(tx, task, fd) === null) return fail('EBADF');
    const files = tx.read(task.files)!;
    if (set === null) return ok(tx.read(files.closeOnExec).includes(fd) ? FD_CLOEXEC : 0);
    take(tx, files, fd, set);
    return ok(0);
  },
);

function setStatus(tx: Transaction, k: Kernel, task: Task, file: File, fd: number, wanted: number): Result<number> {
  const flags = tx.read(file.flags);
  const added = wanted & ~flags;
  const node = tx.read(file.node);
  if ((added & O_NOATIME) !== 0) {
    const uid = node === null ? 0 : (attributesOf(tx, k, node)?.uid ?? 0); // what no path leads to is root's
    if (!owns(tx.read(task.cred), uid)) return fail('EPERM');
  }
  // On 6.x a pipe makes packets of writes, and files in memory have nothing against it.
  if ((added & O_DIRECT) !== 0 && (k.is26 || !(isPipe(tx, file) || isRegular(tx, node)))) return fail('EINVAL');
  // Files of a file system tell nobody of readiness; what has no node, and a pipe, does.
  const settable = node === null || isPipe(tx, file) ? SETTABLE | O_ASYNC : SETTABLE;
  tx.write(file.flags, (flags & ~settable) | (wanted & settable));
  if (isPipe(tx, file) && ((flags ^ wanted) & O_ASYNC) !== 0) {
    tx.write(file.asyncFd, fd);
    watchPipe(tx, file, (wanted & O_ASYNC) !== 0);
  }
  return ok(0);
}

/** Whether a node is a file in memory. */
const isRegular = (tx: Transaction, node: Node | null): boolean =>
  node !== null && isInode(node) && typeOf(tx, node) === S_IFREG;

const signedOwner = ({ type, pid }: FileOwner): number => (type === F_OWNER_PGRP ? -pid : pid);

/** 6.x wants the owner to be there; 2.6.26 takes nobody instead. */
function setOwner(tx: Transaction, k: Kernel, task: Task, file: File, owner: FileOwner): Result<number> {
  const known = owner.pid === 0 || findPid(tx, tx.read(task.pidNs)!, owner.pid) !== null;
  if (!known && !k.is26) return fail('ESRCH');
  const holder = known && owner.pid !== 0 ? findPid(tx, tx.read(task.pidNs)!, owner.pid)! : null;
  tx.write(file.owner, { type: owner.type, pid: holder === null ? 0 : numberIn(tx, holder, k.initPidNs) });
  return ok(0);
}

/** F_SETOWN_EX: EINVAL for an unknown type. Since 2.6.32. */
export const setOwnerOf = operation(
  'file.set_owner',
  (tx: Transaction, k: Kernel, task: Task, fd: number, owner: FileOwner): Result<number> => {
    const file = usableAt(tx, task, fd);
    if (file === null) return fail('EBADF');
    if (![F_OWNER_TID, F_OWNER_PID, F_OWNER_PGRP].includes(owner.type)) return fail('EINVAL');
    return setOwner(tx, k, task, file, owner);
  },
);

/** Who would be told: 6.x does not say who is gone. */
function ownerFor(tx: Transaction, k: Kernel, task: Task, file: File): FileOwner {
  const owner = tx.read(file.owner);
  const holder = owner.pid === 0 ? null : findPid(tx, k.initPidNs, owner.pid);
  if (holder === null) return k.is26 ? owner : { ...owner, pid: 0 };
  return { ...owner, pid: numberIn(tx, holder, tx.read(task.pidNs)!) };
}

/** F_GETOWN_EX. */
export const ownerOf = operation(
  'file.owner',
  (tx: Transaction, k: Kernel, task: Task, fd: number): Result<FileOwner> => {
    const file = usableAt(tx, task, fd);
    return file === null ? fail('EBADF') : ok(ownerFor(tx, k, task, file));
  },
);

/** F_DUPFD_QUERY, of 6.10: 1 when two descriptors lead to one open file, EBADF when one of them leads nowhere. */
function isSame(tx: Transaction, task: Task, fd: number, other: number): Result<number> {
  const [one, two] = [fileAt(tx, task, fd), fileAt(tx, task, other)];
  return one === null || two === null ? fail('EBADF') : ok(one === two ? 1 : 0);
}

/** Commands on the open file. */
const fileFlags = operation(
  'file.control',
  (tx: Transaction, k: Kernel, task: Task, fd: number, command: number, argument: number): Result<number> => {
    if (command === F_DUPFD_QUERY && !k.is26) return isSame(tx, task, fd, argument);
    const file = command === F_GETFL ? fileAt(tx, task, fd) : usableAt(tx, task, fd);
    if (file === null) return fail('EBADF');
    switch (command) {
      case F_GETFL:
        return ok(tx.read(file.flags));
      case F_SETFL:
        return setStatus(tx, k, task, file, fd, argument);
      case F_GETOWN:
        return ok(signedOwner(ownerFor(tx, k, task, file)));
      case F_SETOWN:
        if (argument === INT_MIN && !k.is26) return fail('EINVAL'); // it has no positive
        // A negative number is a group.
        return setOwner(tx, k, task, file, {
          type: argument < 0 ? F_OWNER_PGRP : F_OWNER_PID,
          pid: Math.abs(argument),
        });
      case F_GETSIG:
        return ok(tx.read(file.ownerSignal));
      case F_SETSIG:
        if (argument < 0 || argument > HIGHEST_SIGNAL) return fail('EINVAL');
        tx.write(file.ownerSignal, argument);
        return ok(0);
      case F_GETPIPE_SZ:
        if (k.is26) return fail('EINVAL'); // came with 2.6.35
        return isPipe(tx, file) ? ok(tx.read(pipeOf(tx, file).capacity) * PAGE_SIZE) : fail('EBADF');
      case F_CREATED_QUERY:
        return k.is26 ? fail('EINVAL') : ok(tx.read(file.created) ? 1 : 0); // of 6.12
      case F_SETLEASE:
        return setLease(tx, k, task, file, fd, argument);
      case F_GETLEASE:
        return ok(leaseOf(tx, k, file));
      default:
        return fail('EINVAL');
    }
  },
);

const pipeAt = operation('pipe.get', (tx: Transaction, task: Task, fd: number): Result<File> => {
  const file = fileAt(tx, task, fd);
  return file === null || !isPipe(tx, file) ? fail('EBADF') : ok(file);
});

function* setPipeSize(k: Kernel, task: Task, fd: number, size: number): Steps<Result<number>> {
  const file = yield* pipeAt(task, fd);
  return file.ok ? yield* resizePipe(k, task, file.value, size) : file;
}

/**
 * fcntl(2) with an integer argument.
 *
 * @returns EBADF; EINVAL for an unknown command or a bad argument, EMFILE, EPERM, EBUSY
 */
export function control(k: Kernel, task: Task, fd: number, command: number, argument: number): Steps<Result<number>> {
  switch (command) {
    case F_DUPFD:
    case F_DUPFD_CLOEXEC:
      return duplicateFrom(task, fd, argument, command === F_DUPFD_CLOEXEC);
    case F_GETFD:
      return descriptorFlags(task, fd, null);
    case F_SETFD:
      return descriptorFlags(task, fd, (argument & FD_CLOEXEC) !== 0);
    case F_SETPIPE_SZ:
      if (!k.is26) return setPipeSize(k, task, fd, argument >>> 0);
      return fileFlags(k, task, fd, command, argument);
    default:
      return fileFlags(k, task, fd, command, argument);
  }
}

/** FIONREAD: EBADF, ENOTTY for what has no such number. */
export const availableBytes = operation('file.available', (tx: Transaction, task: Task, fd: number): Result<number> => {
  const file = fileAt(tx, task, fd);
  if (file === null) return fail('EBADF');
  const { available } = tx.read(file.operations);
  return available === undefined ? fail('ENOTTY') : ok(available(tx, file));
});

/** FIONBIO: EBADF. */
export const setBlocking = operation(
  'file.set_blocking',
  (tx: Transaction, task: Task, fd: number, blocking: boolean): Result<number> => {
    const file = fileAt(tx, task, fd);
    if (file === null) return fail('EBADF');
    tx.update(file.flags, (flags) => (blocking ? flags & ~O_NONBLOCK : flags | O_NONBLOCK));
    return ok(0);
  },
);
