/**
 * Running another program; fs/exec.c:do_execve, de_thread and flush_old_exec, SEMANTICS C4; execve(2).
 *
 * Programs are not files: what runs is the userland's program of that name. A file on the way has its say all the same: whether it
 * may be run, and as whom. From the end of {@link beOnlyThread} on there is no way back, and only there an armed value goes (N21).
 * Note: `task.exec` {task, path}.
 * Left out on purpose: interpreters and scripts, file capabilities, the contents of arguments and environment.
 */

import { PAGE_SIZE } from '../abi/limits.ts';
import { S_IFMT, S_IFREG, S_ISGID, S_ISUID, S_IXGRP } from '../abi/mode.ts';
import { AT_FDCWD, X_OK } from '../abi/open.ts';
import { SIGCHLD } from '../abi/signal.ts';
import { closeOnExec } from '../fs/files.ts';
import { attributesOf } from '../fs/node.ts';
import { checkPath, lookup } from '../fs/path.ts';
import { permits, viewerOf } from '../fs/permission.ts';
import { replaceMm } from '../ipc/address-space.ts';
import type { Kernel } from '../kernel.ts';
import { operation, type Steps, scoped } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { fail, ok, type Result } from '../result.ts';
import { flushHandlers } from '../signal/action.ts';
import { type Credentials, changedIds, withRaisedIds } from './cred.ts';
import { reset } from './next-syscall-data.ts';
import { killOthers, othersGone, takeLeadership } from './only-thread.ts';
import { release } from './release.ts';
import type { Task } from './task.ts';
import { releaseVforkParent } from './vfork.ts';

/** Strings passed to a program; null where the address of one leads nowhere, and for the list itself. */
export type Strings = readonly (string | null)[] | null;

export interface ExecRequest {
  /** Null when it cannot be read. */
  readonly path: string | null;
  readonly argv: Strings;
  readonly envp: Strings;
}

/** Bytes that one argument may have, its NUL included (MAX_ARG_STRLEN). */
const STRING_MAX = 32 * PAGE_SIZE;
/** Bytes that arguments and environment may have in any case (ARG_MAX). */
const TOTAL_MIN = 32 * PAGE_SIZE;
/** What 6.x allows at most: three quarters of an ordinary stack. */
const TOTAL_MAX = 6 * 1024 * 1024;

/**
 * Replaces the program of the calling process; execve(2). It comes back as the only thread of its process, under its leader's number.
 *
 * @returns EFAULT, ENOENT, ENAMETOOLONG, ENOTDIR, ELOOP, EACCES, ENOEXEC, E2BIG; EAGAIN when the process is being ended, or (6.x)
 * when a setuid took its user over RLIMIT_NPROC
 */
export function* execve(k: Kernel, task: Task, request: ExecRequest): Steps<Result<undefined>> {
  const { path } = request;
  const named = checkPath(path);
  if (!named.ok || path === null) return named.ok ? fail('EFAULT') : named;
  if (yield* isOverNproc(k, task)) return fail('EAGAIN');
  const cred = yield* openProgram(k, task, path);
  if (!cred.ok) return cred;
  const fit = yield* checkStrings(k, task, request);
  if (!fit.ok) return fit;
  const alone = yield* scoped(beOnlyThread(k, task));
  if (!alone.ok) return alone;
  yield* dropVforkParent(task);
  yield* scoped(replaceMm(k, task));
  yield* becomeProgram(k, task, cred.value, path);
  yield* scoped(closeOnExec(k, task));
  if (k.profile.series.has('next_syscall_data')) yield* scoped(reset(k, task));
  yield* startProgram(k, task, path);
  return ok(undefined);
}

/** 6.x: the set-uid call that exceeded the limit could not fail, so this one does, unless there is room by now. */
const isOverNproc = operation('exec.check_nproc', (tx: Transaction, k: Kernel, task: Task): boolean => {
  if (!tx.read(task.overNproc)) return false;
  const limit = tx.read(tx.read(task.process)!.limits)!.RLIMIT_NPROC.soft;
  const over = tx.read(k.users.processes.at(tx.read(task.cred).uid)) > limit;
  if (!over) tx.write(task.overNproc, false);
  return over;
});

/** Finds the program of a path; returns the credentials it runs with. */
const openProgram = operation(
  'exec.open',
  (tx: Transaction, k: Kernel, task: Task, path: string): Result<Credentials> => {
    const cred = tx.read(task.cred);
    const found = lookup(tx, k, task, { dirfd: AT_FDCWD, path });
    const exists = k.userland.programExists(path);
    if (!found.ok) return found.errno === 'ENOENT' && exists ? ok(withRaisedIds(cred, null, null)) : found;
    const attributes = attributesOf(tx, k, found.value)!;
    if ((attributes.mode & S_IFMT) !== S_IFREG) return fail('EACCES'); // only files are run
    if (!permits(tx, k, viewerOf(tx, task), found.value, X_OK)) return fail('EACCES');
    if (!exists) return fail('ENOEXEC'); // a file, but no program that anybody knows
    // Without the right to execute for its group, the set-gid bit means mandatory locking.
    const raisesGroup = (attributes.mode & (S_ISGID | S_IXGRP)) === (S_ISGID | S_IXGRP);
    const uid = (attributes.mode & S_ISUID) === 0 ? null : attributes.uid;
    return ok(withRaisedIds(cred, uid, raisesGroup ? attributes.gid : null));
  },
);

const stackLimit = operation(
  'exec.stack_limit',
  (tx: Transaction, task: Task): number => tx.read(tx.read(task.process)!.limits)!.RLIMIT_STACK.soft,
);

function* checkStrings(k: Kernel, task: Task, { argv, envp }: ExecRequest): Steps<Result<undefined>> {
  const strings = [...(argv ?? []), ...(envp ?? [])];
  const quarter = Math.max((yield* stackLimit(task)) / 4, TOTAL_MIN);
  const room = k.is26 ? quarter : Math.min(quarter, TOTAL_MAX);
  // 6.x counts the pointers to the strings as well.
  let total = k.is26 ? 0 : 8 * strings.length;
  for (const string of strings) {
    if (string === null) return fail('EFAULT');
    if (string.length + 1 > STRING_MAX) return fail('E2BIG');
    total += string.length + 1;
    if (total > room) return fail('E2BIG');
  }
  return ok(undefined);
}

/** Ends all other threads and takes the leader's number; de_thread. EAGAIN when somebody else ends the process. */
function* beOnlyThread(k: Kernel, task: Task): Steps<Result<undefined>> {
  const others = yield* killOthers(task);
  if (!others.ok) return others;
  if (others.value === 'none') return ok(undefined);
  if (!(yield* othersGone(k, task))) return fail('EAGAIN'); // killed meanwhile
  const leader = yield* takeLeadership(k, task);
  if (leader !== null) yield* release(k, leader);
  return ok(undefined);
}

const dropVforkParent = operation('exec.vfork_done', (tx: Transaction, task: Task): void =>
  releaseVforkParent(tx, task),
);

/** Everything that belonged to the program before goes; flush_old_exec. */
const becomeProgram = operation(
  'exec.flush',
  (tx: Transaction, k: Kernel, task: Task, cred: Credentials, path: string): void => {
    const process = tx.read(task.process)!;
    const old = tx.read(task.cred);
    const raised = changedIds(old, cred);
    tx.write(task.cred, cred);
    if (raised) tx.write(task.parentDeathSignal, 0);
    tx.write(process.dumpable, raised || cred.uid !== cred.euid || cred.gid !== cred.egid ? 0 : 1);
    tx.write(process.didExec, true);
    tx.update(task.execs, (n) => n + 1);
    if (!k.is26) tx.write(task.exitSignal, SIGCHLD);
    tx.write(task.comm, path.slice(path.lastIndexOf('/') + 1).slice(0, 15));
    flushHandlers(tx, k, task);
  },
);

const startProgram = operation('exec.start', (tx: Transaction, k: Kernel, task: Task, path: string): void => {
  tx.note({ type: 'task.exec', task, path });
  k.userland.exec(tx, task, path);
});
