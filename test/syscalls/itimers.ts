import test from 'ava';
import type { Base } from '../../src/kernel-sim/profile.ts';
import { type Datum, FAULT, OUT } from '../../src/syscalls/datum.ts';
import { lab } from '../kernel-sim/helpers/lab.ts';

const times = (value: number, interval = 0): Datum => ({
  it_interval: { tv_sec: interval, tv_usec: 0 },
  it_value: { tv_sec: value, tv_usec: 0 },
});

const bad: Datum = { it_interval: { tv_sec: 0, tv_usec: 0 }, it_value: { tv_sec: 0, tv_usec: 1_000_000 } };
const negative: Datum = { it_interval: { tv_sec: -1, tv_usec: 0 }, it_value: { tv_sec: 0, tv_usec: 0 } };

const table: [title: string, call: string, args: Datum[], expected: string | [string, string]][] = [
  ['alarm', 'alarm', [30], '= 0'],
  ['setitimer', 'setitimer', [0, times(1), OUT], '= 0'],
  ['setitimer of an unknown timer', 'setitimer', [3, times(1), null], 'EINVAL'],
  ['setitimer to more than a second of microseconds', 'setitimer', [0, bad, null], 'EINVAL'],
  ['setitimer to a negative time', 'setitimer', [0, negative, null], 'EINVAL'],
  ['setitimer to times that cannot be read', 'setitimer', [0, FAULT, null], 'EFAULT'],
  ['setitimer that cannot write the old times', 'setitimer', [0, times(1), FAULT], 'EFAULT'],
  ['setitimer without times', 'setitimer', [0, null, null], '= 0'],
  ['setitimer of CPU time', 'setitimer', [2, times(1), OUT], '= 0'],
  ['getitimer', 'getitimer', [0, OUT], '= 0'],
  ['getitimer of an unknown timer', 'getitimer', [3, OUT], 'EINVAL'],
  ['getitimer of an unknown timer to nowhere', 'getitimer', [3, null], ['EFAULT', 'EINVAL']],
  ['getitimer to nowhere', 'getitimer', [0, null], 'EFAULT'],
  ['getitimer that cannot write', 'getitimer', [0, FAULT], 'EFAULT'],
];

for (const [index, base] of (['2.6.26', '6.x'] as Base[]).entries()) {
  for (const [title, call, args, expected] of table) {
    const said = typeof expected === 'string' ? expected : expected[index]!;
    test(`${base}: ${title}: ${said}`, (t) => {
      const { outcome, init } = lab(base);
      t.is(outcome(init, call, ...args), said);
    });
  }

  test(`${base}: alarm sends SIGALRM when its time has come and tells how much was left of the one before`, (t) => {
    const { k, call, outcome, begin, passTime, entered, init, fork } = lab(base);
    const child = fork(init);
    call(child, 'rt_sigaction', 14, { sa_handler: 0x400000, sa_mask: [], sa_flags: 0 }, null, 8);
    t.is(outcome(child, 'alarm', 30), '= 0');
    t.is(outcome(child, 'alarm', 10), '= 30');
    const waiting = begin(child, 'pause');
    passTime();
    t.deepEqual(waiting.result(), { ok: false, errno: 'EINTR' });
    t.like(entered[0]?.siginfo, { si_signo: 14, si_code: 0x80 });
    t.is(k.machine.store.peek(k.machine.clock.now), 10e9);
    t.is(outcome(child, 'alarm', 0), '= 0');
  });

  test(`${base}: a timer with an interval fires again and again, until it is taken away`, (t) => {
    const { k, call, begin, passTime, entered, init, fork } = lab(base);
    const child = fork(init);
    call(child, 'rt_sigaction', 14, { sa_handler: 0x400000, sa_mask: [], sa_flags: 0 }, null, 8);
    call(child, 'setitimer', 0, times(1, 5), null);
    for (const seconds of [1, 6, 11]) {
      begin(child, 'pause');
      passTime();
      t.is(k.machine.store.peek(k.machine.clock.now), seconds * 1e9);
    }
    t.is(entered.length, 3);
    t.deepEqual(call(child, 'setitimer', 0, times(0), OUT), {
      ok: true,
      value: { value: 0, out: { old_value: times(5, 5) } },
    });
    begin(child, 'pause');
    passTime();
    t.is(entered.length, 3);
    t.is(k.machine.nextDeadline(), null);
  });

  test(`${base}: fork does not copy the alarm, and the end of the process takes it away`, (t) => {
    const { k, call, outcome, begin, init, fork } = lab(base);
    const child = fork(init);
    call(child, 'alarm', 30);
    t.is(outcome(fork(child), 'alarm', 0), '= 0');
    begin(child, 'exit_group', 0);
    call(init, 'wait4', 2, null, 0, null);
    t.is(k.machine.nextDeadline(), null);
  });
}
