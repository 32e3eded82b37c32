import type { TestFn } from 'ava';
import { CLONE_SIGHAND, CLONE_THREAD, CLONE_VM } from '../../../src/kernel-sim/abi/clone.ts';
import type { InitOptions } from '../../../src/kernel-sim/boot.ts';
import { populate } from '../../../src/kernel-sim/fs/file-system.ts';
import { Frame } from '../../../src/kernel-sim/machine/frame.ts';
import type { Base } from '../../../src/kernel-sim/profile.ts';
import { ordinaryCredentials } from '../../../src/kernel-sim/task/cred.ts';
import { set } from '../../../src/kernel-sim/task/next-syscall-data.ts';
import type { Task } from '../../../src/kernel-sim/task/task.ts';
import { type Datum, OUT } from '../../../src/syscalls/datum.ts';
import { type Lab, lab } from '../helpers/lab.ts';

export const O_RDONLY = 0;
export const O_WRONLY = 1;
export const O_RDWR = 2;

const THREAD = CLONE_THREAD | CLONE_SIGHAND | CLONE_VM;

/** Gives a task the credentials of an ordinary user. */
export const become = (bed: Lab, task: Task, uid: number): void =>
  bed.k.machine.store.write(task.cred, ordinaryCredentials(uid, uid));

/** A child of `parent` that is uid and gid `uid`. */
function forkAs(bed: Lab, parent: Task, uid: number): Task {
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

/** Two tasks and some files: init is root, `user` is uid 1000; what tables of errnos start from. */
export interface Furnished extends Lab {
  readonly user: Task;
}

/**
 * Descriptors of both: 3 /d/f for reading and writing, 4 and 5 a pipe, 6 the directory /d, 7 /d/f for reading, 8 /d/f for writing,
 * 9 an event counter.
 */
export function furnished(base: Base, options: InitOptions = {}): Furnished {
  const bed = lab(base, [], options);
  populate(bed.k.machine.store, bed.k, [
    { path: '/d/f', content: 'hello' },
    { path: '/d/secret', content: 'x', mode: 0o600 },
    { path: '/d/sub/deep', content: '' },
    { path: '/d/empty', type: 'directory' },
    { path: '/d/mine', content: 'mine', uid: 1000, gid: 1000 },
    { path: '/home/user', type: 'directory', uid: 1000, gid: 1000 },
    { path: '/home/user/f', content: '', uid: 1000, gid: 1000 },
    { path: '/priv/x', content: '' },
    { path: '/priv', type: 'directory', mode: 0o700 },
    { path: '/tmp/theirs', content: '', uid: 1001, gid: 1001 },
    { path: '/tmp/theirdir', type: 'directory', uid: 1001, gid: 1001 },
    { path: '/link', type: 'symlink', content: '/d/f' },
    { path: '/linkdir', type: 'symlink', content: 'd' },
    { path: '/dangling', type: 'symlink', content: 'home/user/new' },
    { path: '/loop', type: 'symlink', content: 'loop' },
    { path: '/fifo', type: 'fifo', mode: 0o666 },
    { path: '/exec', content: '', mode: 0o711 },
  ]);
  open(bed, bed.init, '/d/f', O_RDWR);
  value(bed, bed.init, 'pipe', OUT);
  open(bed, bed.init, '/d');
  open(bed, bed.init, '/d/f');
  open(bed, bed.init, '/d/f', O_WRONLY);
  value(bed, bed.init, 'eventfd', 0);
  return { ...bed, user: forkAs(bed, bed.init, 1000) };
}

/** A row of a table of errnos: who calls what, and what it says, where need be on each of the two kernels. */
export type Row = readonly [
  title: string,
  who: 'init' | 'user',
  call: string,
  args: readonly Datum[],
  expected: string | readonly [base26: string, base6: string],
];

/** Runs a table of errnos on both kernels, each row on a fresh one. */
export function runTable(test: TestFn, rows: readonly Row[], options: InitOptions = {}): void {
  for (const [title, who, call, args, expected] of rows) {
    for (const [i, base] of (['2.6.26', '6.x'] as const).entries()) {
      test(`${base}: ${title}`, (t) => {
        const bed = furnished(base, options);
        t.is(bed.outcome(bed[who], call, ...args), typeof expected === 'string' ? expected : expected[i]!);
      });
    }
  }
}
