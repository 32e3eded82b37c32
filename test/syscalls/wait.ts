import test from 'ava';
import { SIGCONT, SIGKILL, SIGSTOP } from '../../src/kernel-sim/abi/signal.ts';
import {
  __WALL,
  __WNOTHREAD,
  P_ALL,
  P_PGID,
  P_PID,
  WCONTINUED,
  WEXITED,
  WNOHANG,
  WNOWAIT,
  WSTOPPED,
  WUNTRACED,
} from '../../src/kernel-sim/abi/wait.ts';
import type { Base } from '../../src/kernel-sim/profile.ts';
import { type Datum, FAULT, OUT } from '../../src/syscalls/datum.ts';
import { family } from '../kernel-sim/helpers/family.ts';

/** Process 2 is dead, 3 is alive, both of init's group 1. */
const table: [title: string, call: string, args: Datum[], said: string | [string, string]][] = [
  ['wait4 for any', 'wait4', [-1, OUT, 0, null], '= 2'],
  ['wait4 for one', 'wait4', [2, OUT, 0, null], '= 2'],
  ['wait4 for the own group', 'wait4', [0, OUT, 0, null], '= 2'],
  ['wait4 for a group', 'wait4', [-1, OUT, WNOHANG, OUT], '= 2'],
  ['wait4 for a group that does not exist', 'wait4', [-77, OUT, 0, null], 'ECHILD'],
  ['wait4 for one that lives', 'wait4', [3, OUT, WNOHANG, null], '= 0'],
  ['wait4 for nobody', 'wait4', [77, OUT, 0, null], 'ECHILD'],
  ['wait4 for oneself', 'wait4', [1, OUT, 0, null], 'ECHILD'],
  ['wait4 for the smallest number', 'wait4', [-0x8000_0000, OUT, 0, null], ['ECHILD', 'ESRCH']],
  ['wait4 with options of waitid', 'wait4', [-1, OUT, WNOWAIT, null], 'EINVAL'],
  ['wait4 with WEXITED', 'wait4', [-1, OUT, WEXITED, null], 'EINVAL'],
  ['wait4 without a status', 'wait4', [2, null, WUNTRACED | WCONTINUED, null], '= 2'],
  ['wait4 that cannot store the status', 'wait4', [2, FAULT, 0, null], 'EFAULT'],
  ['wait4 that cannot store the usage', 'wait4', [2, OUT, 0, FAULT], 'EFAULT'],
  ['wait4 with all the odd options', 'wait4', [2, OUT, __WALL | __WNOTHREAD, null], '= 2'],
  ['waitid for any', 'waitid', [P_ALL, 0, OUT, WEXITED, null], '= 0'],
  ['waitid for one', 'waitid', [P_PID, 2, OUT, WEXITED, null], '= 0'],
  ['waitid for process 0', 'waitid', [P_PID, 0, OUT, WEXITED, null], 'EINVAL'],
  ['waitid for a negative number', 'waitid', [P_PID, -1, OUT, WEXITED, null], 'EINVAL'],
  ['waitid for a group', 'waitid', [P_PGID, 1, OUT, WEXITED, null], '= 0'],
  ['waitid for group 0', 'waitid', [P_PGID, 0, OUT, WEXITED, null], ['EINVAL', '= 0']],
  ['waitid for a negative group', 'waitid', [P_PGID, -1, OUT, WEXITED, null], 'EINVAL'],
  ['waitid for what is none of these', 'waitid', [9, 2, OUT, WEXITED, null], 'EINVAL'],
  ['waitid for nothing', 'waitid', [P_ALL, 0, OUT, WNOHANG, null], 'EINVAL'],
  ['waitid with an unknown option', 'waitid', [P_ALL, 0, OUT, WEXITED | 0x10, null], 'EINVAL'],
  ['waitid with __WALL', 'waitid', [P_ALL, 0, OUT, WEXITED | __WALL, null], ['EINVAL', '= 0']],
  ['waitid for stops of the dead', 'waitid', [P_PID, 2, OUT, WSTOPPED, null], 'ECHILD'],
  ['waitid for nobody', 'waitid', [P_PID, 77, OUT, WEXITED, null], 'ECHILD'],
  ['waitid without a place for the info', 'waitid', [P_PID, 2, null, WEXITED, null], '= 0'],
  ['waitid that cannot store the info', 'waitid', [P_PID, 2, FAULT, WEXITED, null], 'EFAULT'],
  ['waitid that cannot store the usage', 'waitid', [P_PID, 2, OUT, WEXITED, FAULT], 'EFAULT'],
];

for (const [index, base] of (['2.6.26', '6.x'] as Base[]).entries()) {
  for (const [title, call, args, said] of table) {
    const expected = typeof said === 'string' ? said : said[index]!;
    test(`${base}: ${title}: ${expected}`, (t) => {
      const { outcome, init, child, fork, leave } = family(base);
      fork(init);
      leave(child, 'exit_group', 7);
      t.is(outcome(init, call, ...args), expected);
    });
  }

  test(`${base}: waitid tells how a child ended, and with WNOWAIT leaves it`, (t) => {
    const { init, child, fork, call, leave, reap } = family(base);
    fork(init);
    leave(child, 'exit_group', 7);
    const info = { si_signo: 17, si_code: 1, si_pid: 2, si_uid: 0, si_status: 7, si_utime: 0, si_stime: 0 };
    const look = (options: number) => {
      const seen = call(init, 'waitid', P_ALL, 0, OUT, options, OUT);
      return seen.ok ? seen.value.out?.infop : seen.errno;
    };
    t.deepEqual(look(WEXITED | WNOWAIT), info);
    t.deepEqual(look(WEXITED), info);
    t.deepEqual(look(WEXITED | WNOHANG), { si_signo: 0, si_code: 0, si_pid: 0, si_uid: 0, si_status: 0 });
    call(init, 'kill', 3, SIGSTOP);
    t.like(look(WSTOPPED | WNOWAIT), { si_code: 5, si_status: SIGSTOP });
    t.like(look(WSTOPPED), { si_code: 5, si_status: SIGSTOP });
    call(init, 'kill', 3, SIGCONT);
    t.like(look(WCONTINUED), { si_code: 6, si_status: SIGCONT });
    call(init, 'kill', 3, SIGKILL);
    t.like(look(WEXITED), { si_code: 2, si_status: SIGKILL });
    t.is(reap(init), 'ECHILD');
  });

  test(`${base}: the usage of a child is all zeros`, (t) => {
    const { init, child, call, leave } = family(base);
    leave(child, 'exit_group', 0);
    const waited = call(init, 'wait4', 2, null, 0, OUT);
    t.like(waited, { value: { value: 2, out: { rusage: { ru_maxrss: 0, ru_utime: { tv_sec: 0, tv_usec: 0 } } } } });
  });
}
