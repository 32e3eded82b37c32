import test from 'ava';
import { IPC_CREAT, IPC_EXCL, IPC_RMID } from '../../../src/kernel-sim/abi/ipc.ts';
import { idsOf } from '../../../src/kernel-sim/ipc/namespace.ts';
import { BASES, type Bench, bench, idOf } from './_bench.ts';

const make = (b: Bench, key = 0): number => idOf(b.call(b.init, 'msgget', key, IPC_CREAT | 0o600));
const remove = (b: Bench, id: number): string => b.outcome(b.init, 'msgctl', id, IPC_RMID, null);

test('2.6.26 takes the lowest free slot and a new sequence number at every creation', (t) => {
  const b = bench('2.6.26');
  t.deepEqual([make(b), make(b), make(b)], [0, 32_769, 65_538]);
  remove(b, 32_769);
  t.is(make(b), 98_305);
});

test('2.6.26 starts sequence numbers over after 65535', (t) => {
  const b = bench('2.6.26');
  const ids = idsOf(b.k.machine.store, b.k.initIpcNs, 'msg');
  b.k.machine.store.write(ids.seq, 65_535);
  t.deepEqual([make(b), make(b)], [65_535 * 32_768, 1]);
});

test('6.x goes round the slots, and counts the sequence number up only when it starts over', (t) => {
  const b = bench('6.x');
  t.deepEqual([make(b), make(b), make(b)], [0, 1, 2]);
  remove(b, 1);
  t.is(make(b), 3);
  for (let slot = 4; slot < 64; slot++) remove(b, make(b));
  t.is(make(b), 32_768 + 1); // slots go up to 64 while few are used; 0 is taken
  t.is(make(b), 32_768 + 4);
});

test('6.x uses more slots as more objects are there', (t) => {
  const b = bench('6.x');
  for (let slot = 0; slot < 64; slot++) t.is(make(b), slot);
  t.is(make(b), 64); // 64 * 3 / 2 slots are in use by now
});

test('an id of the past is EIDRM on 2.6.26 if somebody has the slot, EINVAL otherwise (K6)', (t) => {
  for (const [base, fixes, errno] of [
    ['2.6.26', [], 'EIDRM'],
    ['2.6.26', ['K6'], 'EINVAL'],
  ] as const) {
    const b = bench(base, [...fixes]);
    const id = make(b);
    remove(b, id);
    t.is(remove(b, id), 'EINVAL');
    make(b);
    t.is(remove(b, id), errno);
  }
});

for (const base of BASES) {
  test(`${base}: a key finds its object and no other, and is free again once that is removed`, (t) => {
    const b = bench(base);
    const ids = [1, 2, -3].map((key) => make(b, key));
    t.deepEqual(
      [1, 2, -3].map((key) => make(b, key)),
      ids,
    );
    remove(b, ids[1]!);
    t.is(b.outcome(b.init, 'msgget', 2, 0), 'ENOENT');
    t.not(make(b, 2), ids[1]);
  });

  test(`${base}: queues, sets and segments have tables of their own`, (t) => {
    const b = bench(base);
    t.is(make(b, 7), 0);
    t.is(b.outcome(b.init, 'semget', 7, 1, IPC_CREAT | IPC_EXCL), '= 0');
    t.is(b.outcome(b.init, 'shmget', 7, 1, IPC_CREAT | IPC_EXCL), '= 0');
  });

  test(`${base}: a thousand queues are made in less than two seconds`, (t) => {
    const b = bench(base);
    const start = performance.now();
    for (let key = 1; key <= 1000; key++) make(b, key);
    t.true(performance.now() - start < 2000);
    t.is(make(b, 1000), base === '6.x' ? 999 : 999 * 32_769);
  });
}

test('a forced slot makes every search by key on 2.6.26 walk the empty slots before it (I9)', (t) => {
  for (const [fixes, walked] of [
    [[], [{ type: 'ipc.walk', kind: 'msg', slots: 20_001, objects: 1 }]],
    [['I9'], []],
  ] as const) {
    const b = bench('2.6.26', [...fixes]);
    b.arm(b.init, 20_000);
    make(b, 1);
    const walk = b.walk(b.init, 'msgget', 2, 0);
    t.like(walk.finish(), { errno: 'ENOENT' });
    t.deepEqual(walk.notes, [...walked]);
  }
});
