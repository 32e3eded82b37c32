import test from 'ava';
import {
  GETALL,
  GETNCNT,
  GETPID,
  GETVAL,
  GETZCNT,
  IPC_CREAT,
  IPC_EXCL,
  IPC_INFO,
  IPC_NOWAIT,
  IPC_RMID,
  IPC_SET,
  IPC_STAT,
  SEM_INFO,
  SEM_STAT,
  SEM_STAT_ANY,
  SEM_UNDO,
  SETALL,
  SETVAL,
} from '../../src/kernel-sim/abi/ipc.ts';
import type { Datum } from '../../src/syscalls/datum.ts';
import { after, BASES, type Bench, bench, checkTable, idOf, OUT, type Row } from '../kernel-sim/ipc/_bench.ts';

const KEY = 0x5e51;
const BAD_ADDRESS = 0x10;

/** A set of root's with two semaphores and permissions `mode`. */
const set = (b: Bench, mode = 0o600): number => idOf(b.call(b.init, 'semget', KEY, 2, IPC_CREAT | mode));

const op = (sem_num: number, sem_op: number, sem_flg = 0): Datum => ({ sem_num, sem_op, sem_flg });

/** The id of a set that was removed and whose slot was given out again. */
function outdated(b: Bench): number {
  if (!b.k.is26) b.limit('sem_next_id', 5);
  const id = set(b);
  b.call(b.init, 'semctl', id, 0, IPC_RMID, null);
  if (!b.k.is26) b.limit('sem_next_id', 5 + 32_768);
  set(b);
  return id;
}

const gets: Row[] = [
  ['a negative number of semaphores', BASES, (b) => [b.init, 'semget', KEY, -1, 0], 'EINVAL'],
  ['more than semmsl', ['2.6.26'], (b) => [b.init, 'semget', KEY, 251, IPC_CREAT], 'EINVAL'],
  ['more than semmsl', ['6.x'], (b) => [b.init, 'semget', KEY, 32_001, IPC_CREAT], 'EINVAL'],
  ['a key nobody used', BASES, (b) => [b.init, 'semget', KEY, 0, 0], 'ENOENT'],
  ['a new set of none', BASES, (b) => [b.init, 'semget', KEY, 0, IPC_CREAT], 'EINVAL'],
  ['a private set of none', BASES, (b) => [b.init, 'semget', 0, 0, 0], 'EINVAL'],
  ['an existing set, asking for none', BASES, (b) => [after(set(b), b.init), 'semget', KEY, 0, 0], '= 0'],
  ['an existing set, asking for as many', BASES, (b) => [after(set(b), b.init), 'semget', KEY, 2, IPC_CREAT], '= 0'],
  ['an existing set, asking for more', BASES, (b) => [after(set(b), b.init), 'semget', KEY, 3, IPC_CREAT], 'EINVAL'],
  [
    'an existing set, asking for more without permission',
    BASES,
    (b) => [after(set(b), b.user(1)), 'semget', KEY, 3, 0o600],
    'EINVAL',
  ],
  ['an existing set without permission', BASES, (b) => [after(set(b), b.user(1)), 'semget', KEY, 2, 0o600], 'EACCES'],
  [
    'an existing set, exclusively',
    BASES,
    (b) => [after(set(b), b.init), 'semget', KEY, 3, IPC_CREAT | IPC_EXCL],
    'EEXIST',
  ],
  [
    'more semaphores than semmns',
    BASES,
    (b) => [after([b.limit('sem', 250, 3), set(b)], b.init), 'semget', 0, 2, 0],
    'ENOSPC',
  ],
  ['as many semaphores as semmns', BASES, (b) => [after(b.limit('sem', 250, 3), b.init), 'semget', 0, 3, 0], '= 0'],
  [
    'more sets than semmni',
    BASES,
    (b) => [after([b.limit('sem', 250, 99, 32, 1), set(b)], b.init), 'semget', 0, 1, 0],
    'ENOSPC',
  ],
];

const undo = (sem_num: number, sem_op: number): Datum => op(sem_num, sem_op, SEM_UNDO);

const operations: Row[] = [
  ['no operations', BASES, (b) => [b.init, 'semop', set(b), [], 0], 'EINVAL'],
  ['a negative id', BASES, (b) => [b.init, 'semop', -1, [op(0, 1)], 1], 'EINVAL'],
  ['a negative id and operations that cannot be read', ['2.6.26'], (b) => [b.init, 'semop', -1, null, 1], 'EINVAL'],
  ['a negative id and operations that cannot be read', ['6.x'], (b) => [b.init, 'semop', -1, null, 1], 'EFAULT'],
  ['more operations than semopm', ['2.6.26'], (b) => [b.init, 'semop', set(b), null, 33], 'E2BIG'],
  ['more operations than semopm', ['6.x'], (b) => [b.init, 'semop', set(b), null, 501], 'E2BIG'],
  ['a negative id and too many operations', ['2.6.26'], (b) => [b.init, 'semop', -1, null, 501], 'EINVAL'],
  ['a negative id and too many operations', ['6.x'], (b) => [b.init, 'semop', -1, null, 501], 'E2BIG'],
  [
    'a negative number of operations, which is a large one',
    ['2.6.26'],
    (b) => [b.init, 'semop', set(b), null, -1],
    'E2BIG',
  ],
  ['operations that cannot be read', BASES, (b) => [b.init, 'semop', set(b), BAD_ADDRESS, 1], 'EFAULT'],
  ['fewer operations than said', BASES, (b) => [b.init, 'semop', set(b), [op(0, 1)], 2], 'EFAULT'],
  ['a time that cannot be read', BASES, (b) => [b.init, 'semtimedop', set(b), [op(0, 1)], 1, BAD_ADDRESS], 'EFAULT'],
  [
    'a time that cannot be read and no operations',
    ['2.6.26'],
    (b) => [b.init, 'semtimedop', set(b), [], 0, BAD_ADDRESS],
    'EINVAL',
  ],
  [
    'a time that cannot be read and no operations',
    ['6.x'],
    (b) => [b.init, 'semtimedop', set(b), [], 0, BAD_ADDRESS],
    'EFAULT',
  ],
  ['a negative time', BASES, (b) => [b.init, 'semtimedop', 77, [op(0, 1)], 1, { tv_sec: -1, tv_nsec: 0 }], 'EINVAL'],
  [
    'a second of nanoseconds',
    BASES,
    (b) => [b.init, 'semtimedop', set(b), [op(0, 1)], 1, { tv_sec: 0, tv_nsec: 1e9 }],
    'EINVAL',
  ],
  ['an empty slot', BASES, (b) => [b.init, 'semop', 77, [op(0, 1)], 1], 'EINVAL'],
  ['an empty slot with SEM_UNDO', BASES, (b) => [b.init, 'semop', 77, [undo(0, 1)], 1], 'EINVAL'],
  ['an outdated id', ['2.6.26'], (b) => [b.init, 'semop', outdated(b), [op(0, 1)], 1], 'EIDRM'],
  ['an outdated id with SEM_UNDO', ['2.6.26'], (b) => [b.init, 'semop', outdated(b), [undo(0, 1)], 1], 'EIDRM'],
  ['an outdated id', ['6.x'], (b) => [b.init, 'semop', outdated(b), [op(0, 1)], 1], 'EINVAL'],
  ['a semaphore past the end', BASES, (b) => [b.init, 'semop', set(b), [op(0, 1), op(2, 1)], 2], 'EFBIG'],
  ['a semaphore past the end, without permission', BASES, (b) => [b.user(1), 'semop', set(b), [op(2, 1)], 1], 'EFBIG'],
  [
    'an altering operation without permission to write',
    BASES,
    (b) => [b.user(1), 'semop', set(b, 0o644), [op(0, 0), op(0, 1)], 2],
    'EACCES',
  ],
  ['a wait for zero with permission to read', BASES, (b) => [b.user(1), 'semop', set(b, 0o644), [op(0, 0)], 1], '= 0'],
  [
    'a wait for zero with permission to write only',
    BASES,
    (b) => [b.user(1), 'semop', set(b, 0o622), [op(0, 0)], 1],
    'EACCES',
  ],
  ['below zero with IPC_NOWAIT', BASES, (b) => [b.init, 'semop', set(b), [op(0, -1, IPC_NOWAIT)], 1], 'EAGAIN'],
  ['above the greatest value', BASES, (b) => [b.init, 'semop', set(b), [op(0, 32_767), op(0, 1)], 2], 'ERANGE'],
  ['up to the greatest value', BASES, (b) => [b.init, 'semop', set(b), [op(0, 32_767)], 1], '= 0'],
  ['an adjustment that is out of range', BASES, (b) => [b.init, 'semop', preset(b), [undo(0, 20_000)], 1], 'ERANGE'],
  [
    'the first operation that cannot be done decides',
    BASES,
    (b) => [b.init, 'semop', set(b), [op(0, -1, IPC_NOWAIT), op(1, -1)], 2],
    'EAGAIN',
  ],
  ['time over at once', BASES, (b) => [b.init, 'semtimedop', set(b), [op(0, 1)], 1, { tv_sec: 0, tv_nsec: 0 }], '= 0'],
];

/** A set whose semaphore 0 is 0 and for which init has an adjustment of -20000. */
function preset(b: Bench): number {
  const id = set(b);
  b.call(b.init, 'semop', id, [undo(0, 20_000)], 1);
  b.call(b.init, 'semop', id, [op(0, -20_000)], 1);
  return id;
}

const controls: Row[] = [
  ['a negative id', BASES, (b) => [b.init, 'semctl', -1, 0, IPC_STAT, OUT], 'EINVAL'],
  ['an unknown command', BASES, (b) => [b.init, 'semctl', set(b), 0, 99, OUT], 'EINVAL'],
  [
    'SEM_STAT_ANY, which 2.6.26 does not know',
    ['2.6.26'],
    (b) => [b.init, 'semctl', set(b), 0, SEM_STAT_ANY, OUT],
    'EINVAL',
  ],
  [
    'SEM_STAT_ANY without permission',
    ['6.x'],
    (b) => [b.user(1), 'semctl', after(set(b, 0), 0), 0, SEM_STAT_ANY, OUT],
    '= 0',
  ],
  ['IPC_STAT of an empty slot', BASES, (b) => [b.init, 'semctl', 77, 0, IPC_STAT, OUT], 'EINVAL'],
  ['IPC_STAT of an outdated id', ['2.6.26'], (b) => [b.init, 'semctl', outdated(b), 0, IPC_STAT, OUT], 'EIDRM'],
  ['IPC_STAT of an outdated id', ['6.x'], (b) => [b.init, 'semctl', outdated(b), 0, IPC_STAT, OUT], 'EINVAL'],
  ['IPC_STAT without permission', BASES, (b) => [b.user(1), 'semctl', set(b), 0, IPC_STAT, OUT], 'EACCES'],
  ['IPC_STAT into no buffer', BASES, (b) => [b.init, 'semctl', set(b), 0, IPC_STAT, null], 'EFAULT'],
  ['SEM_STAT of an empty slot', BASES, (b) => [b.init, 'semctl', 1, 0, SEM_STAT, OUT], 'EINVAL'],
  ['SEM_STAT without permission', BASES, (b) => [b.user(1), 'semctl', after(set(b), 0), 0, SEM_STAT, OUT], 'EACCES'],
  ['IPC_INFO into no buffer', BASES, (b) => [b.init, 'semctl', 0, 0, IPC_INFO, null], 'EFAULT'],
  ['SEM_INFO with one set', BASES, (b) => [b.init, 'semctl', after(set(b), 0), 0, SEM_INFO, OUT], '= 0'],
  ['GETVAL of an empty slot', BASES, (b) => [b.init, 'semctl', 77, 0, GETVAL, null], 'EINVAL'],
  ['GETVAL of an outdated id', ['2.6.26'], (b) => [b.init, 'semctl', outdated(b), 0, GETVAL, null], 'EIDRM'],
  ['GETVAL without permission', BASES, (b) => [b.user(1), 'semctl', set(b), 0, GETVAL, null], 'EACCES'],
  [
    'GETVAL without permission of a semaphore past the end',
    BASES,
    (b) => [b.user(1), 'semctl', set(b), 2, GETVAL, null],
    'EACCES',
  ],
  ['GETVAL of a semaphore past the end', BASES, (b) => [b.init, 'semctl', set(b), 2, GETVAL, null], 'EINVAL'],
  ['GETPID of a negative semaphore', BASES, (b) => [b.init, 'semctl', set(b), -1, GETPID, null], 'EINVAL'],
  ['GETNCNT with nobody waiting', BASES, (b) => [b.init, 'semctl', set(b), 0, GETNCNT, null], '= 0'],
  ['GETZCNT of a semaphore past the end', BASES, (b) => [b.init, 'semctl', set(b), 9, GETZCNT, null], 'EINVAL'],
  ['GETALL without permission', BASES, (b) => [b.user(1), 'semctl', set(b), 0, GETALL, OUT], 'EACCES'],
  ['GETALL into no buffer', BASES, (b) => [b.init, 'semctl', set(b), 0, GETALL, null], 'EFAULT'],
  ['GETALL of an empty slot', BASES, (b) => [b.init, 'semctl', 77, 0, GETALL, OUT], 'EINVAL'],
  [
    'SETVAL of a value that is too large, in an empty slot',
    ['2.6.26'],
    (b) => [b.init, 'semctl', 77, 0, SETVAL, 40_000],
    'EINVAL',
  ],
  [
    'SETVAL of a value that is too large, in an empty slot',
    ['6.x'],
    (b) => [b.init, 'semctl', 77, 0, SETVAL, 40_000],
    'ERANGE',
  ],
  [
    'SETVAL of a value that is too large, past the end',
    ['2.6.26'],
    (b) => [b.init, 'semctl', set(b), 9, SETVAL, 40_000],
    'EINVAL',
  ],
  ['SETVAL of a value that is too large', BASES, (b) => [b.init, 'semctl', set(b), 0, SETVAL, 32_768], 'ERANGE'],
  ['SETVAL of a negative value', BASES, (b) => [b.init, 'semctl', set(b), 0, SETVAL, 0xffff_ffff], 'ERANGE'],
  ['SETVAL of nothing, which is 0', BASES, (b) => [b.init, 'semctl', set(b), 0, SETVAL, null], '= 0'],
  [
    'SETVAL without permission, past the end',
    ['2.6.26'],
    (b) => [b.user(1), 'semctl', set(b, 0o644), 9, SETVAL, 1],
    'EACCES',
  ],
  [
    'SETVAL without permission, past the end',
    ['6.x'],
    (b) => [b.user(1), 'semctl', set(b, 0o644), 9, SETVAL, 1],
    'EINVAL',
  ],
  ['SETVAL without permission', BASES, (b) => [b.user(1), 'semctl', set(b, 0o644), 0, SETVAL, 1], 'EACCES'],
  ['SETALL without permission', BASES, (b) => [b.user(1), 'semctl', set(b, 0o644), 0, SETALL, [1, 2]], 'EACCES'],
  ['SETALL of an empty slot', BASES, (b) => [b.init, 'semctl', 77, 0, SETALL, [1, 2]], 'EINVAL'],
  ['SETALL from nowhere', BASES, (b) => [b.init, 'semctl', set(b), 0, SETALL, null], 'EFAULT'],
  ['SETALL of too few values', BASES, (b) => [b.init, 'semctl', set(b), 0, SETALL, [1]], 'EFAULT'],
  ['SETALL of a value that is too large', BASES, (b) => [b.init, 'semctl', set(b), 0, SETALL, [1, 32_768]], 'ERANGE'],
  ['IPC_SET from nowhere', BASES, (b) => [b.init, 'semctl', 77, 0, IPC_SET, null], 'EFAULT'],
  ['IPC_SET of an empty slot', BASES, (b) => [b.init, 'semctl', 77, 0, IPC_SET, {}], 'EINVAL'],
  ['IPC_SET by another', BASES, (b) => [b.user(1), 'semctl', set(b, 0o666), 0, IPC_SET, {}], 'EPERM'],
  [
    'IPC_SET to a group that cannot be',
    ['6.x'],
    (b) => [b.init, 'semctl', set(b), 0, IPC_SET, { sem_perm: { gid: -1 } }],
    'EINVAL',
  ],
  ['IPC_RMID by another', BASES, (b) => [b.user(1), 'semctl', set(b, 0o666), 0, IPC_RMID, null], 'EPERM'],
  ['IPC_RMID of an empty slot', BASES, (b) => [b.init, 'semctl', 77, 0, IPC_RMID, null], 'EINVAL'],
  ['IPC_RMID of an outdated id', ['2.6.26'], (b) => [b.init, 'semctl', outdated(b), 0, IPC_RMID, null], 'EIDRM'],
];

test('semget finds a set by its key, makes one, or says why not', (t) => checkTable(t, gets));
test('semop and semtimedop refuse in the order of each kernel', (t) => checkTable(t, operations));
test('semctl refuses in the order of each kernel', (t) => checkTable(t, controls));

const values = (t: Parameters<typeof checkTable>[0], b: Bench, id: number): Datum =>
  b.output(t, b.init, 'semctl', id, 0, GETALL, OUT);

for (const base of BASES) {
  test(`${base}: a call does all of its operations or none`, (t) => {
    const b = bench(base);
    const id = set(b);
    t.is(b.outcome(b.init, 'semop', id, [op(0, 3), op(1, 2), op(0, -1)], 3), '= 0');
    t.deepEqual(values(t, b, id), [2, 2]);
    t.is(b.outcome(b.init, 'semop', id, [op(0, -2), op(0, 0), op(1, -3, IPC_NOWAIT)], 3), 'EAGAIN');
    t.deepEqual(values(t, b, id), [2, 2]);
  });

  test(`${base}: a set remembers when it was operated on and by whom`, (t) => {
    const b = bench(base);
    const id = set(b);
    const other = b.fork(b.init);
    b.second();
    b.call(other, 'semop', id, [op(1, 0)], 1);
    t.deepEqual(b.output(t, b.init, 'semctl', id, 0, IPC_STAT, OUT), {
      sem_perm: { uid: 0, gid: 0, mode: 0o600, key: KEY, cuid: 0, cgid: 0 },
      sem_otime: 1_215_500_001,
      sem_ctime: 1_215_500_000,
      sem_nsems: 2,
    });
    t.is(b.outcome(b.init, 'semctl', id, 0, GETPID, null), '= 0');
    t.is(b.outcome(b.init, 'semctl', id, 1, GETPID, null), '= 2');
    t.is(b.outcome(other, 'semctl', id, 0, SETVAL, 7), '= 0');
    t.is(b.outcome(b.init, 'semctl', id, 0, GETPID, null), '= 2');
    t.is(b.outcome(b.init, 'semctl', id, 0, GETVAL, null), '= 7');
  });

  test(`${base}: SEM_STAT returns the id of the set in a slot`, (t) => {
    const b = bench(base);
    set(b);
    const second = idOf(b.call(b.init, 'semget', 0, 1, 0o600));
    t.is(b.outcome(b.init, 'semctl', 1, 0, SEM_STAT, OUT), `= ${second}`);
  });
}

test('SETALL makes the caller the last to have operated on 6.x, and nobody on 2.6.26', (t) => {
  for (const [base, pid] of [
    ['2.6.26', 0],
    ['6.x', 2],
  ] as const) {
    const b = bench(base);
    const id = set(b);
    b.call(b.fork(b.init), 'semctl', id, 0, SETALL, [4, 5]);
    t.deepEqual(values(t, b, id), [4, 5], base);
    t.is(b.outcome(b.init, 'semctl', id, 0, GETPID, null), `= ${pid}`, base);
  }
});

test('IPC_INFO shows limits, SEM_INFO totals', (t) => {
  const b = bench('6.x');
  set(b);
  b.limit('sem', 32, 1024, 32, 16);
  const limits = { semmni: 16, semmns: 1024, semmsl: 32, semopm: 32, semvmx: 32_767 };
  const constant = { semmap: 1_024_000_000, semmnu: 1_024_000_000, semume: 500 };
  t.deepEqual(b.output(t, b.init, 'semctl', 0, 0, IPC_INFO, OUT), {
    ...limits,
    ...constant,
    semusz: 20,
    semaem: 32_767,
  });
  t.deepEqual(b.output(t, b.init, 'semctl', 0, 0, SEM_INFO, OUT), { ...limits, ...constant, semusz: 1, semaem: 2 });
});
