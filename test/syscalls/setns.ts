import test from 'ava';
import {
  CLONE_NEWIPC,
  CLONE_NEWNS,
  CLONE_NEWPID,
  CLONE_NEWUSER,
  CLONE_NEWUTS,
  CLONE_SIGHAND,
  CLONE_THREAD,
  CLONE_VM,
} from '../../src/kernel-sim/abi/clone.ts';
import { SIGCHLD, SIGKILL } from '../../src/kernel-sim/abi/signal.ts';
import { ordinaryCredentials } from '../../src/kernel-sim/task/cred.ts';
import { type Datum, OUT } from '../../src/syscalls/datum.ts';
import { family } from '../kernel-sim/helpers/family.ts';

/** Process 2 calls; 3 leads to its IPC namespace, 4 to that of its pid, 5 to that of its users, 6 is an event counter, 7 a pidfd of process 1. */
const table: [title: string, user: 'root' | 'user', args: Datum[], said: string][] = [
  ['any kind', 'root', [3, 0], '= 0'],
  ['its kind', 'root', [3, CLONE_NEWIPC], '= 0'],
  ['another kind', 'root', [3, CLONE_NEWUTS], 'EINVAL'],
  ['a user without rights', 'user', [3, 0], 'EPERM'],
  ['its own pid namespace', 'root', [4, CLONE_NEWPID], '= 0'],
  ['its own user namespace', 'root', [5, 0], 'EINVAL'],
  ['no descriptor', 'root', [99, 0], 'EBADF'],
  ['a descriptor of something else', 'root', [6, 0], 'EINVAL'],
  ['a process and no kind', 'root', [7, 0], 'EINVAL'],
  ['a process and what is no kind', 'root', [7, CLONE_VM], 'EINVAL'],
  ['a process and two kinds', 'root', [7, CLONE_NEWIPC | CLONE_NEWNS], '= 0'],
  ['a process and its user namespace', 'root', [7, CLONE_NEWUSER], 'EINVAL'],
  ['a process that may not be looked into', 'user', [7, CLONE_NEWIPC], 'EPERM'],
];

for (const [title, who, args, said] of table) {
  test(`setns with ${title}: ${said}`, (t) => {
    const { k, child, outcome } = family('6.x');
    for (const [fd, kind] of ['ipc', 'pid', 'user'].entries()) {
      t.is(outcome(child, 'open', `/proc/self/ns/${kind}`, 0, 0), `= ${fd + 3}`);
    }
    outcome(child, 'eventfd', 0);
    outcome(child, 'pidfd_open', 1, 0);
    if (who === 'user') k.machine.store.write(child.cred, ordinaryCredentials(1000, 1000));
    t.is(outcome(child, 'setns', ...args), said);
  });
}

test('2.6.26 knows no setns, and nobody writes to a namespace', (t) => {
  const old = family('2.6.26');
  t.is(old.outcome(old.child, 'setns', 0, 0), 'ENOSYS');
  const { child, outcome } = family('6.x');
  t.is(outcome(child, 'open', '/proc/self/ns/ipc', 2, 0), 'EPERM');
  t.is(outcome(child, 'open', '/proc/self/ns/nothing', 0, 0), 'ENOENT');
});

test('an open namespace lives on when everybody has left it, with what is in it', (t) => {
  const { init, child, call, leave, outcome } = family('6.x');
  call(child, 'unshare', CLONE_NEWIPC);
  t.is(outcome(child, 'msgget', 5, 0o1600), '= 0');
  t.is(outcome(init, 'open', '/proc/2/ns/ipc', 0, 0), '= 3');
  leave(child, 'exit_group', 0);
  t.is(outcome(init, 'msgget', 5, 0), 'ENOENT');
  t.is(outcome(init, 'setns', 3, CLONE_NEWIPC), '= 0');
  t.is(outcome(init, 'msgget', 5, 0), '= 0');
});

test('setns applies the undo list in the namespace that it leaves', (t) => {
  const { init, child, call, outcome } = family('6.x');
  call(init, 'semget', 5, 1, 0o1600);
  call(init, 'open', '/proc/self/ns/ipc', 0, 0);
  call(child, 'unshare', CLONE_NEWIPC);
  call(child, 'open', '/proc/1/ns/ipc', 0, 0);
  call(child, 'setns', 3, 0);
  call(child, 'semop', 0, [{ sem_num: 0, sem_op: 3, sem_flg: 0x1000 }], 1);
  t.is(outcome(child, 'setns', 3, 0), '= 0');
  t.is(outcome(init, 'semctl', 0, 0, 12), '= 0');
});

test('the first child after unshare is the init of a new pid namespace, and the next one is beside it', (t) => {
  const { child, leave, outcome, task } = family('6.x');
  t.is(outcome(child, 'unshare', CLONE_NEWPID), '= 0');
  t.is(outcome(child, 'getpid'), '= 2');
  t.is(outcome(child, 'unshare', CLONE_NEWPID), 'EINVAL');
  t.is(outcome(child, 'open', '/proc/self/ns/pid_for_children', 0, 0), 'ENOENT');
  t.is(outcome(child, 'clone', SIGCHLD, null), '= 3');
  t.is(outcome(task(3), 'getpid'), '= 1');
  t.is(outcome(task(3), 'getppid'), '= 0');
  t.is(outcome(child, 'clone', SIGCHLD, null), '= 4');
  t.is(outcome(task(4), 'getpid'), '= 2');
  t.is(outcome(child, 'clone', CLONE_THREAD | CLONE_SIGHAND | CLONE_VM, null), 'EINVAL');
  t.is(outcome(child, 'clone', CLONE_NEWPID | SIGCHLD, null), 'EINVAL');
  leave(task(3), 'exit_group', 0);
  t.is(outcome(child, 'clone', SIGCHLD, null), 'ENOMEM');
});

test('the end of an init takes those along whose parents are outside', (t) => {
  const { child, call, begin, leave, task } = family('6.x');
  call(child, 'unshare', CLONE_NEWPID);
  call(child, 'clone', SIGCHLD, null);
  call(child, 'clone', SIGCHLD, null);
  begin(task(4), 'pause');
  leave(task(3), 'exit_group', 0);
  t.like(call(child, 'wait4', 4, OUT, 0, null), { value: { value: 4, out: { wstatus: [SIGKILL] } } });
});

test('a pid namespace outside its own cannot be entered', (t) => {
  const { child, call, outcome, task } = family('6.x');
  call(child, 'open', '/proc/self/ns/pid', 0, 0);
  call(child, 'unshare', CLONE_NEWPID);
  call(child, 'clone', SIGCHLD, null);
  t.is(outcome(task(3), 'setns', 3, CLONE_NEWPID), 'EINVAL');
  t.is(outcome(child, 'setns', 3, CLONE_NEWPID), '= 0');
  t.is(outcome(child, 'clone', SIGCHLD, null), '= 4');
  t.is(outcome(task(4), 'getpid'), '= 4');
});
