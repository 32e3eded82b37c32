import test from 'ava';
import { CLONE_NEWPID } from '../../src/kernel-sim/abi/clone.ts';
import { SIGCHLD, SIGKILL, SIGSTOP, SIGUSR1, SIGUSR2 } from '../../src/kernel-sim/abi/signal.ts';
import { CLD_EXITED } from '../../src/kernel-sim/abi/signal-code.ts';
import { OUT } from '../../src/syscalls/datum.ts';
import { bases, family } from '../kernel-sim/helpers/family.ts';

const TIMELESS = { tv_sec: 0, tv_nsec: 0 };

for (const base of bases) {
  test(`${base}: an exit signal other than SIGCHLD carries the status where signals have their value`, (t) => {
    const { init, call, leave, task } = family(base);
    call(init, 'rt_sigprocmask', 0, [SIGUSR2], null, 8);
    call(init, 'clone', SIGUSR2, null);
    leave(task(3), 'exit_group', 5);
    t.deepEqual(call(init, 'rt_sigtimedwait', [SIGUSR2], OUT, TIMELESS, 8), {
      ok: true,
      value: {
        value: SIGUSR2,
        out: { info: { si_signo: SIGUSR2, si_code: CLD_EXITED, si_pid: 3, si_uid: 0, si_int: 5, si_ptr: 5 } },
      },
    });
  });

  test(`${base}: SIGCHLD of a process whose leader ended first tells ${base === '6.x' ? 'what waiting reports' : 'the status of the leader'}`, (t) => {
    const { init, child, call, leave, thread } = family(base);
    call(init, 'rt_sigprocmask', 0, [SIGCHLD], null, 8);
    const second = thread(child);
    leave(child, 'exit', 7);
    leave(second, 'exit', 3);
    const told = call(init, 'rt_sigtimedwait', [SIGCHLD], OUT, TIMELESS, 8);
    t.like(told, { value: { out: { info: { si_status: base === '6.x' ? 3 : 7 } } } });
  });

  test(`${base}: a process that was killed while it was stopped leaves nobody stopped in its group`, (t) => {
    const { init, child, call, begin, fork, outcome } = family(base);
    const last = fork(child);
    begin(last, 'pause');
    call(init, 'kill', 3, SIGSTOP);
    call(child, 'setpgid', 0, 0);
    call(init, 'rt_sigprocmask', 0, [1], null, 8);
    call(init, 'kill', 3, SIGKILL);
    t.is(outcome(init, 'rt_sigtimedwait', [1], null, TIMELESS, 8), 'EAGAIN');
  });
}

test('6.x: a signal for a whole group names its sender as the sender sees itself, in an outer namespace too', (t) => {
  const { init, call, task } = family('6.x');
  call(init, 'rt_sigprocmask', 0, [SIGUSR1], null, 8);
  call(init, 'clone', CLONE_NEWPID | SIGCHLD, null);
  call(task(3), 'rt_sigprocmask', 0, [SIGUSR1], null, 8);
  call(task(3), 'kill', 0, SIGUSR1);
  t.like(call(init, 'rt_sigtimedwait', [SIGUSR1], OUT, TIMELESS, 8), { value: { out: { info: { si_pid: 1 } } } });
});

test('a thread cannot sleep by the clock of its own time', (t) => {
  const { init, outcome } = family('6.x');
  t.is(outcome(init, 'clock_nanosleep', 3, 0, { tv_sec: 1, tv_nsec: 0 }, null), 'EOPNOTSUPP');
});

test('kcmp goes by what the caller could make effective: a changed effective uid does not matter', (t) => {
  const { init, child, call, fork, outcome } = family('6.x');
  fork(child);
  call(init, 'getpid');
  call(child, 'setresuid', -1, 1000, -1);
  t.not(outcome(child, 'kcmp', 2, 1, 1, 0, 0), 'EPERM');
});
