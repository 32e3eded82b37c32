import test from 'ava';
import { bases, type Family, family } from '../kernel-sim/helpers/family.ts';

/** init 1 and its child 2; 3 is a child of 2, 4 a thread of 2, 5 leads a session and its child 6 a group in it, 7 has called execve. */
function village(base: (typeof bases)[number]): Family {
  const f = family(base);
  f.fork(f.child);
  f.thread(f.child);
  const leader = f.fork(f.child);
  f.call(leader, 'setsid');
  const member = f.fork(leader);
  f.call(member, 'setpgid', 0, 0);
  f.call(f.fork(f.child), 'execve', '/bin/other', [], []);
  return f;
}

const table: [title: string, who: number, call: string, args: number[], said: string][] = [
  ['getpid', 2, 'getpid', [], '= 2'],
  ['getpid of a thread', 4, 'getpid', [], '= 2'],
  ['gettid of a thread', 4, 'gettid', [], '= 4'],
  ['getppid', 3, 'getppid', [], '= 2'],
  ['getppid of a thread', 4, 'getppid', [], '= 1'],
  ['getppid of init', 1, 'getppid', [], '= 0'],
  ['getpgrp', 6, 'getpgrp', [], '= 6'],
  ['getpgid', 1, 'getpgid', [3], '= 1'],
  ['getpgid of oneself', 3, 'getpgid', [0], '= 1'],
  ['getpgid of nobody', 1, 'getpgid', [99], 'ESRCH'],
  ['getpgid of a negative number', 1, 'getpgid', [-2], 'ESRCH'],
  ['getsid', 1, 'getsid', [6], '= 5'],
  ['getsid of oneself', 3, 'getsid', [0], '= 1'],
  ['getsid of nobody', 1, 'getsid', [99], 'ESRCH'],
  ['setpgid to a group of its own', 3, 'setpgid', [0, 0], '= 0'],
  ['setpgid of oneself by number', 3, 'setpgid', [3, 3], '= 0'],
  ['setpgid of a child', 2, 'setpgid', [3, 3], '= 0'],
  ['setpgid by a thread of the parent', 4, 'setpgid', [3, 3], '= 0'],
  ['setpgid to a group there is', 3, 'setpgid', [0, 1], '= 0'],
  ['setpgid to a negative group', 3, 'setpgid', [0, -1], 'EINVAL'],
  ['setpgid of nobody to a negative group', 3, 'setpgid', [99, -1], 'EINVAL'],
  ['setpgid of nobody', 2, 'setpgid', [99, 0], 'ESRCH'],
  ['setpgid of a thread', 2, 'setpgid', [4, 0], 'EINVAL'],
  ['setpgid of the parent', 3, 'setpgid', [2, 0], 'ESRCH'],
  ['setpgid of a sibling', 3, 'setpgid', [7, 0], 'ESRCH'],
  ['setpgid of a child in another session', 2, 'setpgid', [5, 1], 'EPERM'],
  ['setpgid of a child that has called execve', 2, 'setpgid', [7, 7], 'EACCES'],
  ['setpgid of one that has called execve itself', 7, 'setpgid', [0, 0], '= 0'],
  ['setpgid of a session leader', 5, 'setpgid', [0, 0], 'EPERM'],
  ['setpgid to no group', 3, 'setpgid', [0, 77], 'EPERM'],
  ['setpgid to the number of a process that leads no group', 3, 'setpgid', [0, 2], 'EPERM'],
  ['setpgid to a group in another session', 3, 'setpgid', [0, 6], 'EPERM'],
  ['setsid', 3, 'setsid', [], '= 3'],
  ['setsid of a session leader', 5, 'setsid', [], 'EPERM'],
  ['setsid of a group leader', 6, 'setsid', [], 'EPERM'],
  ['setsid by a thread', 4, 'setsid', [], '= 2'],
];

for (const base of bases) {
  for (const [title, who, call, args, said] of table) {
    test(`${base}: ${title}: ${said}`, (t) => {
      const { outcome, task } = village(base);
      t.is(outcome(task(who), call, ...args), said);
    });
  }

  test(`${base}: setsid makes a session and a group, whose numbers last as long as a member`, (t) => {
    const { child, outcome, fork, leave, reap, init, isTaken } = family(base);
    t.is(outcome(child, 'setsid'), '= 2');
    t.deepEqual([outcome(child, 'getsid', 0), outcome(child, 'getpgid', 0)], ['= 2', '= 2']);
    const member = fork(child);
    t.is(outcome(member, 'setpgid', 0, 0), '= 0');
    leave(child, 'exit_group', 0);
    reap(init, 2);
    t.true(isTaken(2));
    t.is(outcome(member, 'getsid', 0), '= 2');
    t.is(outcome(member, 'setpgid', 0, 2), 'EPERM'); // the group 2 is gone, the session 2 is not
    leave(member, 'exit_group', 0);
    reap(init);
    t.false(isTaken(2));
  });

  test(`${base}: a process that would lead a group whose number is still used by others cannot make a session`, (t) => {
    const { child, outcome, fork } = family(base);
    outcome(child, 'setpgid', 0, 0);
    const member = fork(child);
    t.is(outcome(child, 'setpgid', 0, 1), '= 0');
    t.is(outcome(child, 'setsid'), 'EPERM');
    t.is(outcome(member, 'setpgid', 0, 0), '= 0');
    t.is(outcome(child, 'setsid'), '= 2');
  });
}
