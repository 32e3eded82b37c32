/** nanosleep, clock_nanosleep, clock_gettime; decode, delegate to kernel-sim/signal/nanosleep.ts, encode. */

import {
  CLOCK_BOOTTIME,
  CLOCK_MONOTONIC,
  CLOCK_MONOTONIC_COARSE,
  CLOCK_MONOTONIC_RAW,
  CLOCK_REALTIME,
  CLOCK_REALTIME_COARSE,
  CLOCK_THREAD_CPUTIME_ID,
  TIMER_ABSTIME,
} from '../kernel-sim/abi/clock.ts';
import type { Kernel } from '../kernel-sim/kernel.ts';
import { operation, type Steps } from '../kernel-sim/machine/effect.ts';
import type { Transaction } from '../kernel-sim/machine/store.ts';
import { fail, ok, type Result } from '../kernel-sim/result.ts';
import { sleepUntil, type Until } from '../kernel-sim/signal/nanosleep.ts';
import type { Task } from '../kernel-sim/task/task.ts';
import { FAULT, type FailedReturn, integerOf, type OUT, type Return, type Struct } from './datum.ts';
import { int, out, struct } from './parameter.ts';
import { decodeTimespec, isReadable } from './signal-data.ts';
import { syscall } from './syscall.ts';

const SINCE_EPOCH: readonly number[] = [CLOCK_REALTIME, CLOCK_REALTIME_COARSE];
const SINCE_BOOT: readonly number[] = [CLOCK_MONOTONIC, CLOCK_MONOTONIC_RAW, CLOCK_MONOTONIC_COARSE, CLOCK_BOOTTIME];
/** Those that can wake somebody. */
const ALARMS: readonly number[] = [CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_BOOTTIME];

/** Whether the kernel knows the clock: 2.6.26 has neither coarse nor raw ones, nor one that counts suspends. */
const isClock = (k: Kernel, id: number): boolean =>
  k.is26 ? id === CLOCK_REALTIME || id === CLOCK_MONOTONIC : SINCE_EPOCH.includes(id) || SINCE_BOOT.includes(id);

interface Moment {
  readonly tv_sec: number;
  readonly tv_nsec: number;
}

const readClock = operation('clock.read', (tx: Transaction, k: Kernel, id: number): Moment => {
  const now = tx.read(k.machine.clock.now);
  const base = SINCE_EPOCH.includes(id) ? tx.read(k.system.bootTime) : 0;
  return { tv_sec: base + Math.floor(now / 1e9), tv_nsec: now % 1e9 };
});

const bootTime = operation('clock.boot_time', (tx: Transaction, k: Kernel): number => tx.read(k.system.bootTime));

type Buffer = null | typeof OUT | typeof FAULT;

/** Sleeps; what is left of a sleep of some length that is interrupted is stored at `rest`. */
function* nap(k: Kernel, task: Task, until: Until, rest: Buffer): Steps<Result<Return> | FailedReturn> {
  const slept = yield* sleepUntil(k, task, until);
  if (slept.ok) return ok({ value: 0 });
  const { errno, left } = slept;
  if ('at' in until || rest === null) return fail(errno);
  if (rest === FAULT) return fail('EFAULT');
  return { ok: false, errno, out: { rmtp: { tv_sec: Math.floor(left / 1e9), tv_nsec: left % 1e9 } } };
}

/** ns of a sleep's length or end: EFAULT when it cannot be read, EINVAL when it is no time. */
function lengthOf(time: Struct | null | typeof FAULT): Result<number> {
  if (!isReadable(time)) return fail('EFAULT');
  const ns = decodeTimespec(time);
  return ns === null ? fail('EINVAL') : ok(ns);
}

export const clockCalls = [
  syscall({
    name: 'nanosleep',
    family: 'time',
    parameters: { rqtp: struct('timespec'), rmtp: out('timespec') },
    *run(k, task, { rqtp, rmtp }) {
      const length = lengthOf(rqtp);
      return length.ok ? yield* nap(k, task, { after: length.value }, rmtp) : length;
    },
  }),
  syscall({
    name: 'clock_nanosleep',
    family: 'time',
    leavesOut: 'clocks of CPU time',
    parameters: { clockid: int('clockid'), flags: int('timer_flags'), rqtp: struct('timespec'), rmtp: out('timespec') },
    *run(k, task, { clockid, flags, rqtp, rmtp }) {
      // A thread that sleeps does not come nearer to a time of its own.
      if (!k.is26 && clockid === CLOCK_THREAD_CPUTIME_ID) return fail('EOPNOTSUPP');
      if (!isClock(k, clockid)) return fail('EINVAL');
      if (!ALARMS.includes(clockid)) return fail('EOPNOTSUPP'); // can be read, wakes nobody
      const length = lengthOf(rqtp);
      if (!length.ok) return length;
      if ((flags & TIMER_ABSTIME) === 0) return yield* nap(k, task, { after: length.value }, rmtp);
      const { tv_sec = 0, tv_nsec = 0 } = rqtp as Struct;
      const base = clockid === CLOCK_REALTIME ? yield* bootTime(k) : 0;
      return yield* nap(k, task, { at: (integerOf(tv_sec) - base) * 1e9 + integerOf(tv_nsec) }, rmtp);
    },
  }),
  syscall({
    name: 'clock_gettime',
    family: 'time',
    leavesOut: 'clocks of CPU time',
    parameters: { clockid: int('clockid'), tp: out('timespec') },
    *run(k, _task, { clockid, tp }) {
      if (!isClock(k, clockid)) return fail('EINVAL');
      const { tv_sec, tv_nsec } = yield* readClock(k, clockid);
      if (tp === null || tp === FAULT) return fail('EFAULT');
      return ok({ value: 0, out: { tp: { tv_sec, tv_nsec } } });
    },
  }),
];
