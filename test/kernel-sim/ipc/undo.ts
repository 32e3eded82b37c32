import test from 'ava';
import { GETALL, GETPID, IPC_RMID, IPC_STAT, SEM_UNDO, SETALL, SETVAL } from '../../../src/kernel-sim/abi/ipc.ts';
import { adjustmentsOf, entries } from '../../../src/kernel-sim/ipc/undo-entry.ts';
import type { Base } from '../../../src/kernel-sim/profile.ts';
import type { Task } from '../../../src/kernel-sim/task/task.ts';
import type { Datum } from '../../../src/syscalls/datum.ts';
import { BASES, type Bench, bench, idOf, OUT } from './_bench.ts';

const CLONE_SYSVSEM = 0x40000;
const SIGCHLD = 17;
const THREAD = 0x100 | 0x800 | 0x10000;
/** The defects of the semundo series that keep lists from ever being applied. */
const COUNTED = ['S2'];

const undo = (sem_num: number, sem_op: number): Datum => ({ sem_num, sem_op, sem_flg: SEM_UNDO });
const plain = (sem_num: number, sem_op: number): Datum => ({ sem_num, sem_op, sem_flg: 0 });

const set = (b: Bench, ...values: number[]): number => {
  const id = idOf(b.call(b.init, 'semget', 0, values.length, 0o666));
  b.call(b.init, 'semctl', id, 0, SETALL, values);
  return id;
};
const semop = (b: Bench, task: Task, id: number, ...operations: Datum[]): string =>
  b.outcome(task, 'semop', id, operations, operations.length);
const values = (t: Parameters<Bench['output']>[0], b: Bench, id: number): Datum =>
  b.output(t, b.init, 'semctl', id, 0, GETALL, OUT);
const exit = (b: Bench, task: Task): void => void b.begin(task, 'exit', 0);
const lastPid = (b: Bench, id: number, num: number): string => b.outcome(b.init, 'semctl', id, num, GETPID, null);

for (const base of BASES) {
  test(`${base}: the end of a process adjusts what it did with SEM_UNDO, and nothing else`, (t) => {
    const b = bench(base);
    const id = set(b, 5, 5, 5);
    const child = b.fork(b.init);
    semop(b, child, id, undo(0, -2), undo(1, 3), plain(2, -1));
    t.deepEqual(values(t, b, id), [3, 8, 4]);
    b.second();
    exit(b, child);
    t.deepEqual(values(t, b, id), [5, 5, 4]);
    t.is(lastPid(b, id, 0), '= 2');
    t.like(b.output(t, b.init, 'semctl', id, 0, IPC_STAT, OUT), { sem_otime: 1_215_500_001 });
  });

  test(`${base}: an adjustment stops at 0 and at the greatest value`, (t) => {
    const b = bench(base);
    const id = set(b, 0, 5);
    const child = b.fork(b.init);
    semop(b, child, id, undo(0, 4), undo(1, -5));
    semop(b, b.init, id, plain(0, -3));
    b.call(b.init, 'semctl', id, 1, SETVAL, 32_767);
    semop(b, child, id, undo(1, -1));
    semop(b, b.init, id, plain(1, 1));
    exit(b, child);
    t.deepEqual(values(t, b, id), [0, 32_767]);
  });

  test(`${base}: the end of a process wakes those whom its adjustments let go on`, (t) => {
    const b = bench(base);
    const id = set(b, 1);
    const [holder, waiter] = [b.fork(b.init), b.fork(b.init)];
    semop(b, holder, id, undo(0, -1));
    const waiting = b.begin(waiter, 'semop', id, [plain(0, -1)], 1);
    exit(b, holder);
    t.like(waiting.result(), { ok: true });
    t.deepEqual(values(t, b, id), [0]);
    t.is(lastPid(b, id, 0), '= 3');
  });

  test(`${base}: SETVAL forgets everybody's adjustments of a semaphore, SETALL of the set`, (t) => {
    const b = bench(base);
    const id = set(b, 9, 9);
    const [one, two] = [b.fork(b.init), b.fork(b.init)];
    for (const task of [one, two]) semop(b, task, id, undo(0, -1), undo(1, -1));
    b.call(b.init, 'semctl', id, 0, SETVAL, 1);
    exit(b, one);
    t.deepEqual(values(t, b, id), [1, 8]);
    b.call(b.init, 'semctl', id, 0, SETALL, [0, 0]);
    exit(b, two);
    t.deepEqual(values(t, b, id), [0, 0]);
  });

  test(`${base}: a set that was removed is passed over, whoever has its slot now`, (t) => {
    const b = bench(base);
    const id = set(b, 1);
    const child = b.fork(b.init);
    semop(b, child, id, undo(0, -1));
    b.call(b.init, 'semctl', id, 0, IPC_RMID, null);
    const other = set(b, 7);
    exit(b, child);
    t.deepEqual(values(t, b, other), [7]);
  });

  test(`${base}: a fork starts without adjustments, and exec keeps them`, (t) => {
    const b = bench(base);
    const id = set(b, 5);
    const parent = b.fork(b.init);
    semop(b, parent, id, undo(0, -1));
    exit(b, b.fork(parent));
    t.deepEqual(values(t, b, id), [4]);
  });

  test(`${base}: CLONE_SYSVSEM shares a list, and the last holder applies it`, (t) => {
    const b = bench(base);
    const id = set(b, 5);
    const parent = b.fork(b.init);
    semop(b, parent, id, undo(0, -1));
    const child = b.task(idOf(b.call(parent, 'clone', CLONE_SYSVSEM | SIGCHLD, null)));
    semop(b, child, id, undo(0, -1));
    exit(b, parent);
    t.deepEqual(values(t, b, id), [3]);
    exit(b, child);
    t.deepEqual(values(t, b, id), [5]);
    t.is(lastPid(b, id, 0), '= 3');
  });

  test(`${base}: CLONE_SYSVSEM shares a list that is not there yet`, (t) => {
    const b = bench(base);
    const id = set(b, 5);
    const child = b.task(idOf(b.call(b.init, 'clone', CLONE_SYSVSEM | SIGCHLD, null)));
    semop(b, b.init, id, undo(0, -1));
    exit(b, child);
    t.deepEqual(values(t, b, id), [4]);
  });

  test(`${base}: threads made without CLONE_SYSVSEM have lists of their own`, (t) => {
    const b = bench(base);
    const id = set(b, 5);
    const process = b.fork(b.init);
    const thread = b.task(idOf(b.call(process, 'clone', THREAD, null)));
    semop(b, process, id, undo(0, -1));
    semop(b, thread, id, undo(0, -1));
    exit(b, thread);
    t.deepEqual(values(t, b, id), [4]);
  });

  test(`${base}: an entry is there after a call that failed`, (t) => {
    const b = bench(base);
    const id = set(b, 5);
    t.is(semop(b, b.init, id, undo(3, 1)), 'EFBIG');
    const { store } = b.k.machine;
    t.deepEqual(
      [...entries.members(store, store.peek(b.init.undo)!)].map((entry) => adjustmentsOf(store, entry)),
      [[0]],
    );
  });

  test(`${base}: a call that slept is undone as well`, (t) => {
    const b = bench(base, COUNTED);
    const id = set(b, 0);
    const child = b.fork(b.init);
    b.begin(child, 'semop', id, [undo(0, -1)], 1);
    semop(b, b.init, id, plain(0, 1));
    t.deepEqual(values(t, b, id), [0]);
    exit(b, child);
    t.deepEqual(values(t, b, id), [1]);
  });
}

test('entries are applied newest set first, on 6.x the one used last first', (t) => {
  const orderOf = (base: Base): readonly number[] => {
    const b = bench(base);
    const ids = [set(b, 1), set(b, 1), set(b, 1)];
    const child = b.fork(b.init);
    for (const id of ids) semop(b, child, id, undo(0, -1));
    semop(b, child, ids[0]!, undo(0, 0));
    const { store } = b.k.machine;
    return [...entries.members(store, store.peek(child.undo)!)].map((entry) => ids.indexOf(store.peek(entry.semid)));
  };
  t.deepEqual(orderOf('2.6.26'), [2, 1, 0]);
  t.deepEqual(orderOf('6.x'), [0, 2, 1]);
});

test('operations on one semaphore see the same old adjustment on 2.6.26, that of those before on 6.x', (t) => {
  for (const [base, result] of [
    ['2.6.26', '= 0'],
    ['6.x', 'ERANGE'],
  ] as const) {
    const b = bench(base);
    const id = set(b, 0);
    // +20000, -20000 and +20000 again leave the value in range; the adjustments add up to -40000 on the way of the second sum.
    t.is(semop(b, b.init, id, undo(0, 20_000), plain(0, -20_000), undo(0, 20_000)), result, base);
  }
});

test('a set removed and made again under the same id between the entry and the lock is EIDRM (K7)', (t) => {
  for (const base of BASES) {
    const b = bench(base);
    const neighbour = b.fork(b.init);
    const again = (): void => {
      if (base === '6.x') b.limit('sem_next_id', 0);
      else b.arm(neighbour, 0);
    };
    again();
    const made = b.walk(neighbour, 'semget', 0, 1, 0o666).finish();
    t.is(idOf(made), 0);
    const walk = b.walk(b.init, 'semop', 0, [undo(0, 1)], 1);
    walk.until('semop');
    b.walk(neighbour, 'semctl', 0, 0, IPC_RMID, null).finish();
    again();
    t.is(idOf(b.walk(neighbour, 'semget', 0, 1, 0o666).finish()), 0);
    t.like(walk.finish(), { errno: 'EIDRM' }, base);
    t.false(walk.notes.some(({ type }) => type === 'fault'));
  }
});

test('2.6.26: exit reads the id of an entry once more after the entry may be gone (K2)', (t) => {
  for (const [fixes, faults] of [
    [[], 1],
    [['K2'], 0],
  ] as const) {
    const b = bench('2.6.26', [...fixes]);
    const neighbour = b.fork(b.init);
    const dying = b.fork(b.init);
    const id = set(b, 1);
    semop(b, dying, id, undo(0, -1));
    const walk = b.walk(dying, 'exit', 0);
    walk.until('exit_sem.next');
    walk.step();
    b.walk(neighbour, 'semctl', id, 0, IPC_RMID, null).finish();
    walk.until('undo.free');
    t.is(walk.notes.filter(({ type }) => type === 'fault').length, faults);
  }
});

test('the semundo series never applies the list of a call that was woken with a result (S2)', (t) => {
  for (const [fixes, value] of [
    [[], 0],
    [['S2'], 1],
  ] as const) {
    const b = bench('2.6.26', [...fixes]);
    const id = set(b, 0);
    const child = b.fork(b.init);
    b.begin(child, 'semop', id, [undo(0, -1)], 1);
    semop(b, b.init, id, plain(0, 1));
    exit(b, child);
    t.deepEqual(values(t, b, id), [value]);
  }
});

test('a call that was interrupted gives its list back (S2)', (t) => {
  const b = bench('2.6.26');
  const id = set(b, 0);
  const child = b.fork(b.init);
  semop(b, child, id, undo(0, 1));
  b.begin(child, 'semtimedop', id, [undo(0, -2)], 1, { tv_sec: 1, tv_nsec: 0 });
  b.passTime();
  exit(b, child);
  t.deepEqual(values(t, b, id), [0]);
});

test('with the semundo series every semop makes a list, on 6.x only one that undoes (S23)', (t) => {
  for (const [base, made] of [
    ['2.6.26', true],
    ['6.x', false],
  ] as const) {
    const b = bench(base);
    semop(b, b.init, set(b, 0), plain(0, 1));
    t.is(b.k.machine.store.peek(b.init.undo) !== null, made, base);
  }
});
