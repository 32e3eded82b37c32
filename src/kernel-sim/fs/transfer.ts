/**
 * Reading and writing through descriptors; fs/read_write.c, read(2), readv(2), pread(2), lseek(2).
 *
 * The position belongs to the open file. 2.6.26 loads it, does the work and stores it back, with no lock around the three: who
 * shares the open file may write over what the other wrote. 6.x holds the file's position lock meanwhile if it is shared.
 * Left out on purpose: positions beyond 2^53, O_DIRECT, asynchronous reads and writes.
 */

import { R_OK, W_OK } from '../abi/open.ts';
import type { Kernel } from '../kernel.ts';
import { operation, type Steps, scoped } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { fail, ok, type Result } from '../result.ts';
import type { Task } from '../task/task.ts';
import { type Destination, type File, type Put, readable, type Source, type Taken, writable } from './file.ts';
import { type Held, withFile } from './files.ts';

const takePosition = operation(
  'file.load_position',
  (tx: Transaction, k: Kernel, task: Task, file: File): number => {
    if (!k.is26 && tx.read(file.count) > 1) tx.write(file.positionHolder, task);
    return tx.read(file.position);
  },
  {
    when: (tx, k, _task, file) => k.is26 || tx.read(file.count) <= 1 || tx.read(file.positionHolder) === null,
    plain: (k) => k.is26,
  },
);

const storePosition = operation(
  'file.store_position',
  (tx: Transaction, _k: Kernel, task: Task, file: File, position: number) => {
    tx.write(file.position, position);
    if (tx.read(file.positionHolder) === task) tx.write(file.positionHolder, null);
  },
  { plain: (k) => k.is26 },
);

/** Does something at the open file's position, and moves it. */
function* atPosition<T extends { position: number }>(
  k: Kernel,
  task: Task,
  { file, operations }: Held,
  use: (position: number) => Steps<Result<T>>,
): Steps<Result<T>> {
  if (operations.seeking !== 'moves') return yield* use(0);
  const before = yield* takePosition(k, task, file);
  const result = yield* use(before);
  yield* storePosition(k, task, file, result.ok ? result.value.position : before);
  return result;
}

/** A count that is negative as a signed number makes the buffer wrap around the address space. */
const wraps = (count: number): boolean => count < 0;

/** Whether a call may read or write the open file at all: EBADF by its access mode, EINVAL when the file cannot do it. */
function check({ flags, operations }: Held, access: number): Result<undefined> {
  if (!(access === R_OK ? readable(flags) : writable(flags))) return fail('EBADF');
  const can = access === R_OK ? operations.read : operations.write;
  return can === undefined ? fail('EINVAL') : ok(undefined);
}

/** read(2): at most `into.count` bytes from the position on. */
export const readFile = (k: Kernel, task: Task, fd: number, into: Destination): Steps<Result<Taken>> =>
  withFile(k, task, fd, function* (held) {
    const checked = check(held, R_OK);
    if (!checked.ok) return checked;
    if (wraps(into.count)) return fail('EFAULT');
    return yield* scoped(atPosition(k, task, held, (at) => held.operations.read!(k, task, held.file, into, at)));
  });

/** write(2). */
export const writeFile = (k: Kernel, task: Task, fd: number, from: Source): Steps<Result<Put>> =>
  withFile(k, task, fd, function* (held) {
    const checked = check(held, W_OK);
    if (!checked.ok) return checked;
    if (wraps(from.count)) return fail('EFAULT');
    return yield* scoped(atPosition(k, task, held, (at) => held.operations.write!(k, task, held.file, from, at)));
  });

/** Why pread and pwrite cannot be used: EINVAL for a negative position, ESPIPE for what has no positions. */
function checkPosition(k: Kernel, { operations }: Held): Result<undefined> {
  const positioned = operations.positioned?.(k) ?? operations.seeking !== 'none';
  return positioned ? ok(undefined) : fail('ESPIPE');
}

/** pread(2): the open file's own position is neither used nor moved. */
export function* readAt(k: Kernel, task: Task, fd: number, into: Destination, at: number): Steps<Result<Taken>> {
  if (at < 0) return fail('EINVAL'); // even before the descriptor is looked at
  return yield* withFile(k, task, fd, function* (held) {
    const positioned = checkPosition(k, held);
    if (!positioned.ok) return positioned;
    const checked = check(held, R_OK);
    if (!checked.ok) return checked;
    if (wraps(into.count)) return fail('EFAULT');
    return yield* scoped(held.operations.read!(k, task, held.file, into, at));
  });
}

/** pwrite(2). */
export function* writeAt(k: Kernel, task: Task, fd: number, from: Source, at: number): Steps<Result<Put>> {
  if (at < 0) return fail('EINVAL');
  return yield* withFile(k, task, fd, function* (held) {
    const positioned = checkPosition(k, held);
    if (!positioned.ok) return positioned;
    const checked = check(held, W_OK);
    if (!checked.ok) return checked;
    if (wraps(from.count)) return fail('EFAULT');
    return yield* scoped(held.operations.write!(k, task, held.file, from, at));
  });
}

/** The most segments of readv and writev. */
const UIO_MAXIOV = 1024;

/** What stands against a list of segments: EINVAL for too many, and for one with a negative length. */
function checkSegments(lengths: readonly number[]): Result<undefined> {
  return lengths.length > UIO_MAXIOV || lengths.some((length) => length < 0) ? fail('EINVAL') : ok(undefined);
}

const total = (segments: readonly { readonly count: number }[]): number =>
  segments.reduce((sum, { count }) => sum + count, 0);

/** What stands against a transfer at a position, or at the open file's own. */
function checkTransfer(k: Kernel, held: Held, access: number, at: number | null): Result<undefined> {
  const positioned = at === null ? ok(undefined) : checkPosition(k, held);
  return positioned.ok ? check(held, access) : positioned;
}

/**
 * readv(2), preadv(2): into all segments at once where the file knows how, else into one after the other.
 *
 * @param at where to begin, null for the open file's position, which is then moved
 */
export const readSegments = (
  k: Kernel,
  task: Task,
  fd: number,
  segments: readonly Destination[],
  at: number | null = null,
): Steps<Result<Taken>> =>
  withFile(k, task, fd, function* (held) {
    const checked = checkTransfer(k, held, R_OK, at);
    if (!checked.ok) return checked;
    const sound = checkSegments(segments.map(({ count }) => count));
    if (!sound.ok) return sound;
    if (total(segments) === 0) return ok({ bytes: '', position: 0 }); // the file is not even asked
    const whole = { count: total(segments), good: segments.every(({ good, count }) => good || count === 0) };
    const parts = held.operations.vectored?.(k, 'read') === true ? [whole] : segments;
    const fill = function* (start: number): Steps<Result<Taken>> {
      let taken: Taken = { bytes: '', position: start };
      for (const part of parts) {
        const piece = yield* held.operations.read!(k, task, held.file, part, taken.position);
        if (!piece.ok) return taken.bytes === '' ? piece : ok(taken);
        taken = { bytes: taken.bytes + piece.value.bytes, position: piece.value.position };
        if (piece.value.bytes.length < part.count) break;
      }
      return ok(taken);
    };
    return yield* scoped(at === null ? atPosition(k, task, held, fill) : fill(at));
  });

/** writev(2), pwritev(2): all segments at once where the file knows how, else one after the other, the first failure ending it. */
export const writeSegments = (
  k: Kernel,
  task: Task,
  fd: number,
  segments: readonly Source[],
  at: number | null = null,
): Steps<Result<Put>> =>
  withFile(k, task, fd, function* (held) {
    const checked = checkTransfer(k, held, W_OK, at);
    if (!checked.ok) return checked;
    const sound = checkSegments(segments.map(({ count }) => count));
    if (!sound.ok) return sound;
    if (total(segments) === 0) return ok({ count: 0, position: 0 });
    const parts = held.operations.vectored?.(k, 'write') === true ? [joined(segments)] : segments;
    const empty = function* (start: number): Steps<Result<Put>> {
      let put: Put = { count: 0, position: start };
      for (const part of parts) {
        const piece = yield* held.operations.write!(k, task, held.file, part, put.position);
        if (!piece.ok) return put.count === 0 ? piece : ok(put);
        put = { count: put.count + piece.value.count, position: piece.value.position };
        if (piece.value.count < part.count) break;
      }
      return ok(put);
    };
    return yield* scoped(at === null ? atPosition(k, task, held, empty) : empty(at));
  });

/** Segments as one: what comes before the first that cannot be read, or nothing readable if that is the very first. */
function joined(segments: readonly Source[]): Source {
  const bad = segments.findIndex(({ bytes, count }) => bytes === null && count > 0);
  const good = bad === -1 ? segments : segments.slice(0, bad);
  const bytes = good.map((segment) => segment.bytes ?? '').join('');
  return bytes === '' && bad !== -1 ? { count: total(segments), bytes: null } : { count: bytes.length, bytes };
}
