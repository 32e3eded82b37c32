/**
 * Descriptors that signals are read from: signalfd(2); fs/signalfd.c. What is read is what is pending for the reader, whoever made
 * the descriptor: it stands for a set of signals and belongs to nobody. Waiters queue at the table of handlers, as in the real code.
 *
 * Left out on purpose: what seccomp and memory errors say of a signal, and a buffer of which only a part can be written to.
 */

import { POLLIN, SFD_NONBLOCK } from '../abi/descriptor.ts';
import { O_NONBLOCK, O_RDWR } from '../abi/open.ts';
import { type Destination, File, fileOperations, type Taken } from '../fs/file.ts';
import { usableAt } from '../fs/files.ts';
import { awaken, joinQueue, leaveQueue } from '../fs/wait-queue.ts';
import type { Kernel } from '../kernel.ts';
import { operation, type Steps, scoped } from '../machine/effect.ts';
import { type Handle, layout } from '../machine/layout.ts';
import type { Transaction } from '../machine/store.ts';
import { done, fail, ok, type Result } from '../result.ts';
import { schedule } from '../task/sleep.ts';
import type { Task } from '../task/task.ts';
import { dequeue } from './deliver.ts';
import type { SigInfo } from './siginfo.ts';
import { UNBLOCKABLE } from './signal-set.ts';

interface SignalSourceFields {
  /** What may be read. */
  mask: bigint;
}

type SignalSource = Handle<SignalSourceFields>;

const SignalSource = layout<SignalSourceFields>('signalfd_ctx', { mask: 0n });

const sourceOf = (tx: Transaction, file: File): SignalSource => tx.read(file.data) as SignalSource;

/** Bytes of one struct signalfd_siginfo. */
const RECORD = 128;

/** Its fields: where they are and how many bytes they have. What follows the last is zero. */
const FIELDS: readonly (readonly [field: keyof SigInfo, offset: number, size: number])[] = [
  ['si_signo', 0, 4],
  ['si_errno', 4, 4],
  ['si_code', 8, 4],
  ['si_pid', 12, 4],
  ['si_uid', 16, 4],
  ['si_fd', 20, 4],
  ['si_timerid', 24, 4],
  ['si_band', 28, 4],
  ['si_overrun', 32, 4],
  ['si_status', 40, 4],
  ['si_int', 44, 4],
  ['si_ptr', 48, 8],
  ['si_utime', 56, 8],
  ['si_stime', 64, 8],
  ['si_addr', 72, 8],
];

/** A signal as it is read: struct signalfd_siginfo, lowest bytes first. */
function encode(info: SigInfo): string {
  const bytes = new Uint8Array(RECORD);
  for (const [field, offset, size] of FIELDS) {
    let value = BigInt.asUintN(8 * size, BigInt(info[field] ?? 0));
    for (let i = 0; value !== 0n; i += 1, value >>= 8n) bytes[offset + i] = Number(value & 0xffn);
  }
  return String.fromCharCode(...bytes);
}

type Attempt = SigInfo | 'wait' | 'EAGAIN' | 'ERESTARTSYS';

const take = operation(
  'signalfd.read',
  (tx: Transaction, k: Kernel, task: Task, file: File, patient: boolean): Attempt => {
    const { waiters } = tx.read(task.handlers)!;
    leaveQueue(tx, waiters, task);
    const info = dequeue(tx, k, task, tx.read(sourceOf(tx, file).mask));
    if (info !== null) return info;
    const waits = patient && (tx.read(file.flags) & O_NONBLOCK) === 0;
    return waits ? joinQueue(tx, waiters, task) : 'EAGAIN';
  },
);

/** As many signals as there are and as fit; only the first is waited for. */
function* read(k: Kernel, task: Task, file: File, into: Destination): Steps<Result<Taken>> {
  const room = Math.floor(into.count / RECORD);
  if (room === 0) return fail('EINVAL');
  let bytes = '';
  for (let count = 0; count < room; ) {
    const taken = yield* take(k, task, file, count === 0);
    if (taken === 'wait') {
      yield* schedule(task, null);
      continue;
    }
    if (typeof taken === 'string') {
      if (count === 0) return fail(taken);
      break;
    }
    if (!into.good) return fail('EFAULT'); // the signal is gone all the same
    bytes += encode(taken);
    count += 1;
  }
  return ok({ bytes, position: 0 });
}

const release = operation('signalfd.release', (tx: Transaction, file: File): void => tx.free(sourceOf(tx, file)));

const signalFile = fileOperations('signalfd', {
  seeking: 'stays',
  positioned: () => false,
  vectored: (k, direction) => !k.is26 && direction === 'read',
  read: (k, task, file, into) => scoped(read(k, task, file, into)),
  /** It is the one who polls whose signals count. */
  poll(tx, _k, file, task) {
    const own = tx.read(task.signals)!;
    const shared = tx.read(tx.read(task.process)!.signals)!;
    const pending = tx.read(own.pending) | tx.read(shared.pending);
    return (pending & tx.read(sourceOf(tx, file).mask)) === 0n ? 0 : POLLIN;
  },
  label: () => 'anon_inode:[signalfd]',
  info: (tx, k, file) =>
    k.is26 ? '' : `sigmask:\t${tx.read(sourceOf(tx, file).mask).toString(16).padStart(16, '0')}\n`,
  release: (_k, _task, file) => release(file),
});

/** A new open file from which the signals of a set are read, but never SIGKILL and SIGSTOP; the flag is SFD_NONBLOCK. */
export const createSignalFile = operation('signalfd.create', (tx: Transaction, mask: bigint, flags: number): File => {
  const source = tx.create(SignalSource, { mask: mask & ~UNBLOCKABLE });
  const status = (flags & SFD_NONBLOCK) !== 0 ? O_NONBLOCK : 0;
  return tx.create(File, { flags: O_RDWR | status, operations: signalFile, data: source });
});

/**
 * Gives an open file of this kind another set; its flags stay. Whoever waits looks again.
 *
 * @returns EBADF, EINVAL for a file of another kind
 */
export const changeSignals = operation(
  'signalfd.change',
  (tx: Transaction, task: Task, fd: number, mask: bigint): Result<undefined> => {
    const file = usableAt(tx, task, fd);
    if (file === null) return fail('EBADF');
    if (tx.read(file.operations) !== signalFile) return fail('EINVAL');
    tx.write(sourceOf(tx, file).mask, mask & ~UNBLOCKABLE);
    awaken(tx, tx.read(task.handlers)!.waiters);
    return done;
  },
);
