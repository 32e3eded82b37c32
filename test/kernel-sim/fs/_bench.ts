import { CLONE_SIGHAND, CLONE_THREAD, CLONE_VM } from '../../../src/kernel-sim/abi/clone.ts';
import { Frame } from '../../../src/kernel-sim/machine/frame.ts';
import { ordinaryCredentials } from '../../../src/kernel-sim/task/cred.ts';
import { set } from '../../../src/kernel-sim/task/next-syscall-data.ts';
import type { Task } from '../../../src/kernel-sim/task/task.ts';
import { type Datum, OUT } from '../../../src/syscalls/datum.ts';
import type { Lab } from '../helpers/lab.ts';

export const O_RDONLY = 0;
export const O_WRONLY = 1;
export const O_RDWR = 2;

const THREAD = CLONE_THREAD | CLONE_SIGHAND | CLONE_VM;

/** Gives a task the credentials of an ordinary user. */
export const become = (bed: Lab, task: Task, uid: number): void =>
  bed.k.machine.store.write(task.cred, ordinaryCredentials(uid, uid));

/** A child of `parent` that is uid and gid `uid`. */
export function forkAs(bed: Lab, parent: Task, uid: number): Task {
  const child = bed.fork(parent);
  become(bed, child, uid);
  return child;
}

/** The value of a call that has to succeed. */
export function value(bed: Lab, task: Task, name: string, ...args: Datum[]): number {
  const made = bed.call(task, name, ...args);
  if (!made.ok) throw new Error(`${name}: ${made.errno}`);
  return Number(made.value.value);
}

/** A thread of the task's process; `flags` are added to what every thread shares. */
export const makeThread = (bed: Lab, task: Task, flags = 0): Task =>
  bed.task(value(bed, task, 'clone', THREAD | flags, null));

export const open = (bed: Lab, task: Task, path: string, flags = O_RDONLY, mode = 0): number =>
  value(bed, task, 'open', path, flags, mode);

/** What a read gives, or its errno. */
export function readOnce(bed: Lab, task: Task, fd: number, count = 4096): string {
  const read = bed.call(task, 'read', fd, OUT, count);
  return read.ok ? (read.value.out!.buf as string) : read.errno;
}

/** The whole of a file. */
export function slurp(bed: Lab, task: Task, path: string): string {
  const fd = open(bed, task, path);
  let text = '';
  for (let piece = readOnce(bed, task, fd); piece !== ''; piece = readOnce(bed, task, fd)) text += piece;
  bed.call(task, 'close', fd);
  return text;
}

/** The text of a symbolic link, or why there is none. */
export function linkText(bed: Lab, task: Task, path: string): string {
  const read = bed.call(task, 'readlink', path, OUT, 4096);
  return read.ok ? (read.value.out!.buf as string) : read.errno;
}

/** The names in a directory, in its order. */
export function names(bed: Lab, task: Task, path: string): string[] {
  const fd = open(bed, task, path);
  const read = bed.call(task, 'getdents64', fd, OUT, 8192);
  bed.call(task, 'close', fd);
  if (!read.ok) throw new Error(read.errno);
  return (read.value.out!.dirp as Record<string, Datum>[]).map(({ d_name }) => d_name as string);
}

/** What stat says of a path. */
export function attributes(
  bed: Lab,
  task: Task,
  path: string,
): { mode: number; uid: number; gid: number; size: number } {
  const found = bed.call(task, 'stat', path, OUT);
  if (!found.ok) throw new Error(found.errno);
  const { st_mode, st_uid, st_gid, st_size } = found.value.out!.statbuf as Record<string, number>;
  return { mode: st_mode!, uid: st_uid!, gid: st_gid!, size: st_size! };
}

/** Writes to next_syscall_data without going through a file. */
export function arm(bed: Lab, task: Task, text: string): void {
  const { store } = bed.k.machine;
  store.write(task.frame, Frame.begin({ name: 'arm', args: [], start: () => set(bed.k, task, text, null) }));
  bed.settle();
}

/** Whether a value is armed. */
export function isArmed(bed: Lab, task: Task): boolean {
  const { store } = bed.k.machine;
  const nsd = store.peek(task.nsd);
  return nsd !== null && store.peek(nsd.ndata) !== 0;
}

export const controlFile = (tid: number | string, pid = tid): string => `/proc/${pid}/task/${tid}/next_syscall_data`;
