/**
 * Locks on ranges of a file; fs/locks.c:posix_lock_inode, fcntl(2) "Advisory record locking" and "Open file description locks".
 *
 * A POSIX lock belongs to a descriptor table, and so goes when *any* descriptor of the file is closed in it; a lock of the F_OFD_*
 * commands belongs to an open file. A holder's ranges are split and joined as it changes them; holders stay in the order in which
 * they came. Whoever waits is woken by every change of the file's locks and looks again. A wait of POSIX locks that would close a
 * circle of waits is refused. Left out on purpose: mandatory locks, which 2.6.26 has as a mount option.
 */

import { F_RDLCK, F_UNLCK, F_WRLCK } from '../abi/open.ts';
import type { Kernel } from '../kernel.ts';
import { operation, type Steps } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { numberIn, type Pid } from '../pid/pid.ts';
import { done, fail, ok, type Result } from '../result.ts';
import { schedule, sleepIn, wake } from '../task/sleep.ts';
import type { Task } from '../task/task.ts';
import { type File, readable, writable } from './file.ts';
import type { Files } from './files.ts';
import { lockKey } from './lock-table.ts';

/** Who a lock belongs to: a descriptor table (POSIX) or an open file. */
type Owner = Files | File;

/** Where a range ends that has no end: OFFSET_MAX, as near as a number comes to it. */
const ENDLESS = 2 ** 63;

/** A range of bytes, `end` included. */
interface Range {
  readonly start: number;
  readonly end: number;
}

interface RecordLock extends Range {
  readonly owner: Owner;
  /** The process that asked; null for a lock of an open file, which is nobody's. */
  readonly pid: Pid | null;
  readonly exclusive: boolean;
}

/** Somebody who waits for a lock, and whose lock is in the way. */
interface LockWait {
  readonly task: Task;
  readonly key: string;
  readonly owner: Owner;
  readonly blocker: Owner;
  /** Only these count in circles. */
  readonly posix: boolean;
}

/** All record locks of the kernel: those of each file in order, by path or inode, and who waits. */
export interface RecordLocks {
  readonly held: Readonly<Record<string, readonly RecordLock[]>>;
  readonly waits: readonly LockWait[];
}

export const noRecordLocks: RecordLocks = { held: {}, waits: [] };

/** struct flock, with `type` F_RDLCK, F_WRLCK or F_UNLCK and `length` 0 for "to the end". */
export interface LockRequest {
  readonly type: number;
  readonly whence: number;
  readonly start: number;
  readonly length: number;
  /** What F_GETLK leaves as it is, and F_OFD_* want to be 0. */
  readonly pid: number;
}

/** Which kind of lock, and whether to wait for it. */
export interface LockKind {
  readonly ofFile: boolean;
  readonly patient: boolean;
}

const overlap = (a: Range, b: Range): boolean => a.start <= b.end && b.start <= a.end;

/** The bytes that a request means; EINVAL for bytes before the file. */
function rangeOf(tx: Transaction, file: File, { whence, start, length }: LockRequest): Result<Range> {
  const bases = [0, tx.read(file.position), tx.read(file.operations).size?.(tx, file) ?? 0];
  const base = bases[whence];
  if (base === undefined) return fail('EINVAL');
  const first = base + start;
  if (first >= ENDLESS || (length > 0 && first + length - 1 >= ENDLESS)) return fail('EOVERFLOW');
  if (first < 0 || first + length < 0) return fail('EINVAL');
  if (length < 0) return ok({ start: first + length, end: first - 1 });
  return ok({ start: first, end: length === 0 ? ENDLESS : first + length - 1 });
}

const without = (lock: RecordLock, cut: Range): readonly RecordLock[] => {
  if (!overlap(lock, cut)) return [lock];
  const before = lock.start < cut.start ? [{ ...lock, end: cut.start - 1 }] : [];
  const after = lock.end > cut.end ? [{ ...lock, start: cut.end + 1 }] : [];
  return [...before, ...after];
};

/** Neighbours of one kind become one lock. */
function joined(locks: readonly RecordLock[]): readonly RecordLock[] {
  const result: RecordLock[] = [];
  for (const lock of [...locks].sort((a, b) => a.start - b.start)) {
    const last = result.at(-1);
    if (last === undefined || last.exclusive !== lock.exclusive || last.end + 1 < lock.start) result.push(lock);
    else result[result.length - 1] = { ...last, end: Math.max(last.end, lock.end) };
  }
  return result;
}

/** A file's locks after one holder's range has changed; null takes the range off. */
function changed(held: readonly RecordLock[], owner: Owner, range: Range, lock: RecordLock | null) {
  const mine = held.filter((other) => other.owner === owner).flatMap((other) => without(other, range));
  const next = joined(lock === null ? mine : [...mine, lock]);
  const place = held.findIndex((other) => other.owner === owner);
  const others = held.filter((other) => other.owner !== owner);
  if (place === -1) return [...others, ...next];
  return [...others.slice(0, place), ...next, ...others.slice(place)];
}

function keep(tx: Transaction, k: Kernel, key: string, locks: readonly RecordLock[]): void {
  const { held, waits } = tx.read(k.fs.recordLocks);
  const { [key]: _, ...rest } = held;
  tx.write(k.fs.recordLocks, { held: locks.length === 0 ? rest : { ...rest, [key]: locks }, waits });
  for (const wait of waits) if (wait.key === key) wake(tx, wait.task);
}

/** The first lock in the way of somebody else's. */
const conflicting = (held: readonly RecordLock[], owner: Owner, range: Range, exclusive: boolean) =>
  held.find((lock) => lock.owner !== owner && overlap(lock, range) && (lock.exclusive || exclusive));

/** How many waits the kernel follows before it takes them for no circle. */
const MAX_DEADLOCK_WAITS = 10;

/** Whether the holder of a lock waits, over others, for `owner`; fs/locks.c:posix_locks_deadlock. */
function wouldDeadlock(waits: readonly LockWait[], owner: Owner, blocker: Owner): boolean {
  let holder = blocker;
  for (let followed = 0; followed <= MAX_DEADLOCK_WAITS; followed++) {
    const wait = waits.find((each) => each.posix && each.owner === holder);
    if (wait === undefined) return false;
    if (wait.blocker === owner) return true;
    holder = wait.blocker;
  }
  return false;
}

const ownerOf = (tx: Transaction, task: Task, file: File, { ofFile }: LockKind): Owner =>
  ofFile ? file : tx.read(task.files)!;

/** Whether the open file allows a lock of the type: to share one must read, to keep others out one must write. */
const mayLock = (flags: number, type: number): boolean =>
  type === F_UNLCK || (type === F_RDLCK ? readable(flags) : writable(flags));

type Attempt = Result<'locked' | 'wait'>;

const trySet = operation(
  'lock.set',
  (tx: Transaction, k: Kernel, task: Task, file: File, request: LockRequest, kind: LockKind): Attempt => {
    const { held: all, waits: waiting } = tx.read(k.fs.recordLocks);
    const waits = waiting.filter((wait) => wait.task !== task);
    if (waits.length < waiting.length) tx.write(k.fs.recordLocks, { held: all, waits });
    const range = rangeOf(tx, file, request);
    if (!range.ok) return range;
    if (![F_RDLCK, F_WRLCK, F_UNLCK].includes(request.type)) return fail('EINVAL');
    if (!mayLock(tx.read(file.flags), request.type)) return fail('EBADF');
    if (kind.ofFile && request.pid !== 0) return fail('EINVAL'); // kept for later use
    const owner = ownerOf(tx, task, file, kind);
    const key = lockKey(tx, k, file);
    const held = all[key] ?? [];
    const exclusive = request.type === F_WRLCK;
    const pid = kind.ofFile ? null : tx.read(tx.read(tx.read(task.process)!.leader)!.pid);
    const wanted = request.type === F_UNLCK ? null : { owner, pid, exclusive, ...range.value };
    const obstacle = wanted === null ? undefined : conflicting(held, owner, range.value, exclusive);
    if (obstacle === undefined) {
      keep(tx, k, key, changed(held, owner, range.value, wanted));
      return ok('locked');
    }
    if (!kind.patient) return fail('EAGAIN');
    if (!kind.ofFile && wouldDeadlock(waits, owner, obstacle.owner)) return fail('EDEADLK');
    if (tx.read(tx.read(task.signals)!.flagged)) return fail('ERESTARTSYS');
    const wait: LockWait = { task, key, owner, blocker: obstacle.owner, posix: !kind.ofFile };
    tx.write(k.fs.recordLocks, { held: all, waits: [...waits, wait] });
    sleepIn(tx, task, 'interruptible');
    return ok('wait');
  },
);

/**
 * Sets or takes off a lock; F_SETLK, F_SETLKW and their F_OFD_ kinds.
 *
 * @returns EINVAL, EOVERFLOW, EBADF for an open file without the access; EAGAIN, or EDEADLK and ERESTARTSYS for one who waits
 */
export function* setLock(
  k: Kernel,
  task: Task,
  file: File,
  request: LockRequest,
  kind: LockKind,
): Steps<Result<undefined>> {
  for (;;) {
    const attempt = yield* trySet(k, task, file, request, kind);
    if (!attempt.ok) return attempt;
    if (attempt.value === 'locked') return done;
    yield* schedule(task, null);
  }
}

/**
 * The lock that is in the way of one, F_UNLCK and all else as it was when there is none; F_GETLK and F_OFD_GETLK. EINVAL.
 * Asked about F_UNLCK, F_OFD_GETLK says which lock of the open file there is to take off.
 */
export const findLock = operation(
  'lock.test',
  (tx: Transaction, k: Kernel, task: Task, file: File, request: LockRequest, kind: LockKind): Result<LockRequest> => {
    if (kind.ofFile && request.pid !== 0) return fail('EINVAL');
    const own = request.type === F_UNLCK;
    if (![F_RDLCK, F_WRLCK, F_UNLCK].includes(request.type) || (own && !kind.ofFile)) return fail('EINVAL');
    const range = rangeOf(tx, file, request);
    if (!range.ok) return range;
    const held = tx.read(k.fs.recordLocks).held[lockKey(tx, k, file)] ?? [];
    const owner = ownerOf(tx, task, file, kind);
    const found = own
      ? held.find((lock) => lock.owner === owner && overlap(lock, range.value))
      : conflicting(held, owner, range.value, request.type === F_WRLCK);
    if (found === undefined) return ok({ ...request, type: F_UNLCK });
    return ok({
      type: found.exclusive ? F_WRLCK : F_RDLCK,
      whence: 0,
      start: found.start,
      length: found.end === ENDLESS ? 0 : found.end - found.start + 1,
      pid: found.pid === null ? -1 : numberIn(tx, found.pid, tx.read(task.pidNs)!),
    });
  },
);

/** Lets go of what an owner holds on a file that it closes; for operations. */
export function dropRecordLocks(tx: Transaction, k: Kernel, file: File, owner: Owner): void {
  const { held } = tx.read(k.fs.recordLocks);
  const key = Object.keys(held).length === 0 ? '' : lockKey(tx, k, file);
  const locks = held[key];
  if (locks === undefined || !locks.some((lock) => lock.owner === owner)) return;
  keep(
    tx,
    k,
    key,
    locks.filter((lock) => lock.owner !== owner),
  );
}
