/**
 * What a read of /proc/<pid>/sig/ shows: task_read_procsig of the posted series; SEMANTICS B6.
 *
 * Only `action` and `waiters` are printed under a lock. The queues are walked without one, entry by entry (G2), and what hangs off
 * the task by a pointer may be gone by then (G14): the real kernel dies there, here the read fails with ESRCH.
 * Notes: `procsig.null` {target}, `procsig.mask_seen` {target, temporary}, `procsig.actions_seen` {restorers} for who copies them,
 * `procsig.waiters_seen` {listed, waiting, overflow}; touching a freed entry is a fault.
 */

import { PAGE_SIZE } from '../../abi/limits.ts';
import type { Kernel } from '../../kernel.ts';
import { operation, type Steps } from '../../machine/effect.ts';
import type { Transaction } from '../../machine/store.ts';
import { numberIn } from '../../pid/pid.ts';
import { fail, ok, type Result } from '../../result.ts';
import type { Task } from '../../task/task.ts';
import { queue } from '../pending.ts';
import { DEFAULT_ACTION, type Pending, type SigQueue } from '../state.ts';
import { COLUMNS, printAction, printEntry, printMask, type QueueFile, type SigFileName } from './text.ts';

/** What a reaped task has let go of is followed as if it were there (G14). */
export function lostPointer(tx: Transaction, k: Kernel, target: Task): Result<never> {
  if (!k.fixed('G14')) tx.note({ type: 'procsig.null', target });
  return fail('ESRCH');
}

/** Whether the task's signal and handler pointers were cleared by its release; for operations. */
export const isReaped = (tx: Transaction, target: Task): boolean => tx.read(target.handlers) === null;

/** The mask that counts when a call has put a temporary one in its place; null outside of such calls. For operations. */
export function realMask(tx: Transaction, target: Task): bigint | null {
  const own = tx.read(target.signals)!;
  const waiting = tx.read(own.realBlocked);
  return tx.read(own.savedMask) ?? (waiting === 0n ? null : waiting);
}

const readBlocked = operation('procsig.read_blocked', (tx: Transaction, k: Kernel, target: Task): Result<string> => {
  if (isReaped(tx, target)) return ok(printMask(k, 0n)); // the mask is in the task itself, which is still there
  const real = realMask(tx, target);
  const shown = k.fixed('G21') ? real : null;
  tx.note({ type: 'procsig.mask_seen', target, temporary: real !== null && shown === null });
  return ok(printMask(k, shown ?? tx.read(tx.read(target.signals)!.blocked)));
});

/** The queue that a file is about, its own or the process's; for operations. Null where a reaped task's own was, empty by now. */
export function followQueue(tx: Transaction, k: Kernel, target: Task, name: QueueFile): Result<Pending | null> {
  if (isReaped(tx, target)) return name === 'pending' ? ok(null) : lostPointer(tx, k, target);
  if (name === 'pending') return ok(tx.read(target.signals)!);
  return ok(tx.read(tx.read(target.process)!.signals)!);
}

const findQueue = operation('procsig.find_queue', followQueue);

const printSet = operation(
  'procsig.print_set',
  (tx: Transaction, k: Kernel, owner: Pending): string => printMask(k, tx.read(owner.pending)),
  { plain: true },
);

const firstEntry = operation(
  'procsig.first_entry',
  (tx: Transaction, owner: Pending): SigQueue | null => queue.first(tx, owner),
  { plain: true },
);

const showEntry = operation(
  'procsig.print_entry',
  (tx: Transaction, entry: SigQueue): string => {
    const info = tx.read(entry.info);
    const user = tx.read(entry.user);
    return typeof info === 'object' ? printEntry(info, user) : ''; // freed memory prints as anything
  },
  { plain: true },
);

const nextEntry = operation(
  'procsig.next_entry',
  (tx: Transaction, entry: SigQueue): SigQueue | null => {
    const next: unknown = queue.next(tx, entry);
    return typeof next === 'object' ? (next as SigQueue | null) : null; // out of freed memory: who knows where to
  },
  { plain: true },
);

const copyQueue = operation('procsig.copy_queue', (tx: Transaction, k: Kernel, owner: Pending): string => {
  let text = `${printMask(k, tx.read(owner.pending))}\n`;
  for (const entry of queue.members(tx, owner)) text += printEntry(tx.read(entry.info), tx.read(entry.user));
  return text;
});

function* readQueue(k: Kernel, target: Task, name: QueueFile): Steps<Result<string>> {
  const owner = yield* findQueue(k, target, name);
  if (!owner.ok) return owner;
  if (owner.value === null) return ok(`${'0'.repeat(COLUMNS)}\n`);
  if (k.fixed('G2')) return ok(yield* copyQueue(k, owner.value));
  let text = `${yield* printSet(k, owner.value)}\n`;
  for (let entry = yield* firstEntry(owner.value); entry !== null; entry = yield* nextEntry(entry)) {
    text += yield* showEntry(entry);
  }
  return ok(text);
}

const readActions = operation('procsig.read_action', (tx: Transaction, k: Kernel, target: Task): Result<string> => {
  if (isReaped(tx, target)) return lostPointer(tx, k, target);
  const actions = tx.read(tx.read(target.handlers)!.actions);
  const restorers = Object.entries(actions).map(([signo, { restorer = 0 }]) => [Number(signo), restorer] as const);
  tx.note({ type: 'procsig.actions_seen', restorers });
  let text = '';
  for (let signo = 1; signo <= COLUMNS; signo++) text += printAction(k, signo, actions[signo] ?? DEFAULT_ACTION);
  return ok(text);
});

const readAltStack = operation('procsig.read_altstack', (tx: Transaction, target: Task): Result<string> => {
  const stack = isReaped(tx, target) ? null : tx.read(tx.read(target.signals)!.altStack);
  return ok(`${String(stack?.sp ?? 0)} ${stack?.size ?? 0}`);
});

/** Characters that have to be free for one more line of `waiters`. */
const WAITER_ROOM = 50;

const readWaiters = operation('procsig.read_waiters', (tx: Transaction, k: Kernel, target: Task): Result<string> => {
  if (isReaped(tx, target)) return lostPointer(tx, k, target);
  const process = tx.read(target.process)!;
  const parent = tx.read(tx.read(process.leader)!.parent);
  const parentProcess = parent === null ? null : tx.read(parent.process);
  // Documented are the tasks that wait for this process; listed are its own threads that wait for its children (G15).
  const waiting = parentProcess === null ? [] : tx.read(parentProcess.waiters);
  const listed = k.fixed('G15') ? waiting : tx.read(process.waiters);
  let text = '';
  for (const waiter of listed) {
    const overflow = text.length + WAITER_ROOM > PAGE_SIZE;
    if (overflow && !k.fixed('G15')) {
      tx.note({ type: 'procsig.waiters_seen', overflow });
      return fail('ENOMEM'); // and what is freed is not where the page begins
    }
    text += `0 ${numberIn(tx, tx.read(waiter.pid)!, k.initPidNs)}\n`;
  }
  const asDocumented = listed.length === waiting.length && listed.every((waiter) => waiting.includes(waiter));
  if (!asDocumented) tx.note({ type: 'procsig.waiters_seen', overflow: false });
  return ok(text);
});

/** The whole text of a file as it is now; ESRCH for parts of a task that has been reaped meanwhile. */
export function textOf(k: Kernel, target: Task, name: SigFileName): Steps<Result<string>> {
  switch (name) {
    case 'pending':
    case 'shared_pending':
      return readQueue(k, target, name);
    case 'blocked':
      return readBlocked(k, target);
    case 'action':
      return readActions(k, target);
    case 'altstack':
      return readAltStack(target);
    case 'waiters':
      return readWaiters(k, target);
  }
}
