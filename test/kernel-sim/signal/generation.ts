import test from 'ava';
import { Frame } from '../../../src/kernel-sim/machine/frame.ts';
import type { Task } from '../../../src/kernel-sim/task/task.ts';
import { type Datum, OUT } from '../../../src/syscalls/datum.ts';
import { invoke } from '../../../src/syscalls/invoke.ts';
import { bases, bench, handler } from './_bench.ts';

const queued = (si_int: number) => ({ si_code: -1, si_pid: 1, si_uid: 0, si_int });

for (const base of bases) {
  test(`${base}: a standard signal that is pending already is dropped, and the first details win`, (t) => {
    const { call, block, take, pending, init, child } = bench(base);
    block(child, 10);
    for (const n of [1, 2]) call(init, 'rt_sigqueueinfo', 2, 10, queued(n));
    t.deepEqual(pending(child), { own: [], shared: [10] });
    t.like(take(child, 10), { si_signo: 10, si_int: 1, si_ptr: 1 });
    t.is(take(child, 10), undefined);
  });

  test(`${base}: real-time signals queue in order and stay pending while one is left`, (t) => {
    const { call, block, take, pending, init, child } = bench(base);
    block(child, 34);
    for (const n of [1, 2, 3]) call(init, 'rt_sigqueueinfo', 2, 34, queued(n));
    t.like(take(child, 34), { si_int: 1 });
    t.like(take(child, 34), { si_int: 2 });
    t.deepEqual(pending(child).shared, [34]);
    t.like(take(child, 34), { si_int: 3 });
    t.deepEqual(pending(child).shared, []);
  });

  test(`${base}: a thread's own signals are taken before those of its process, and low numbers before high ones`, (t) => {
    const { call, block, take, init, child } = bench(base);
    block(child, 10, 12, 34);
    call(init, 'kill', 2, 10);
    call(init, 'tkill', 2, 34);
    call(init, 'tkill', 2, 12);
    const taken = [0, 1, 2].map(() => (take(child, 10, 12, 34) as { si_signo: number }).si_signo);
    t.deepEqual(taken, [12, 34, 10]);
  });

  test(`${base}: details of kill and tkill name the sender`, (t) => {
    const { call, block, take, init, child } = bench(base);
    block(child, 10, 12);
    call(init, 'kill', 2, 10);
    call(init, 'tgkill', 2, 2, 12);
    t.deepEqual(take(child, 10), { si_signo: 10, si_code: 0, si_pid: 1, si_uid: 0 });
    t.deepEqual(take(child, 12), { si_signo: 12, si_code: -6, si_pid: 1, si_uid: 0 });
  });

  test(`${base}: an ignored signal is dropped unless it is blocked`, (t) => {
    const { call, block, pending, act, init, child } = bench(base);
    act(child, 10, 1);
    call(init, 'kill', 2, 10);
    call(init, 'kill', 2, 17);
    t.deepEqual(pending(child).shared, []);
    block(child, 10, 17);
    call(init, 'kill', 2, 10);
    call(init, 'kill', 2, 17);
    t.deepEqual(pending(child).shared, [10, 17]);
  });

  test(`${base}: an action that ignores throws away what is pending in all queues`, (t) => {
    const { call, block, pending, act, thread, init, child } = bench(base);
    const other = thread(child);
    block(child, 10, 17);
    block(other, 10, 17);
    for (const signo of [10, 17]) {
      call(init, 'kill', 2, signo);
      call(init, 'tkill', 3, signo);
    }
    act(child, 10, 1);
    act(child, 17, 0);
    t.deepEqual(pending(child), { own: [], shared: [] });
    t.deepEqual(pending(other), { own: [], shared: [] });
  });

  test(`${base}: a stop signal takes a pending SIGCONT back, and SIGCONT pending stop signals`, (t) => {
    const { call, block, pending, act, thread, init, child } = bench(base);
    const other = thread(child);
    act(child, 18, handler('on_cont'));
    for (const task of [child, other]) block(task, 18, 20, 21);
    call(init, 'kill', 2, 18);
    call(init, 'tkill', 3, 18);
    call(init, 'kill', 2, 20);
    t.deepEqual([pending(child), pending(other).own], [{ own: [], shared: [20] }, []]);
    call(init, 'tkill', 3, 21);
    call(init, 'kill', 2, 18);
    t.deepEqual([pending(child), pending(other).own], [{ own: [], shared: [18] }, []]);
  });

  test(`${base}: a signal to a process goes to its main thread if that wants it, else to another`, (t) => {
    const { call, block, act, thread, entered, init, child } = bench(base);
    act(child, 10, handler('h'));
    const [second, third] = [thread(child), thread(child)];
    call(init, 'kill', 2, 10);
    t.is(entered.at(-1)?.task, child);
    call(child, 'rt_sigreturn', { mask: [10] });
    for (const expected of [second, second]) {
      call(init, 'kill', 2, 10);
      t.is(entered.at(-1)?.task, expected);
      call(expected, 'rt_sigreturn', { mask: [] });
    }
    block(second, 10);
    call(init, 'kill', 2, 10);
    t.is(entered.at(-1)?.task, third);
  });

  test(`${base}: a signal that every thread blocks waits for the first one that unblocks it`, (t) => {
    const { call, block, act, thread, entered, init, child } = bench(base);
    act(child, 10, handler('h'));
    const second = thread(child);
    for (const task of [child, second]) block(task, 10);
    call(init, 'kill', 2, 10);
    t.is(entered.length, 0);
    call(second, 'rt_sigprocmask', 2, [], null, 8);
    t.is(entered.at(-1)?.task, second);
  });

  test(`${base}: a signal that ends the process ends every thread with its number`, (t) => {
    const { call, thread, isGone, peek, init, child } = bench(base);
    const other = thread(child);
    call(init, 'tkill', 3, 15);
    t.true(isGone(child) && isGone(other));
    t.like(call(init, 'wait4', 2, OUT, 0, null), { ok: true, value: { value: 2, out: { wstatus: [15] } } });
    t.is(peek(init, 'childrenHead'), null);
  });

  test(`${base}: SIGKILL ends a process that blocks or is stopped`, (t) => {
    const { call, block, state, isGone, init, child } = bench(base);
    block(child, 9, 19, 15);
    call(init, 'kill', 2, 19);
    t.is(state(child), 'stopped');
    call(init, 'kill', 2, 15);
    t.is(state(child), 'stopped');
    call(init, 'kill', 2, 9);
    t.true(isGone(child));
  });

  test(`${base}: nothing that it does not handle ends or stops init`, (t) => {
    const { call, act, entered, pending, isGone, state, init, child } = bench(base);
    for (const signo of [1, 9, 15, 19, 20, 6]) {
      call(child, 'kill', 1, signo);
      call(init, 'kill', 1, signo);
    }
    t.false(isGone(init));
    t.is(state(init), 'running');
    t.deepEqual(pending(init), { own: [], shared: [] });
    act(init, 15, handler('h'));
    call(child, 'kill', 1, 15);
    t.is(entered.length, 1);
  });

  test(`${base}: kill(-1) reaches everybody but init and the sender`, (t) => {
    const { call, fork, isGone, init, child } = bench(base);
    const others = [fork(child), fork(init)];
    call(others[0]!, 'setsid');
    call(child, 'kill', -1, 15);
    t.deepEqual([child, ...others].map(isGone), [false, true, true]);
    t.false(isGone(init));
  });

  test(`${base}: kill of a group says ESRCH or EPERM only when nobody in it got the signal`, (t) => {
    const { call, outcome, block, pending, k, init, child, fork } = bench(base);
    const other = fork(child);
    for (const task of [child, other]) block(task, 10);
    k.machine.store.write(other.cred, {
      ...k.machine.store.peek(other.cred),
      uid: 7,
      euid: 7,
      suid: 7,
      capabilities: [],
    });
    t.is(outcome(other, 'kill', 0, 10), '= 0');
    t.deepEqual([pending(child).shared, pending(other).shared], [[], [10]]);
    call(init, 'kill', 0, 18);
    t.is(outcome(other, 'kill', 2, 10), 'EPERM');
  });
}

test('2.6.26: a fault is taken by its number', (t) => {
  const { call, block, act, entered, init, child } = bench('2.6.26');
  for (const signo of [1, 11]) act(child, signo, handler(`h${signo}`), 0, [1, 11]);
  block(child, 1, 11);
  for (const signo of [11, 1]) call(init, 'tkill', 2, signo);
  call(child, 'rt_sigprocmask', 2, [], null, 8);
  t.like(entered[0]?.siginfo, { si_signo: 1 });
});

test('6.x: a fault is taken before lower numbers', (t) => {
  const { call, block, act, entered, init, child } = bench('6.x');
  for (const signo of [1, 11]) act(child, signo, handler(`h${signo}`), 0, [1, 11]);
  block(child, 1, 11);
  for (const signo of [11, 1]) call(init, 'tkill', 2, signo);
  call(child, 'rt_sigprocmask', 2, [], null, 8);
  t.like(entered[0]?.siginfo, { si_signo: 11 });
});

for (const base of bases) {
  test(`${base}: what a thread blocks after it was chosen ${base === '6.x' ? 'goes to another' : 'waits'}`, (t) => {
    const { k, act, thread, settle, entered, pending, init, child } = bench(base);
    act(child, 10, handler('h'));
    const second = thread(child);
    const begin = (task: Task, name: string, ...args: Datum[]): void =>
      k.machine.store.write(task.frame, Frame.begin(invoke(k, task, name, args)));
    begin(child, 'rt_sigprocmask', 0, [10], null, 8);
    begin(init, 'kill', 2, 10);
    k.machine.step(init);
    k.machine.step(child);
    settle();
    t.deepEqual(
      entered.map(({ task }) => task),
      base === '6.x' ? [second] : [],
    );
    t.deepEqual(pending(child).shared, base === '6.x' ? [] : [10]);
  });
}
