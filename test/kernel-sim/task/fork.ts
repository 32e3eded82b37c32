import test from 'ava';
import {
  CLONE_FS,
  CLONE_NEWIPC,
  CLONE_NEWNS,
  CLONE_NEWPID,
  CLONE_NEWUTS,
  CLONE_SIGHAND,
  CLONE_STOPPED,
  CLONE_SYSVSEM,
  CLONE_THREAD,
  CLONE_VM,
} from '../../../src/kernel-sim/abi/clone.ts';
import { SIGCHLD, SIGCONT, SIGUSR1 } from '../../../src/kernel-sim/abi/signal.ts';
import type { InitOptions } from '../../../src/kernel-sim/boot.ts';
import { ordinaryCredentials } from '../../../src/kernel-sim/task/cred.ts';
import { defaultLimits } from '../../../src/kernel-sim/task/limits.ts';
import { bases, type Family, family } from '../helpers/family.ts';

const HANDLER = { sa_handler: 0x4000, sa_mask: [], sa_flags: 0 };
const user: InitOptions = { cred: ordinaryCredentials(1000, 1000) };

for (const base of bases) {
  test(`${base}: fork gives the next number after the one given out last`, (t) => {
    const { outcome, init } = family(base);
    t.is(outcome(init, 'fork', null), '= 3');
    t.is(outcome(init, 'fork', null), '= 4');
  });

  test(`${base}: a child inherits its parent's process group, session, mask and limits, and none of its pending signals`, (t) => {
    const { init, child, call, fork, outcome } = family(base);
    call(child, 'setsid');
    call(child, 'rt_sigprocmask', 0, [SIGUSR1], null, 8);
    call(child, 'setrlimit', 7, { rlim_cur: 5, rlim_max: 6 });
    call(init, 'kill', 2, SIGUSR1);
    const grandchild = fork(child);
    t.is(outcome(grandchild, 'getsid', 0), '= 2');
    t.is(outcome(grandchild, 'getpgid', 0), '= 2');
    t.is(outcome(grandchild, 'rt_sigtimedwait', [SIGUSR1], null, { tv_sec: 0, tv_nsec: 0 }, 8), 'EAGAIN');
    t.is(outcome(grandchild, 'dup', 0), '= 3');
    t.is(outcome(grandchild, 'dup2', 0, 5), 'EBADF');
  });

  test(`${base}: every fork that fails gives back what it had taken`, (t) => {
    const failures: [string, InitOptions, (f: Family) => string][] = [
      ['flags', {}, ({ outcome, child }) => outcome(child, 'clone', CLONE_THREAD, null)],
      ['process limit', limited(2), ({ outcome, child }) => outcome(child, 'fork', null)],
      ['thread limit', {}, lastThread],
      ['no right to a namespace', user, ({ outcome, child }) => outcome(child, 'clone', CLONE_NEWIPC, null)],
      ['no number left', {}, fullMap],
      ['a signal', {}, interrupted],
    ];
    const expected = ['EINVAL', 'EAGAIN', 'EAGAIN', 'EPERM', base === '6.x' ? 'EAGAIN' : 'ENOMEM', 'restart'];
    for (const [i, [title, options, fail]] of failures.entries()) {
      const f = family(base, [], options);
      const uid = options.cred?.uid ?? 0;
      const before = [f.read(f.k.system.threads), f.read(f.k.users.processes.at(uid))];
      t.is(fail(f), expected[i]!, title);
      t.deepEqual([f.read(f.k.system.threads), f.read(f.k.users.processes.at(uid))], before, title);
      t.false(f.isTaken(3), title);
    }
  });

  test(`${base}: a clone into a new pid namespace is its init, whose end is the end of everybody in it`, (t) => {
    const { init, child, call, task, outcome, read, leave, reap, isTaken, k } = family(base);
    t.is(outcome(child, 'clone', CLONE_NEWPID | SIGCHLD, null), '= 3');
    const inner = task(3);
    t.is(outcome(inner, 'getpid'), '= 1');
    t.is(outcome(inner, 'getppid'), '= 0');
    t.is(outcome(inner, 'getpgid', 0), '= 0');
    t.is(outcome(inner, 'fork', null), '= 2');
    const second = task(4);
    t.is(outcome(second, 'fork', null), '= 3');
    const third = task(5);
    leave(second, 'exit_group', 0);
    t.is(outcome(third, 'getppid'), '= 1');
    t.is(outcome(third, 'kill', 1, 0), '= 0');
    t.is(outcome(third, 'kill', 5, 0), 'ESRCH');
    call(inner, 'setsid');
    leave(inner, 'exit_group', 0);
    t.false(k.machine.isAlive(third));
    t.false(isTaken(4) || isTaken(5));
    t.is(read(k.system.threads), 3);
    t.is(reap(child), '3 0');
    t.is(reap(init), '0');
  });

  test(`${base}: a clone into a new IPC namespace finds none of the objects outside`, (t) => {
    const { init, call, outcome, task, leave, reap } = family(base);
    call(init, 'msgget', 77, 0o1600);
    t.is(outcome(init, 'clone', CLONE_NEWIPC | SIGCHLD, null), '= 3');
    t.is(outcome(task(3), 'msgget', 77, 0), 'ENOENT');
    t.is(outcome(task(3), 'msgget', 77, 0o1600), '= 0');
    t.is(outcome(init, 'fork', null), '= 4');
    t.true(call(task(4), 'msgget', 77, 0).ok);
    leave(task(3), 'exit_group', 0);
    t.is(reap(init, 3), '3 0');
  });

  test(`${base}: flags that go together or do not`, (t) => {
    const table: [title: string, flags: number, unprivileged: string, root: string][] = [
      ['NEWNS with FS', CLONE_NEWNS | CLONE_FS, 'EINVAL', 'EINVAL'],
      ['THREAD without SIGHAND', CLONE_THREAD | CLONE_VM, 'EINVAL', 'EINVAL'],
      ['SIGHAND without VM', CLONE_SIGHAND, 'EINVAL', 'EINVAL'],
      ['NEWIPC with SYSVSEM', CLONE_NEWIPC | CLONE_SYSVSEM, 'EPERM', 'EINVAL'],
      [
        'NEWPID with THREAD',
        CLONE_NEWPID | CLONE_THREAD | CLONE_SIGHAND | CLONE_VM,
        base === '6.x' ? 'EINVAL' : 'EPERM',
        'EINVAL',
      ],
      ['NEWUTS, which is not modelled', CLONE_NEWUTS, 'EPERM', 'EINVAL'],
    ];
    for (const [title, flags, unprivileged, root] of table) {
      const [a, b] = [family(base, [], user), family(base)];
      t.is(a.outcome(a.child, 'clone', flags, null), unprivileged, title);
      t.is(b.outcome(b.child, 'clone', flags, null), root, title);
    }
  });
}

test('2.6.26: a clone with CLONE_STOPPED is stopped until SIGCONT', (t) => {
  const { init, call, task, state, settle } = family('2.6.26');
  call(init, 'clone', CLONE_STOPPED | SIGCHLD, null);
  settle();
  t.is(state(task(3)), 'stopped');
  call(init, 'kill', 3, SIGCONT);
  t.is(state(task(3)), 'running');
});

/** Options for a user who may have `nproc` processes, init and its child among them. */
const limited = (nproc: number): InitOptions => ({
  ...user,
  limits: { ...defaultLimits, RLIMIT_NPROC: { soft: nproc, hard: nproc } },
});

function lastThread({ k, outcome, child }: Family): string {
  k.machine.store.write(k.system.maxThreads, 2);
  return outcome(child, 'fork', null);
}

/** No number is left: pid_max is as low as it can be, and all below are taken. */
function fullMap({ k, outcome, child, isTaken }: Family): string {
  const { store } = k.machine;
  store.write(k.system.pidMax, 301);
  const taken = Array.from({ length: 301 }, (_, nr) => nr).filter((nr) => nr > 0 && !isTaken(nr));
  for (const nr of taken) store.write(k.initPidNs.map.at(nr), true);
  const result = outcome(child, 'fork', null);
  for (const nr of taken) store.write(k.initPidNs.map.at(nr), false);
  return result;
}

/** A signal with a handler comes in the middle of the fork (2.6.26), or is there when it begins (6.x). */
function interrupted({ k, init, child, call, halt }: Family): string {
  call(child, 'rt_sigaction', SIGUSR1, HANDLER, null, 8);
  const { store } = k.machine;
  const forking = halt(child, 'fork', null);
  if (k.is26) forking.until('fork.link');
  call(init, 'kill', 2, SIGUSR1);
  while (store.peek(child.frame) !== null && !isOver(child, k)) k.machine.step(child);
  const outcome = store.peek(child.frame)?.value as { restart?: true };
  store.write(child.frame, null);
  forking.finish();
  return outcome.restart === true ? 'restart' : 'went on';
}

const isOver = (child: Family['child'], k: Family['k']): boolean =>
  k.machine.store.peek(child.frame)?.next === undefined;
