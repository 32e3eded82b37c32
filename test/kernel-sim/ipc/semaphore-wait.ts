import test from 'ava';
import {
  GETALL,
  GETNCNT,
  GETPID,
  GETZCNT,
  IPC_NOWAIT,
  IPC_RMID,
  SETALL,
  SETVAL,
} from '../../../src/kernel-sim/abi/ipc.ts';
import { SA_RESTART, SIGCONT, SIGSTOP, SIGUSR1 } from '../../../src/kernel-sim/abi/signal.ts';
import { wake } from '../../../src/kernel-sim/task/sleep.ts';
import type { Task } from '../../../src/kernel-sim/task/task.ts';
import type { Datum, Struct } from '../../../src/syscalls/datum.ts';
import { BASES, type Bench, bench, idOf, OUT } from './_bench.ts';

const HANDLER = 0x4000;
const op = (sem_num: number, sem_op: number, sem_flg = 0): Struct => ({ sem_num, sem_op, sem_flg });
const set = (b: Bench, ...values: number[]): number => {
  const id = idOf(b.call(b.init, 'semget', 0, values.length, 0o666));
  b.call(b.init, 'semctl', id, 0, SETALL, values);
  return id;
};
const begin = (b: Bench, task: Task, id: number, ...operations: Datum[]) =>
  b.begin(task, 'semop', id, operations, operations.length);
const values = (t: Parameters<Bench['output']>[0], b: Bench, id: number): Datum =>
  b.output(t, b.init, 'semctl', id, 0, GETALL, OUT);

/** Begins a call in each of several children and says which of them have ended after `action`. */
function endsAfter(b: Bench, calls: readonly (readonly Datum[])[], id: number, action: () => void): readonly number[] {
  const tasks = calls.map(() => b.fork(b.init));
  const begun = calls.map((operations, i) => begin(b, tasks[i]!, id, ...operations));
  action();
  return begun.flatMap((one, i) => (one.result() === undefined ? [] : [i]));
}

for (const base of BASES) {
  test(`${base}: a call waits until all of its operations can be done`, (t) => {
    const b = bench(base);
    const id = set(b, 0, 0);
    const waiting = begin(b, b.fork(b.init), id, op(0, -1), op(1, -1));
    begin(b, b.init, id, op(0, 1));
    t.is(waiting.result(), undefined);
    t.deepEqual(values(t, b, id), [1, 0]);
    begin(b, b.init, id, op(1, 1));
    t.like(waiting.result(), { ok: true });
    t.deepEqual(values(t, b, id), [0, 0]);
    t.is(b.outcome(b.init, 'semctl', id, 0, GETPID, null), '= 2');
  });

  test(`${base}: takers are served oldest first, and a small request overtakes a big older one`, (t) => {
    const b = bench(base);
    const id = set(b, 0);
    const calls = [[op(0, -3)], [op(0, -1)], [op(0, -1)]];
    t.deepEqual(
      endsAfter(b, calls, id, () => begin(b, b.init, id, op(0, 1))),
      [1],
    );
  });

  test(`${base}: a call that could go on lets others go on`, (t) => {
    const b = bench(base);
    const id = set(b, 0, 0);
    const calls = [[op(1, -1)], [op(0, -1), op(1, 1)]];
    t.deepEqual(
      endsAfter(b, calls, id, () => begin(b, b.init, id, op(0, 1))),
      [0, 1],
    );
    t.deepEqual(values(t, b, id), [0, 0]);
  });

  test(`${base}: waiters for zero go first`, (t) => {
    const b = bench(base);
    const id = set(b, 1);
    // The taker needs the 2 that the waiter for zero puts there.
    const calls = [[op(0, -2)], [op(0, 0), op(0, 2)]];
    t.deepEqual(
      endsAfter(b, calls, id, () => begin(b, b.init, id, op(0, -1))),
      [0, 1],
    );
  });

  test(`${base}: SETVAL and SETALL wake those who can go on`, (t) => {
    const b = bench(base);
    const id = set(b, 0, 1);
    const calls = [[op(0, -1)], [op(1, 0)]];
    t.deepEqual(
      endsAfter(b, [calls[0]!], id, () => b.call(b.init, 'semctl', id, 0, SETVAL, 5)),
      [0],
    );
    t.deepEqual(
      endsAfter(b, [calls[1]!], id, () => b.call(b.init, 'semctl', id, 0, SETALL, [0, 0])),
      [0],
    );
  });

  test(`${base}: an operation that would go out of range ends a wait with ERANGE`, (t) => {
    const b = bench(base);
    const id = set(b, 0, 1);
    const waiting = begin(b, b.fork(b.init), id, op(0, -1), op(1, 1));
    b.call(b.init, 'semctl', id, 1, SETVAL, 32_767);
    t.is(waiting.result(), undefined);
    begin(b, b.init, id, op(0, 1));
    t.like(waiting.result(), { errno: 'ERANGE' });
  });

  test(`${base}: an operation with IPC_NOWAIT behind one that waits may end the wait with EAGAIN`, (t) => {
    const b = bench(base);
    const id = set(b, 0, 0);
    const waiting = begin(b, b.fork(b.init), id, op(0, -1), op(1, -1, IPC_NOWAIT));
    begin(b, b.init, id, op(0, 1));
    t.like(waiting.result(), { errno: 'EAGAIN' });
    t.deepEqual(values(t, b, id), [1, 0]);
  });

  test(`${base}: removing a set ends every wait on it with EIDRM`, (t) => {
    const b = bench(base);
    const id = set(b, 1, 0);
    const waiting = [[op(0, 0)], [op(1, -1)], [op(1, 0), op(0, 0)], [op(0, -9), op(1, -1)]].map((operations) =>
      begin(b, b.fork(b.init), id, ...operations),
    );
    b.call(b.init, 'semctl', id, 0, IPC_RMID, null);
    for (const one of waiting) t.like(one.result(), { errno: 'EIDRM' });
  });

  test(`${base}: time ends a wait with EAGAIN`, (t) => {
    const b = bench(base);
    const id = set(b, 0);
    const waiting = b.begin(b.fork(b.init), 'semtimedop', id, [op(0, -1)], 1, { tv_sec: 2, tv_nsec: 500 });
    t.is(waiting.result(), undefined);
    b.passTime();
    t.like(waiting.result(), { errno: 'EAGAIN' });
    t.is(b.k.machine.store.peek(b.k.machine.clock.now), 2_000_000_500);
    t.is(b.outcome(b.init, 'semctl', id, 0, GETNCNT, null), '= 0');
    const none = b.begin(b.fork(b.init), 'semtimedop', id, [op(0, -1)], 1, { tv_sec: 0, tv_nsec: 0 });
    t.like(none.result(), { errno: 'EAGAIN' });
  });

  test(`${base}: a signal ends a wait with EINTR, SA_RESTART or not, and so does stopping`, (t) => {
    for (const flags of [0, SA_RESTART]) {
      const b = bench(base);
      const id = set(b, 0);
      const child = b.fork(b.init);
      b.call(child, 'rt_sigaction', SIGUSR1, { sa_handler: HANDLER, sa_mask: [], sa_flags: flags }, null, 8);
      const waiting = begin(b, child, id, op(0, -1));
      b.call(b.init, 'kill', 2, SIGUSR1);
      t.like(waiting.result(), { errno: 'EINTR' });
      const again = begin(b, child, id, op(0, -1));
      b.call(b.init, 'kill', 2, SIGSTOP);
      b.call(b.init, 'kill', 2, SIGCONT);
      t.like(again.result(), { errno: 'EINTR' });
      t.is(b.outcome(b.init, 'semctl', id, 0, GETNCNT, null), '= 0');
    }
  });
}

test('a wake-up for nothing ends a wait on 2.6.26 only', (t) => {
  for (const [base, result] of [
    ['2.6.26', { ok: false, errno: 'EINTR' }],
    ['6.x', undefined],
  ] as const) {
    const b = bench(base);
    const child = b.fork(b.init);
    const waiting = begin(b, child, set(b, 0), op(0, -1));
    wake(b.k.machine.store, child);
    b.settle();
    t.deepEqual(waiting.result(), result, base);
  }
});

test('GETNCNT counts operations on 2.6.26, calls held up there on 6.x', (t) => {
  for (const [base, counts] of [
    ['2.6.26', ['= 1', '= 1', '= 1']],
    ['6.x', ['= 1', '= 0', '= 1']],
  ] as const) {
    const b = bench(base);
    const id = set(b, 0, 0, 1);
    begin(b, b.fork(b.init), id, op(0, -1), op(1, -1));
    begin(b, b.fork(b.init), id, op(2, 0));
    begin(b, b.fork(b.init), id, op(0, 0), op(2, 0, IPC_NOWAIT)); // ends at once: EAGAIN
    const asked = [
      b.outcome(b.init, 'semctl', id, 0, GETNCNT, null),
      b.outcome(b.init, 'semctl', id, 1, GETNCNT, null),
      b.outcome(b.init, 'semctl', id, 2, GETZCNT, null),
    ];
    t.deepEqual(asked, [...counts], base);
  }
});

test('6.x counts a call where it is held up now, not where it was first', (t) => {
  const b = bench('6.x');
  const id = set(b, 0, 0);
  begin(b, b.fork(b.init), id, op(0, -1), op(1, -1));
  begin(b, b.init, id, op(0, 1));
  t.is(b.outcome(b.init, 'semctl', id, 0, GETNCNT, null), '= 0');
  t.is(b.outcome(b.init, 'semctl', id, 1, GETNCNT, null), '= 1');
});

test('waiters for zero wake newest first on 2.6.26 and oldest first on 6.x', (t) => {
  for (const [base, order] of [
    ['2.6.26', [4, 3, 2]],
    ['6.x', [2, 3, 4]],
  ] as const) {
    const b = bench(base);
    const id = set(b, 1);
    const tasks = [b.fork(b.init), b.fork(b.init), b.fork(b.init)];
    for (const task of tasks) begin(b, task, id, op(0, 0));
    const { store } = b.k.machine;
    const woken: number[] = [];
    const cells = new Map(tasks.map((task, i) => [task.state as number, i + 2]));
    for (const cell of cells.keys()) store.watched.add(cell);
    store.onChange = (cell) => {
      if (cells.has(cell) && !woken.includes(cells.get(cell)!)) woken.push(cells.get(cell)!);
    };
    b.walk(b.init, 'semop', id, [op(0, -1)], 1).finish();
    t.deepEqual(woken, [...order], base);
  }
});

test('6.x: single calls wait with their semaphore again once no call of several operations waits', (t) => {
  const b = bench('6.x');
  const id = set(b, 0, 0);
  const [one, two] = [b.fork(b.init), b.fork(b.init)];
  const single = begin(b, one, id, op(0, -1));
  const complex = begin(b, two, id, op(1, -1), op(0, -1));
  const later = begin(b, b.fork(b.init), id, op(0, -1));
  begin(b, b.init, id, op(1, 1));
  begin(b, b.init, id, op(0, 1));
  t.like(single.result(), { ok: true });
  t.is(complex.result(), undefined);
  begin(b, b.init, id, op(0, 1));
  t.like(complex.result(), { ok: true });
  t.is(later.result(), undefined);
  begin(b, b.init, id, op(0, 1));
  t.like(later.result(), { ok: true });
  t.deepEqual(values(t, b, id), [0, 0]);
});
