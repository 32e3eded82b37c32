import test from 'ava';
import {
  IPC_CREAT,
  IPC_EXCL,
  IPC_INFO,
  IPC_RMID,
  IPC_SET,
  IPC_STAT,
  SHM_EXEC,
  SHM_HUGETLB,
  SHM_INFO,
  SHM_LOCK,
  SHM_RDONLY,
  SHM_REMAP,
  SHM_RND,
  SHM_STAT,
  SHM_STAT_ANY,
  SHM_UNLOCK,
} from '../../src/kernel-sim/abi/ipc.ts';
import type { Task } from '../../src/kernel-sim/task/task.ts';
import { after, BASES, type Bench, bench, checkTable, idOf, OUT, type Row } from '../kernel-sim/ipc/_bench.ts';

const KEY = 0x5451;
const BAD_ADDRESS = 0x10;
const HERE = 0x5000_0000;

/** A segment of root's of 5000 bytes with permissions `mode`. */
const segment = (b: Bench, mode = 0o600): number => idOf(b.call(b.init, 'shmget', KEY, 5000, IPC_CREAT | mode));

const at = (b: Bench, task: Task, id: number, address: number | null = null, flags = 0): number =>
  idOf(b.call(task, 'shmat', id, address, flags));

/** The id of a segment that was removed and whose slot was given out again. */
function outdated(b: Bench): number {
  if (!b.k.is26) b.limit('shm_next_id', 5);
  const id = segment(b);
  b.call(b.init, 'shmctl', id, IPC_RMID, null);
  if (!b.k.is26) b.limit('shm_next_id', 5 + 32_768);
  segment(b);
  return id;
}

const gets: Row[] = [
  ['a key nobody used', BASES, (b) => [b.init, 'shmget', KEY, 1, 0], 'ENOENT'],
  ['no bytes', BASES, (b) => [b.init, 'shmget', 0, 0, 0], 'EINVAL'],
  ['more than shmmax', ['2.6.26'], (b) => [b.init, 'shmget', 0, 0x200_0001, 0], 'EINVAL'],
  ['shmmax', ['2.6.26'], (b) => [b.init, 'shmget', 0, 0x200_0000, 0], '= 0'],
  ['more than shmmax', ['6.x'], (b) => [b.init, 'shmget', 0, -1, 0], 'EINVAL'],
  ['more than a file may hold', ['6.x'], (b) => [b.init, 'shmget', 0, 0x9000_0000_0000_0000n, 0], 'EINVAL'],
  [
    'more pages than shmall',
    BASES,
    (b) => [after([b.limit('shmall', 3), segment(b)], b.init), 'shmget', 0, 4097, 0],
    'ENOSPC',
  ],
  [
    'as many pages as shmall',
    ['2.6.26'],
    (b) => [after([b.limit('shmall', 3), segment(b)], b.init), 'shmget', 0, 4096, 0],
    '= 32769',
  ],
  [
    'as many pages as shmall',
    ['6.x'],
    (b) => [after([b.limit('shmall', 3), segment(b)], b.init), 'shmget', 0, 4096, 0],
    '= 1',
  ],
  [
    'more segments than shmmni',
    BASES,
    (b) => [after([b.limit('shmmni', 1), segment(b)], b.init), 'shmget', 0, 1, 0],
    'ENOSPC',
  ],
  ['an existing segment, asking for none', BASES, (b) => [after(segment(b), b.init), 'shmget', KEY, 0, 0], '= 0'],
  [
    'an existing segment, asking for its bytes',
    BASES,
    (b) => [after(segment(b), b.init), 'shmget', KEY, 5000, 0],
    '= 0',
  ],
  ['an existing segment, asking for more', BASES, (b) => [after(segment(b), b.init), 'shmget', KEY, 5001, 0], 'EINVAL'],
  [
    'an existing segment without permission',
    BASES,
    (b) => [after(segment(b), b.user(1)), 'shmget', KEY, 1, 0o400],
    'EACCES',
  ],
  [
    'an existing segment, exclusively',
    BASES,
    (b) => [after(segment(b), b.init), 'shmget', KEY, 9999, IPC_CREAT | IPC_EXCL],
    'EEXIST',
  ],
  ['huge pages', BASES, (b) => [b.init, 'shmget', 0, 1, SHM_HUGETLB], 'ENOMEM'],
  ['huge pages without CAP_IPC_LOCK', BASES, (b) => [b.user(1), 'shmget', 0, 1, SHM_HUGETLB], 'EPERM'],
];

const attaches: Row[] = [
  ['a negative id', BASES, (b) => [b.init, 'shmat', -1, null, 0], 'EINVAL'],
  ['an empty slot', BASES, (b) => [b.init, 'shmat', 77, null, 0], 'EINVAL'],
  ['an outdated id', ['2.6.26'], (b) => [b.init, 'shmat', outdated(b), null, 0], 'EIDRM'],
  ['an outdated id', ['6.x'], (b) => [b.init, 'shmat', outdated(b), null, 0], 'EINVAL'],
  ['an address within a page', BASES, (b) => [b.init, 'shmat', 77, HERE + 1, 0], 'EINVAL'],
  [
    'an address within a page, rounded down',
    BASES,
    (b) => [b.init, 'shmat', segment(b), HERE + 1, SHM_RND],
    `= ${HERE}`,
  ],
  ['nowhere, to replace what is there', BASES, (b) => [b.init, 'shmat', segment(b), null, SHM_REMAP], 'EINVAL'],
  [
    'an address rounded down to nowhere, to replace',
    BASES,
    (b) => [b.init, 'shmat', segment(b), 5, SHM_RND | SHM_REMAP],
    'EINVAL',
  ],
  ['without permission', BASES, (b) => [b.user(1), 'shmat', segment(b), null, SHM_RDONLY], 'EACCES'],
  ['to write with permission to read', BASES, (b) => [b.user(1), 'shmat', segment(b, 0o644), null, 0], 'EACCES'],
  ['to execute without permission', BASES, (b) => [b.user(1), 'shmat', segment(b, 0o666), null, SHM_EXEC], 'EACCES'],
  ['where another is attached', BASES, (b) => [b.init, 'shmat', attachedHere(b), HERE + 4096, 0], 'EINVAL'],
  [
    'where another is attached, to replace it',
    BASES,
    (b) => [b.init, 'shmat', attachedHere(b), HERE + 4096, SHM_REMAP],
    `= ${HERE + 4096}`,
  ],
  ['past the last address', BASES, (b) => [b.init, 'shmat', segment(b), 0x7fff_ffff_e000, 0], 'ENOMEM'],
  ['the lowest addresses', ['6.x'], (b) => [b.user(1), 'shmat', segment(b, 0o666), 0x1000, 0], 'EPERM'],
  ['the lowest addresses with CAP_SYS_RAWIO', BASES, (b) => [b.init, 'shmat', segment(b), 0x1000, 0], '= 4096'],
];

/** A segment that is attached to init at {@link HERE}. */
function attachedHere(b: Bench): number {
  const id = segment(b);
  at(b, b.init, id, HERE);
  return id;
}

const detaches: Row[] = [
  ['where nothing is attached', BASES, (b) => [b.init, 'shmdt', HERE], 'EINVAL'],
  ['within a page', BASES, (b) => [b.init, 'shmdt', HERE + 1], 'EINVAL'],
  ['within an attach', BASES, (b) => [after(attachedHere(b), b.init), 'shmdt', HERE + 4096], 'EINVAL'],
  ['where something is attached', BASES, (b) => [after(attachedHere(b), b.init), 'shmdt', HERE], '= 0'],
];

const controls: Row[] = [
  ['a negative id', BASES, (b) => [b.init, 'shmctl', -1, IPC_STAT, OUT], 'EINVAL'],
  ['a negative command', BASES, (b) => [b.init, 'shmctl', segment(b), -1, OUT], 'EINVAL'],
  ['an unknown command', BASES, (b) => [b.init, 'shmctl', segment(b), 99, OUT], 'EINVAL'],
  [
    'SHM_STAT_ANY, which 2.6.26 does not know',
    ['2.6.26'],
    (b) => [b.init, 'shmctl', segment(b), SHM_STAT_ANY, OUT],
    'EINVAL',
  ],
  [
    'SHM_STAT_ANY without permission',
    ['6.x'],
    (b) => [b.user(1), 'shmctl', after(segment(b, 0), 0), SHM_STAT_ANY, OUT],
    '= 0',
  ],
  ['IPC_STAT of an empty slot', BASES, (b) => [b.init, 'shmctl', 77, IPC_STAT, OUT], 'EINVAL'],
  ['IPC_STAT of an outdated id', ['2.6.26'], (b) => [b.init, 'shmctl', outdated(b), IPC_STAT, OUT], 'EIDRM'],
  ['IPC_STAT of an outdated id', ['6.x'], (b) => [b.init, 'shmctl', outdated(b), IPC_STAT, OUT], 'EINVAL'],
  ['IPC_STAT without permission', BASES, (b) => [b.user(1), 'shmctl', segment(b), IPC_STAT, OUT], 'EACCES'],
  ['IPC_STAT into a bad buffer', BASES, (b) => [b.init, 'shmctl', segment(b), IPC_STAT, BAD_ADDRESS], 'EFAULT'],
  ['SHM_STAT of an empty slot', BASES, (b) => [b.init, 'shmctl', 1, SHM_STAT, OUT], 'EINVAL'],
  ['SHM_STAT without permission', BASES, (b) => [b.user(1), 'shmctl', after(segment(b), 0), SHM_STAT, OUT], 'EACCES'],
  ['IPC_INFO into no buffer', BASES, (b) => [b.init, 'shmctl', 0, IPC_INFO, null], 'EFAULT'],
  ['SHM_INFO into no buffer', BASES, (b) => [b.init, 'shmctl', 0, SHM_INFO, null], 'EFAULT'],
  ['IPC_SET from nowhere', BASES, (b) => [b.init, 'shmctl', 77, IPC_SET, null], 'EFAULT'],
  ['IPC_SET of an empty slot', BASES, (b) => [b.init, 'shmctl', 77, IPC_SET, {}], 'EINVAL'],
  ['IPC_SET by another', BASES, (b) => [b.user(1), 'shmctl', segment(b, 0o666), IPC_SET, {}], 'EPERM'],
  ['IPC_RMID by another', BASES, (b) => [b.user(1), 'shmctl', segment(b, 0o666), IPC_RMID, null], 'EPERM'],
  ['IPC_RMID of an empty slot', BASES, (b) => [b.init, 'shmctl', 77, IPC_RMID, null], 'EINVAL'],
  ['SHM_LOCK of an empty slot', BASES, (b) => [b.init, 'shmctl', 77, SHM_LOCK, null], 'EINVAL'],
  ['SHM_LOCK by another', BASES, (b) => [b.user(1), 'shmctl', segment(b, 0o666), SHM_LOCK, null], 'EPERM'],
  ['SHM_UNLOCK by another', BASES, (b) => [b.user(1), 'shmctl', segment(b, 0o666), SHM_UNLOCK, null], 'EPERM'],
  ['SHM_LOCK by the owner', BASES, (b) => [b.user(1), 'shmctl', own(b, 4096), SHM_LOCK, null], '= 0'],
  [
    'SHM_LOCK of more than the owner may lock',
    BASES,
    (b) => [b.user(1), 'shmctl', own(b, 65_537), SHM_LOCK, null],
    'ENOMEM',
  ],
  [
    'SHM_LOCK by an owner who may lock nothing',
    BASES,
    (b) => [mayNotLock(b), 'shmctl', own(b, 1), SHM_LOCK, null],
    'EPERM',
  ],
];

/** A segment of the user whose task is pid 2. */
const own = (b: Bench, size: number): number => idOf(b.call(b.task(2), 'shmget', 0, size, 0o600));

function mayNotLock(b: Bench): Task {
  const task = b.user(1);
  const { store } = b.k.machine;
  const limits = store.peek(task.process)!.limits;
  store.write(limits, { ...store.peek(limits)!, RLIMIT_MEMLOCK: { soft: 0, hard: 0 } });
  return task;
}

test('shmget finds a segment by its key, makes one, or says why not', (t) => checkTable(t, gets));
test('shmat refuses in the order of each kernel', (t) => checkTable(t, attaches));
test('shmdt takes the address at which an attach begins', (t) => checkTable(t, detaches));
test('shmctl refuses in the order of each kernel', (t) => checkTable(t, controls));

for (const base of BASES) {
  const stat = (b: Bench, t: Parameters<typeof checkTable>[0], id: number) =>
    b.output(t, b.init, 'shmctl', id, IPC_STAT, OUT) as Record<string, number> & {
      shm_perm: { mode: number; key: number };
    };

  test(`${base}: a segment remembers who attached and detached it, and when`, (t) => {
    const b = bench(base);
    const id = segment(b);
    const child = b.fork(b.init);
    b.second();
    const address = at(b, child, id);
    t.deepEqual(stat(b, t, id), {
      shm_perm: { uid: 0, gid: 0, mode: 0o600, key: KEY, cuid: 0, cgid: 0 },
      shm_segsz: 5000,
      shm_cpid: 1,
      shm_lpid: 2,
      shm_nattch: 1,
      shm_atime: 1_215_500_001,
      shm_dtime: 0,
      shm_ctime: 1_215_500_000,
    });
    b.second();
    t.is(b.outcome(child, 'shmdt', address), '= 0');
    t.like(stat(b, t, id), { shm_nattch: 0, shm_dtime: 1_215_500_002, shm_atime: 1_215_500_001 });
  });

  test(`${base}: what is removed while attached hides its key and goes with the last detach`, (t) => {
    const b = bench(base);
    const id = segment(b);
    const address = at(b, b.init, id);
    t.is(b.outcome(b.init, 'shmctl', id, IPC_RMID, null), '= 0');
    t.like(stat(b, t, id).shm_perm, { mode: 0o1600, key: 0 });
    t.is(b.outcome(b.init, 'shmget', KEY, 1, 0), 'ENOENT');
    const again = at(b, b.init, id);
    t.is(b.outcome(b.init, 'shmdt', address), '= 0');
    t.is(stat(b, t, id).shm_nattch, 1);
    t.is(b.outcome(b.init, 'shmdt', again), '= 0');
    t.is(b.outcome(b.init, 'shmctl', id, IPC_STAT, OUT), 'EINVAL');
  });

  test(`${base}: SHM_LOCK and SHM_UNLOCK show in the mode`, (t) => {
    const b = bench(base);
    const id = segment(b);
    b.call(b.init, 'shmctl', id, SHM_LOCK, null);
    t.is(stat(b, t, id).shm_perm.mode, 0o2600);
    b.call(b.init, 'shmctl', id, SHM_UNLOCK, null);
    t.is(stat(b, t, id).shm_perm.mode, 0o600);
  });

  test(`${base}: what one writes another reads, across pages, and what nobody wrote is zeros`, (t) => {
    const b = bench(base);
    const id = segment(b);
    const writer = at(b, b.init, id);
    const reader = b.fork(b.init);
    const readOnly = at(b, reader, id, null, SHM_RDONLY);
    t.is(b.outcome(b.init, 'poke', writer + 4094, 'abcd'), '= 4');
    t.is(b.output(t, reader, 'peek', readOnly + 4093, 6, OUT), '\0abcd\0');
    t.is(b.output(t, reader, 'peek', writer + 4094, 4, OUT), 'abcd'); // the attach it inherited
    t.is(b.outcome(reader, 'poke', readOnly, 'x'), 'EFAULT');
    t.is(b.outcome(reader, 'peek', writer + 8191, 2), 'EFAULT');
    t.is(b.outcome(reader, 'peek', HERE, 1), 'EFAULT');
    t.is(b.outcome(b.init, 'poke', writer + 8191, 'no'), 'EFAULT');
    t.is(b.output(t, reader, 'peek', readOnly + 8191, 1, OUT), '\0'); // nothing of it was written
    t.is(b.outcome(b.init, 'poke', writer, null), 'EFAULT');
  });

  test(`${base}: the kernel chooses the highest address that is free`, (t) => {
    const b = bench(base);
    const id = segment(b);
    const [first, second] = [at(b, b.init, id), at(b, b.init, id)] as const;
    t.is(second, first - 8192);
    b.call(b.init, 'shmdt', first);
    t.is(at(b, b.init, id), first);
    const small = idOf(b.call(b.init, 'shmget', 0, 1, 0o600));
    b.call(b.init, 'shmdt', first);
    t.is(at(b, b.init, small), first + 4096);
    t.is(at(b, b.init, id), second - 8192);
  });
}

test('SHM_STAT returns the id of the segment in a slot, SHM_INFO totals, IPC_INFO limits', (t) => {
  const b = bench('6.x');
  segment(b);
  const second = idOf(b.call(b.init, 'shmget', 0, 1, 0o600));
  t.is(b.outcome(b.init, 'shmctl', 1, SHM_STAT, OUT), `= ${second}`);
  b.call(b.init, 'poke', at(b, b.init, second), 'x');
  const totals = { used_ids: 2, shm_tot: 3, shm_rss: 1, shm_swp: 0, swap_attempts: 0, swap_successes: 0 };
  t.deepEqual(b.output(t, b.init, 'shmctl', 0, SHM_INFO, OUT), totals);
  const most = 18_446_744_073_692_774_399n;
  t.deepEqual(b.output(t, b.init, 'shmctl', 0, IPC_INFO, OUT), {
    shmmax: most,
    shmmin: 1,
    shmmni: 4096,
    shmseg: 4096,
    shmall: most,
  });
});

test('SHM_REMAP ends the attach that was there', (t) => {
  const b = bench();
  const first = attachedHere(b);
  const second = idOf(b.call(b.init, 'shmget', 0, 1, 0o600));
  at(b, b.init, second, HERE, SHM_REMAP);
  const nattch = (id: number): number =>
    (b.output(t, b.init, 'shmctl', id, IPC_STAT, OUT) as { shm_nattch: number }).shm_nattch;
  t.deepEqual([nattch(first), nattch(second)], [0, 1]);
});
