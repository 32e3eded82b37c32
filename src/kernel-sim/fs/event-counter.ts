/** Counters to wait on: eventfd(2); fs/eventfd.c. */

import { EFD_NONBLOCK, EFD_SEMAPHORE, POLLERR, POLLIN, POLLOUT } from '../abi/descriptor.ts';
import { O_NONBLOCK, O_RDWR } from '../abi/open.ts';
import type { Kernel } from '../kernel.ts';
import { operation, type Steps, scoped } from '../machine/effect.ts';
import { type Handle, layout } from '../machine/layout.ts';
import type { Transaction } from '../machine/store.ts';
import { fail, ok, type Result } from '../result.ts';
import { schedule } from '../task/sleep.ts';
import type { Task } from '../task/task.ts';
import { type Destination, File, fileOperations, type Put, type Source, type Taken } from './file.ts';
import { awaken, joinQueue, leaveQueue } from './wait-queue.ts';

/** What the counter cannot reach: a write of this is EINVAL, and one that would get here waits. */
const FULL = 0xffff_ffff_ffff_ffffn;

/** Bytes that every read has to have room for, and a write is to be: 6.x takes no more either. */
const WORD = 8;

interface EventCounterFields {
  value: bigint;
  /** EFD_SEMAPHORE: a read takes 1 instead of everything. */
  semaphore: boolean;
  waiters: readonly Task[];
}

type EventCounter = Handle<EventCounterFields>;

const EventCounter = layout<EventCounterFields>('event_counter', { value: 0n, semaphore: false, waiters: [] });

const counterOf = (tx: Transaction, file: File): EventCounter => tx.read(file.data) as EventCounter;

/** Eight bytes, lowest first. */
const encode = (value: bigint): string =>
  Array.from({ length: WORD }, (_, i) => String.fromCharCode(Number((value >> BigInt(8 * i)) & 0xffn))).join('');

const decode = (bytes: string): bigint =>
  Array.from(bytes.slice(0, WORD), (byte, i) => BigInt(byte.charCodeAt(0)) << BigInt(8 * i)).reduce(
    (a, b) => a | b,
    0n,
  );

type Attempt<T> = T | 'wait' | 'EAGAIN' | 'ERESTARTSYS';

function waitOrGiveUp(tx: Transaction, task: Task, file: File, counter: EventCounter): Attempt<never> {
  return (tx.read(file.flags) & O_NONBLOCK) !== 0 ? 'EAGAIN' : joinQueue(tx, counter.waiters, task);
}

const take = operation('eventfd.read', (tx: Transaction, task: Task, file: File): Attempt<bigint> => {
  const counter = counterOf(tx, file);
  leaveQueue(tx, counter.waiters, task);
  const value = tx.read(counter.value);
  if (value === 0n) return waitOrGiveUp(tx, task, file, counter);
  const taken = tx.read(counter.semaphore) ? 1n : value;
  tx.write(counter.value, value - taken);
  awaken(tx, counter.waiters);
  return taken;
});

const add = operation('eventfd.write', (tx: Transaction, task: Task, file: File, amount: bigint): Attempt<'done'> => {
  const counter = counterOf(tx, file);
  leaveQueue(tx, counter.waiters, task);
  if (FULL - tx.read(counter.value) <= amount) return waitOrGiveUp(tx, task, file, counter);
  tx.update(counter.value, (value) => value + amount);
  awaken(tx, counter.waiters);
  return 'done';
});

function* read(_k: Kernel, task: Task, file: File, into: Destination): Steps<Result<Taken>> {
  if (into.count < WORD) return fail('EINVAL');
  for (;;) {
    const taken = yield* take(task, file);
    if (typeof taken === 'bigint') return into.good ? ok({ bytes: encode(taken), position: 0 }) : fail('EFAULT');
    if (taken !== 'wait') return fail(taken);
    yield* schedule(task, null);
  }
}

function* write(k: Kernel, task: Task, file: File, from: Source): Steps<Result<Put>> {
  if (from.count < WORD || (!k.is26 && from.count > WORD)) return fail('EINVAL');
  if (from.bytes === null) return fail('EFAULT');
  const amount = decode(from.bytes);
  if (amount === FULL) return fail('EINVAL');
  for (;;) {
    const added = yield* add(task, file, amount);
    if (added === 'done') return ok({ count: WORD, position: 0 });
    if (added !== 'wait') return fail(added);
    yield* schedule(task, null);
  }
}

const release = operation('eventfd.release', (tx: Transaction, file: File): void => tx.free(counterOf(tx, file)));

const eventFile = fileOperations('eventfd', {
  seeking: 'stays',
  positioned: () => false,
  vectored: (k, direction) => !k.is26 && direction === 'read',
  read: (k, task, file, into) => scoped(read(k, task, file, into)),
  write: (k, task, file, from) => scoped(write(k, task, file, from)),
  poll(tx, _k, file) {
    const value = tx.read(counterOf(tx, file).value);
    const writable = FULL - 1n > value ? POLLOUT : 0;
    return (value > 0n ? POLLIN : 0) | (value === FULL ? POLLERR : 0) | writable;
  },
  label: () => 'anon_inode:[eventfd]',
  info: (tx, k, file) =>
    k.is26 ? '' : `eventfd-count: ${tx.read(counterOf(tx, file).value).toString(16).padStart(16, ' ')}\n`,
  release: (_k, _task, file) => release(file),
});

/** A new event counter; the flags are EFD_NONBLOCK and EFD_SEMAPHORE. */
export const createEventFile = operation('eventfd.create', (tx: Transaction, initial: number, flags: number): File => {
  const counter = tx.create(EventCounter, {
    value: BigInt.asUintN(32, BigInt(initial)),
    semaphore: (flags & EFD_SEMAPHORE) !== 0,
  });
  const status = (flags & EFD_NONBLOCK) !== 0 ? O_NONBLOCK : 0;
  return tx.create(File, { flags: O_RDWR | status, operations: eventFile, data: counter });
});
