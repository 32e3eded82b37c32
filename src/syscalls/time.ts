/** time, gettimeofday, sched_yield; decode, read the clock, encode. Sleeping and the clocks of POSIX are in clocks.ts. */

import type { Kernel } from '../kernel-sim/kernel.ts';
import { operation } from '../kernel-sim/machine/effect.ts';
import type { Transaction } from '../kernel-sim/machine/store.ts';
import { fail, ok } from '../kernel-sim/result.ts';
import { FAULT, OUT } from './datum.ts';
import { out } from './parameter.ts';
import { syscall } from './syscall.ts';

/** µs since the epoch. */
const readTime = operation(
  'time.read',
  (tx: Transaction, k: Kernel): number =>
    tx.read(k.system.bootTime) * 1e6 + Math.floor(tx.read(k.machine.clock.now) / 1e3),
);

export const timeCalls = [
  syscall({
    name: 'time',
    family: 'time',
    parameters: { tloc: out('time[]') },
    *run(k, _task, { tloc }) {
      const seconds = Math.floor((yield* readTime(k)) / 1e6);
      if (tloc === FAULT) return fail('EFAULT');
      return ok({ value: seconds, ...(tloc === OUT && { out: { tloc: [seconds] } }) });
    },
  }),
  syscall({
    name: 'gettimeofday',
    family: 'time',
    parameters: { tv: out('timeval'), tz: out('timezone') },
    *run(k, _task, { tv, tz }) {
      const now = yield* readTime(k);
      if (tv === FAULT || tz === FAULT) return fail('EFAULT');
      const written = {
        ...(tv === OUT && { tv: { tv_sec: Math.floor(now / 1e6), tv_usec: now % 1e6 } }),
        ...(tz === OUT && { tz: { tz_minuteswest: 0, tz_dsttime: 0 } }),
      };
      return ok({ value: 0, out: written });
    },
  }),
  syscall({
    name: 'sched_yield',
    family: 'process',
    leavesOut: 'the schedule, which is the input of a run: whoever comes next may step in between anyway',
    parameters: {},
    *run() {
      return ok({ value: 0 });
    },
  }),
];
