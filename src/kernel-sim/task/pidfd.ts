/**
 * Process descriptors: open files that stand for one task, whoever has its number later; kernel/pid.c:pidfd_open, fs/pidfs.c;
 * pidfd_open(2), pidfd_getfd(2). Of 5.2 to 5.6, for threads since 6.9.
 *
 * Left out on purpose: ioctl, PIDFD_SELF, and what pidfs tells of tasks that are gone.
 */

import { PIDFD_NONBLOCK, PIDFD_THREAD, POLLHUP, POLLIN, POLLRDNORM } from '../abi/descriptor.ts';
import { O_RDWR } from '../abi/open.ts';
import { openAnonymous } from '../fs/anonymous.ts';
import { File, fileOperations, getFile, putFile } from '../fs/file.ts';
import { giveBackDescriptor, install, reserve, usableAt } from '../fs/files.ts';
import { isInode } from '../fs/node.ts';
import { mayInspect } from '../fs/proc/access.ts';
import type { ProcNode } from '../fs/proc/node.ts';
import { processDirectory } from '../fs/proc/process.ts';
import type { Kernel } from '../kernel.ts';
import { operation, type Steps } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { findPid, type Pid } from '../pid/pid.ts';
import { fail, ok, type Result } from '../result.ts';
import { isAlone } from './release.ts';
import type { Task } from './task.ts';

const ENDED = POLLIN | POLLRDNORM;

const pidFile = fileOperations('pidfd', {
  seeking: 'stays',
  positioned: () => false,
  poll(tx, _k, file) {
    const task = tx.read((tx.read(file.data) as Pid).task);
    if (task === null) return ENDED | POLLHUP; // waited for
    const state = tx.read(task.state);
    const thread = (tx.read(file.flags) & PIDFD_THREAD) !== 0;
    return (state === 'zombie' || state === 'dead') && (thread || isAlone(tx, task)) ? ENDED : 0;
  },
  label: () => 'anon_inode:[pidfd]',
});

const create = operation(
  'pidfd.create',
  (tx: Transaction, pid: Pid, flags: number): File =>
    tx.create(File, { flags: O_RDWR | flags, operations: pidFile, data: pid }),
);

/** A descriptor of a struct pid, closed by exec; EMFILE. */
export const describe = (k: Kernel, task: Task, pid: Pid, flags: number): Steps<Result<number>> =>
  openAnonymous(k, task, create(pid, flags), true);

const find = operation('pidfd.find', (tx: Transaction, caller: Task, number: number, flags: number): Result<Pid> => {
  const pid = findPid(tx, tx.read(caller.pidNs)!, number);
  const task = pid === null ? null : tx.read(pid.task);
  if (pid === null || task === null) return fail('ESRCH');
  const leads = tx.read(tx.read(task.process)!.leader) === task;
  return leads || (flags & PIDFD_THREAD) !== 0 ? ok(pid) : fail('ENOENT'); // no process has this number
});

/**
 * A descriptor of the task with a number; pidfd_open(2).
 *
 * @returns EINVAL for other flags and for what is no number, ESRCH, ENOENT for a thread that does not lead, EMFILE
 */
export function* openPid(k: Kernel, caller: Task, number: number, flags: number): Steps<Result<number>> {
  if ((flags & ~(PIDFD_NONBLOCK | PIDFD_THREAD)) !== 0 || number <= 0) return fail('EINVAL');
  const pid = yield* find(caller, number, flags);
  return pid.ok ? yield* describe(k, caller, pid.value, flags) : pid;
}

/** The pid that an open file stands for: also a directory /proc/<pid> does to those who only signal. For operations. */
function pidOf(tx: Transaction, file: File, directories: boolean): Pid | null {
  if (tx.read(file.operations) === pidFile) return tx.read(file.data) as Pid;
  const node = tx.read(file.node);
  if (!directories || node === null || isInode(node) || node.operations !== processDirectory) return null;
  return (node as ProcNode).pid;
}

/** What a descriptor stands for. */
export interface Described {
  readonly pid: Pid;
  /** PIDFD_* */
  readonly flags: number;
}

/** The task behind a descriptor, null when it is none of a process; for operations. */
export function describedBy(tx: Transaction, caller: Task, fd: number, directories = false): Described | null {
  const file = usableAt(tx, caller, fd);
  const pid = file === null ? null : pidOf(tx, file, directories);
  return pid === null ? null : { pid, flags: tx.read(file!.flags) & (PIDFD_NONBLOCK | PIDFD_THREAD) };
}

/** What {@link describedBy} says, as a step. */
export const lookBehind = operation('pidfd.get', (tx: Transaction, caller: Task, fd: number): Described | null =>
  describedBy(tx, caller, fd),
);

/** Takes hold of an open file of the task behind a descriptor. */
const takeFile = operation(
  'pidfd.take_file',
  (tx: Transaction, caller: Task, pidfd: number, fd: number): Result<File> => {
    const described = describedBy(tx, caller, pidfd);
    if (described === null) return fail('EBADF');
    const task = tx.read(described.pid.task);
    if (task === null) return fail('ESRCH');
    if (!mayInspect(tx, caller, task, 'permitted')) return fail('EPERM');
    const file = tx.read(task.files) === null ? null : usableAt(tx, task, fd);
    if (file === null) return fail(tx.read(task.exiting) ? 'ESRCH' : 'EBADF');
    getFile(tx, file);
    return ok(file);
  },
);

/**
 * Shares an open file of another task; pidfd_getfd(2). The new descriptor is closed by exec.
 *
 * @returns EINVAL for any flags, EBADF for either descriptor, ESRCH, EPERM for who may not look into the task, EMFILE
 */
export function* shareFile(k: Kernel, caller: Task, pidfd: number, fd: number, flags: number): Steps<Result<number>> {
  if (flags !== 0) return fail('EINVAL');
  const file = yield* takeFile(caller, pidfd, fd);
  if (!file.ok) return file;
  const number = yield* reserve(caller, true);
  if (number.ok) yield* install(caller, number.value, file.value);
  else yield* putFile(k, caller, file.value);
  return number;
}

/** Takes a descriptor back that nobody was told of. */
export function* withdraw(k: Kernel, task: Task, fd: number): Steps<void> {
  const file = yield* fileBehind(task, fd);
  yield* giveBackDescriptor(task, fd);
  if (file !== null) yield* putFile(k, task, file);
}

const fileBehind = operation('pidfd.file', (tx: Transaction, task: Task, fd: number): File | null =>
  usableAt(tx, task, fd),
);
