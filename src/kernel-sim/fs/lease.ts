/**
 * Leases: being told before somebody else opens a file, and being waited for; fs/locks.c:__break_lease, fcntl(2) "Leases".
 *
 * Whoever opens a file in a way that a lease is against waits until its holder has given it up or lowered it, at most 45 s, after
 * which the kernel does. Left out on purpose: leases that truncate(2) breaks, delegations, /proc/sys/fs/lease-break-time.
 */

import { S_IFREG } from '../abi/mode.ts';
import { F_OWNER_PID, F_RDLCK, F_UNLCK, F_WRLCK, O_NONBLOCK } from '../abi/open.ts';
import { POLL_MSG } from '../abi/signal-code.ts';
import type { Kernel } from '../kernel.ts';
import { operation, type Steps } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { done, fail, ok, type Result } from '../result.ts';
import { processNumber } from '../signal/siginfo.ts';
import { capable } from '../task/cred.ts';
import { schedule, sleepIn, wake } from '../task/sleep.ts';
import type { Task } from '../task/task.ts';
import { type File, writable } from './file.ts';
import { type Inode, typeOf } from './inode.ts';
import { isInode, type Node } from './node.ts';
import { tellOwner } from './tell-owner.ts';

interface Lease {
  readonly file: File;
  readonly inode: Inode;
  /** F_RDLCK is against writers, F_WRLCK against everybody. */
  readonly type: number;
  /** What it is to become, by when (virtual ns); null while nobody minds it. */
  readonly breaking: { readonly to: number; readonly until: number } | null;
}

/** All leases of the kernel, and who waits for one to go. */
export interface Leases {
  readonly held: readonly Lease[];
  readonly waiters: readonly Task[];
}

export const noLeases: Leases = { held: [], waiters: [] };

/** lease-break-time, in ns. */
const PATIENCE = 45e9;

/** The inode of a regular file in memory; null for any other node. */
const regular = (tx: Transaction, node: Node | null): Inode | null =>
  node !== null && isInode(node) && typeOf(tx, node) === S_IFREG ? node : null;

function keep(tx: Transaction, k: Kernel, held: readonly Lease[]): void {
  const { waiters } = tx.read(k.fs.leases);
  tx.write(k.fs.leases, { held, waiters });
  for (const waiter of waiters) wake(tx, waiter);
}

/** Takes the lease of an open file off; for operations. */
export function dropLease(tx: Transaction, k: Kernel, file: File): void {
  const { held } = tx.read(k.fs.leases);
  if (held.some((lease) => lease.file === file)) {
    keep(
      tx,
      k,
      held.filter((lease) => lease.file !== file),
    );
  }
}

/** Whether there is any lease at all; for operations. */
export const hasLeases = (tx: Transaction, k: Kernel): boolean => tx.read(k.fs.leases).held.length > 0;

/** F_GETLEASE: the type of the open file's lease, or what it is about to become; for operations. */
export function leaseOf(tx: Transaction, k: Kernel, file: File): number {
  const lease = tx.read(k.fs.leases).held.find((each) => each.file === file);
  return lease?.breaking?.to ?? lease?.type ?? F_UNLCK;
}

/**
 * F_SETLEASE; for operations.
 *
 * @returns EINVAL for an unknown type and for what is no regular file, EACCES for somebody else's, EAGAIN when the file is open in a
 * way that the lease is against, and when there is none to take off
 */
export function setLease(tx: Transaction, k: Kernel, task: Task, file: File, fd: number, type: number): Result<number> {
  if (![F_RDLCK, F_WRLCK, F_UNLCK].includes(type)) return fail('EINVAL');
  const inode = regular(tx, tx.read(file.node));
  const cred = tx.read(task.cred);
  if (inode !== null && tx.read(inode.uid) !== cred.fsuid && !capable(cred, 'CAP_LEASE')) return fail('EACCES');
  if (inode === null) return fail('EINVAL');
  const { held } = tx.read(k.fs.leases);
  const mine = held.find((lease) => lease.file === file);
  if (type === F_UNLCK) {
    if (mine === undefined) return fail('EAGAIN');
    dropLease(tx, k, file);
    tx.write(file.owner, { type: F_OWNER_PID, pid: 0 });
    tx.write(file.ownerSignal, 0);
    return ok(0);
  }
  const isOpenAgainst = type === F_RDLCK ? tx.read(inode.writers) > 0 : tx.read(inode.users) > 1;
  if (isOpenAgainst) return fail('EAGAIN');
  // Who lowered it has done what a reader waits for; a writer goes on waiting.
  const breaking = mine?.breaking?.to === F_RDLCK && type === F_RDLCK ? null : (mine?.breaking ?? null);
  const lease: Lease = { file, inode, type, breaking };
  keep(tx, k, mine === undefined ? [...held, lease] : held.map((each) => (each === mine ? lease : each)));
  if (mine === undefined) {
    tx.write(file.asyncFd, fd);
    const pid = processNumber(tx, task, k.initPidNs);
    if (tx.read(file.owner).pid === 0) tx.write(file.owner, { type: F_OWNER_PID, pid });
  }
  return ok(0);
}

/** What became of a lease whose holder took too long. */
function expired(lease: Lease, now: number): readonly Lease[] {
  if (lease.breaking === null || lease.breaking.until > now) return [lease];
  return lease.breaking.to === F_UNLCK ? [] : [{ ...lease, type: lease.breaking.to, breaking: null }];
}

/** Whether a file may be used as it was opened: the time until which to wait, null when nothing stands against it. */
const tryBreak = operation(
  'lease.break',
  (tx: Transaction, k: Kernel, task: Task, file: File): Result<number | null> => {
    const { held: all, waiters } = tx.read(k.fs.leases);
    const now = tx.read(k.machine.clock.now);
    const inode = tx.read(file.node);
    const flags = tx.read(file.flags);
    const writes = writable(flags);
    const against = (lease: Lease): boolean =>
      lease.inode === inode && lease.file !== file && (writes || lease.type === F_WRLCK);
    const to = writes ? F_UNLCK : F_RDLCK;
    const held = all.flatMap((lease) => expired(lease, now));
    const broken = held.map((lease) => {
      if (!against(lease) || lease.breaking?.to === F_UNLCK || lease.breaking?.to === to) return lease;
      tellOwner(tx, k, lease.file, POLL_MSG);
      return { ...lease, breaking: { to, until: now + PATIENCE } };
    });
    const others = waiters.filter((waiter) => waiter !== task);
    const obstacles = broken.filter(against);
    const waits = obstacles.length > 0 && (flags & O_NONBLOCK) === 0 && !tx.read(tx.read(task.signals)!.flagged);
    tx.write(k.fs.leases, { held: broken, waiters: waits ? [...others, task] : others });
    if (obstacles.length === 0) return ok(null);
    if ((flags & O_NONBLOCK) !== 0) return fail('EAGAIN');
    if (!waits) return fail('ERESTARTSYS');
    sleepIn(tx, task, 'interruptible');
    return ok(Math.min(...obstacles.map(({ breaking }) => breaking!.until)));
  },
);

/** Breaks the leases that are against an open file, which is about to be used: EAGAIN for one who will not wait, ERESTARTSYS. */
export function* breakLeases(k: Kernel, task: Task, file: File): Steps<Result<undefined>> {
  for (;;) {
    const until = yield* tryBreak(k, task, file);
    if (!until.ok) return until;
    if (until.value === null) return done;
    yield* schedule(task, until.value);
  }
}
