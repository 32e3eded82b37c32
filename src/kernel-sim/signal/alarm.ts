/**
 * ITIMER_REAL, which alarm(2) and setitimer(2) set: one for each process; kernel/itimer.c.
 *
 * While it is set a thread of the kernel's own waits for its time and sends SIGALRM. The virtual clock moves when everybody waits,
 * so a program that never waits never sees its alarm. fork does not copy it, exec keeps it. Times are in ns.
 */

import { SIGALRM } from '../abi/signal.ts';
import type { Kernel } from '../kernel.ts';
import { operation, type Steps } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import type { Process, Task } from '../task/task.ts';
import { sendFromKernel } from './send.ts';

/** A timer: ns until it fires (0 when it is not set) and ns between later times (0 for once). */
export interface Timer {
  readonly value: number;
  readonly interval: number;
}

const alarmOf = (tx: Transaction, process: Process): number | null => {
  const signals = tx.read(process.signals);
  return signals === null ? null : tx.read(signals.alarmAt);
};

/** Waits for the alarm's time, which may be changed meanwhile, and sends it; says whether there is another to wait for. */
const fire = operation(
  'alarm.fire',
  (tx: Transaction, k: Kernel, process: Process): boolean => {
    const signals = tx.read(process.signals);
    if (signals === null) return false; // the process is gone
    const at = tx.read(signals.alarmAt);
    const interval = tx.read(signals.alarmInterval);
    const again = at !== null && interval > 0;
    tx.write(signals.alarmAt, again ? at + interval : null);
    tx.write(signals.alarmThread, again);
    if (at !== null) sendFromKernel(tx, k, SIGALRM, tx.read(process.leader)!);
    return again;
  },
  { when: (tx, _k, process) => alarmOf(tx, process) === null, deadline: (tx, _k, process) => alarmOf(tx, process) },
);

function* runTimer(k: Kernel, process: Process): Steps<void> {
  while (yield* fire(k, process));
}

function timerOf(tx: Transaction, k: Kernel, task: Task): Timer {
  const signals = tx.read(tx.read(task.process)!.signals)!;
  const at = tx.read(signals.alarmAt);
  if (at === null) return { value: 0, interval: 0 };
  // One that is due and has not fired yet is shown with the least time there is.
  return { value: Math.max(at - tx.read(k.machine.clock.now), 1000), interval: tx.read(signals.alarmInterval) };
}

/** Reads ITIMER_REAL. */
export const readAlarm = operation('alarm.read', timerOf);

/** Sets ITIMER_REAL, or takes it away with a `value` of 0; gives what it was before. */
export const exchangeAlarm = operation('alarm.set', (tx: Transaction, k: Kernel, task: Task, timer: Timer): Timer => {
  const old = timerOf(tx, k, task);
  const process = tx.read(task.process)!;
  const signals = tx.read(process.signals)!;
  const isSet = timer.value > 0;
  tx.write(signals.alarmAt, isSet ? tx.read(k.machine.clock.now) + timer.value : null);
  tx.write(signals.alarmInterval, isSet ? timer.interval : 0);
  // One thread waits as long as there is something to wait for; it ends by itself when it finds the timer taken away.
  if (isSet && !tx.read(signals.alarmThread)) {
    tx.write(signals.alarmThread, true);
    k.machine.launchThread(tx, { name: 'itimer', args: [process], start: () => runTimer(k, process) });
  }
  return old;
});
