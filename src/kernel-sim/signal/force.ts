/** Signals that cannot be refused, such as the SIGSEGV for a broken handler frame; kernel/signal.c:force_sig. For operations. */

import { SIG_DFL, SIG_IGN } from '../abi/signal.ts';
import type { Kernel } from '../kernel.ts';
import type { Transaction } from '../machine/store.ts';
import type { Task } from '../task/task.ts';
import { setAction } from './action.ts';
import { setBlocked } from './mask.ts';
import { actionOf, sendFromKernel } from './send.ts';
import { bit } from './signal-set.ts';

/** Sends a signal to the current thread; blocked or ignored, it is unblocked and gets its default action first. */
export function forceSignal(tx: Transaction, k: Kernel, task: Task, signo: number): void {
  const own = tx.read(task.signals)!;
  const blocked = tx.read(own.blocked);
  const action = actionOf(tx, task, signo);
  const isBlocked = (blocked & bit(signo)) !== 0n;
  if (isBlocked || action.handler === SIG_IGN) setAction(tx, task, signo, { ...action, handler: SIG_DFL });
  if (isBlocked) setBlocked(tx, k, task, blocked & ~bit(signo));
  sendFromKernel(tx, k, signo, task, 'thread');
}
