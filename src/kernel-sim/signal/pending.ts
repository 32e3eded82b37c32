/**
 * Pending signals: queueing one, taking one, dropping some; kernel/signal.c, SEMANTICS C12 steps 4-6 and take().
 * All of it is for use inside operations: the real code holds the signal lock.
 */

import { SIGRTMIN } from '../abi/signal.ts';
import { SI_TIMER } from '../abi/signal-code.ts';
import type { Kernel } from '../kernel.ts';
import { LinkedList } from '../machine/list.ts';
import type { Transaction } from '../machine/store.ts';
import type { Task } from '../task/task.ts';
import { bareInfo, type SigInfo } from './siginfo.ts';
import { bit, lowest, signalsOf } from './signal-set.ts';
import { type Pending, SigQueue } from './state.ts';

/** The queued details of an owner's pending signals, oldest first. */
export const queue = new LinkedList<Pending, SigQueue>({
  head: (owner) => owner.queueHead,
  tail: (owner) => owner.queueTail,
  next: (entry) => entry.next,
  previous: (entry) => entry.previous,
});

/** Whether a standard signal is pending already: another of it adds nothing. */
export const isCoalesced = (tx: Transaction, owner: Pending, signo: number): boolean =>
  signo < SIGRTMIN && (tx.read(owner.pending) & bit(signo)) !== 0n;

/**
 * An entry charged to the real user of `target`; null when that user has as many queued signals as RLIMIT_SIGPENDING allows.
 *
 * @param unlimited count it, but whatever the limit
 */
export function allocateEntry(
  tx: Transaction,
  k: Kernel,
  target: Task,
  info: SigInfo,
  unlimited: boolean,
): SigQueue | null {
  const user = tx.read(target.cred).uid;
  const count = k.users.signals.at(user);
  const limit = tx.read(tx.read(target.process)!.limits)!.RLIMIT_SIGPENDING.soft;
  if (!unlimited && tx.read(count) >= limit) return null;
  tx.add(count, 1);
  return tx.create(SigQueue, { info, user, next: null, previous: null });
}

/** Gives an entry back and takes it off its user's count. */
export function freeEntry(tx: Transaction, k: Kernel, entry: SigQueue): void {
  tx.add(k.users.signals.at(tx.read(entry.user)), -1);
  tx.free(entry);
}

/** Drops the pending signals of a set with their details; says whether there were any. */
export function dropSignals(tx: Transaction, k: Kernel, owner: Pending, set: bigint): boolean {
  const pending = tx.read(owner.pending);
  if ((pending & set) === 0n) return false;
  tx.write(owner.pending, pending & ~set);
  dropEntries(tx, k, owner, (info) => (bit(info.si_signo) & set) !== 0n);
  return true;
}

/** Drops everything pending. */
export function flushPending(tx: Transaction, k: Kernel, owner: Pending): void {
  tx.write(owner.pending, 0n);
  dropEntries(tx, k, owner, () => true);
}

/** Drops what a timer of the program before exec queued: its signals stay pending only where others sent them too. */
export function flushTimerSignals(tx: Transaction, k: Kernel, owner: Pending): void {
  let kept = tx.read(owner.pending);
  let retained = 0n;
  for (const entry of queue.members(tx, owner)) {
    const { si_signo, si_code } = tx.read(entry.info);
    if (si_code === SI_TIMER) kept &= ~bit(si_signo);
    else retained |= bit(si_signo);
  }
  dropEntries(tx, k, owner, (info) => info.si_code === SI_TIMER);
  tx.write(owner.pending, kept | retained);
}

function dropEntries(tx: Transaction, k: Kernel, owner: Pending, unwanted: (info: SigInfo) => boolean): void {
  for (const entry of queue.members(tx, owner)) {
    if (!unwanted(tx.read(entry.info))) continue;
    queue.remove(tx, owner, entry);
    freeEntry(tx, k, entry);
  }
}

/** Takes the oldest entry of a pending signal; the signal stays pending while there are more of it. */
function takeEntry(tx: Transaction, k: Kernel, owner: Pending, signo: number): SigInfo {
  let first: SigQueue | null = null;
  for (const entry of queue.members(tx, owner)) {
    if (tx.read(entry.info).si_signo !== signo) continue;
    if (first !== null) return remove(tx, k, owner, first);
    first = entry;
  }
  tx.update(owner.pending, (pending) => pending & ~bit(signo));
  // Pending without details: they were over the limit, or the bit was set by hand.
  return first === null ? bareInfo(signo) : remove(tx, k, owner, first);
}

function remove(tx: Transaction, k: Kernel, owner: Pending, entry: SigQueue): SigInfo {
  const info = tx.read(entry.info);
  queue.remove(tx, owner, entry);
  freeEntry(tx, k, entry);
  return info;
}

/**
 * Takes the next pending signal of `owner` that is in `wanted`; null when there is none.
 *
 * @param first signals that go before lower numbers
 */
export function takeNext(tx: Transaction, k: Kernel, owner: Pending, wanted: bigint, first = 0n): SigInfo | null {
  const candidates = tx.read(owner.pending) & wanted;
  const signo = lowest(candidates & first) || lowest(candidates);
  return signo === 0 ? null : takeEntry(tx, k, owner, signo);
}

/** Everything queued, oldest first, and the signals pending without details after them; for those who look. */
export function queued(tx: Transaction, owner: Pending): readonly SigInfo[] {
  const infos = [...queue.members(tx, owner)].map((entry) => tx.read(entry.info));
  const described = new Set(infos.map((info) => info.si_signo));
  return [
    ...infos,
    ...signalsOf(tx.read(owner.pending))
      .filter((signo) => !described.has(signo))
      .map(bareInfo),
  ];
}
