import test from 'ava';
import { SIGCHLD, SIGCONT, SIGSTOP, SIGUSR1 } from '../../../src/kernel-sim/abi/signal.ts';
import { __WALL, __WCLONE, __WNOTHREAD, WCONTINUED, WUNTRACED } from '../../../src/kernel-sim/abi/wait.ts';
import { OUT } from '../../../src/syscalls/datum.ts';
import { bases, family } from '../helpers/family.ts';

for (const base of bases) {
  test(`${base}: a wait sleeps until a child that matches is dead`, (t) => {
    const { init, child, begin, fork, leave } = family(base);
    const other = fork(init);
    const waiting = begin(init, 'wait4', 2, OUT, 0, null);
    leave(other, 'exit_group', 0);
    t.is(waiting.result(), undefined);
    leave(child, 'exit_group', 3);
    t.deepEqual(waiting.result(), { ok: true, value: { value: 2, out: { wstatus: [768] } } });
  });

  test(`${base}: of several dead children the eldest is reported first`, (t) => {
    const { init, child, fork, leave, reap } = family(base);
    const younger = fork(init);
    leave(younger, 'exit_group', 0);
    leave(child, 'exit_group', 0);
    t.deepEqual([reap(init), reap(init), reap(init)], ['2 0', '3 0', 'ECHILD']);
  });

  test(`${base}: of two threads that wait for one child one gets it, the other ECHILD`, (t) => {
    const { child, thread, fork, begin, leave } = family(base);
    const other = thread(child);
    const grandchild = fork(child);
    const waits = [child, other].map((task) => begin(task, 'wait4', 4, null, 0, null));
    leave(grandchild, 'exit_group', 0);
    const results = waits.map((wait) => wait.result());
    t.deepEqual(results, [
      { ok: true, value: { value: 4, out: {} } },
      { ok: false, errno: 'ECHILD' },
    ]);
  });

  test(`${base}: children of sibling threads count, but for __WNOTHREAD`, (t) => {
    const { child, thread, fork, leave, reap } = family(base);
    const other = thread(child);
    const grandchild = fork(other);
    leave(grandchild, 'exit_group', 0);
    t.is(reap(child, -1, __WNOTHREAD), 'ECHILD');
    t.is(reap(child, 4, __WNOTHREAD), 'ECHILD');
    t.is(reap(child), '4 0');
  });

  test(`${base}: children that end with another signal are for __WCLONE, and all for __WALL`, (t) => {
    const { init, call, task, leave, reap } = family(base);
    call(init, 'clone', SIGUSR1, null);
    leave(task(3), 'exit_group', 0);
    t.is(reap(init), '0');
    t.is(reap(init, 3), 'ECHILD');
    t.is(reap(init, 2, __WCLONE), 'ECHILD');
    t.is(reap(init, -1, __WCLONE), '3 0');
    call(init, 'clone', SIGUSR1, null);
    leave(task(4), 'exit_group', 0);
    t.is(reap(init, -1, __WALL), '4 0');
  });

  test(`${base}: a wait for a group is for its members at each look`, (t) => {
    const { init, child, call, fork, leave, reap } = family(base);
    const member = fork(init);
    call(member, 'setpgid', 0, 0);
    t.is(reap(init, -3), '0');
    leave(child, 'exit_group', 0);
    t.is(reap(init, -3), '0');
    t.is(reap(init, 0), '2 0');
    t.is(reap(init, 0), 'ECHILD');
    leave(member, 'exit_group', 1);
    t.is(reap(init, -3), '3 256');
  });

  test(`${base}: stops and continuations are reported once, to those who ask for them`, (t) => {
    const { init, call, reap } = family(base);
    call(init, 'kill', 2, SIGSTOP);
    t.is(reap(init), '0');
    t.is(reap(init, -1, WUNTRACED), '2 4991');
    t.is(reap(init, -1, WUNTRACED), '0');
    call(init, 'kill', 2, SIGCONT);
    t.is(reap(init, -1, WUNTRACED), '0');
    t.is(reap(init, -1, WCONTINUED), '2 65535');
    t.is(reap(init, -1, WCONTINUED), '0');
  });

  test(`${base}: a signal with a handler ends a wait with EINTR, or it begins again with SA_RESTART`, (t) => {
    for (const [flags, expected] of [
      [0, { ok: false, errno: 'EINTR' }],
      [0x1000_0000, undefined],
    ] as const) {
      const { init, child, fork, call, begin } = family(base);
      fork(child);
      call(child, 'rt_sigaction', SIGUSR1, { sa_handler: 0x4000, sa_mask: [], sa_flags: flags }, null, 8);
      const waiting = begin(child, 'wait4', -1, null, 0, null);
      call(init, 'kill', 2, SIGUSR1);
      t.deepEqual(waiting.result(), expected);
    }
  });

  test(`${base}: a parent that does not want to know still wakes, and finds no child`, (t) => {
    const { init, child, call, begin, leave } = family(base);
    call(init, 'rt_sigaction', SIGCHLD, { sa_handler: 1, sa_mask: [], sa_flags: 0 }, null, 8);
    const waiting = begin(init, 'wait4', -1, null, 0, null);
    leave(child, 'exit_group', 0);
    t.deepEqual(waiting.result(), { ok: false, errno: 'ECHILD' });
  });

  test(`${base}: a status that cannot be stored is EFAULT, and the child is gone`, (t) => {
    const { init, child, leave, outcome } = family(base);
    leave(child, 'exit_group', 0);
    t.is(outcome(init, 'wait4', 2, 5, 0, null), 'EFAULT');
    t.is(outcome(init, 'wait4', 2, null, 0, null), 'ECHILD');
  });
}
