import test from 'ava';
import { PR_GET_DUMPABLE, PR_SET_PDEATHSIG } from '../../../src/kernel-sim/abi/prctl.ts';
import { SIGINT, SIGKILL, SIGTERM, SIGUSR1 } from '../../../src/kernel-sim/abi/signal.ts';
import { type Datum, OUT } from '../../../src/syscalls/datum.ts';
import { bases, family } from '../helpers/family.ts';

const O_CLOEXEC = 0o2000000;
const handle = (handler: Datum): Datum => ({ sa_handler: handler, sa_mask: [], sa_flags: 0 });

for (const base of bases) {
  test(`${base}: execve ends the other threads and gives the caller the leader's number and place`, (t) => {
    const { init, child, thread, begin, outcome, reap, leave, task, isTaken, parent, k, read } = family(base);
    const [sleeper, caller] = [thread(child), thread(child)];
    begin(sleeper, 'pause');
    t.is(outcome(caller, 'execve', '/bin/other', ['other'], []), '= 0');
    t.is(task(2), caller);
    t.is(outcome(caller, 'getpid'), '= 2');
    t.is(outcome(caller, 'gettid'), '= 2');
    t.false(isTaken(3) || isTaken(4));
    t.false(k.machine.isAlive(child) || k.machine.isAlive(sleeper));
    t.is(parent(caller), 1);
    t.is(outcome(caller, 'setpgid', 0, 0), '= 0');
    t.is(read(k.system.threads), 2);
    leave(caller, 'exit_group', 6);
    t.is(reap(init), '2 1536');
  });

  test(`${base}: execve by the leader keeps its number and ends the others`, (t) => {
    const { child, thread, outcome, isTaken } = family(base);
    thread(child);
    t.is(outcome(child, 'execve', '/bin/other', [], []), '= 0');
    t.is(outcome(child, 'gettid'), '= 2');
    t.false(isTaken(3));
  });

  test(`${base}: execve drops handlers, marked descriptors and shared memory, and keeps what is ignored, blocked and pending`, (t) => {
    const { init, child, call, outcome } = family(base);
    call(child, 'rt_sigaction', SIGUSR1, handle(0x4000), null, 8);
    call(child, 'rt_sigaction', SIGINT, handle(1), null, 8);
    call(child, 'rt_sigprocmask', 0, [SIGTERM], null, 8);
    call(init, 'kill', 2, SIGTERM);
    const marked = call(child, 'open', '/dev/null', O_CLOEXEC);
    const kept = call(child, 'open', '/dev/null', 0);
    call(child, 'shmget', 0, 4096, 0o600);
    call(child, 'shmat', 0, null, 0);
    t.is(outcome(child, 'execve', '/bin/other', [], []), '= 0');
    t.like(call(child, 'rt_sigaction', SIGUSR1, null, OUT, 8), { value: { out: { oldact: { sa_handler: 0 } } } });
    t.like(call(child, 'rt_sigaction', SIGINT, null, OUT, 8), { value: { out: { oldact: { sa_handler: 1 } } } });
    t.like(call(child, 'rt_sigpending', OUT, 8), { value: { out: { set: [SIGTERM] } } });
    t.is(outcome(child, 'close', marked.ok ? Number(marked.value.value) : -1), 'EBADF');
    t.is(outcome(child, 'close', kept.ok ? Number(kept.value.value) : -1), '= 0');
    t.like(call(init, 'shmctl', 0, 2, OUT), { value: { out: { buf: { shm_nattch: 0 } } } });
  });

  test(`${base}: execve names the thread after the file, and the parent may no longer move it to a group`, (t) => {
    const { init, child, outcome, read } = family(base);
    t.is(outcome(init, 'setpgid', 2, 2), '= 0');
    t.is(outcome(child, 'execve', '/bin/a-rather-long-name', [], []), '= 0');
    t.is(read(child.comm), 'a-rather-long-n');
    t.is(outcome(init, 'setpgid', 2, 1), 'EACCES');
    t.is(outcome(child, 'setpgid', 0, 1), '= 0');
  });

  test(`${base}: a vfork parent waits until its child execs or exits`, (t) => {
    for (const end of ['execve', 'exit_group']) {
      const { child, begin, task, state, leave, call } = family(base);
      const forking = begin(child, 'vfork', null);
      t.is(forking.result(), undefined);
      t.is(state(child), 'uninterruptible');
      if (end === 'execve') call(task(3), 'execve', '/bin/other', [], []);
      else leave(task(3), 'exit_group', 0);
      t.deepEqual(forking.result(), { ok: true, value: { value: 3 } });
    }
  });

  test(`${base}: SIGKILL ${base === '6.x' ? 'ends' : 'does not end'} the wait of a vfork parent`, (t) => {
    const { init, child, begin, call, reap, task } = family(base);
    begin(child, 'vfork', null);
    call(init, 'kill', 2, SIGKILL);
    t.is(reap(init, 2), base === '6.x' ? '2 9' : '0');
    call(task(3), 'execve', '/bin/other', [], []);
    t.is(reap(init, 2), base === '6.x' ? 'ECHILD' : '2 9');
  });

  test(`${base}: a set-uid program runs as its owner, cannot be looked into and forgets who wanted its end`, (t) => {
    const { init, child, call, outcome, read } = family(base);
    call(init, 'mkdir', '/bin', 0o755);
    call(init, 'open', '/bin/su', 0o101, 0o755);
    call(init, 'chmod', '/bin/su', 0o4755);
    call(child, 'setresuid', 1000, 1000, 1000);
    call(child, 'prctl', PR_SET_PDEATHSIG, SIGTERM);
    t.is(outcome(child, 'execve', '/bin/su', [], []), '= 0');
    t.like(call(child, 'getresuid', OUT, OUT, OUT), { value: { out: { real: [1000], effective: [0], saved: [0] } } });
    t.is(read(child.cred).capabilities, 'all');
    t.is(outcome(child, 'prctl', PR_GET_DUMPABLE), '= 0');
    t.is(read(child.parentDeathSignal), 0);
    t.is(outcome(child, 'setresuid', 1000, 1000, 1000), '= 0');
    t.is(outcome(child, 'execve', '/bin/other', [], []), '= 0');
    t.is(outcome(child, 'prctl', PR_GET_DUMPABLE), '= 1');
    t.deepEqual(read(child.cred).capabilities, []);
  });

  test(`${base}: two threads that call execve at once: one of them wins`, (t) => {
    const { child, thread, halt, k, task, isTaken } = family(base);
    const other = thread(child);
    const first = halt(child, 'execve', '/bin/other', [], []);
    const second = halt(other, 'execve', '/bin/other', [], []);
    first.until('exec.kill_others');
    second.until('exec.kill_others');
    k.machine.step(child);
    t.deepEqual(second.finish(), { ok: false, errno: 'EAGAIN' });
    t.deepEqual(first.finish(), { ok: true, value: { value: 0 } });
    t.is(task(2), child);
    t.false(isTaken(3));
  });

  test(`${base}: an exec that cannot be gives its errno and changes nothing`, (t) => {
    const setup = family(base);
    const { init, child, call, outcome } = setup;
    call(init, 'mkdir', '/bin', 0o755);
    call(init, 'open', '/bin/plain', 0o101, 0o644);
    call(init, 'mkdir', '/bin/directory', 0o755);
    call(init, 'mkdir', '/secret', 0o700);
    call(init, 'open', '/srv', 0o101, 0o755);
    call(child, 'setresuid', 1000, 1000, 1000);
    const big = 'x'.repeat(131_072);
    const table: [string, Datum, Datum, string][] = [
      ['no path', null, [], 'EFAULT'],
      ['a path that cannot be read', 5, [], 'EFAULT'],
      ['an empty path', '', [], 'ENOENT'],
      ['a path that is too long', `/${'a/'.repeat(2048)}`, [], 'ENAMETOOLONG'],
      ['a file that is not there', '/bin/absent', [], 'ENOENT'],
      ['a file below a file', '/srv/x', [], 'ENOTDIR'],
      ['a directory', '/bin/directory', [], 'EACCES'],
      ['a file that may not be run', '/bin/plain', [], 'EACCES'],
      ['a directory that may not be searched', '/secret/x', [], 'EACCES'],
      ['a file that is no program', '/srv', [], 'ENOEXEC'],
      ['arguments that cannot be read', '/bin/other', 5, 'EFAULT'],
      ['an argument that cannot be read', '/bin/other', ['a', 5], 'EFAULT'],
      ['an argument that is too long', '/bin/other', [big], 'E2BIG'],
      ['too much of everything', '/bin/other', Array.from({ length: 80 }, () => big.slice(1)), 'E2BIG'],
    ];
    for (const [title, path, argv, expected] of table) t.is(outcome(child, 'execve', path, argv, []), expected, title);
    t.is(outcome(init, 'setpgid', 2, 2), '= 0');
  });
}

test('an armed value survives an exec that fails and is gone after one that succeeds', (t) => {
  const { child, arm, armed, outcome } = family('2.6.26');
  arm(child, 5000);
  for (const path of ['/usr/absent', '/bin/absent']) t.is(outcome(child, 'execve', path, [], []), 'ENOENT');
  t.is(armed(child), 5000);
  t.is(outcome(child, 'execve', '/bin/other', [], []), '= 0');
  t.is(armed(child), null);
});

test('6.x: a setuid beyond RLIMIT_NPROC makes the next execve fail, until there is room', (t) => {
  const { init, child, fork, call, outcome, leave, reap } = family('6.x');
  const second = fork(init);
  for (const task of [child, second]) {
    call(task, 'setrlimit', 6, { rlim_cur: 1, rlim_max: 1 });
    t.is(outcome(task, 'setuid', 1000), '= 0');
  }
  t.is(outcome(second, 'execve', '/bin/other', [], []), 'EAGAIN');
  leave(child, 'exit_group', 0);
  reap(init, 2);
  t.is(outcome(second, 'execve', '/bin/other', [], []), '= 0');
});
