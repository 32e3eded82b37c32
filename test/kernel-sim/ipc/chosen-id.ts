import test from 'ava';
import { IPC_CREAT, IPC_EXCL, IPC_RMID, IPC_STAT } from '../../../src/kernel-sim/abi/ipc.ts';
import { limitSpareLayers } from '../../../src/kernel-sim/ipc/limits.ts';
import type { Task } from '../../../src/kernel-sim/task/task.ts';
import type { Datum } from '../../../src/syscalls/datum.ts';
import { after, type Bench, bench, OUT } from './_bench.ts';

const KEY = 9;

/** The get call of each kind for a key, with what makes an object that can be attached to, operated on and received from. */
const getters = {
  msgget: (key: number, flags: number): readonly [string, ...Datum[]] => ['msgget', key, flags],
  semget: (key: number, flags: number): readonly [string, ...Datum[]] => ['semget', key, 2, flags],
  shmget: (key: number, flags: number): readonly [string, ...Datum[]] => ['shmget', key, 4096, flags],
};
type Getter = keyof typeof getters;
const NAMES = Object.keys(getters) as Getter[];

const get = (b: Bench, name: Getter, key = 0, flags = 0, task: Task = b.init): string =>
  b.outcome(task, ...getters[name](key, flags));

type Prepare = (b: Bench, name: Getter) => readonly [string, ...Datum[]];

/** SEMANTICS A7: what is armed after the call, up to the last point that leaves it and from the first that takes it. */
const table: readonly [title: string, names: readonly Getter[], Prepare, errno: string, armedAfter: boolean][] = [
  ['a key nobody used', NAMES, (_b, name) => getters[name](KEY, 0), 'ENOENT', true],
  ['an exclusive key that is used', NAMES, (b, name) => taken(b, name, IPC_CREAT | IPC_EXCL), 'EEXIST', true],
  ['an existing key', NAMES, (b, name) => taken(b, name, 0), '= 0', true],
  ['an existing key without permission', NAMES, (b, name) => forbidden(b, name), 'EACCES', true],
  [
    'an existing set that is too small',
    ['semget'],
    (b) => after(taken(b, 'semget', 0), ['semget', KEY, 3, 0]),
    'EINVAL',
    true,
  ],
  [
    'an existing segment that is too small',
    ['shmget'],
    (b) => after(taken(b, 'shmget', 0), ['shmget', KEY, 4097, 0]),
    'EINVAL',
    true,
  ],
  ['a set of too many', ['semget'], () => ['semget', 0, 999, 0], 'EINVAL', true],
  ['a set of none', ['semget'], () => ['semget', 0, 0, 0], 'EINVAL', true],
  [
    'more semaphores than there may be',
    ['semget'],
    (b) => after(b.limit('sem', 250, 1), ['semget', 0, 2, 0]),
    'ENOSPC',
    true,
  ],
  ['a segment of no bytes', ['shmget'], () => ['shmget', 0, 0, 0], 'EINVAL', true],
  [
    'more pages than there may be',
    ['shmget'],
    (b) => after(b.limit('shmall', 1), ['shmget', 0, 4097, 0]),
    'ENOSPC',
    true,
  ],
  ['a full table', NAMES, (b, name) => after(full(b), getters[name](0, 0)), 'ENOSPC', true],
  ['a slot that is taken', NAMES, (b, name) => takenSlot(b, name), 'EBUSY', false],
  ['a slot that is free', NAMES, (_b, name) => getters[name](0, 0), '= 700', false],
];

function taken(b: Bench, name: Getter, flags: number): readonly [string, ...Datum[]] {
  get(b, name, KEY, IPC_CREAT | 0o600);
  return getters[name](KEY, flags);
}

/** A key of another user's object. */
function forbidden(b: Bench, name: Getter): readonly [string, ...Datum[]] {
  taken(b, name, 0);
  b.k.machine.store.update(b.init.cred, (cred) => ({ ...cred, euid: 5, fsgid: 5, capabilities: [] }));
  return getters[name](KEY, 0o600);
}

function full(b: Bench): void {
  b.limit('msgmni', 0);
  b.limit('sem', 250, 32_000, 32, 0);
  b.limit('shmmni', 0);
}

function takenSlot(b: Bench, name: Getter): readonly [string, ...Datum[]] {
  b.arm(b.init, 700 + 32_768);
  get(b, name);
  return getters[name](0, 0);
}

for (const name of NAMES) {
  test(`${name} looks at the armed value only when an object is about to be made, and has used it up from then on`, (t) => {
    for (const [title, names, prepare, expected, armedAfter] of table) {
      if (!names.includes(name)) continue;
      const b = bench();
      const call = prepare(b, name);
      b.arm(b.init, 700);
      t.is(b.outcome(b.init, ...call), expected, title);
      t.is(b.armed(b.init), armedAfter, `${title}: armed`);
    }
  });
}

/** What msgget makes of a value, in a table that holds slots 5 (id 5) and 0 (id 32768). */
const values: readonly [value: number | bigint, expected: string, fixes?: string[]][] = [
  [7, '= 7'],
  [32_775, '= 32775'],
  [5, 'EBUSY'],
  [32_773, 'EBUSY'], // I1: the slot, though not the id, is taken
  [32_768, 'EBUSY'],
  [32_767, '= 32767'], // I10: above msgmni
  [2_147_483_647, '= 2147483647'],
  [4_294_967_303n, '= 7'], // N15: the long is cut to an int
  [2n ** 31n, 'EBUSY'], // slot 0, with a negative sequence number
  [2n ** 31n + 9n, 'ENOSPC'],
  [-9, 'ENOSPC'], // I3: the idr refuses a negative slot
  [-59, 'EBUSY'], // I3: and meets the neighbour of a taken leaf position, 5
  [-9, 'EINVAL', ['I3']],
  [-59, 'EINVAL', ['I3']],
];

test('a chosen id is had if its slot is free', (t) => {
  for (const [value, expected, fixes = []] of values) {
    const b = bench('2.6.26', fixes);
    b.arm(b.init, 5);
    get(b, 'msgget');
    b.arm(b.init, 32_768);
    get(b, 'msgget');
    b.arm(b.init, value);
    t.is(get(b, 'msgget'), expected, `${value} ${fixes.join()}`);
    t.false(b.armed(b.init));
  }
});

test('a chosen id does not move the sequence number, so that an ordinary creation may give it out again (I4)', (t) => {
  for (const [fixes, id] of [
    [[], 0],
    [['I4'], 32_768],
  ] as const) {
    const b = bench('2.6.26', [...fixes]);
    b.arm(b.init, 0);
    t.is(get(b, 'msgget'), '= 0');
    b.call(b.init, 'msgctl', 0, IPC_RMID, null);
    t.is(get(b, 'msgget'), `= ${id}`);
  }
});

test('an existing key leaves the value armed for whatever is made next (I5)', (t) => {
  for (const [fixes, id] of [
    [[], 700],
    [['I5'], 0],
  ] as const) {
    const b = bench('2.6.26', [...fixes]);
    get(b, 'msgget', KEY, IPC_CREAT);
    b.arm(b.init, 700);
    t.is(get(b, 'msgget', KEY, IPC_CREAT), '= 0');
    t.is(get(b, 'semget'), `= ${id}`);
  }
});

test('a value that a failed creation took is gone, unless N9 is repaired', (t) => {
  for (const [fixes, armed] of [
    [[], false],
    [['N9'], true],
  ] as const) {
    const b = bench('2.6.26', [...fixes]);
    b.arm(b.init, 5);
    get(b, 'msgget');
    b.arm(b.init, 5);
    t.is(get(b, 'msgget'), 'EBUSY');
    t.is(b.armed(b.init), armed);
  }
});

test('a value armed for something else is taken all the same, unless N13 is repaired', (t) => {
  for (const [fixes, id] of [
    [[], 5000],
    [['N13'], 0],
  ] as const) {
    const b = bench('2.6.26', [...fixes]);
    b.arm(b.init, 5000, 'fork');
    t.is(get(b, 'semget'), `= ${id}`);
  }
});

test('a creation that finds the idr layers used up by others starts over without its value (I2)', (t) => {
  for (const [fixes, expected] of [
    [[], 0x8000 + 1],
    [['I2'], 700],
  ] as const) {
    const b = bench('2.6.26', [...fixes]);
    const neighbour = b.fork(b.init);
    limitSpareLayers(b.k.machine.store, b.k.initIpcNs, 'msg', 1);
    b.arm(b.init, 700);
    const walk = b.walk(b.init, 'msgget', 0, 0);
    walk.until('mutex.lock'); // it has seen to the spare layers
    t.like(b.walk(neighbour, 'msgget', 0, 0).finish(), { value: { value: 0 } }); // and the neighbour uses the last one
    t.like(walk.finish(), { value: { value: expected } });
    t.true(walk.notes.some(({ type }) => type === 'ipc.retry'));
    t.false(b.armed(b.init));
  }
});

test('others wait for a creation that has the table locked', (t) => {
  const b = bench();
  const neighbour = b.fork(b.init);
  b.arm(b.init, 700);
  const walk = b.walk(b.init, 'msgget', 0, 0);
  walk.until('ipc.add');
  const waiting = b.walk(neighbour, 'msgget', 0, 0);
  t.throws(() => waiting.finish(), { message: 'msgget waits before ipc.get' });
  walk.finish();
  t.like(waiting.finish(), { value: { value: 0 } });
});

test('what was wanted and what was given is noted', (t) => {
  const b = bench();
  b.arm(b.init, 700);
  const made = b.walk(b.init, 'msgget', KEY, IPC_CREAT);
  made.finish();
  t.deepEqual(
    made.notes.find(({ type }) => type === 'ipc.created'),
    { type: 'ipc.created', kind: 'msg', id: 700, wanted: 700, key: KEY },
  );
  b.arm(b.init, 700 + 32_768);
  const refused = b.walk(b.init, 'msgget', 0, 0);
  refused.finish();
  t.deepEqual(
    refused.notes.find(({ type }) => type === 'ipc.busy'),
    { type: 'ipc.busy', kind: 'msg', wanted: 33_468 },
  );
});

test('6.x: *_next_id is taken by the next creation, whoever makes it, and is a wish only (E9)', (t) => {
  const b = bench('6.x');
  const neighbour = b.fork(b.init);
  t.is(b.limit('msg_next_id', -1), 'EINVAL');
  b.limit('msg_next_id', 77);
  t.is(get(b, 'msgget', KEY, 0), 'ENOENT');
  t.is(get(b, 'semget'), '= 0');
  t.is(get(b, 'msgget', 0, 0, neighbour), '= 77');
  t.is(get(b, 'msgget'), '= 0');
  b.limit('msg_next_id', 77 + 32_768);
  t.is(get(b, 'msgget'), '= 32846'); // slot 77 is taken: the next one, with the sequence number asked for
  b.limit('msg_next_id', 5);
  t.is(get(b, 'msgget', KEY, IPC_CREAT), '= 5');
  b.limit('msg_next_id', 6);
  t.is(get(b, 'msgget', KEY, IPC_CREAT), '= 5'); // nothing was made
  t.is(get(b, 'msgget'), '= 6');
  t.is(b.outcome(b.init, 'msgctl', 6, IPC_STAT, OUT), '= 0');
});
