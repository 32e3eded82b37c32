/** SEMANTICS A7 for fork: up to where a failure leaves the value armed, and from where on it is lost. */

import test from 'ava';
import { CLONE_NEWIPC, CLONE_NEWPID, CLONE_THREAD } from '../../../src/kernel-sim/abi/clone.ts';
import { SIGCHLD, SIGUSR1 } from '../../../src/kernel-sim/abi/signal.ts';
import type { InitOptions } from '../../../src/kernel-sim/boot.ts';
import { ordinaryCredentials } from '../../../src/kernel-sim/task/cred.ts';
import { defaultLimits } from '../../../src/kernel-sim/task/limits.ts';
import { type Family, family } from '../helpers/family.ts';

const HANDLER = { sa_handler: 0x4000, sa_mask: [], sa_flags: 0 };
const user = { cred: ordinaryCredentials(1000, 1000) };
const two = { ...user, limits: { ...defaultLimits, RLIMIT_NPROC: { soft: 2, hard: 2 } } };

interface Failing {
  readonly title: string;
  readonly value: number;
  readonly options?: InitOptions;
  readonly fork?: (f: Family) => string;
  readonly errno: string;
  /** What is armed afterwards, with N9 repaired or not. */
  readonly after: number | null;
}

const plain = ({ outcome, child }: Family): string => outcome(child, 'fork', null);

const table: readonly Failing[] = [
  {
    title: 'flags that do not go together',
    value: 5000,
    fork: ({ outcome, child }) => outcome(child, 'clone', CLONE_THREAD, null),
    errno: 'EINVAL',
    after: 5000,
  },
  { title: 'RLIMIT_NPROC', value: 5000, options: two, errno: 'EAGAIN', after: 5000 },
  {
    title: 'too many threads in the system',
    value: 5000,
    fork: (f) => {
      f.k.machine.store.write(f.k.system.maxThreads, 2);
      return plain(f);
    },
    errno: 'EAGAIN',
    after: 5000,
  },
  {
    title: 'namespaces that may not be had',
    value: 5000,
    options: user,
    fork: ({ outcome, child }) => outcome(child, 'clone', CLONE_NEWIPC, null),
    errno: 'EPERM',
    after: 5000,
  },
  { title: 'a reserved number (P3)', value: 299, errno: 'EINVAL', after: null },
  { title: 'zero (N14)', value: 0, errno: 'EINVAL', after: null },
  { title: 'a negative number', value: -1, errno: 'EINVAL', after: null },
  { title: 'pid_max (P8)', value: 32_768, errno: 'EINVAL', after: null },
  { title: 'a number that is taken (P6)', value: 2, errno: 'EINVAL', after: null },
  {
    title: 'a zombie’s number (P6)',
    value: 400,
    fork: (f) => {
      f.k.machine.store.write(f.k.initPidNs.lastPid, 399);
      f.leave(f.fork(f.init), 'exit_group', 0);
      return plain(f);
    },
    errno: 'EBUSY',
    after: null,
  },
  {
    title: 'no number left outside',
    value: 500,
    fork: (f) => {
      f.k.machine.store.write(f.k.system.pidMax, 600);
      for (let nr = 300; nr < 600; nr++) f.k.machine.store.write(f.k.initPidNs.map.at(nr), true);
      for (let nr = 3; nr < 300; nr++) f.k.machine.store.write(f.k.initPidNs.map.at(nr), true);
      return f.outcome(f.child, 'clone', CLONE_NEWPID | SIGCHLD, null);
    },
    errno: 'ENOMEM',
    after: null,
  },
];

for (const { title, value, options, fork = plain, errno, after } of table) {
  for (const fixes of [[], ['N9']]) {
    const kept = fixes.length > 0 ? value : after;
    const name = fixes.length > 0 ? 'with N9 repaired ' : '';
    test(`${name}a fork that fails with ${errno} for ${title} leaves ${kept ?? 'nothing'} armed`, (t) => {
      const f = family('2.6.26', fixes, options);
      f.arm(f.child, value);
      t.is(fork(f), errno);
      t.is(f.armed(f.child), kept);
    });
  }
}

for (const [fixes, expected] of [
  [[], 5001],
  [['N9'], 5000],
  [['N10'], 5000],
] as const) {
  test(`a signal in the middle of a fork for 5000 makes a child ${expected}${fixes.length > 0 ? ` with ${fixes[0]} repaired` : ''}`, (t) => {
    const { k, init, child, arm, call, halt, isFindable, armed } = family('2.6.26', [...fixes]);
    call(child, 'rt_sigaction', SIGUSR1, HANDLER, null, 8);
    arm(child, 5000);
    const forking = halt(child, 'fork', null);
    // With N10 repaired the test comes before the number is taken; without, after.
    forking.until(fixes[0] === 'N10' ? 'fork.copy_thread' : 'fork.link');
    call(init, 'kill', 2, SIGUSR1);
    const made = forking.finish();
    t.deepEqual(made, { ok: true, value: { value: expected } });
    t.true(isFindable(expected));
    t.is(k.machine.store.peek(k.initPidNs.map.at(5000)), expected === 5000);
    t.is(armed(child), null);
  });
}

test('vfork and clone take the armed number as well, and the child has none', (t) => {
  const { child, arm, armed, begin, outcome, task, leave } = family('2.6.26');
  arm(child, 5000);
  t.is(outcome(child, 'clone', SIGCHLD, null), '= 5000');
  t.is(armed(task(5000)), null);
  arm(child, 6000);
  const forking = begin(child, 'vfork', null);
  leave(task(6000), 'exit_group', 0);
  t.deepEqual(forking.result(), { ok: true, value: { value: 6000 } });
  t.is(armed(child), null);
});

test('a new pid namespace gives its first task the armed number instead of 1 (P5)', (t) => {
  const { child, arm, outcome, task } = family('2.6.26');
  arm(child, 500);
  t.is(outcome(child, 'clone', CLONE_NEWPID | SIGCHLD, null), '= 3');
  t.is(outcome(task(3), 'getpid'), '= 500');
  t.is(outcome(task(3), 'fork', null), '= 501');
  const control = family('2.6.26');
  t.is(control.outcome(control.child, 'clone', CLONE_NEWPID | SIGCHLD, null), '= 3');
  t.is(control.outcome(control.task(3), 'getpid'), '= 1');
});

test('in a pid namespace only the innermost number can be chosen (P4)', (t) => {
  const { child, arm, outcome, task } = family('2.6.26');
  outcome(child, 'clone', CLONE_NEWPID | SIGCHLD, null);
  arm(task(3), 500);
  t.is(outcome(task(3), 'fork', null), '= 500');
  t.is(outcome(task(4), 'getpid'), '= 500');
});
