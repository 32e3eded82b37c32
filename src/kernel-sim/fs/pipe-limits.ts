/**
 * How large pipes may be, and how many pages of them a user may have; fs/pipe.c:alloc_pipe_info, pipe_set_size, pipe(7). Since 2.6.35
 * and 4.5. Left out on purpose: pipe-user-pages-hard at the making of a pipe, which is off by default.
 */

import { PAGE_SIZE, PIPE_SIZE } from '../abi/limits.ts';
import type { Kernel } from '../kernel.ts';
import type { Cell } from '../machine/layout.ts';
import type { Transaction } from '../machine/store.ts';
import { done, fail, type Result } from '../result.ts';
import { capable } from '../task/cred.ts';
import type { Task } from '../task/task.ts';
import type { Pipe } from './pipe.ts';
import type { Sysctl } from './proc/sysctl.ts';

/** Pages of a pipe whose user has had enough of them. */
const FEW_PAGES = 2;

/** What /proc/sys/fs/pipe-* starts with: bytes of a pipe, pages of a user before it matters and at most, 0 for no limit. */
export const pipeLimits = { pipeMaxSize: 16 * PIPE_SIZE, pipePagesSoft: 16_384, pipePagesHard: 0 };

/** The bytes that a pipe gets who is asked for so many: a power of two of pages, 0 when there is none. */
export const pipeSize = (bytes: number): number =>
  bytes > 2 ** 31 ? 0 : 2 ** Math.ceil(Math.log2(Math.max(PAGE_SIZE, bytes)));

const isPrivileged = (tx: Transaction, task: Task): boolean => {
  const cred = tx.read(task.cred);
  return capable(cred, 'CAP_SYS_RESOURCE') || capable(cred, 'CAP_SYS_ADMIN');
};

/** Whether a limit of pages is exceeded; 0 is none. */
const exceeds = (pages: number, limit: number): boolean => limit > 0 && pages > limit;

/** Gives a new pipe its size and charges its user; for operations. */
export function chargePipe(tx: Transaction, k: Kernel, task: Task, pipe: Pipe): void {
  if (k.is26) return;
  const { uid } = tx.read(task.cred);
  const pages = k.users.pipePages.at(uid);
  const largest = tx.read(k.fs.pipeMaxSize) / PAGE_SIZE;
  const usual = capable(tx.read(task.cred), 'CAP_SYS_RESOURCE') ? Number.POSITIVE_INFINITY : largest;
  let capacity = Math.min(tx.read(pipe.capacity), usual);
  if (exceeds(tx.read(pages) + capacity, tx.read(k.fs.pipePagesSoft)) && !isPrivileged(tx, task)) capacity = FEW_PAGES;
  tx.write(pipe.capacity, capacity);
  tx.write(pipe.payer, uid);
  tx.add(pages, capacity);
}

/** Gives back what a pipe costs; for operations. */
export function unchargePipe(tx: Transaction, k: Kernel, pipe: Pipe): void {
  if (!k.is26) tx.add(k.users.pipePages.at(tx.read(pipe.payer)), -tx.read(pipe.capacity));
}

/** Whether a pipe may have so many pages: EPERM over the limits; for operations. */
export function mayHavePages(tx: Transaction, k: Kernel, task: Task, pipe: Pipe, wanted: number): Result<undefined> {
  const before = tx.read(pipe.capacity);
  if (wanted <= before) return done;
  const tooLarge = wanted * PAGE_SIZE > tx.read(k.fs.pipeMaxSize);
  if (tooLarge && !capable(tx.read(task.cred), 'CAP_SYS_RESOURCE')) return fail('EPERM');
  const pages = tx.read(k.users.pipePages.at(tx.read(pipe.payer))) - before + wanted;
  const tooMany = exceeds(pages, tx.read(k.fs.pipePagesSoft)) || exceeds(pages, tx.read(k.fs.pipePagesHard));
  return tooMany && !isPrivileged(tx, task) ? fail('EPERM') : done;
}

const pages = (cellOf: (k: Kernel) => Cell<number>): Sysctl => ({
  read: (tx, k) => [tx.read(cellOf(k))],
  write(tx, k, _writer, [value]) {
    if (value === undefined) return done;
    if (value < 0n || value > BigInt(Number.MAX_SAFE_INTEGER)) return fail('EINVAL');
    tx.write(cellOf(k), Number(value));
    return done;
  },
});

/** The limits under their names in /proc/sys/fs. */
export const pipeSysctls: Readonly<Record<string, Sysctl>> = {
  'pipe-max-size': {
    read: (tx, k) => [tx.read(k.fs.pipeMaxSize)],
    write(tx, k, _writer, [value]) {
      if (value === undefined) return done;
      const size = value < 0n ? 0 : pipeSize(Number(value));
      if (size === 0) return fail('EINVAL');
      tx.write(k.fs.pipeMaxSize, size);
      return done;
    },
  },
  'pipe-user-pages-soft': pages((k) => k.fs.pipePagesSoft),
  'pipe-user-pages-hard': pages((k) => k.fs.pipePagesHard),
};
