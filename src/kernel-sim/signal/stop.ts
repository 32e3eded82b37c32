/**
 * Stopping a whole process: each thread stops by itself, the last one tells the parent; kernel/signal.c:do_signal_stop,
 * SEMANTICS C12. What makes it go on is in send.ts, as SIGCONT does so when it is sent. For use inside operations.
 */

import type { Kernel } from '../kernel.ts';
import { operation } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { sleepIn } from '../task/sleep.ts';
import { type Task, threads } from '../task/task.ts';
import { notifyOfStop } from './notify.ts';
import { signalWake } from './send.ts';

/** What became of a stop: `lost` to a SIGCONT or a group exit, begun or joined, or completed by this very thread. */
export type Stopping = 'lost' | 'partly' | 'completely';

/** Begins the stop that a signal asks for, with the current thread as the first to stop. */
export function beginStop(tx: Transaction, task: Task, signo: number): Stopping {
  const process = tx.read(task.process)!;
  const signals = tx.read(process.signals)!;
  if (tx.read(signals.stopCount) > 0) return joinStop(tx, task);
  const ending = tx.read(process.groupExit) !== null || tx.read(process.execing) !== null;
  if (!tx.read(signals.stopDequeued) || ending) return 'lost';
  tx.write(signals.stopCode, signo);
  let others = 0;
  for (const thread of threads.members(tx, process)) {
    if (thread === task || tx.read(thread.exiting) || tx.read(thread.state) === 'stopped') continue;
    others++;
    signalWake(tx, thread, false);
  }
  tx.write(signals.stopCount, others);
  return halt(tx, task, others);
}

/** Stops the current thread for a stop that another thread began. */
export function joinStop(tx: Transaction, task: Task): Stopping {
  const signals = tx.read(tx.read(task.process)!.signals)!;
  return halt(
    tx,
    task,
    tx.update(signals.stopCount, (n) => n - 1),
  );
}

function halt(tx: Transaction, task: Task, left: number): Stopping {
  sleepIn(tx, task, 'stopped');
  if (left > 0) return 'partly';
  completeStop(tx, task);
  return 'completely';
}

/** Takes an exiting thread out of a stop under way; says whether that completes it. */
export function leaveStop(tx: Transaction, task: Task): boolean {
  const signals = tx.read(tx.read(task.process)!.signals)!;
  if (tx.read(signals.stopCount) === 0 || tx.update(signals.stopCount, (n) => n - 1) > 0) return false;
  completeStop(tx, task);
  return true;
}

function completeStop(tx: Transaction, task: Task): void {
  const process = tx.read(task.process)!;
  const signals = tx.read(process.signals)!;
  const code = tx.read(signals.stopCode);
  tx.write(signals.stopped, true);
  tx.write(process.stopSignal, code);
  tx.write(process.continued, false);
  tx.note({ type: 'signal.stopped', process, by: code });
}

/** Tells the parent that a process stopped, or (CLD_CONTINUED) went on; under tasklist_lock, after the signal lock is dropped. */
export const tellOfStop = operation('signal.notify_stop', (tx: Transaction, k: Kernel, task: Task, why: number): void =>
  notifyOfStop(tx, k, task, why),
);
