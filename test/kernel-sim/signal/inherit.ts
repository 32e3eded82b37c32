import test from 'ava';
import { SIG_IGN } from '../../../src/kernel-sim/abi/signal.ts';
import { flushHandlers } from '../../../src/kernel-sim/signal/action.ts';
import { signalsOf } from '../../../src/kernel-sim/signal/signal-set.ts';
import { queuedCount, statusMasks } from '../../../src/kernel-sim/signal/status.ts';
import { OUT } from '../../../src/syscalls/datum.ts';
import { ADDRESS, bases, bench, handler } from './_bench.ts';

for (const base of bases) {
  test(`${base}: fork copies mask, actions and alternate stack, but nothing pending`, (t) => {
    const { k, call, act, block, fork, pending, init, child } = bench(base);
    const { store } = k.machine;
    act(child, 10, handler('h'));
    act(child, 12, SIG_IGN);
    block(child, 1, 34);
    call(child, 'sigaltstack', { ss_sp: 0x1000, ss_flags: 0, ss_size: 8192 }, null);
    call(init, 'kill', 2, 1);
    call(init, 'tkill', 2, 34);
    const grandchild = fork(child);
    const { SigBlk, SigIgn, SigCgt } = statusMasks(store, grandchild);
    t.deepEqual([SigBlk, SigIgn, SigCgt].map(signalsOf), [[1, 34], [12], [10]]);
    t.deepEqual(pending(grandchild), { own: [], shared: [] });
    t.like(call(grandchild, 'sigaltstack', null, OUT), { value: { out: { old_ss: { ss_size: 8192 } } } });
    act(grandchild, 10, SIG_IGN);
    t.deepEqual(signalsOf(statusMasks(store, child).SigCgt), [10], 'the tables are two');
  });

  test(`${base}: threads share actions and have masks, queues and stacks of their own`, (t) => {
    const { k, call, act, block, thread, pending, init, child } = bench(base);
    block(child, 10);
    call(child, 'sigaltstack', { ss_sp: 0x1000, ss_flags: 0, ss_size: 8192 }, null);
    const second = thread(child);
    act(second, 12, ADDRESS);
    t.deepEqual(signalsOf(statusMasks(k.machine.store, child).SigCgt), [12]);
    call(init, 'tkill', 3, 10);
    t.deepEqual([pending(child).own, pending(second).own], [[], [10]]);
    t.like(call(second, 'sigaltstack', null, OUT), { value: { out: { old_ss: { ss_flags: 2 } } } });
  });

  test(`${base}: exec drops handlers, alternate stack and timers' signals, and keeps the mask and what is pending`, (t) => {
    const { k, call, act, block, pending, child } = bench(base);
    const { store } = k.machine;
    act(child, 10, handler('h'), 4, [12]);
    act(child, 12, SIG_IGN, 4, [10]);
    block(child, 1, 14, 34);
    call(child, 'sigaltstack', { ss_sp: 0x1000, ss_flags: 0, ss_size: 8192 }, null);
    call(child, 'kill', 2, 1);
    call(child, 'rt_sigqueueinfo', 2, 14, { si_code: -2 });
    for (const si_code of [-1, -2]) call(child, 'rt_sigqueueinfo', 2, 34, { si_code });
    flushHandlers(store, k, child);
    const { SigBlk, SigIgn, SigCgt } = statusMasks(store, child);
    t.deepEqual([SigBlk, SigIgn, SigCgt].map(signalsOf), [[1, 14, 34], [12], []]);
    t.deepEqual(pending(child).shared, [1, 34]);
    t.is(queuedCount(store, k, child).used, 2);
    t.like(call(child, 'rt_sigaction', 12, null, OUT, 8), { value: { out: { oldact: { sa_mask: [], sa_flags: 0 } } } });
    t.like(call(child, 'sigaltstack', null, OUT), { value: { out: { old_ss: { ss_flags: 2 } } } });
  });

  test(`${base}: exec in a thread leaves the handlers of those it shared them with alone`, (t) => {
    const { k, act, thread, child } = bench(base);
    const { store } = k.machine;
    act(child, 10, handler('h'));
    const second = thread(child);
    flushHandlers(store, k, second);
    t.deepEqual(
      [child, second].map((task) => signalsOf(statusMasks(store, task).SigCgt)),
      [[10], []],
    );
  });

  test(`${base}: the end of a process gives its queued signals back to its user`, (t) => {
    const { k, call, begin, block, fork, child } = bench(base);
    const { store } = k.machine;
    const grandchild = fork(child);
    block(grandchild, 10, 34);
    for (const signo of [10, 34, 34]) call(child, 'kill', 3, signo);
    call(child, 'tkill', 3, 34);
    t.is(queuedCount(store, k, child).used, 4);
    begin(grandchild, 'exit_group', 0);
    call(child, 'wait4', 3, null, 0, null);
    t.is(queuedCount(store, k, child).used, 0);
  });

  test(`${base}: a thread that exits leaves the signals of its process to others`, (t) => {
    const { begin, call, act, block, thread, entered, init, child } = bench(base);
    act(child, 10, handler('h'));
    const second = thread(child);
    block(child, 10);
    block(second, 10);
    call(init, 'kill', 2, 10);
    call(child, 'rt_sigprocmask', 2, [10], null, 8);
    begin(second, 'exit', 0);
    call(child, 'rt_sigprocmask', 2, [], null, 8);
    t.is(entered.at(-1)?.task, child);
  });
}

test('6.x: CLONE_CLEAR_SIGHAND copies only what is ignored', (t) => {
  const { k, call, act, task, child } = bench('6.x');
  act(child, 10, handler('h'));
  act(child, 12, SIG_IGN);
  const made = call(child, 'clone', 0x100000000 + 17, null);
  const { SigIgn, SigCgt } = statusMasks(k.machine.store, task(made.ok ? Number(made.value.value) : 0));
  t.deepEqual([SigIgn, SigCgt].map(signalsOf), [[12], []]);
});
