/** The blocked mask of a thread and the flag that follows from it; kernel/signal.c:recalc_sigpending, sigprocmask; SEMANTICS C12. */

import { SIG_BLOCK, SIG_SETMASK, SIG_UNBLOCK } from '../abi/signal.ts';
import { progressOf } from '../freezer/cgroup.ts';
import type { Kernel } from '../kernel.ts';
import { operation } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { fail, ok, type Result } from '../result.ts';
import { type Task, threads } from '../task/task.ts';
import { signalWake } from './send.ts';
import { UNBLOCKABLE } from './signal-set.ts';

/** Whether something waits for the thread: a signal it does not block, a stop it has to join, or a freeze; for operations. */
export function hasWork(tx: Transaction, task: Task): boolean {
  const own = tx.read(task.signals)!;
  const shared = tx.read(tx.read(task.process)!.signals)!;
  if (tx.read(shared.stopCount) > 0 || progressOf(tx, task) === 'freezing') return true;
  return ((tx.read(own.pending) | tx.read(shared.pending)) & ~tx.read(own.blocked)) !== 0n;
}

/** Sets or clears the current thread's flag; for operations. Nobody may clear another's. */
export const recalculate = (tx: Transaction, task: Task): void =>
  tx.write(tx.read(task.signals)!.flagged, hasWork(tx, task));

/** Replaces the current thread's mask; for operations. 6.x looks for another thread for what this one now blocks. */
export function setBlocked(tx: Transaction, k: Kernel, task: Task, mask: bigint): void {
  const own = tx.read(task.signals)!;
  if (!k.is26 && tx.read(own.flagged)) handOver(tx, task, mask & ~tx.read(own.blocked));
  tx.write(own.blocked, mask);
  recalculate(tx, task);
}

/** Wakes other threads for pending signals of the process that were left to this one; retarget_shared_pending. For operations. */
export function handOver(tx: Transaction, task: Task, signals: bigint): void {
  const process = tx.read(task.process)!;
  let left = tx.read(tx.read(process.signals)!.pending) & signals;
  for (const thread of threads.members(tx, process)) {
    if (left === 0n) return;
    if (thread === task || tx.read(thread.exiting)) continue;
    const own = tx.read(thread.signals)!;
    const takes = left & ~tx.read(own.blocked);
    if (takes === 0n) continue;
    left &= ~takes;
    if (!tx.read(own.flagged)) signalWake(tx, thread, false);
  }
}

/**
 * Changes the mask; sigprocmask(2).
 *
 * @param set null to look only
 * @returns the mask before; EINVAL for an unknown `how`
 */
export const changeMask = operation(
  'signal.procmask',
  (tx: Transaction, k: Kernel, task: Task, how: number, set: bigint | null): Result<bigint> => {
    const old = tx.read(tx.read(task.signals)!.blocked);
    if (set === null) return ok(old); // how is not even looked at
    const change = set & ~UNBLOCKABLE;
    if (how === SIG_BLOCK) setBlocked(tx, k, task, old | change);
    else if (how === SIG_UNBLOCK) setBlocked(tx, k, task, old & ~change);
    else if (how === SIG_SETMASK) setBlocked(tx, k, task, change);
    else return fail('EINVAL');
    return ok(old);
  },
);

/** What is pending and blocked; sigpending(2). */
export const blockedPending = operation('signal.pending_set', (tx: Transaction, task: Task): bigint => {
  const own = tx.read(task.signals)!;
  const shared = tx.read(tx.read(task.process)!.signals)!;
  return (tx.read(own.pending) | tx.read(shared.pending)) & tx.read(own.blocked);
});
