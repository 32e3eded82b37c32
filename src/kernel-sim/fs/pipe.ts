/**
 * Pipes: a queue of at most 16 pages between two open files, or behind a FIFO; fs/pipe.c, pipe(7).
 *
 * A read or a write holds the pipe's lock until it is done or has to wait, so each stretch between two waits is one step. Small
 * writes fill up the last page if they fit in whole, which is why one of at most PIPE_BUF bytes is never torn, and why a pipe may
 * be full with fewer than 65536 bytes in it. Whoever waits is woken by every change and looks again; 6.x wakes only who can go on.
 * In 2.6.26 a reader that has got something still waits for the bytes of a writer that sleeps; 6.x returns what there is.
 * Left out on purpose: splice, tee and vmsplice, the soft limits per user on pages.
 */

import type { ErrnoName } from '../abi/errno.ts';
import { PAGE_SIZE, PIPE_SIZE } from '../abi/limits.ts';
import { O_DIRECT, O_NONBLOCK } from '../abi/open.ts';
import { SIGPIPE } from '../abi/signal.ts';
import { POLL_IN, POLL_OUT } from '../abi/signal-code.ts';
import type { Kernel } from '../kernel.ts';
import { operation, type Steps } from '../machine/effect.ts';
import { type Handle, layout } from '../machine/layout.ts';
import type { Transaction } from '../machine/store.ts';
import { fail, ok, type Result } from '../result.ts';
import { sendFrom } from '../signal/send.ts';
import { schedule } from '../task/sleep.ts';
import type { Task } from '../task/task.ts';
import { type Destination, type File, type Put, readable, type Source, type Taken, writable } from './file.ts';
import { tellOwner } from './tell-owner.ts';
import { awaken, joinQueue, leaveQueue } from './wait-queue.ts';

/** A page of a pipe: what is left in it, where in the page that ends, and whether it is a packet (O_DIRECT). */
interface Page {
  readonly bytes: string;
  readonly end: number;
  readonly packet: boolean;
}

interface PipeFields {
  /** Open files that read, and that write. */
  readers: number;
  writers: number;
  /** How often it was opened for reading and for writing: what an open of a FIFO waits for. */
  readerOpens: number;
  writerOpens: number;
  pages: readonly Page[];
  /** Most pages it holds. */
  capacity: number;
  /** The user whose pages these are. */
  payer: number;
  /** Writers asleep, for the 2.6.26 reader that waits for them. */
  waitingWriters: number;
  waiters: readonly Task[];
  /** Open files whose owners are told of what becomes possible (O_ASYNC). */
  watchers: readonly File[];
}

export type Pipe = Handle<PipeFields>;

export const Pipe = layout<PipeFields>('pipe', {
  readers: 0,
  writers: 0,
  readerOpens: 0,
  writerOpens: 0,
  pages: [],
  capacity: PIPE_SIZE / PAGE_SIZE,
  payer: 0,
  waitingWriters: 0,
  waiters: [],
  watchers: [],
});

/** Tells the owners of the open files that read (POLL_IN) or that write (POLL_OUT); for operations. */
export function tellWatchers(tx: Transaction, k: Kernel, pipe: Pipe, reason: number): void {
  for (const file of tx.read(pipe.watchers)) {
    const concerned = reason === POLL_IN ? readable(tx.read(file.flags)) : writable(tx.read(file.flags));
    if (concerned) tellOwner(tx, k, file, reason);
  }
}

export const pipeOf = (tx: Transaction, file: File): Pipe => tx.read(file.data) as Pipe;

/** Bytes in a pipe; for operations. */
export const pipeLength = (tx: Transaction, pipe: Pipe): number =>
  tx.read(pipe.pages).reduce((sum, { bytes }) => sum + bytes.length, 0);

/** How a stretch of a read or write ended: the call is over, it failed if it got nothing, or it waits. */
type Stretch<T> = { readonly got: T; readonly end: 'done' | 'wait' | ErrnoName };

/** Takes bytes off the first pages; a packet ends the read, and what does not fit of it is lost. */
function takePages(tx: Transaction, pipe: Pipe, count: number): { bytes: string; freed: boolean; packet: boolean } {
  const pages = [...tx.read(pipe.pages)];
  let bytes = '';
  let packet = false;
  while (pages.length > 0 && bytes.length < count && !packet) {
    const [first] = pages as [Page];
    const piece = first.bytes.slice(0, count - bytes.length);
    bytes += piece;
    packet = first.packet;
    if (packet || piece.length === first.bytes.length) pages.shift();
    else pages[0] = { ...first, bytes: first.bytes.slice(piece.length) };
  }
  const freed = pages.length < tx.read(pipe.pages).length;
  if (bytes !== '') tx.write(pipe.pages, pages);
  return { bytes, freed, packet };
}

const read = operation(
  'pipe.read',
  (tx: Transaction, k: Kernel, task: Task, file: File, count: number, had: number, good: boolean): Stretch<string> => {
    const pipe = pipeOf(tx, file);
    leaveQueue(tx, pipe.waiters, task);
    if (!good && tx.read(pipe.pages).length > 0) return { got: '', end: 'EFAULT' };
    const { bytes, freed, packet } = takePages(tx, pipe, count);
    if (freed) awaken(tx, pipe.waiters);
    tellWatchers(tx, k, pipe, POLL_OUT);
    const over = packet || bytes.length === count || tx.read(pipe.writers) === 0;
    if (over) return { got: bytes, end: 'done' };
    if (!(k.is26 && tx.read(pipe.waitingWriters) > 0)) {
      if (had + bytes.length > 0) return { got: bytes, end: 'done' };
      if ((tx.read(file.flags) & O_NONBLOCK) !== 0) return { got: bytes, end: 'EAGAIN' };
    }
    return { got: bytes, end: joinQueue(tx, pipe.waiters, task) };
  },
);

/** Reads from a pipe: waits for the first byte, 0 bytes when nobody writes any more. */
export function* readPipe(k: Kernel, task: Task, file: File, into: Destination): Steps<Result<Taken>> {
  let bytes = '';
  if (into.count === 0) return ok({ bytes, position: 0 });
  for (;;) {
    const { got, end } = yield* read(k, task, file, into.count - bytes.length, bytes.length, into.good);
    bytes += got;
    if (end === 'wait') yield* schedule(task, null);
    else if (end === 'done' || bytes !== '') return ok({ bytes, position: 0 });
    else return fail(end);
  }
}

/** Puts bytes behind the others: onto the last page if they fit there, page by page otherwise. Says how many. */
function putPages(tx: Transaction, pipe: Pipe, bytes: string, first: boolean, packet: boolean): number {
  const pages = [...tx.read(pipe.pages)];
  const capacity = tx.read(pipe.capacity);
  let put = 0;
  const odd = bytes.length % PAGE_SIZE;
  const last = pages.at(-1);
  if (first && odd !== 0 && last !== undefined && !last.packet && !packet && last.end + odd <= PAGE_SIZE) {
    pages[pages.length - 1] = { ...last, bytes: last.bytes + bytes.slice(0, odd), end: last.end + odd };
    put = odd;
  }
  while (put < bytes.length && pages.length < capacity) {
    const piece = bytes.slice(put, put + PAGE_SIZE);
    pages.push({ bytes: piece, end: piece.length, packet });
    put += piece.length;
  }
  if (put > 0) tx.write(pipe.pages, pages);
  return put;
}

const write = operation(
  'pipe.write',
  (tx: Transaction, k: Kernel, task: Task, file: File, bytes: string | null, had: number): Stretch<number> => {
    const pipe = pipeOf(tx, file);
    if (leaveQueue(tx, pipe.waiters, task)) tx.update(pipe.waitingWriters, (n) => n - 1);
    if (tx.read(pipe.readers) === 0) {
      sendFrom(tx, k, task, SIGPIPE, task, 'thread');
      return { got: 0, end: 'EPIPE' };
    }
    if (bytes === null) return { got: 0, end: 'EFAULT' };
    const flags = tx.read(file.flags);
    const got = putPages(tx, pipe, bytes, had === 0, (flags & O_DIRECT) !== 0);
    if (got > 0) awaken(tx, pipe.waiters);
    tellWatchers(tx, k, pipe, POLL_IN);
    if (got === bytes.length) return { got, end: 'done' };
    if ((flags & O_NONBLOCK) !== 0) return { got, end: 'EAGAIN' };
    const end = joinQueue(tx, pipe.waiters, task);
    if (end === 'wait') tx.update(pipe.waitingWriters, (n) => n + 1);
    return { got, end };
  },
);

/** Writes to a pipe: all of it, waiting for room; EPIPE with SIGPIPE when nobody reads any more. */
export function* writePipe(k: Kernel, task: Task, file: File, from: Source): Steps<Result<Put>> {
  let count = 0;
  if (from.count === 0) return ok({ count, position: 0 });
  for (;;) {
    const { got, end } = yield* write(k, task, file, from.bytes?.slice(count) ?? null, count);
    count += got;
    if (end === 'wait') yield* schedule(task, null);
    else if (end === 'done' || count > 0) return ok({ count, position: 0 });
    else return fail(end);
  }
}
