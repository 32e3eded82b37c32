import test from 'ava';
import type { Base } from '../../src/kernel-sim/profile.ts';
import { type Datum, FAULT, OUT } from '../../src/syscalls/datum.ts';
import { lab } from '../kernel-sim/helpers/lab.ts';

const span = (tv_sec: number, tv_nsec = 0): Datum => ({ tv_sec, tv_nsec });

const table: [title: string, call: string, args: Datum[], expected: string | [string, string]][] = [
  ['nanosleep of no time', 'nanosleep', [span(0), null], '= 0'],
  ['nanosleep of nothing', 'nanosleep', [null, null], 'EFAULT'],
  ['nanosleep of what cannot be read', 'nanosleep', [FAULT, null], 'EFAULT'],
  ['nanosleep of a negative time', 'nanosleep', [span(-1), null], 'EINVAL'],
  ['nanosleep of a whole second of nanoseconds', 'nanosleep', [span(0, 1e9), null], 'EINVAL'],
  ['clock_nanosleep of no time', 'clock_nanosleep', [0, 0, span(0), null], '= 0'],
  ['clock_nanosleep until the past', 'clock_nanosleep', [0, 1, span(5), null], '= 0'],
  ['clock_nanosleep on an unknown clock', 'clock_nanosleep', [77, 0, span(1), null], 'EINVAL'],
  ['clock_nanosleep on a clock without alarms', 'clock_nanosleep', [5, 0, span(1), null], ['EINVAL', 'EOPNOTSUPP']],
  ['clock_nanosleep of what cannot be read', 'clock_nanosleep', [1, 0, FAULT, null], 'EFAULT'],
  ['clock_nanosleep of too many nanoseconds', 'clock_nanosleep', [1, 0, span(0, -1), null], 'EINVAL'],
  ['clock_gettime', 'clock_gettime', [1, OUT], '= 0'],
  ['clock_gettime of the clock that counts suspends', 'clock_gettime', [7, OUT], ['EINVAL', '= 0']],
  ['clock_gettime of an unknown clock', 'clock_gettime', [77, OUT], 'EINVAL'],
  ['clock_gettime to nowhere', 'clock_gettime', [0, null], 'EFAULT'],
  ['clock_gettime that cannot write', 'clock_gettime', [0, FAULT], 'EFAULT'],
];

for (const [index, base] of (['2.6.26', '6.x'] as Base[]).entries()) {
  for (const [title, call, args, expected] of table) {
    const said = typeof expected === 'string' ? expected : expected[index]!;
    test(`${base}: ${title}: ${said}`, (t) => {
      const { outcome, init } = lab(base);
      t.is(outcome(init, call, ...args), said);
    });
  }

  test(`${base}: a sleep ends when its time has come`, (t) => {
    const { call, begin, passTime, init } = lab(base);
    const sleeping = begin(init, 'nanosleep', span(3, 500), null);
    t.is(sleeping.result(), undefined);
    passTime();
    t.deepEqual(sleeping.result(), { ok: true, value: { value: 0 } });
    t.deepEqual(call(init, 'clock_gettime', 1, OUT), { ok: true, value: { value: 0, out: { tp: span(3, 500) } } });
    const now = 1_215_500_003;
    t.deepEqual(call(init, 'clock_gettime', 0, OUT), { ok: true, value: { value: 0, out: { tp: span(now, 500) } } });
    const until = begin(init, 'clock_nanosleep', 0, 1, span(now + 2), null);
    passTime();
    t.deepEqual(until.result(), { ok: true, value: { value: 0 } });
    t.like(call(init, 'clock_gettime', 1, OUT), { value: { out: { tp: span(5, 0) } } });
  });

  test(`${base}: a sleep that a stop interrupts ends when it was to end, one that a handler interrupts fails with EINTR`, (t) => {
    const { k, call, begin, passTime, init, fork } = lab(base);
    const [sleeper, other] = [fork(init), fork(init)];
    const sleeping = begin(sleeper, 'nanosleep', span(10), null);
    begin(other, 'nanosleep', span(4), null);
    passTime();
    call(init, 'kill', 2, 19);
    call(init, 'kill', 2, 18);
    t.is(sleeping.result(), undefined);
    passTime();
    t.deepEqual(sleeping.result(), { ok: true, value: { value: 0 } });
    t.is(k.machine.store.peek(k.machine.clock.now), 10e9);
    call(sleeper, 'rt_sigaction', 10, { sa_handler: 0x400000, sa_mask: [], sa_flags: 0x10000000 }, null, 8);
    const again = begin(sleeper, 'nanosleep', span(10), null);
    call(init, 'kill', 2, 10);
    t.deepEqual(again.result(), { ok: false, errno: 'EINTR' });
  });
}
