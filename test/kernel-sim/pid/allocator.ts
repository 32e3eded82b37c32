import test from 'ava';
import { CLONE_NEWPID } from '../../../src/kernel-sim/abi/clone.ts';
import { SIGCHLD } from '../../../src/kernel-sim/abi/signal.ts';
import { bases, type Family, family } from '../helpers/family.ts';

const last = ({ k, read }: Family): number => read(k.initPidNs.lastPid);

function setLast({ k }: Family, pid: number): void {
  k.machine.store.write(k.initPidNs.lastPid, pid);
}

const forked = (f: Family, by = f.init): number => {
  const made = f.call(by, 'fork', null);
  return made.ok ? Number(made.value.value) : -1;
};

for (const base of bases) {
  test(`${base}: numbers go up to pid_max and begin again at 300`, (t) => {
    const f = family(base);
    f.k.machine.store.write(f.k.system.pidMax, 32_768);
    setLast(f, 32_766);
    t.deepEqual([forked(f), forked(f), forked(f)], [32_767, 300, 301]);
  });

  test(`${base}: a number in use is passed over, on the way round as well`, (t) => {
    const f = family(base);
    f.k.machine.store.write(f.k.system.pidMax, 400);
    setLast(f, 398);
    t.deepEqual([forked(f), forked(f)], [399, 300]);
    setLast(f, 398);
    t.is(forked(f), 301);
  });
}

/** Two children of init, each in a fork that is taken forward by hand. */
function pair(fixes: string[] = []): { f: Family; a: Family['child']; b: Family['child'] } {
  const f = family('2.6.26', fixes);
  return { f, a: f.child, b: f.fork(f.init) };
}

test('P1: the jump of a chosen number is forgotten when an ordinary fork stores last_pid after it', (t) => {
  for (const [fixes, expected] of [
    [[], 1001],
    [['P1', 'P7'], 5000],
  ] as const) {
    const { f, a, b } = pair([...fixes]);
    setLast(f, 1000);
    f.arm(a, 5000);
    const ordinary = f.halt(b, 'fork', null);
    ordinary.until(fixes.length > 0 ? 'last_pid.raise' : 'last_pid.store');
    t.is(f.call(a, 'fork', null).ok, true);
    t.is(last(f), 5000);
    ordinary.finish();
    t.is(last(f), expected);
  }
});

test('P1: a chosen number below last_pid takes it back to what it was when the fork looked', (t) => {
  for (const [fixes, expected] of [
    [[], 1000],
    [['P1'], 1003],
  ] as const) {
    const { f, a, b } = pair([...fixes]);
    setLast(f, 1000);
    f.arm(a, 900);
    const chosen = f.halt(a, 'fork', null);
    if (fixes.length > 0) chosen.until('last_pid.raise');
    else {
      // The reads before the store: pid_max, the bit of 900, last_pid.
      chosen.until('pidmap.test_and_set');
      chosen.until('load');
      f.k.machine.step(a);
    }
    for (let i = 0; i < 3; i++) f.fork(b);
    t.is(last(f), 1003);
    chosen.finish();
    t.is(last(f), expected);
  }
});

test('P2: a chosen number moves the next ordinary one, unless that is repaired', (t) => {
  for (const [fixes, expected] of [
    [[], 32_001],
    [['P2'], 4],
  ] as const) {
    const { f, a } = pair([...fixes]);
    f.arm(a, 32_000);
    t.is(forked(f, a), 32_000);
    t.is(forked(f), expected);
  }
});

test('P3: numbers below 300 are refused, unless that is repaired', (t) => {
  const { f, a } = pair();
  f.arm(a, 299);
  t.is(f.outcome(a, 'fork', null), 'EINVAL');
  f.arm(a, 300);
  t.is(f.outcome(a, 'fork', null), '= 300');
  const repaired = pair(['P3']);
  repaired.f.arm(repaired.a, 7);
  t.is(repaired.f.outcome(repaired.a, 'fork', null), '= 7');
});

test('P7: a slow fork takes last_pid back, so that a number is given out twice running', (t) => {
  for (const [fixes, expected] of [
    [[], 1002],
    [['P7'], 1003],
  ] as const) {
    const { f, a, b } = pair([...fixes]);
    setLast(f, 1000);
    const slow = f.halt(a, 'fork', null);
    slow.until(fixes.length > 0 ? 'last_pid.raise' : 'last_pid.store');
    t.is(forked(f, b), 1002);
    slow.finish();
    f.leave(f.task(1002), 'exit_group', 0);
    t.is(f.reap(b), '1002 0');
    t.is(forked(f), expected);
  }
});

test('P8: after the last number the search begins again at 300, and a lowered pid_max refuses what was in range', (t) => {
  const { f, a } = pair();
  f.arm(a, 32_767);
  t.is(forked(f, a), 32_767);
  t.is(forked(f), 300);
  f.arm(a, 20_000);
  f.k.machine.store.write(f.k.system.pidMax, 10_000);
  t.is(f.outcome(a, 'fork', null), 'EINVAL');
});

test('P9: a number is taken before its task can be found', (t) => {
  const { f, a } = pair();
  f.arm(a, 5000);
  const forking = f.halt(a, 'fork', null);
  forking.until('fork.link');
  t.is(f.outcome(f.init, 'kill', 5000, 0), 'ESRCH');
  t.true(f.isTaken(5000));
  forking.finish();
  t.is(f.outcome(f.init, 'kill', 5000, 0), '= 0');
});

test('6.x: set_tid takes numbers for each level and leaves the cursor where it is', (t) => {
  const f = family('6.x');
  const args = (set_tid: number[], flags = 0) => ({
    flags,
    exit_signal: SIGCHLD,
    stack: null,
    stack_size: 0,
    set_tid,
    set_tid_size: set_tid.length,
  });
  t.is(f.outcome(f.init, 'clone3', args([5000]), 88, null), '= 5000');
  t.is(forked(f), 3);
  t.is(f.outcome(f.init, 'clone3', args([7]), 88, null), '= 7');
  t.is(f.outcome(f.init, 'clone3', args([7]), 88, null), 'EEXIST');
  t.is(f.outcome(f.init, 'clone3', args([8, 9]), 88, null), 'EINVAL');
  t.is(f.outcome(f.init, 'clone3', args([500], CLONE_NEWPID), 88, null), 'EINVAL');
  t.is(f.outcome(f.init, 'clone3', args([1, 7000], CLONE_NEWPID), 88, null), '= 7000');
  t.is(f.outcome(f.task(7000), 'getpid'), '= 1');
});

test('6.x: set_tid finds a number taken that a zombie, a group or a session has', (t) => {
  const f = family('6.x');
  const { child, init, leave, call, outcome, reap, fork } = f;
  const args = { flags: 0, exit_signal: SIGCHLD, stack: null, stack_size: 0, set_tid: [2], set_tid_size: 1 };
  call(child, 'setsid');
  fork(child);
  leave(child, 'exit_group', 0);
  t.is(outcome(init, 'clone3', args, 88, null), 'EEXIST');
  reap(init, 2);
  t.is(outcome(init, 'clone3', args, 88, null), 'EEXIST');
  leave(f.task(3), 'exit_group', 0);
  reap(init, 3);
  t.is(outcome(init, 'clone3', args, 88, null), '= 2');
});
