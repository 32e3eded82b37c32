import test from 'ava';
import { SFD_CLOEXEC, SFD_NONBLOCK } from '../../src/kernel-sim/abi/descriptor.ts';
import { SIGUSR1 } from '../../src/kernel-sim/abi/signal.ts';
import type { Base } from '../../src/kernel-sim/profile.ts';
import { defaultLimits } from '../../src/kernel-sim/task/limits.ts';
import { type Datum, FAULT, OUT } from '../../src/syscalls/datum.ts';
import { family } from '../kernel-sim/helpers/family.ts';

const SET = [SIGUSR1];

/** Descriptor 3 of process 2 stands for a signal that it blocks, without blocking on 6.x; 4 is an event counter. */
function bench(base: Base, limit = 1024) {
  const limits = { ...defaultLimits, RLIMIT_NOFILE: { soft: limit, hard: limit } };
  const bed = family(base, [], { limits });
  const { child, outcome } = bed;
  outcome(child, 'rt_sigprocmask', 0, SET, null, 8);
  if (base === '6.x') outcome(child, 'signalfd4', -1, SET, 8, SFD_NONBLOCK);
  else outcome(child, 'signalfd', -1, SET, 8);
  outcome(child, 'eventfd', 0);
  return bed;
}

/** What a call says on each of the two kernels. */
type Row = readonly [title: string, call: string, args: readonly Datum[], base26: string, base6: string];

const table: readonly Row[] = [
  ['signalfd', 'signalfd', [-1, SET, 8], '= 5', '= 5'],
  ['signalfd of no signal', 'signalfd', [-1, [], 8], '= 5', '= 5'],
  ['signalfd of another size of sets', 'signalfd', [-1, SET, 4], 'EINVAL', 'EINVAL'],
  ['signalfd of another size and nothing to read', 'signalfd', [-1, FAULT, 16], 'EINVAL', 'EINVAL'],
  ['signalfd of a set that cannot be read', 'signalfd', [-1, FAULT, 8], 'EINVAL', 'EFAULT'],
  ['signalfd of no set', 'signalfd', [-1, null, 8], 'EINVAL', 'EFAULT'],
  ['signalfd that changes one', 'signalfd', [3, [2], 8], '= 3', '= 3'],
  ['signalfd that changes a file', 'signalfd', [4, SET, 8], 'EINVAL', 'EINVAL'],
  ['signalfd that changes no descriptor', 'signalfd', [9, SET, 8], 'EBADF', 'EBADF'],
  ['signalfd that changes a number that is none', 'signalfd', [-2, SET, 8], 'EBADF', 'EBADF'],
  ['signalfd4', 'signalfd4', [-1, SET, 8, SFD_CLOEXEC | SFD_NONBLOCK], 'ENOSYS', '= 5'],
  ['signalfd4 with a flag that does not exist', 'signalfd4', [-1, SET, 8, 1], 'ENOSYS', 'EINVAL'],
  ['signalfd4 with such a flag and no set', 'signalfd4', [-1, null, 8, 1], 'ENOSYS', 'EFAULT'],
  ['signalfd4 of another size of sets', 'signalfd4', [-1, SET, 4, 0], 'ENOSYS', 'EINVAL'],
  ['signalfd4 that changes one', 'signalfd4', [3, SET, 8, SFD_NONBLOCK], 'ENOSYS', '= 3'],
  ['signalfd4 that changes one with a flag that does not exist', 'signalfd4', [3, SET, 8, 2], 'ENOSYS', 'EINVAL'],
  ['read into less than one structure', 'read', [3, OUT, 127], 'EINVAL', 'EINVAL'],
  ['read of nothing', 'read', [3, OUT, 0], 'EINVAL', 'EINVAL'],
  ['write', 'write', [3, 'x'.repeat(128), 128], 'EINVAL', 'EINVAL'],
  ['pread64', 'pread64', [3, OUT, 128, 0], 'ESPIPE', 'ESPIPE'],
  ['lseek', 'lseek', [3, 7, 0], '= 0', '= 0'],
  ['fstat', 'fstat', [3, OUT], '= 0', '= 0'],
];

for (const [title, call, args, base26, base6] of table) {
  for (const [base, said] of [
    ['2.6.26', base26],
    ['6.x', base6],
  ] as const) {
    test(`${base}: ${title}: ${said}`, (t) => {
      const { child, outcome } = bench(base);
      t.is(outcome(child, call, ...args), said);
    });
  }
}

for (const base of ['2.6.26', '6.x'] as const) {
  test(`${base}: signalfd fails with EMFILE when no descriptor is free, but still changes one`, (t) => {
    const { child, outcome } = bench(base, 5);
    t.is(outcome(child, 'signalfd', -1, SET, 8), 'EMFILE');
    t.is(outcome(child, 'signalfd', 3, SET, 8), '= 3');
  });

  test(`${base}: a read into memory that is not there is EFAULT, and the signal is gone`, (t) => {
    const { child, outcome, call } = bench(base);
    outcome(child, 'kill', 2, SIGUSR1);
    t.is(outcome(child, 'read', 3, FAULT, 128), 'EFAULT');
    t.like(call(child, 'rt_sigpending', OUT, 8), { value: { out: { set: [] } } });
  });
}

test('a read without a signal is EAGAIN when the descriptor does not block, even into memory that is not there', (t) => {
  const { child, outcome } = bench('6.x');
  t.is(outcome(child, 'read', 3, OUT, 128), 'EAGAIN');
  t.is(outcome(child, 'read', 3, FAULT, 128), 'EAGAIN');
});

test('SFD_CLOEXEC and SFD_NONBLOCK are flags of the descriptor and of the open file', (t) => {
  const { child, outcome } = bench('6.x');
  t.is(outcome(child, 'signalfd4', -1, SET, 8, SFD_CLOEXEC), '= 5');
  t.is(outcome(child, 'fcntl', 5, 1, 0), '= 1');
  t.is(outcome(child, 'fcntl', 5, 3, 0), '= 2');
  t.is(outcome(child, 'fcntl', 3, 1, 0), '= 0');
  t.is(outcome(child, 'fcntl', 3, 3, 0), '= 2050');
});

test('flags of a call that changes a descriptor are not looked at', (t) => {
  const { child, outcome } = bench('6.x');
  outcome(child, 'signalfd', -1, SET, 8);
  t.is(outcome(child, 'signalfd4', 5, SET, 8, SFD_CLOEXEC | SFD_NONBLOCK), '= 5');
  t.is(outcome(child, 'fcntl', 5, 1, 0), '= 0');
  t.is(outcome(child, 'fcntl', 5, 3, 0), '= 2');
});
