import test from 'ava';
import type { Base } from '../../src/kernel-sim/profile.ts';
import { ordinaryCredentials } from '../../src/kernel-sim/task/cred.ts';
import { type Datum, FAULT, OUT } from '../../src/syscalls/datum.ts';
import { family } from '../kernel-sim/helpers/family.ts';

const INFINITY = 0xffff_ffff_ffff_ffffn;
const limit = (rlim_cur: number | bigint, rlim_max: number | bigint): Datum => ({ rlim_cur, rlim_max });

/** The caller is an ordinary user, process 2; process 1 is root's, 3 is the same user's. */
const table: [title: string, call: string, args: Datum[], said: string | [string, string]][] = [
  ['getrlimit', 'getrlimit', [7, OUT], '= 0'],
  ['getrlimit of what does not exist', 'getrlimit', [16, OUT], 'EINVAL'],
  ['getrlimit of a negative number', 'getrlimit', [-1, OUT], 'EINVAL'],
  ['getrlimit that cannot write', 'getrlimit', [7, FAULT], 'EFAULT'],
  ['getrlimit to nowhere', 'getrlimit', [7, null], 'EFAULT'],
  ['setrlimit', 'setrlimit', [7, limit(10, 20)], '= 0'],
  ['setrlimit of what does not exist', 'setrlimit', [16, limit(1, 1)], 'EINVAL'],
  ['setrlimit of what does not exist, unreadable', 'setrlimit', [16, FAULT], ['EINVAL', 'EFAULT']],
  ['setrlimit that cannot be read', 'setrlimit', [7, FAULT], 'EFAULT'],
  ['setrlimit with soft above hard', 'setrlimit', [7, limit(20, 10)], 'EINVAL'],
  ['setrlimit that raises the hard limit', 'setrlimit', [7, limit(10, 5000)], 'EPERM'],
  ['setrlimit without limits', 'setrlimit', [0, limit(INFINITY, INFINITY)], '= 0'],
  ['prlimit64 that looks', 'prlimit64', [0, 7, null, OUT], ['ENOSYS', '= 0']],
  ['prlimit64 that changes', 'prlimit64', [0, 7, limit(10, 20), OUT], ['ENOSYS', '= 0']],
  ['prlimit64 of the same user’s process', 'prlimit64', [3, 7, limit(10, 20), OUT], ['ENOSYS', '= 0']],
  ['prlimit64 of a stranger’s process', 'prlimit64', [1, 7, null, OUT], ['ENOSYS', 'EPERM']],
  ['prlimit64 of nobody', 'prlimit64', [99, 7, null, OUT], ['ENOSYS', 'ESRCH']],
  ['prlimit64 of what does not exist', 'prlimit64', [0, 16, null, OUT], ['ENOSYS', 'EINVAL']],
  ['prlimit64 that cannot be read', 'prlimit64', [0, 7, FAULT, OUT], ['ENOSYS', 'EFAULT']],
  ['prlimit64 that cannot write', 'prlimit64', [0, 7, null, FAULT], ['ENOSYS', 'EFAULT']],
];

for (const [index, base] of (['2.6.26', '6.x'] as Base[]).entries()) {
  const ordinary = () => {
    const f = family(base);
    f.k.machine.store.write(f.child.cred, ordinaryCredentials(1000, 1000));
    f.fork(f.child);
    return f;
  };

  for (const [title, call, args, said] of table) {
    const expected = typeof said === 'string' ? said : said[index]!;
    test(`${base}: ${title}: ${expected}`, (t) => {
      const { outcome, child } = ordinary();
      t.is(outcome(child, call, ...args), expected);
    });
  }

  test(`${base}: a limit is what it was set to, for every thread, and INFINITY is all bits`, (t) => {
    const { call, child, thread } = ordinary();
    const other = thread(child);
    call(other, 'setrlimit', 7, limit(10, 20));
    t.like(call(child, 'getrlimit', 7, OUT), { value: { out: { rlim: { rlim_cur: 10, rlim_max: 20 } } } });
    t.like(call(child, 'getrlimit', 0, OUT), { value: { out: { rlim: { rlim_cur: INFINITY, rlim_max: INFINITY } } } });
  });

  test(`${base}: root may raise a hard limit, but RLIMIT_NOFILE not beyond the largest table`, (t) => {
    const { outcome, init } = ordinary();
    t.is(outcome(init, 'setrlimit', 7, limit(5000, 1_048_576)), '= 0');
    t.is(outcome(init, 'setrlimit', 7, limit(5000, 1_048_577)), 'EPERM');
  });

  test(`${base}: a process limit holds the next fork back`, (t) => {
    const { outcome, child } = ordinary();
    t.is(outcome(child, 'setrlimit', 6, limit(1, 1)), '= 0');
    t.is(outcome(child, 'fork', null), 'EAGAIN');
    t.is(outcome(child, 'getpid'), '= 2');
  });
}
