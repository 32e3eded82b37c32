import test from 'ava';
import { dataRaces } from '../../../src/hazards/detectors/data-race.ts';
import { leaks } from '../../../src/hazards/detectors/leaks.ts';
import { RunRecord } from '../../../src/hazards/detectors/run-record.ts';
import { stuckActors } from '../../../src/hazards/detectors/stuck.ts';
import { keptLocks } from '../../../src/hazards/detectors/unbalanced.ts';
import { load, operation, type Steps, store } from '../../../src/kernel-sim/machine/effect.ts';
import { type Handle, layout } from '../../../src/kernel-sim/machine/layout.ts';
import { type Actor, Machine } from '../../../src/kernel-sim/machine/machine.ts';
import { lock, Mutex, unlock } from '../../../src/kernel-sim/machine/mutex.ts';
import { Rcu, readLock } from '../../../src/kernel-sim/machine/rcu.ts';
import type { Transaction } from '../../../src/kernel-sim/machine/store.ts';

interface BoardFields {
  count: number;
  flag: boolean;
  buffer: Handle<{ value: number }> | null;
}

const Board = layout<BoardFields>('board', { count: 0, flag: false, buffer: null });
const Buffer = layout<{ value: number }>('buffer', { value: 0 }, { heap: true });

interface World {
  readonly machine: Machine;
  readonly board: Handle<BoardFields>;
  readonly a: Mutex;
  readonly b: Mutex;
  readonly rcu: Rcu;
}

type Body = (world: World) => Steps<void>;

const self = operation('self', (tx: Transaction): Actor => tx.actor as Actor);
const allocate = operation('allocate', (tx: Transaction) => tx.create(Buffer, { value: 1 }));
const sleep = operation('sleep', (_tx: Transaction, _board: Handle<BoardFields>): void => {}, {
  when: (tx, board) => tx.read(board.flag),
});
const wake = operation('wake', (tx: Transaction, board: Handle<BoardFields>): void => tx.write(board.flag, true));
const clearFlag = operation('clear', (tx: Transaction, board: Handle<BoardFields>): void =>
  tx.write(board.flag, false),
);

function* increment({ board }: World): Steps<void> {
  yield* store(board.count, (yield* load(board.count)) + 1);
}

function* incrementLocked(world: World): Steps<void> {
  const me = yield* self();
  yield* lock(world.a, me);
  yield* increment(world);
  yield* unlock(world.a, me);
}

/** Runs threads by an order of their numbers, and then everybody to where they wait. */
function run(bodies: readonly Body[], order: readonly number[] = []): { world: World; record: RunRecord } {
  const machine = new Machine();
  const { store: tx } = machine;
  const world = {
    machine,
    board: tx.create(Board),
    a: tx.create(Mutex),
    b: tx.create(Mutex),
    rcu: tx.create(Rcu),
  };
  bodies.forEach((body, i) => {
    machine.launchThread(tx, { name: `t${i}`, args: [], start: () => body(world) });
  });
  const record = new RunRecord(machine);
  for (const i of order) record.step(machine.actors[i] as Actor);
  for (let moved = true; moved; ) {
    moved = false;
    for (const actor of machine.actors) {
      for (; machine.canStep(actor); moved = true) record.step(actor);
    }
  }
  return { world, record };
}

test('two unlocked increments race on the cell', (t) => {
  const [race, ...others] = dataRaces(run([increment, increment]).record);
  t.is(race?.location, 'kernel/board#0.count');
  t.deepEqual([race?.first.call, race?.second.call], ['t0', 't1']);
  t.deepEqual(others, []);
});

test('increments under a common lock do not race, in whatever order they come', (t) => {
  t.deepEqual(dataRaces(run([incrementLocked, incrementLocked]).record), []);
  t.deepEqual(dataRaces(run([incrementLocked, incrementLocked], [1, 0, 1]).record), []);
});

test('one side without the lock is enough for a race', (t) => {
  t.is(dataRaces(run([incrementLocked, increment]).record).length, 1);
});

test('what a wait comes after does not race with what follows it', (t) => {
  const { record } = run([
    function* (world) {
      yield* increment(world);
      yield* wake(world.board);
    },
    function* (world) {
      yield* sleep(world.board);
      yield* increment(world);
    },
  ]);
  t.deepEqual(dataRaces(record), []);
});

function crossing(first: 'a' | 'b', second: 'a' | 'b'): Body {
  return function* (world) {
    const me = yield* self();
    yield* lock(world[first], me);
    yield* lock(world[second], me);
    yield* unlock(world[second], me);
    yield* unlock(world[first], me);
  };
}

test('locks taken in opposite orders end in a deadlock that names both', (t) => {
  const { world, record } = run([crossing('a', 'b'), crossing('b', 'a')], [0, 0, 1, 1]);
  const stuck = stuckActors(record);
  t.deepEqual(
    stuck.map(({ kind, call, others }) => ({
      kind,
      call,
      others: others.map((one) => world.machine.actors.indexOf(one)),
    })),
    [
      { kind: 'deadlock', call: 't0', others: [1] },
      { kind: 'deadlock', call: 't1', others: [0] },
    ],
  );
  t.deepEqual(stuck[0]?.waitsFor, ['kernel/mutex#1.owner']);
  t.deepEqual(stuckActors(run([crossing('a', 'b'), crossing('a', 'b')], [0, 0, 1]).record), []);
});

test('a wake-up between the look and the sleep is a lost wake-up; one that never came is none', (t) => {
  const sleeper: Body = function* ({ board }) {
    if (yield* load(board.flag)) return;
    yield* clearFlag(board);
    yield* sleep(board);
  };
  const waker: Body = ({ board }) => wake(board);
  const lost = stuckActors(run([sleeper, waker], [0, 1, 0]).record);
  t.deepEqual(
    lost.map(({ kind, operation: at }) => ({ kind, at })),
    [{ kind: 'lost-wakeup', at: 'sleep' }],
  );
  t.deepEqual(stuckActors(run([sleeper, waker], [0, 0, 1]).record), []);
  t.deepEqual(
    stuckActors(run([sleeper]).record).map(({ kind }) => kind),
    ['never-woken'],
  );
});

test('an allocation that nothing leads to any more is leaked; one that is kept, freed or in flight is not', (t) => {
  const free = operation('free', (tx: Transaction, buffer: Handle<{ value: number }>): void => tx.free(buffer));
  const left = (body: Body): string[] => leaks(run([body]).world.machine).map(({ name }) => name);
  t.deepEqual(
    left(function* () {
      yield* allocate();
    }),
    ['kernel/kthread#0/buffer#0'],
  );
  t.deepEqual(
    left(function* ({ board }) {
      yield* store(board.buffer, yield* allocate());
    }),
    [],
  );
  t.deepEqual(
    left(function* () {
      yield* free(yield* allocate());
    }),
    [],
  );
  t.deepEqual(
    left(function* ({ board }) {
      const buffer = yield* allocate();
      yield* sleep(board);
      yield* free(buffer);
    }),
    [],
  );
});

test('a lock or a read section that a call keeps is told when the call is over', (t) => {
  const { record } = run([
    function* ({ a, rcu }) {
      const me = yield* self();
      yield* lock(a, me);
      yield* readLock(rcu, me);
    },
    crossing('b', 'b'),
  ]);
  t.deepEqual(
    keptLocks(record).map(({ step, locks }) => ({ call: step.call, locks })),
    [{ call: 't0', locks: ['kernel/mutex#0', 'kernel/rcu#0'] }],
  );
});
