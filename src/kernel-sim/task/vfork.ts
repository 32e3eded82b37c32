/** vfork: the parent sleeps until the child has let go of the shared address space; kernel/fork.c:mm_release, vfork(2). */

import { SIGKILL } from '../abi/signal.ts';
import type { Kernel } from '../kernel.ts';
import { operation } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { bit } from '../signal/signal-set.ts';
import { sleepIn } from './sleep.ts';
import type { Task } from './task.ts';

/** Makes `caller` wait for `child`; for operations, before the child can run: it may be gone by the time the caller waits. */
export function beginVfork(tx: Transaction, caller: Task, child: Task): void {
  tx.write(caller.vforkDone, false);
  tx.write(child.vforkParent, caller);
  sleepIn(tx, caller, 'uninterruptible');
}

/** Waits until the child execs or exits. No signal ends it, except that 6.x lets the caller be killed. */
export const awaitVfork = operation(
  'vfork.wait',
  (tx: Transaction, _k: Kernel, caller: Task, child: Task): void => {
    tx.write(caller.state, 'running');
    if (!tx.read(caller.vforkDone)) tx.write(child.vforkParent, null);
  },
  { when: (tx, k, caller) => tx.read(caller.vforkDone) || (!k.is26 && isKilled(tx, caller)) },
);

/** Whether SIGKILL is pending for a task; fatal_signal_pending. For operations. */
export const isKilled = (tx: Transaction, task: Task): boolean =>
  (tx.read(tx.read(task.signals)!.pending) & bit(SIGKILL)) !== 0n;

/** Lets a vfork parent go on: the child execs or exits; for operations. */
export function releaseVforkParent(tx: Transaction, child: Task): void {
  const parent = tx.read(child.vforkParent);
  if (parent === null) return;
  tx.write(parent.vforkDone, true);
  tx.write(child.vforkParent, null);
}
