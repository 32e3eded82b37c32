import test from 'ava';
import { SA_RESTART } from '../../src/kernel-sim/abi/signal.ts';
import type { Base } from '../../src/kernel-sim/profile.ts';
import { ordinaryCredentials } from '../../src/kernel-sim/task/cred.ts';
import { defaultLimits } from '../../src/kernel-sim/task/limits.ts';
import type { Task } from '../../src/kernel-sim/task/task.ts';
import { type Datum, FAULT, OUT } from '../../src/syscalls/datum.ts';
import { type Lab, lab } from '../kernel-sim/helpers/lab.ts';

/** Init is 1 and root; 2 is its child, and 3 a child of uid 1000. */
function bench(base: Base): Lab & { child: Task; user: Task } {
  const bed = lab(base);
  const child = bed.fork(bed.init);
  const user = bed.fork(bed.init);
  bed.k.machine.store.write(user.cred, ordinaryCredentials(1000, 1000));
  return { ...bed, child, user };
}

type Who = 'init' | 'child' | 'user';
type Row = [title: string, who: Who, call: string, args: Datum[], expected: string | [base26: string, base6: string]];

const queued = (si_code: number): Datum => ({ si_code, si_pid: 1, si_uid: 0, si_int: 7 });
const act: Datum = { sa_handler: { program: 'h' }, sa_mask: [10], sa_flags: 0 };
const second: Datum = { tv_sec: 1, tv_nsec: 0 };
const stack: Datum = { ss_sp: 0x1000, ss_flags: 0, ss_size: 8192 };

const table: Row[] = [
  ['kill of a process', 'init', 'kill', [2, 0], '= 0'],
  ['kill of a number that nobody has', 'init', 'kill', [77, 10], 'ESRCH'],
  ['kill with a signal above 64', 'init', 'kill', [2, 65], 'EINVAL'],
  ['kill with a negative signal', 'init', 'kill', [2, -1], 'EINVAL'],
  ['kill looks for the process before it looks at the signal', 'init', 'kill', [77, 65], 'ESRCH'],
  ["kill of another user's process", 'user', 'kill', [2, 10], 'EPERM'],
  ['signal 0 needs permission too', 'user', 'kill', [2, 0], 'EPERM'],
  ['SIGCONT within the session needs none', 'user', 'kill', [2, 18], '= 0'],
  ['kill of the own group reaches oneself', 'user', 'kill', [0, 0], '= 0'],
  ['kill of a group that nobody is in', 'init', 'kill', [-2, 10], 'ESRCH'],
  ['kill of the group INT_MIN', 'init', 'kill', [-0x80000000, 10], 'ESRCH'],
  ['kill of everybody by one who may signal nobody says nothing', 'user', 'kill', [-1, 10], '= 0'],
  ['kill of everybody with a wrong signal', 'init', 'kill', [-1, 65], 'EINVAL'],
  ['tkill of thread 0', 'init', 'tkill', [0, 10], 'EINVAL'],
  ['tkill of a thread that is not there', 'init', 'tkill', [77, 10], 'ESRCH'],
  ['tkill with a wrong signal', 'init', 'tkill', [2, 65], 'EINVAL'],
  ["tkill of another user's thread", 'user', 'tkill', [2, 10], 'EPERM'],
  ['tkill with signal 0', 'init', 'tkill', [2, 0], '= 0'],
  ['tgkill of group 0', 'init', 'tgkill', [0, 2, 10], 'EINVAL'],
  ['tgkill of thread -1', 'init', 'tgkill', [2, -1, 10], 'EINVAL'],
  ['tgkill of a thread of another process', 'init', 'tgkill', [1, 2, 0], 'ESRCH'],
  ['tgkill of a thread that is not there', 'init', 'tgkill', [77, 77, 0], 'ESRCH'],
  ['tgkill with a wrong signal', 'init', 'tgkill', [2, 2, 65], 'EINVAL'],
  ["tgkill of another user's thread", 'user', 'tgkill', [2, 2, 10], 'EPERM'],
  ['tgkill with signal 0', 'init', 'tgkill', [2, 2, 0], '= 0'],
  ['sigqueue without details', 'init', 'rt_sigqueueinfo', [2, 17, null], 'EFAULT'],
  ['sigqueue with details that cannot be read', 'init', 'rt_sigqueueinfo', [2, 17, FAULT], 'EFAULT'],
  ["sigqueue with the kernel's codes", 'init', 'rt_sigqueueinfo', [2, 17, queued(0)], 'EPERM'],
  ["sigqueue with the kernel's codes to oneself", 'child', 'rt_sigqueueinfo', [2, 17, queued(0)], ['EPERM', '= 0']],
  ['sigqueue with a positive code to oneself', 'child', 'rt_sigqueueinfo', [2, 17, queued(1)], ['EPERM', '= 0']],
  ['sigqueue that looks like tkill', 'init', 'rt_sigqueueinfo', [2, 17, queued(-6)], ['= 0', 'EPERM']],
  ['sigqueue to nobody', 'init', 'rt_sigqueueinfo', [77, 17, queued(-1)], 'ESRCH'],
  ['sigqueue to process 0', 'init', 'rt_sigqueueinfo', [0, 17, queued(-1)], 'ESRCH'],
  ['sigqueue with a wrong signal', 'init', 'rt_sigqueueinfo', [2, 65, queued(-1)], 'EINVAL'],
  ["sigqueue to another user's process", 'user', 'rt_sigqueueinfo', [2, 17, queued(-1)], 'EPERM'],
  ['sigqueue with signal 0', 'init', 'rt_sigqueueinfo', [2, 0, queued(-1)], '= 0'],
  ['tgsigqueueinfo is younger than 2.6.26', 'init', 'rt_tgsigqueueinfo', [2, 2, 17, queued(-1)], ['ENOSYS', '= 0']],
  ['tgsigqueueinfo without details', 'init', 'rt_tgsigqueueinfo', [2, 2, 17, null], ['ENOSYS', 'EFAULT']],
  ['tgsigqueueinfo to thread 0', 'init', 'rt_tgsigqueueinfo', [2, 0, 17, queued(-1)], ['ENOSYS', 'EINVAL']],
  ["tgsigqueueinfo with the kernel's codes", 'init', 'rt_tgsigqueueinfo', [2, 2, 17, queued(0)], ['ENOSYS', 'EPERM']],
  [
    'tgsigqueueinfo to a thread of another process',
    'init',
    'rt_tgsigqueueinfo',
    [1, 2, 17, queued(-1)],
    ['ENOSYS', 'ESRCH'],
  ],
  ['tgsigqueueinfo with a wrong signal', 'init', 'rt_tgsigqueueinfo', [2, 2, 65, queued(-1)], ['ENOSYS', 'EINVAL']],
  ["tgsigqueueinfo to another user's", 'user', 'rt_tgsigqueueinfo', [2, 2, 17, queued(-1)], ['ENOSYS', 'EPERM']],
  ['sigaction', 'init', 'rt_sigaction', [10, act, null, 8], '= 0'],
  ['sigaction with sets of another size', 'init', 'rt_sigaction', [10, act, null, 4], 'EINVAL'],
  ['sigaction of signal 0', 'init', 'rt_sigaction', [0, null, OUT, 8], 'EINVAL'],
  ['sigaction of signal 65', 'init', 'rt_sigaction', [65, null, OUT, 8], 'EINVAL'],
  ['sigaction of SIGKILL', 'init', 'rt_sigaction', [9, act, null, 8], 'EINVAL'],
  ['sigaction of SIGSTOP, even to the default', 'init', 'rt_sigaction', [19, { sa_handler: 0 }, null, 8], 'EINVAL'],
  ['sigaction that only looks at SIGKILL', 'init', 'rt_sigaction', [9, null, OUT, 8], '= 0'],
  ['sigaction with an action that cannot be read', 'init', 'rt_sigaction', [10, FAULT, null, 8], 'EFAULT'],
  ['sigaction that cannot write the old action', 'init', 'rt_sigaction', [10, act, FAULT, 8], 'EFAULT'],
  ['sigprocmask', 'init', 'rt_sigprocmask', [0, [10], OUT, 8], '= 0'],
  ['sigprocmask with sets of another size', 'init', 'rt_sigprocmask', [0, [10], null, 16], 'EINVAL'],
  ['sigprocmask in an unknown way', 'init', 'rt_sigprocmask', [7, [10], null, 8], 'EINVAL'],
  ['sigprocmask that only looks, in an unknown way', 'init', 'rt_sigprocmask', [7, null, OUT, 8], '= 0'],
  ['sigprocmask with a set that cannot be read', 'init', 'rt_sigprocmask', [0, FAULT, null, 8], 'EFAULT'],
  ['sigprocmask that cannot write the old set', 'init', 'rt_sigprocmask', [0, [10], FAULT, 8], 'EFAULT'],
  ['sigpending', 'init', 'rt_sigpending', [OUT, 8], '= 0'],
  ['sigpending of a shorter set', 'init', 'rt_sigpending', [OUT, 4], '= 0'],
  ['sigpending of a longer set', 'init', 'rt_sigpending', [OUT, 16], 'EINVAL'],
  ['sigpending without a set', 'init', 'rt_sigpending', [null, 8], 'EFAULT'],
  ['sigpending that cannot write the set', 'init', 'rt_sigpending', [FAULT, 8], 'EFAULT'],
  ['sigsuspend with a set of another size', 'init', 'rt_sigsuspend', [[], 4], 'EINVAL'],
  ['sigsuspend without a set', 'init', 'rt_sigsuspend', [null, 8], 'EFAULT'],
  ['sigsuspend with a set that cannot be read', 'init', 'rt_sigsuspend', [FAULT, 8], 'EFAULT'],
  ['sigtimedwait with a set of another size', 'init', 'rt_sigtimedwait', [[10], null, second, 4], 'EINVAL'],
  ['sigtimedwait without a set', 'init', 'rt_sigtimedwait', [null, null, second, 8], 'EFAULT'],
  ['sigtimedwait with a set that cannot be read', 'init', 'rt_sigtimedwait', [FAULT, null, second, 8], 'EFAULT'],
  ['sigtimedwait with a time that cannot be read', 'init', 'rt_sigtimedwait', [[10], null, FAULT, 8], 'EFAULT'],
  [
    'sigtimedwait for a negative time',
    'init',
    'rt_sigtimedwait',
    [[10], null, { tv_sec: -1, tv_nsec: 0 }, 8],
    'EINVAL',
  ],
  ['sigtimedwait for too many ns', 'init', 'rt_sigtimedwait', [[10], null, { tv_sec: 0, tv_nsec: 1e9 }, 8], 'EINVAL'],
  ['sigtimedwait that does not wait', 'init', 'rt_sigtimedwait', [[10], null, { tv_sec: 0, tv_nsec: 0 }, 8], 'EAGAIN'],
  ['sigaltstack', 'init', 'sigaltstack', [stack, OUT], '= 0'],
  ['sigaltstack that cannot be read', 'init', 'sigaltstack', [FAULT, null], 'EFAULT'],
  ['sigaltstack that cannot write the old one', 'init', 'sigaltstack', [null, FAULT], 'EFAULT'],
  ['sigaltstack with unknown flags', 'init', 'sigaltstack', [{ ss_sp: 1, ss_flags: 8, ss_size: 8192 }, null], 'EINVAL'],
  ['sigaltstack of 2047 bytes', 'init', 'sigaltstack', [{ ss_sp: 1, ss_flags: 0, ss_size: 2047 }, null], 'ENOMEM'],
  ['sigaltstack of 2048 bytes', 'init', 'sigaltstack', [{ ss_sp: 1, ss_flags: 0, ss_size: 2048 }, null], '= 0'],
  ['a disabled sigaltstack of any size', 'init', 'sigaltstack', [{ ss_sp: 1, ss_flags: 2, ss_size: 0 }, null], '= 0'],
  [
    'sigaltstack that disarms itself',
    'init',
    'sigaltstack',
    [{ ss_sp: 1, ss_flags: 0x80000000, ss_size: 8192 }, null],
    ['EINVAL', '= 0'],
  ],
  ['rt_sigreturn', 'init', 'rt_sigreturn', [{ mask: [] }], '= 0'],
];

for (const [index, base] of (['2.6.26', '6.x'] as const).entries()) {
  for (const [title, who, call, args, expected] of table) {
    test(`${base}: ${title}: ${typeof expected === 'string' ? expected : expected[index]}`, (t) => {
      const bed = bench(base);
      t.is(bed.outcome(bed[who], call, ...args), typeof expected === 'string' ? expected : expected[index]!);
    });
  }

  test(`${base}: sigsuspend and pause end with EINTR after a handler, even with SA_RESTART`, (t) => {
    for (const [call, ...args] of [['rt_sigsuspend', [], 8], ['pause']] as [string, ...Datum[]][]) {
      const { begin, call: make, child, init } = bench(base);
      make(child, 'rt_sigaction', 10, { sa_handler: 0x400000, sa_mask: [], sa_flags: SA_RESTART }, null, 8);
      const waiting = begin(child, call, ...args);
      t.is(waiting.result(), undefined);
      make(init, 'kill', 2, 10);
      t.deepEqual(waiting.result(), { ok: false, errno: 'EINTR' });
    }
  });

  test(`${base}: sigtimedwait fails with EAGAIN when its time is over and with EINTR when another signal comes`, (t) => {
    const { begin, call, child, init, passTime } = bench(base);
    call(child, 'rt_sigaction', 12, { sa_handler: 0x400000, sa_mask: [], sa_flags: SA_RESTART }, null, 8);
    const late = begin(child, 'rt_sigtimedwait', [10], OUT, second, 8);
    t.is(late.result(), undefined);
    passTime();
    t.deepEqual(late.result(), { ok: false, errno: 'EAGAIN' });
    const disturbed = begin(child, 'rt_sigtimedwait', [10], OUT, second, 8);
    call(init, 'kill', 2, 12);
    t.deepEqual(disturbed.result(), { ok: false, errno: 'EINTR' });
  });

  test(`${base}: sigaltstack fails with EPERM in a handler that runs on the stack`, (t) => {
    const { call, outcome, child, init } = bench(base);
    call(child, 'sigaltstack', stack, null);
    call(child, 'rt_sigaction', 10, { sa_handler: { program: 'h' }, sa_mask: [], sa_flags: 0x08000000 }, null, 8);
    call(init, 'kill', 2, 10);
    t.is(outcome(child, 'sigaltstack', stack, null), 'EPERM');
    t.deepEqual(call(child, 'sigaltstack', null, OUT), {
      ok: true,
      value: { value: 0, out: { old_ss: { ss_sp: 0x1000, ss_flags: 1, ss_size: 8192 } } },
    });
    call(child, 'rt_sigreturn', { mask: [] });
    t.is(outcome(child, 'sigaltstack', stack, null), '= 0');
  });

  test(`${base}: a real-time signal over the quota fails with EAGAIN from tkill and sigqueue, kill's arrives without details`, (t) => {
    const limits = { ...defaultLimits, RLIMIT_SIGPENDING: { soft: 1, hard: 1 } };
    const { call, outcome, init, fork } = lab(base, [], { limits });
    const child = fork(init);
    call(child, 'rt_sigprocmask', 0, [34, 35, 36, 10, 12], null, 8);
    t.is(outcome(init, 'rt_sigqueueinfo', 2, 34, queued(-1)), '= 0');
    t.is(outcome(init, 'rt_sigqueueinfo', 2, 34, queued(-1)), 'EAGAIN');
    t.is(outcome(init, 'tkill', 2, 35), 'EAGAIN');
    t.is(outcome(init, 'kill', 2, 36), '= 0');
    t.is(outcome(init, 'rt_sigqueueinfo', 2, 10, queued(-1)), '= 0');
    t.is(outcome(init, 'kill', 2, 12), '= 0');
    const infoOf = (signo: number): unknown => {
      const taken = call(child, 'rt_sigtimedwait', [signo], OUT, null, 8);
      return taken.ok ? taken.value.out?.info : taken.errno;
    };
    t.deepEqual(infoOf(36), { si_signo: 36, si_code: 0, si_pid: 0, si_uid: 0 }, 'no entry was left');
    t.deepEqual(infoOf(10), { si_signo: 10, si_code: 0, si_pid: 0, si_uid: 0 }, 'a code below 0 is not exempt');
    t.deepEqual(infoOf(12), { si_signo: 12, si_code: 0, si_pid: 1, si_uid: 0 }, 'kill of a standard signal is');
    t.is(outcome(init, 'rt_sigqueueinfo', 2, 35, queued(-1)), 'EAGAIN', '34 still counts');
    infoOf(34);
    t.is(outcome(init, 'rt_sigqueueinfo', 2, 35, queued(-1)), '= 0');
  });
}
