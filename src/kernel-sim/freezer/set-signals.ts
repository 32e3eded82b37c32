/**
 * Looking at the signals of one frozen member and setting them. Each is one step: the thread's siglock is held for all of it, and
 * the thread itself does not run. What the calls would refuse is refused, and then nothing is changed.
 * Note: `freezer.signals_set` {task}.
 */

import { MINSIGSTKSZ } from '../abi/limits.ts';
import { SIGRTMIN, SS_AUTODISARM } from '../abi/signal.ts';
import { SI_USER } from '../abi/signal-code.ts';
import type { Kernel } from '../kernel.ts';
import type { Transaction } from '../machine/store.ts';
import { done, fail, type Result } from '../result.ts';
import { innermostFrame, putAction } from '../signal/action.ts';
import { hasWork } from '../signal/mask.ts';
import { allocateEntry, flushPending, queue } from '../signal/pending.ts';
import { addressOf, handlerAt } from '../signal/procsig/text.ts';
import { signalWake } from '../signal/send.ts';
import type { SigInfo } from '../signal/siginfo.ts';
import { UNBLOCKABLE } from '../signal/signal-set.ts';
import type { Pending } from '../signal/state.ts';
import { type Task, threads } from '../task/task.ts';
import { isFrozenEnough } from './freeze.ts';
import type { ActionLine, QueueRecord, SignalRecord } from './record.ts';

/** All that there is to say of a thread's signals; for operations. In sigsuspend the mask is the one that will come back (G21). */
export function signalsOfTask(tx: Transaction, k: Kernel, task: Task, tid: number): SignalRecord {
  const own = tx.read(task.signals)!;
  const actions = Object.entries(tx.read(tx.read(task.handlers)!.actions)).map(
    ([signo, { flags, mask, handler, restorer }]): ActionLine => ({
      signo: Number(signo),
      flags,
      mask,
      handler: addressOf(k.userland, handler),
      restorer: addressOf(k.userland, restorer ?? 0),
    }),
  );
  return {
    tid,
    altStack: tx.read(own.altStack),
    blocked: tx.read(own.savedMask) ?? tx.read(own.blocked),
    actions,
    pending: queueOf(tx, own),
    shared: queueOf(tx, tx.read(tx.read(task.process)!.signals)!),
  };
}

const queueOf = (tx: Transaction, owner: Pending): QueueRecord => ({
  set: tx.read(owner.pending),
  entries: [...queue.members(tx, owner)].map((entry) => tx.read(entry.info)),
});

/**
 * Puts what a record says in place of what a frozen thread has; for operations.
 *
 * @returns EPERM while a handler runs on the stack that would go, EINVAL for unknown flags of another and ENOMEM when it is too small,
 * EAGAIN when the user would have more queued signals than RLIMIT_SIGPENDING allows, counted as if each were sent
 */
export function setSignals(tx: Transaction, k: Kernel, task: Task, record: SignalRecord): Result<undefined> {
  const own = tx.read(task.signals)!;
  const shared = tx.read(tx.read(task.process)!.signals)!;
  const { altStack, blocked, actions } = record;
  if (altStack !== undefined && innermostFrame(tx, task)?.onAltStack === true) return fail('EPERM');
  if (altStack !== undefined && altStack !== null) {
    if ((altStack.flags & ~(k.is26 ? 0 : SS_AUTODISARM)) !== 0) return fail('EINVAL');
    if (altStack.size < MINSIGSTKSZ) return fail('ENOMEM');
  }
  const queues = [
    [own, record.pending],
    [shared, record.shared],
  ] as const;
  if (!hasRoom(tx, k, task, queues)) return fail('EAGAIN');
  if (altStack !== undefined) tx.write(own.altStack, altStack);
  if (blocked !== undefined) {
    tx.write(tx.read(own.savedMask) === null ? own.blocked : own.savedMask, blocked & ~UNBLOCKABLE);
  }
  if (actions !== undefined) setActions(tx, k, task, actions);
  for (const [owner, wanted] of queues) if (wanted !== undefined) refill(tx, k, task, owner, wanted);
  if (record.shared === undefined) recalculateFor(tx, task);
  else for (const thread of threads.members(tx, tx.read(task.process)!)) recalculateFor(tx, thread);
  tx.note({ type: 'freezer.signals_set', task });
  return done;
}

/** Whether the quota has no say: standard signals from the kernel, or with a code of its own. */
const isUnlimited = ({ si_signo, si_code }: SigInfo): boolean => si_signo < SIGRTMIN && si_code >= SI_USER;

/** Whether all entries could be sent one after the other once those that they replace are gone. */
function hasRoom(
  tx: Transaction,
  k: Kernel,
  task: Task,
  queues: readonly (readonly [Pending, QueueRecord | undefined])[],
): boolean {
  const user = tx.read(task.cred).uid;
  const limit = tx.read(tx.read(task.process)!.limits)!.RLIMIT_SIGPENDING.soft;
  let count = tx.read(k.users.signals.at(user));
  for (const [owner, wanted] of queues) {
    if (wanted === undefined) continue;
    for (const entry of queue.members(tx, owner)) if (tx.read(entry.user) === user) count--;
  }
  for (const info of queues.flatMap(([, wanted]) => wanted?.entries ?? [])) {
    if (!isUnlimited(info) && count >= limit) return false;
    count++;
  }
  return true;
}

/** Empties a queue and fills it again; the room for that is there. */
function refill(tx: Transaction, k: Kernel, task: Task, owner: Pending, { set, entries }: QueueRecord): void {
  flushPending(tx, k, owner);
  for (const info of entries) queue.append(tx, owner, allocateEntry(tx, k, task, info, true)!);
  tx.write(owner.pending, set);
}

/** Makes the table that the thread shares what the lines say, and everything else the default. */
function setActions(tx: Transaction, k: Kernel, task: Task, lines: readonly ActionLine[]): void {
  const handlers = tx.read(task.handlers)!;
  tx.write(handlers.actions, {});
  for (const { signo, flags, mask, handler, restorer } of lines) {
    putAction(tx, handlers, signo, {
      handler: handlerAt(k.userland, handler),
      flags,
      mask: mask & ~UNBLOCKABLE,
      ...(restorer === 0n ? {} : { restorer: handlerAt(k.userland, restorer) }),
    });
  }
}

/** A thread may have more or less to take now. One that runs is only told of more: its flag is its own to clear. */
function recalculateFor(tx: Transaction, thread: Task): void {
  if (tx.read(thread.exiting)) return;
  if (isFrozenEnough(tx, thread)) tx.write(tx.read(thread.signals)!.flagged, hasWork(tx, thread));
  else if (hasWork(tx, thread)) signalWake(tx, thread, false);
}
