import test from 'ava';
import { SIGUSR1 } from '../../src/kernel-sim/abi/signal.ts';
import { FAULT, OUT } from '../../src/syscalls/datum.ts';
import { bases, family } from '../kernel-sim/helpers/family.ts';

for (const base of bases) {
  test(`${base}: time and gettimeofday tell the virtual time since the epoch`, (t) => {
    const { k, init, call, outcome } = family(base);
    k.machine.advanceClock(2_500_000_000);
    t.is(outcome(init, 'time', null), '= 1215500002');
    t.like(call(init, 'time', OUT), { value: { value: 1_215_500_002, out: { tloc: [1_215_500_002] } } });
    t.deepEqual(call(init, 'gettimeofday', OUT, OUT), {
      ok: true,
      value: {
        value: 0,
        out: { tv: { tv_sec: 1_215_500_002, tv_usec: 500_000 }, tz: { tz_minuteswest: 0, tz_dsttime: 0 } },
      },
    });
    t.is(outcome(init, 'gettimeofday', null, null), '= 0');
    t.is(outcome(init, 'time', FAULT), 'EFAULT');
    t.is(outcome(init, 'gettimeofday', FAULT, null), 'EFAULT');
    t.is(outcome(init, 'gettimeofday', null, FAULT), 'EFAULT');
    t.is(outcome(init, 'sched_yield'), '= 0');
  });

  test(`${base}: a sleep that a handler ends says how much of it was left, unless it was until a given time`, (t) => {
    const interrupted = (...sleep: Parameters<typeof beginSleep>[1]) => beginSleep(base, sleep);
    const rest = { tv_sec: 6, tv_nsec: 5 };
    const length = { tv_sec: 10, tv_nsec: 5 };
    const eintr = { ok: false, errno: 'EINTR' };
    t.deepEqual(interrupted('nanosleep', length, OUT), { ...eintr, out: { rmtp: rest } });
    t.deepEqual(interrupted('nanosleep', length, null), eintr);
    t.deepEqual(interrupted('nanosleep', length, FAULT), { ok: false, errno: 'EFAULT' });
    t.deepEqual(interrupted('clock_nanosleep', 1, 0, length, OUT), { ...eintr, out: { rmtp: rest } });
    t.deepEqual(interrupted('clock_nanosleep', 1, 1, length, OUT), eintr);
  });
}

/** What a sleep of process 2 comes to when a signal with a handler comes 4 s after its begin. */
function beginSleep(
  base: (typeof bases)[number],
  [name, ...args]: [string, ...Parameters<ReturnType<typeof family>['call']>[2][]],
) {
  const { init, child, call, begin, fork, passTime } = family(base);
  call(child, 'rt_sigaction', SIGUSR1, { sa_handler: 0x4000, sa_mask: [], sa_flags: 0 }, null, 8);
  const sleeping = begin(child, name, ...args);
  begin(fork(init), 'nanosleep', { tv_sec: 4, tv_nsec: 0 }, null);
  passTime();
  call(init, 'kill', 2, SIGUSR1);
  return sleeping.result();
}
