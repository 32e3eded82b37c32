/**
 * The open ends of pipes, and named pipes; fs/pipe.c, fs/fifo.c, fifo(7).
 *
 * Both ends of a pipe and every open file of a FIFO work alike; only a FIFO is opened, and waits there for its partner.
 */

import { POLLERR, POLLHUP, POLLIN, POLLOUT, POLLRDNORM, POLLWRNORM } from '../abi/descriptor.ts';
import { PAGE_SIZE } from '../abi/limits.ts';
import { S_IFIFO } from '../abi/mode.ts';
import { O_DIRECT, O_NONBLOCK, O_RDONLY, O_WRONLY } from '../abi/open.ts';
import { POLL_IN, POLL_OUT } from '../abi/signal-code.ts';
import type { Kernel } from '../kernel.ts';
import { operation, type Steps, scoped } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { done, fail, type Result } from '../result.ts';
import { schedule } from '../task/sleep.ts';
import type { Task } from '../task/task.ts';
import { File, fileOperations, readable, writable } from './file.ts';
import { Inode, inodeNumber, touch } from './inode.ts';
import { Pipe, pipeLength, pipeOf, readPipe, tellWatchers, writePipe } from './pipe.ts';
import { chargePipe, mayHavePages, pipeSize, unchargePipe } from './pipe-limits.ts';
import { awaken, joinQueue, leaveQueue } from './wait-queue.ts';

/** What an open waits for: that the other side has been opened more often than `seen` times. */
interface Partner {
  readonly side: 'reader' | 'writer';
  readonly seen: number;
}

const opensOf = (pipe: Pipe, side: Partner['side']) => (side === 'reader' ? pipe.readerOpens : pipe.writerOpens);

/** Counts an open file as reader, writer or both, and tells who waits for one. */
function enter(tx: Transaction, pipe: Pipe, flags: number): void {
  if (readable(flags)) {
    tx.update(pipe.readers, (n) => n + 1);
    tx.update(pipe.readerOpens, (n) => n + 1);
  }
  if (writable(flags)) {
    tx.update(pipe.writers, (n) => n + 1);
    tx.update(pipe.writerOpens, (n) => n + 1);
  }
  awaken(tx, pipe.waiters);
}

/** Takes an open file off the count; a pipe without any loses what is in it. */
function leave(tx: Transaction, k: Kernel, file: File): void {
  const pipe = pipeOf(tx, file);
  const flags = tx.read(file.flags);
  if (readable(flags)) tx.update(pipe.readers, (n) => n - 1);
  if (writable(flags)) tx.update(pipe.writers, (n) => n - 1);
  watchPipe(tx, file, false);
  const [readers, writers] = [tx.read(pipe.readers), tx.read(pipe.writers)];
  if (readers + writers > 0) {
    awaken(tx, pipe.waiters);
    if (readers === 0 || writers === 0) for (const reason of [POLL_IN, POLL_OUT]) tellWatchers(tx, k, pipe, reason);
    return;
  }
  tx.write((tx.read(file.node) as Inode).pipe, null);
  unchargePipe(tx, k, pipe);
  tx.free(pipe);
}

const begin = operation(
  'fifo.open',
  (tx: Transaction, k: Kernel, task: Task, file: File): Partner | 'ready' | 'ENXIO' | 'EINVAL' => {
    const inode = tx.read(file.node) as Inode;
    const known = tx.read(inode.pipe);
    const pipe = known ?? tx.create(Pipe);
    const flags = tx.read(file.flags);
    const impatient = (flags & O_NONBLOCK) !== 0;
    if (!readable(flags) && !writable(flags)) return 'EINVAL';
    // A writer that will not wait needs somebody to write to.
    if (!readable(flags) && impatient && tx.read(pipe.readers) === 0) return 'ENXIO';
    if (known === null) chargePipe(tx, k, task, pipe);
    tx.write(inode.pipe, pipe);
    tx.write(file.data, pipe);
    enter(tx, pipe, flags);
    if (readable(flags) && writable(flags)) return 'ready';
    if (readable(flags)) {
      if (tx.read(pipe.writers) > 0 || impatient) return 'ready';
      return { side: 'writer', seen: tx.read(pipe.writerOpens) };
    }
    return tx.read(pipe.readers) > 0 ? 'ready' : { side: 'reader', seen: tx.read(pipe.readerOpens) };
  },
);

const awaitPartner = operation(
  'fifo.wait',
  (tx: Transaction, k: Kernel, task: Task, file: File, { side, seen }: Partner) => {
    const pipe = pipeOf(tx, file);
    leaveQueue(tx, pipe.waiters, task);
    if (tx.read(opensOf(pipe, side)) !== seen) return 'ready';
    const wait = joinQueue(tx, pipe.waiters, task);
    if (wait !== 'wait') leave(tx, k, file);
    return wait;
  },
);

/** Opens an end of a FIFO: waits until the other one is open too. ENXIO for a writer that will not wait. */
function* open(k: Kernel, task: Task, file: File): Steps<Result<undefined>> {
  const partner = yield* begin(k, task, file);
  if (partner === 'ready') return done;
  if (typeof partner === 'string') return fail(partner);
  for (;;) {
    const state = yield* awaitPartner(k, task, file, partner);
    if (state === 'ready') return done;
    if (state !== 'wait') return fail(state);
    yield* schedule(task, null);
  }
}

const release = operation('pipe.release', leave);

export const fifoFile = fileOperations('pipe', {
  seeking: 'none',
  vectored: () => true,
  open: (k, task, file) => scoped(open(k, task, file)),
  read: (k, task, file, into) => scoped(readPipe(k, task, file, into)),
  write: (k, task, file, from) => scoped(writePipe(k, task, file, from)),
  poll(tx, _k, file) {
    const pipe = pipeOf(tx, file);
    const flags = tx.read(file.flags);
    const pages = tx.read(pipe.pages).length;
    let events = 0;
    if (readable(flags)) {
      if (pages > 0) events |= POLLIN | POLLRDNORM;
      if (tx.read(pipe.writers) === 0 && tx.read(pipe.writerOpens) > 0) events |= POLLHUP;
    }
    if (writable(flags)) {
      if (pages < tx.read(pipe.capacity)) events |= POLLOUT | POLLWRNORM;
      if (tx.read(pipe.readers) === 0) events |= POLLERR;
    }
    return events;
  },
  available: (tx, file) => pipeLength(tx, pipeOf(tx, file)),
  release: (k, _task, file) => release(k, file),
});

/** The two open files of a new pipe, reading end first, with the status flags given; pipe2(2). */
export const createPipe = operation(
  'pipe.create',
  (tx: Transaction, k: Kernel, task: Task, status: number): readonly [File, File] => {
    const cred = tx.read(task.cred);
    const pipe = tx.create(Pipe);
    chargePipe(tx, k, task, pipe);
    const inode = tx.create(Inode, {
      mode: S_IFIFO | 0o600,
      uid: cred.fsuid,
      gid: cred.fsgid,
      links: 0,
      users: 2,
      pipe,
    });
    tx.write(inode.entryName, `pipe:[${inodeNumber(inode)}]`);
    touch(tx, k, inode);
    const end = (access: number): File => {
      enter(tx, pipe, access);
      // Packets are the writer's affair.
      const flags = access | (status & (access === O_WRONLY ? O_NONBLOCK | O_DIRECT : O_NONBLOCK));
      return tx.create(File, { flags, operations: fifoFile, node: inode, data: pipe });
    };
    return [end(O_RDONLY), end(O_WRONLY)];
  },
);

/** F_SETPIPE_SZ: the size in bytes, rounded up to a power of two of pages; EINVAL, EPERM, EBUSY when more than that is in use. */
export const resizePipe = operation(
  'pipe.resize',
  (tx: Transaction, k: Kernel, task: Task, file: File, bytes: number): Result<number> => {
    const pipe = pipeOf(tx, file);
    const pages = pipeSize(bytes) / PAGE_SIZE;
    if (pages === 0) return fail('EINVAL'); // it does not round up to a power of two
    const may = mayHavePages(tx, k, task, pipe, pages);
    if (!may.ok) return may;
    if (tx.read(pipe.pages).length > pages) return fail('EBUSY');
    unchargePipe(tx, k, pipe);
    tx.write(pipe.capacity, pages);
    tx.add(k.users.pipePages.at(tx.read(pipe.payer)), pages);
    awaken(tx, pipe.waiters);
    return { ok: true, value: pages * PAGE_SIZE };
  },
);

/** Begins or ends telling the owner of an end of a pipe what becomes possible there; for operations. */
export const watchPipe = (tx: Transaction, file: File, on: boolean): void => {
  const { watchers } = pipeOf(tx, file);
  const others = tx.read(watchers).filter((other) => other !== file);
  if (on || others.length < tx.read(watchers).length) tx.write(watchers, on ? [...others, file] : others);
};

/** Whether an open file is an end of a pipe; for operations. */
export const isPipe = (tx: Transaction, file: File): boolean => tx.read(file.operations) === fifoFile;
