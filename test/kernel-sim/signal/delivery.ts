import test from 'ava';
import { SA_NODEFER, SA_ONSTACK, SA_RESETHAND, SA_RESTART, SIGRTMAX } from '../../../src/kernel-sim/abi/signal.ts';
import { type DefaultAction, defaultAction } from '../../../src/kernel-sim/abi/signal-default.ts';
import { type Datum, OUT } from '../../../src/syscalls/datum.ts';
import { ADDRESS, bases, bench, handler } from './_bench.ts';

for (const base of bases) {
  test(`${base}: every signal does by default what signal(7) says`, (t) => {
    for (let signo = 1; signo <= SIGRTMAX; signo++) {
      const { call, fork, lead, isGone, state, pending, child: parent } = bench(base);
      const child = fork(parent);
      lead(child);
      call(parent, 'kill', 3, signo);
      const action: DefaultAction = defaultAction(signo);
      const ends = action === 'terminate' || action === 'core';
      t.is(isGone(child), ends, `signal ${signo}`);
      if (ends) t.like(call(parent, 'wait4', 3, OUT, 0, null), { value: { out: { wstatus: [signo] } } });
      else t.deepEqual([state(child) === 'stopped', pending(child).shared], [action === 'stop', []], `signal ${signo}`);
    }
  });

  test(`${base}: while a handler runs its signal and its mask are blocked, and rt_sigreturn gets the mask before`, (t) => {
    const { call, act, block, blocked, entered, init, child } = bench(base);
    act(child, 10, handler('h'), 0, [12, 34, 9]);
    block(child, 1);
    call(init, 'kill', 2, 10);
    t.deepEqual(blocked(child), [1, 10, 12, 34]);
    t.deepEqual(entered[0]?.mask, [1]);
    t.deepEqual(entered[0]?.siginfo, { si_signo: 10, si_code: 0, si_pid: 1, si_uid: 0 });
    call(child, 'rt_sigreturn', { mask: [...entered[0]!.mask] });
    t.deepEqual(blocked(child), [1]);
  });

  test(`${base}: SA_NODEFER lets a handler interrupt itself`, (t) => {
    const { call, act, blocked, entered, init, child } = bench(base);
    act(child, 10, handler('h'), SA_NODEFER);
    call(init, 'kill', 2, 10);
    call(init, 'kill', 2, 10);
    t.is(entered.length, 2);
    t.deepEqual(blocked(child), []);
  });

  test(`${base}: SA_RESETHAND runs a handler once and keeps its flags`, (t) => {
    const { call, act, entered, isGone, init, child } = bench(base);
    act(child, 10, ADDRESS, SA_RESETHAND);
    call(init, 'kill', 2, 10);
    t.is(entered.length, 1);
    t.like(call(child, 'rt_sigaction', 10, null, OUT, 8), {
      value: { out: { oldact: { sa_handler: 0, sa_flags: SA_RESETHAND } } },
    });
    call(init, 'kill', 2, 10);
    t.true(isGone(child));
  });

  test(`${base}: of several pending signals the handler of the highest runs first, on top of the others`, (t) => {
    const { call, act, block, entered, init, child } = bench(base);
    for (const signo of [10, 12]) {
      act(child, signo, handler(`h${signo}`));
      block(child, signo);
      call(init, 'kill', 2, signo);
    }
    call(child, 'rt_sigprocmask', 2, [], null, 8);
    t.deepEqual(
      entered.map(({ siginfo, mask }) => [(siginfo as { si_signo: number }).si_signo, mask]),
      [
        [10, []],
        [12, [10]],
      ],
    );
  });

  test(`${base}: the mask of sigsuspend ends with the handler's return, and what it let in is blocked again`, (t) => {
    const { call, begin, act, block, blocked, entered, init, child } = bench(base);
    for (const signo of [10, 12]) act(child, signo, handler(`h${signo}`));
    block(child, 10, 12);
    const waiting = begin(child, 'rt_sigsuspend', [12], 8);
    t.deepEqual(blocked(child), [12]);
    call(init, 'kill', 2, 12);
    t.is(waiting.result(), undefined);
    call(init, 'kill', 2, 10);
    t.deepEqual(waiting.result(), { ok: false, errno: 'EINTR' });
    t.deepEqual(entered[0]?.mask, [10, 12]);
    t.deepEqual(blocked(child), [10, 12]);
    call(child, 'rt_sigreturn', { mask: [10, 12] });
    t.is(entered.length, 1);
  });

  test(`${base}: sigsuspend sleeps on after signals that run no handler`, (t) => {
    const { call, begin, blocked, block, state, init, child } = bench(base);
    block(child, 12);
    const waiting = begin(child, 'rt_sigsuspend', [10], 8);
    call(init, 'kill', 2, 28);
    call(init, 'kill', 2, 19);
    t.is(state(child), 'stopped');
    call(init, 'kill', 2, 18);
    t.is(waiting.result(), undefined);
    t.is(state(child), 'interruptible');
    t.deepEqual(blocked(child), [10]);
  });

  test(`${base}: a wait for children that a signal interrupts goes on or fails as SA_RESTART says`, (t) => {
    const rows: [title: string, handler: Datum, flags: number, expected: unknown][] = [
      ['no SA_RESTART', ADDRESS, 0, { ok: false, errno: 'EINTR' }],
      ['SA_RESTART', ADDRESS, SA_RESTART, undefined],
      ['ignored', 1, 0, undefined],
    ];
    for (const [title, action, flags, expected] of rows) {
      const { call, begin, act, fork, init, child } = bench(base);
      fork(child);
      act(child, 10, action, flags);
      const waiting = begin(child, 'wait4', -1, null, 0, null);
      call(init, 'kill', 2, 10);
      t.deepEqual(waiting.result(), expected as never, title);
    }
  });

  test(`${base}: a call that is to be made again waits until the handler has returned`, (t) => {
    const { begin, call, act, fork, init, child } = bench(base);
    fork(child);
    act(child, 10, handler('h'), SA_RESTART);
    const waiting = begin(child, 'wait4', -1, null, 0, null);
    call(init, 'kill', 2, 10);
    t.deepEqual(waiting.result() as unknown, { restart: true });
  });

  test(`${base}: a handler with SA_ONSTACK runs on the alternate stack, one inside it stays there`, (t) => {
    const { call, act, init, child } = bench(base);
    const flagsNow = (): unknown => {
      const looked = call(child, 'sigaltstack', null, OUT);
      return looked.ok ? (looked.value.out as { old_ss: { ss_flags: number } }).old_ss.ss_flags : looked.errno;
    };
    call(child, 'sigaltstack', { ss_sp: 0x1000, ss_flags: 0, ss_size: 8192 }, null);
    act(child, 10, handler('a'), SA_ONSTACK);
    act(child, 12, handler('b'));
    call(init, 'kill', 2, 12);
    t.is(flagsNow(), 0);
    call(init, 'kill', 2, 10);
    t.is(flagsNow(), 1);
    call(child, 'rt_sigreturn', { mask: [] });
    t.is(flagsNow(), 0);
    call(child, 'rt_sigreturn', { mask: [] });
    call(init, 'kill', 2, 10);
    call(init, 'kill', 2, 12);
    t.is(flagsNow(), 1);
  });

  test(`${base}: sigtimedwait takes a signal that its thread ignores while it waits`, (t) => {
    const { call, begin, block, blocked, init, child } = bench(base);
    block(child, 17, 10);
    const waiting = begin(child, 'rt_sigtimedwait', [17], OUT, null, 8);
    t.deepEqual(blocked(child), [10]);
    call(init, 'kill', 2, 17);
    t.like(waiting.result(), { ok: true, value: { value: 17, out: { info: { si_signo: 17, si_code: 0 } } } });
    t.deepEqual(blocked(child), [10, 17]);
  });

  test(`${base}: a broken handler frame ends the process with SIGSEGV`, (t) => {
    const { begin, act, block, isGone, child } = bench(base);
    act(child, 11, 1);
    block(child, 11);
    begin(child, 'rt_sigreturn', null);
    t.true(isGone(child));
  });
}

test('6.x: SS_AUTODISARM takes the stack away while a handler runs on it', (t) => {
  const { call, act, init, child } = bench('6.x');
  const stack = { ss_sp: 0x1000, ss_flags: 0x80000000, ss_size: 8192 };
  call(child, 'sigaltstack', stack, null);
  act(child, 10, handler('a'), SA_ONSTACK);
  call(init, 'kill', 2, 10);
  t.like(call(child, 'sigaltstack', null, OUT), { value: { out: { old_ss: { ss_sp: null, ss_flags: 2 } } } });
  call(child, 'rt_sigreturn', { mask: [] });
  t.like(call(child, 'sigaltstack', null, OUT), { value: { out: { old_ss: stack } } });
});
