/** alarm, setitimer, getitimer; decode, delegate to kernel-sim/signal/alarm.ts, encode. */

import { ITIMER_PROF, ITIMER_REAL } from '../kernel-sim/abi/clock.ts';
import type { Kernel } from '../kernel-sim/kernel.ts';
import type { Steps } from '../kernel-sim/machine/effect.ts';
import { fail, ok } from '../kernel-sim/result.ts';
import { exchangeAlarm, readAlarm, type Timer } from '../kernel-sim/signal/alarm.ts';
import type { Task } from '../kernel-sim/task/task.ts';
import { FAULT } from './datum.ts';
import { int, out, struct } from './parameter.ts';
import { decodeTimer, encodeTimer } from './signal-data.ts';
import { syscall } from './syscall.ts';

const OFF: Timer = { value: 0, interval: 0 };

const NO_CPU_TIME = 'ITIMER_VIRTUAL and ITIMER_PROF: programs take no CPU time, so these never run';

const isTimer = (which: number): boolean => which >= ITIMER_REAL && which <= ITIMER_PROF;

function* read(k: Kernel, task: Task, which: number): Steps<Timer> {
  return which === ITIMER_REAL ? yield* readAlarm(k, task) : OFF;
}

export const itimerCalls = [
  syscall({
    name: 'alarm',
    family: 'time',
    parameters: { seconds: int('unsigned') },
    *run(k, task, { seconds }) {
      const old = yield* exchangeAlarm(k, task, { value: (seconds >>> 0) * 1e9, interval: 0 });
      // Rounded, but never to 0 while something was left.
      return ok({ value: old.value === 0 ? 0 : Math.max(1, Math.round(old.value / 1e9)) });
    },
  }),
  syscall({
    name: 'setitimer',
    family: 'time',
    leavesOut: NO_CPU_TIME,
    parameters: { which: int('itimer_which'), new_value: struct('itimerval'), old_value: out('itimerval') },
    *run(k, task, { which, new_value, old_value }) {
      if (new_value === FAULT) return fail('EFAULT');
      const timer = new_value === null ? OFF : decodeTimer(new_value); // NULL is taken for zeros
      if (timer === null || !isTimer(which)) return fail('EINVAL');
      const old = which === ITIMER_REAL ? yield* exchangeAlarm(k, task, timer) : OFF;
      if (old_value === FAULT) return fail('EFAULT');
      return ok(old_value === null ? { value: 0 } : { value: 0, out: { old_value: encodeTimer(old) } });
    },
  }),
  syscall({
    name: 'getitimer',
    family: 'time',
    leavesOut: NO_CPU_TIME,
    parameters: { which: int('itimer_which'), curr_value: out('itimerval') },
    *run(k, task, { which, curr_value }) {
      if (k.is26 && curr_value === null) return fail('EFAULT'); // the pointer is looked at first
      if (!isTimer(which)) return fail('EINVAL');
      const timer = yield* read(k, task, which);
      if (curr_value === null || curr_value === FAULT) return fail('EFAULT');
      return ok({ value: 0, out: { curr_value: encodeTimer(timer) } });
    },
  }),
];
