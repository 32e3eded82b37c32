import test from 'ava';
import { ADDRESS, bases, bench } from './_bench.ts';

for (const base of bases) {
  test(`${base}: a stop is lost to a SIGCONT that comes while the group is looked at`, (t) => {
    for (const comesBetween of [false, true]) {
      const { call, halt, fork, lead, settle, state, child } = bench(base);
      const job = fork(child);
      lead(job);
      const waiting = halt(job, 'pause');
      waiting.until('schedule');
      call(child, 'kill', 3, 20);
      waiting.until('signal.stop');
      if (comesBetween) call(child, 'kill', 3, 18);
      waiting.finish();
      settle();
      t.is(state(job), comesBetween ? 'interruptible' : 'stopped');
    }
  });

  test(`${base}: SIGCONT to a process that has only partly stopped makes it go on, and the parent hears of a stop`, (t) => {
    const { call, halt, block, thread, settle, take, state, init, child } = bench(base);
    const second = thread(child);
    block(init, 17);
    const busy = halt(second, 'pause');
    call(init, 'kill', 2, 19);
    t.deepEqual([state(child), take(init, 17)], ['stopped', undefined]);
    call(init, 'kill', 2, 18);
    busy.finish();
    settle();
    t.deepEqual([state(child), state(second)], ['running', 'interruptible']);
    t.like(take(init, 17), { si_code: 5 });
  });

  test(`${base}: a thread that exits completes the stop that waited for it`, (t) => {
    const { call, halt, block, thread, take, state, init, child } = bench(base);
    const second = thread(child);
    block(init, 17);
    const leaving = halt(second, 'exit', 0);
    call(init, 'kill', 2, 19);
    t.deepEqual([state(child), take(init, 17)], ['stopped', undefined]);
    leaving.finish();
    t.like(take(init, 17), { si_code: 5, si_status: 19 });
  });

  test(`${base}: a thread that was woken for a signal another one took makes its call again`, (t) => {
    const { call, halt, begin, act, thread, settle, entered, state, init, child } = bench(base);
    act(child, 10, ADDRESS);
    const second = thread(child);
    const woken = halt(child, 'pause');
    woken.until('schedule');
    begin(second, 'rt_sigtimedwait', [12], null, null, 8);
    call(init, 'kill', 2, 10);
    call(init, 'tkill', 3, 10);
    settle();
    woken.finish();
    settle();
    t.deepEqual(
      entered.map(({ task }) => task),
      [second, second],
    );
    t.is(state(child), 'interruptible');
  });
}
