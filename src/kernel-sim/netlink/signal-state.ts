/**
 * The signal state of a task, read and replaced as a whole under its signal lock: each is one step. Unlike the files of
 * /proc/<pid>/sig this is sound in itself; SEMANTICS C12, E11.
 */

import type { Kernel } from '../kernel.ts';
import { operation } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { done, fail, type Result } from '../result.ts';
import { hasWork } from '../signal/mask.ts';
import { allocateEntry, flushPending, isCoalesced, queue, queued } from '../signal/pending.ts';
import { signalWake } from '../signal/send.ts';
import type { SigInfo } from '../signal/siginfo.ts';
import { bit, UNBLOCKABLE } from '../signal/signal-set.ts';
import type { Actions, AltStack, Pending } from '../signal/state.ts';
import { type Task, threads } from '../task/task.ts';

/** What there is to save of a thread and its process. */
export interface SignalState {
  readonly blocked: bigint;
  readonly pending: readonly SigInfo[];
  readonly shared: readonly SigInfo[];
  /** Those that are not the default. */
  readonly actions: Actions;
  readonly altStack: AltStack | null;
}

/** What a restore is to replace; what is undefined stays. */
export type Wanted = { readonly [K in keyof SignalState]: SignalState[K] | undefined };

/** Reads the state; null when the task has been reaped. */
export const dumpSignals = operation('cr.dump', (tx: Transaction, target: Task): SignalState | null => {
  if (tx.read(target.handlers) === null) return null;
  const own = tx.read(target.signals)!;
  return {
    blocked: tx.read(own.blocked),
    pending: queued(tx, own),
    shared: queued(tx, tx.read(tx.read(target.process)!.signals)!),
    actions: tx.read(tx.read(target.handlers)!.actions),
    altStack: tx.read(own.altStack),
  };
});

/**
 * Replaces what a message gives of the state.
 *
 * @returns ESRCH when the task has been reaped, EAGAIN when its user would have more signals queued than RLIMIT_SIGPENDING allows;
 * then nothing has changed
 */
export const restoreSignals = operation(
  'cr.restore',
  (tx: Transaction, k: Kernel, target: Task, wanted: Wanted): Result<undefined> => {
    if (tx.read(target.handlers) === null) return fail('ESRCH');
    const own = tx.read(target.signals)!;
    const shared = tx.read(tx.read(target.process)!.signals)!;
    if (exceedsQuota(tx, k, target, own, wanted.pending, shared, wanted.shared)) return fail('EAGAIN');
    if (wanted.actions !== undefined) tx.write(tx.read(target.handlers)!.actions, wanted.actions);
    if (wanted.altStack !== undefined) tx.write(own.altStack, wanted.altStack);
    if (wanted.blocked !== undefined) tx.write(own.blocked, wanted.blocked & ~UNBLOCKABLE);
    replace(tx, k, target, own, wanted.pending);
    replace(tx, k, target, shared, wanted.shared);
    for (const thread of threads.members(tx, tx.read(target.process)!)) {
      if (hasWork(tx, thread)) signalWake(tx, thread, false);
    }
    return done;
  },
);

const entriesOf = (tx: Transaction, owner: Pending): number => [...queue.members(tx, owner)].length;

function exceedsQuota(
  tx: Transaction,
  k: Kernel,
  target: Task,
  own: Pending,
  pending: readonly SigInfo[] | undefined,
  shared: Pending,
  sharedPending: readonly SigInfo[] | undefined,
): boolean {
  const more = (owner: Pending, infos: readonly SigInfo[] | undefined): number =>
    infos === undefined ? 0 : infos.length - entriesOf(tx, owner);
  const added = more(own, pending) + more(shared, sharedPending);
  if (added <= 0) return false;
  const limit = tx.read(tx.read(target.process)!.limits)!.RLIMIT_SIGPENDING.soft;
  return tx.read(k.users.signals.at(tx.read(target.cred).uid)) + added > limit;
}

function replace(
  tx: Transaction,
  k: Kernel,
  target: Task,
  owner: Pending,
  infos: readonly SigInfo[] | undefined,
): void {
  if (infos === undefined) return;
  flushPending(tx, k, owner);
  for (const info of infos) {
    if (isCoalesced(tx, owner, info.si_signo)) continue;
    queue.append(tx, owner, allocateEntry(tx, k, target, info, true)!);
    tx.update(owner.pending, (set) => set | bit(info.si_signo));
  }
}
