import test from 'ava';
import { CLONE_PARENT } from '../../../src/kernel-sim/abi/clone.ts';
import { PR_SET_CHILD_SUBREAPER, PR_SET_PDEATHSIG } from '../../../src/kernel-sim/abi/prctl.ts';
import { SIGCHLD, SIGHUP, SIGKILL, SIGSTOP, SIGTERM, SIGUSR1 } from '../../../src/kernel-sim/abi/signal.ts';
import { Frame } from '../../../src/kernel-sim/machine/frame.ts';
import { done } from '../../../src/kernel-sim/result.ts';
import { inspect } from '../../../src/kernel-sim/task/next-syscall-data.ts';
import { bases, family } from '../helpers/family.ts';

const IGNORE = { sa_handler: 1, sa_mask: [], sa_flags: 0 };
const NOCLDWAIT = { sa_handler: 0, sa_mask: [], sa_flags: 2 };

for (const base of bases) {
  test(`${base}: a dead child is a zombie with its number until it is waited for`, (t) => {
    const { init, child, leave, reap, state, isTaken, isFindable, k, read } = family(base);
    leave(child, 'exit_group', 7);
    t.is(state(child), 'zombie');
    t.true(isTaken(2) && isFindable(2));
    t.is(read(k.system.threads), 2);
    t.is(reap(init), '2 1792');
    t.false(isTaken(2) || isFindable(2));
    t.is(read(k.system.threads), 1);
    t.is(read(k.users.processes.at(0)), 1);
    t.is(reap(init), 'ECHILD');
  });

  test(`${base}: only the low byte of an exit code is kept`, (t) => {
    const { init, child, leave, reap } = family(base);
    leave(child, 'exit', 0x1ff);
    t.is(reap(init), '2 65280');
  });

  test(`${base}: a parent that ignores SIGCHLD, or has SA_NOCLDWAIT, leaves no zombies`, (t) => {
    for (const action of [IGNORE, NOCLDWAIT]) {
      const { init, child, call, leave, reap, isTaken } = family(base);
      call(init, 'rt_sigaction', SIGCHLD, action, null, 8);
      leave(child, 'exit_group', 0);
      t.false(isTaken(2));
      t.is(reap(init), 'ECHILD');
    }
  });

  test(`${base}: exit_group ends every thread with its status, exit only one`, (t) => {
    const { init, child, thread, leave, reap, state } = family(base);
    const [a, b] = [thread(child), thread(child)];
    leave(a, 'exit', 3);
    t.false(state(child) === 'zombie');
    t.is(reap(init), '0');
    leave(b, 'exit_group', 5);
    t.is(reap(init), `2 ${5 << 8}`);
  });

  test(`${base}: a dead leader is no one's to reap until its last thread is gone`, (t) => {
    const { init, child, thread, leave, reap, state, isTaken } = family(base);
    const last = thread(child);
    leave(child, 'exit', 1);
    t.is(state(child), 'zombie');
    t.is(reap(init), '0');
    leave(last, 'exit', 2);
    t.false(isTaken(3));
    // Since 5.17 it is the last thread that decides.
    t.is(reap(init), base === '6.x' ? '2 512' : '2 256');
  });

  test(`${base}: the number of a dead leader stays taken as long as it names a group or a session`, (t) => {
    const { init, child, call, fork, leave, reap, isTaken } = family(base);
    call(child, 'setsid');
    const heir = fork(child);
    leave(child, 'exit_group', 0);
    reap(init, 2);
    t.true(isTaken(2));
    t.is(call(init, 'kill', 2, 0).ok, false);
    leave(heir, 'exit_group', 0);
    reap(init);
    t.false(isTaken(2));
  });

  test(`${base}: orphans become children of another thread of their parent's process, else of init`, (t) => {
    const { init, child, thread, fork, leave, parent, reap } = family(base);
    const other = thread(child);
    const orphan = fork(other);
    leave(other, 'exit', 0);
    t.is(parent(orphan), 2);
    leave(child, 'exit_group', 0);
    t.is(parent(orphan), 1);
    leave(orphan, 'exit_group', 4);
    t.is(reap(init, 4), '4 1024');
  });

  test(`${base}: a zombie whose parent dies is announced to its new parent, with SIGCHLD`, (t) => {
    const { init, child, call, leave, reap, task } = family(base);
    call(child, 'clone', SIGUSR1, null);
    leave(task(3), 'exit_group', 9);
    call(init, 'rt_sigprocmask', 0, [SIGCHLD], null, 8);
    leave(child, 'exit_group', 0);
    t.is(reap(init, 3), '3 2304');
  });

  test(`${base}: init that ignores SIGCHLD is left no zombies by the dead either`, (t) => {
    const { init, child, call, fork, leave, isTaken } = family(base);
    const grandchild = fork(child);
    leave(grandchild, 'exit_group', 0);
    call(init, 'rt_sigaction', SIGCHLD, IGNORE, null, 8);
    leave(child, 'exit_group', 0);
    t.false(isTaken(2) || isTaken(3));
  });

  test(`${base}: a child gets the signal it asked for when its parent thread dies`, (t) => {
    const { child, call, fork, leave, state } = family(base);
    const [asked, other] = [fork(child), fork(child)];
    call(asked, 'prctl', PR_SET_PDEATHSIG, SIGTERM);
    leave(child, 'exit_group', 0);
    t.is(state(asked), 'zombie');
    t.is(state(other), 'running');
  });

  test(`${base}: a stopped group that becomes an orphan gets SIGHUP and SIGCONT`, (t) => {
    const { init, child, call, fork, leave, state, entered } = family(base);
    call(child, 'setsid');
    const member = fork(child);
    call(member, 'setpgid', 0, 0);
    call(member, 'rt_sigaction', SIGHUP, { sa_handler: 0x4000, sa_mask: [], sa_flags: 0 }, null, 8);
    call(init, 'kill', 3, SIGSTOP);
    t.is(state(member), 'stopped');
    leave(child, 'exit_group', 0);
    t.is(state(member), 'running');
    t.deepEqual(
      entered.map(({ siginfo }) => (siginfo as { si_signo: number }).si_signo),
      [SIGHUP],
    );
  });

  test(`${base}: the end of init is the end of everybody`, (t) => {
    const { init, child, leave, k } = family(base);
    leave(init, 'exit_group', 3);
    t.false(k.machine.isAlive(init) || k.machine.isAlive(child));
  });

  test(`${base}: SIGKILL ends a process in whatever wait it is`, (t) => {
    const { init, child, begin, call, reap, fork } = family(base);
    fork(child);
    begin(child, 'wait4', -1, null, 0, null);
    call(init, 'kill', 2, SIGKILL);
    t.is(reap(init, 2), `2 ${SIGKILL}`);
  });

  test(`${base}: the exit signal is chosen by clone, and becomes SIGCHLD after an exec on either side`, (t) => {
    for (const [exec, expected] of [
      ['nobody', [SIGUSR1]],
      ['parent', []],
      ['child', []],
    ] as const) {
      const { child, call, leave, task } = family(base);
      call(child, 'rt_sigprocmask', 0, [SIGUSR1], null, 8);
      call(child, 'clone', SIGUSR1, null);
      const grandchild = task(3);
      if (exec === 'parent') call(child, 'execve', '/bin/other', [], []);
      if (exec === 'child') call(grandchild, 'execve', '/bin/other', [], []);
      leave(grandchild, 'exit_group', 0);
      const pending = call(child, 'rt_sigtimedwait', [SIGUSR1], null, { tv_sec: 0, tv_nsec: 0 }, 8);
      t.deepEqual(pending.ok ? [Number(pending.value.value)] : [], [...expected], exec);
    }
  });

  test(`${base}: a sibling made with CLONE_PARENT is a child of the caller's parent`, (t) => {
    const { child, call, task, parent } = family(base);
    call(child, 'clone', CLONE_PARENT | SIGCHLD, null);
    t.is(parent(task(3)), 1);
  });
}

test('6.x: orphans become children of the nearest living subreaper', (t) => {
  const { child, call, fork, leave, parent } = family('6.x');
  const before = fork(child);
  call(child, 'prctl', PR_SET_CHILD_SUBREAPER, 1);
  const [father, grandfather] = [fork(before), fork(child)];
  const [orphan, uncle] = [fork(father), fork(grandfather)];
  const other = fork(uncle);
  leave(father, 'exit_group', 0);
  leave(uncle, 'exit_group', 0);
  t.is(parent(orphan), 2);
  t.is(parent(other), 2);
  leave(child, 'exit_group', 0);
  t.is(parent(orphan), 1);
});

test('a zombie shows its armed value for a moment, and with N24 repaired it does not', (t) => {
  for (const [fixes, expected] of [
    [[], 5000],
    [['N24'], null],
  ] as const) {
    const { k, init, child, arm, halt, settle, read, state } = family('2.6.26', [...fixes]);
    arm(child, 5000);
    const dying = halt(child, 'exit_group', 0);
    while (state(child) !== 'zombie') k.machine.step(child);
    const seen: unknown[] = [];
    init.store.write(
      init.frame,
      Frame.begin({
        name: 'look',
        args: [],
        *start() {
          seen.push(yield* inspect(k, child));
          return done;
        },
      }),
    );
    settle();
    const [armed] = seen as [{ value: bigint } | null];
    t.is(armed === null ? null : Number(armed.value), expected);
    dying.finish();
    t.is(read(child.nsd), null);
  }
});

test('a zombie may be released before it has taken its last step', (t) => {
  const { k, init, child, halt, reap, state, read, isTaken } = family('2.6.26');
  const dying = halt(child, 'exit_group', 0);
  while (state(child) !== 'zombie') k.machine.step(child);
  t.is(reap(init), '2 0');
  t.false(isTaken(2));
  t.true(k.machine.isAlive(child));
  dying.finish();
  t.false(k.machine.isAlive(child));
  t.is(read(child.process), null);
});
