import test from 'ava';
import { CLONE_PIDFD, CLONE_SIGHAND, CLONE_THREAD, CLONE_VM } from '../../src/kernel-sim/abi/clone.ts';
import { SIGCHLD, SIGKILL, SIGUSR1 } from '../../src/kernel-sim/abi/signal.ts';
import { SI_QUEUE, SI_USER } from '../../src/kernel-sim/abi/signal-code.ts';
import { P_PIDFD, WEXITED, WNOHANG } from '../../src/kernel-sim/abi/wait.ts';
import { ordinaryCredentials } from '../../src/kernel-sim/task/cred.ts';
import { type Datum, FAULT, OUT } from '../../src/syscalls/datum.ts';
import { family } from '../kernel-sim/helpers/family.ts';

const NONBLOCK = 0o4000;
const THREAD = 0o200;

/** Process 2 calls; its descriptor 3 stands for itself and 4 is an event counter. */
const table: [title: string, call: string, args: Datum[], said: string][] = [
  ['pidfd_open of itself', 'pidfd_open', [2, 0], '= 5'],
  ['pidfd_open of nobody', 'pidfd_open', [99, 0], 'ESRCH'],
  ['pidfd_open of no number', 'pidfd_open', [0, 0], 'EINVAL'],
  ['pidfd_open of a negative number', 'pidfd_open', [-1, 0], 'EINVAL'],
  ['pidfd_open with a flag that does not exist', 'pidfd_open', [2, 1], 'EINVAL'],
  ['pidfd_open of a thread that leads, as a thread', 'pidfd_open', [2, THREAD], '= 5'],
  ['pidfd_send_signal without a signal', 'pidfd_send_signal', [3, 0, null, 0], '= 0'],
  ['pidfd_send_signal of no signal', 'pidfd_send_signal', [3, 65, null, 0], 'EINVAL'],
  ['pidfd_send_signal to a file', 'pidfd_send_signal', [4, 0, null, 0], 'EBADF'],
  ['pidfd_send_signal to no descriptor', 'pidfd_send_signal', [-1, 0, null, 0], 'EBADF'],
  ['pidfd_send_signal with a flag that does not exist', 'pidfd_send_signal', [-1, 0, null, 8], 'EINVAL'],
  ['pidfd_send_signal with two flags', 'pidfd_send_signal', [3, 0, null, 3], 'EINVAL'],
  ['pidfd_send_signal with details that cannot be read', 'pidfd_send_signal', [3, 0, FAULT, 0], 'EFAULT'],
  [
    'pidfd_send_signal with details of another signal',
    'pidfd_send_signal',
    [3, SIGUSR1, { si_signo: SIGKILL, si_code: SI_QUEUE }, 0],
    'EINVAL',
  ],
  [
    'pidfd_send_signal to its group with details as of kill',
    'pidfd_send_signal',
    [3, SIGUSR1, { si_signo: SIGUSR1, si_code: SI_USER }, 4],
    'EPERM',
  ],
  ['pidfd_getfd', 'pidfd_getfd', [3, 4, 0], '= 5'],
  ['pidfd_getfd with a flag', 'pidfd_getfd', [3, 4, 1], 'EINVAL'],
  ['pidfd_getfd of a number that is free', 'pidfd_getfd', [3, 9, 0], 'EBADF'],
  ['pidfd_getfd by a descriptor of no process', 'pidfd_getfd', [4, 4, 0], 'EBADF'],
  ['waitid for itself', 'waitid', [P_PIDFD, 3, OUT, WEXITED, null], 'ECHILD'],
  ['waitid by a descriptor of no process', 'waitid', [P_PIDFD, 4, OUT, WEXITED | WNOHANG, null], 'EBADF'],
  ['waitid by no descriptor', 'waitid', [P_PIDFD, -1, OUT, WEXITED, null], 'EINVAL'],
];

for (const [title, name, args, said] of table) {
  test(`${title}: ${said}`, (t) => {
    const { child, outcome } = family('6.x');
    outcome(child, 'pidfd_open', 2, 0);
    outcome(child, 'eventfd', 0);
    t.is(outcome(child, name, ...args), said);
  });
}

test('2.6.26 knows no process descriptors', (t) => {
  const { child, outcome } = family('2.6.26');
  t.is(outcome(child, 'pidfd_open', 2, 0), 'ENOSYS');
  t.is(outcome(child, 'pidfd_send_signal', 0, 0, null, 0), 'ENOSYS');
  t.is(outcome(child, 'pidfd_getfd', 0, 0, 0), 'ENOSYS');
  t.is(outcome(child, 'waitid', P_PIDFD, 3, OUT, WEXITED, null), 'EINVAL');
});

test('a descriptor is closed by exec and shows its flags', (t) => {
  const { child, outcome } = family('6.x');
  t.is(outcome(child, 'pidfd_open', 2, NONBLOCK), '= 3');
  t.is(outcome(child, 'fcntl', 3, 1, 0), '= 1');
  t.is(outcome(child, 'fcntl', 3, 3, 0), '= 2050');
});

test('a thread that does not lead is ENOENT unless threads are asked for', (t) => {
  const { child, outcome, thread } = family('6.x');
  thread(child);
  t.is(outcome(child, 'pidfd_open', 3, 0), 'ENOENT');
  t.is(outcome(child, 'pidfd_open', 3, THREAD), '= 3');
});

test('clone gives a descriptor of the child where its number would be stored, clone3 in a field', (t) => {
  const { init, call } = family('6.x');
  const cloned = call(init, 'clone', CLONE_PIDFD | SIGCHLD, null, null, OUT);
  t.like(cloned, { value: { value: 3, out: { parent_tid: [3] } } });
  const args: Datum = { flags: CLONE_PIDFD, exit_signal: SIGCHLD, stack: null, stack_size: 0, pidfd: OUT };
  t.like(call(init, 'clone3', args, 88, null), { value: { value: 4, out: { cl_args: { pidfd: [4] } } } });
});

test('a clone whose descriptor cannot be stored leaves nothing behind', (t) => {
  const { init, outcome } = family('6.x');
  t.is(outcome(init, 'clone', CLONE_PIDFD | SIGCHLD, null, null, FAULT), 'EFAULT');
  t.is(outcome(init, 'eventfd', 0), '= 3');
  t.is(outcome(init, 'kill', 3, 0), 'ESRCH');
});

test('clone3 gives a thread a descriptor too', (t) => {
  const { init, outcome } = family('6.x');
  const flags = CLONE_PIDFD | CLONE_THREAD | CLONE_SIGHAND | CLONE_VM;
  t.is(outcome(init, 'clone3', { flags, exit_signal: 0, stack: null, stack_size: 0, pidfd: OUT }, 88, null), '= 3');
});

test('a wait by a descriptor that does not block is EAGAIN until the child ends, and ECHILD after', (t) => {
  const { init, child, call, leave, outcome } = family('6.x');
  t.is(outcome(init, 'pidfd_open', 2, NONBLOCK), '= 3');
  t.is(outcome(init, 'waitid', P_PIDFD, 3, OUT, WEXITED, null), 'EAGAIN');
  t.is(outcome(init, 'waitid', P_PIDFD, 3, OUT, WEXITED | WNOHANG, null), '= 0');
  leave(child, 'exit_group', 4);
  const waited = call(init, 'waitid', P_PIDFD, 3, OUT, WEXITED, null);
  t.like(waited, { value: { value: 0, out: { infop: { si_pid: 2, si_status: 4 } } } });
  t.is(outcome(init, 'waitid', P_PIDFD, 3, OUT, WEXITED, null), 'ECHILD');
  t.is(outcome(init, 'pidfd_send_signal', 3, 0, null, 0), 'ESRCH');
  t.is(outcome(init, 'pidfd_getfd', 3, 0, 0), 'ESRCH');
});

test('a descriptor is readable when its process has ended, and hung up when somebody has waited for it', (t) => {
  const { init, child, call, leave } = family('6.x');
  call(init, 'pidfd_open', 2, 0);
  const look = (): unknown => call(init, 'poll', [{ fd: 3, events: 1 }], 1, 0);
  t.like(look(), { value: { value: 0 } });
  leave(child, 'exit_group', 0);
  t.like(look(), { value: { value: 1, out: { fds: [{ revents: 1 }] } } });
  call(init, 'wait4', 2, null, 0, null);
  t.like(look(), { value: { value: 1, out: { fds: [{ revents: 0x11 }] } } });
});

test('who may not signal a process may not by descriptor, and who may not look into it gets none of its files', (t) => {
  const { k, child, outcome } = family('6.x');
  t.is(outcome(child, 'pidfd_open', 1, 0), '= 3');
  k.machine.store.write(child.cred, ordinaryCredentials(1000, 1000));
  t.is(outcome(child, 'pidfd_send_signal', 3, 0, null, 0), 'EPERM');
  t.is(outcome(child, 'pidfd_getfd', 3, 0, 0), 'EPERM');
});

test('a directory of /proc stands for its process to those who signal', (t) => {
  const { child, outcome } = family('6.x');
  t.is(outcome(child, 'open', '/proc/1', 0o200000, 0), '= 3');
  t.is(outcome(child, 'pidfd_send_signal', 3, 0, null, 0), '= 0');
  t.is(outcome(child, 'pidfd_getfd', 3, 0, 0), 'EBADF');
});
