import test from 'ava';
import { IPC_CREAT, IPC_SET, IPC_STAT } from '../../../src/kernel-sim/abi/ipc.ts';
import { GARBAGE } from '../../../src/kernel-sim/machine/store.ts';
import type { Task } from '../../../src/kernel-sim/task/task.ts';
import type { Datum } from '../../../src/syscalls/datum.ts';
import { type Bench, bench, idOf, OUT } from './_bench.ts';

const NOW = 1_215_500_000;
const owner = { uid: 0, gid: 0, mode: 0o640 };

type Call = readonly [name: string, ...args: Datum[]];

/** For each kind: its control call, an object, the structure that IPC_SET is given, and the history in it. */
const kinds = {
  msg: {
    make: ['msgget', 1, IPC_CREAT | 0o600] as Call,
    control: (id: number, cmd: number, arg: Datum): Call => ['msgctl', id, cmd, arg],
    history: { msg_stime: 1, msg_rtime: 2, msg_ctime: 3, msg_lspid: 4, msg_lrpid: 5 },
    rest: { msg_perm: owner, msg_qbytes: 99 },
    old: { msg_lqbytes: 0 },
    ctime: 'msg_ctime',
  },
  sem: {
    make: ['semget', 1, 1, IPC_CREAT | 0o600] as Call,
    control: (id: number, cmd: number, arg: Datum): Call => ['semctl', id, 0, cmd, arg],
    history: { sem_otime: 1, sem_ctime: 3 },
    rest: { sem_perm: owner },
    old: { sem_base: 0 },
    ctime: 'sem_ctime',
  },
  shm: {
    make: ['shmget', 1, 1, IPC_CREAT | 0o600] as Call,
    control: (id: number, cmd: number, arg: Datum): Call => ['shmctl', id, cmd, arg],
    history: { shm_atime: 1, shm_dtime: 2, shm_ctime: 3, shm_cpid: 4, shm_lpid: 5 },
    rest: { shm_perm: owner },
    old: { shm_unused: 0 },
    ctime: 'shm_ctime',
  },
};
const KINDS = Object.keys(kinds) as (keyof typeof kinds)[];

const make = (b: Bench, kind: keyof typeof kinds, task: Task = b.init): number =>
  idOf(b.call(task, ...kinds[kind].make));

for (const kind of KINDS) {
  const { control, history, rest, old, ctime } = kinds[kind];
  const set = (b: Bench, id: number, extra: Datum = {}, task: Task = b.init): string =>
    b.outcome(task, ...control(id, IPC_SET, { ...rest, ...(extra as object) }));
  const stat = (t: Parameters<Bench['output']>[0], b: Bench, id: number) =>
    b.output(t, b.init, ...control(id, IPC_STAT, OUT)) as Record<string, number>;

  test(`${kind}: IPC_SET with a value armed takes the history from the caller and uses the value up`, (t) => {
    const b = bench();
    const id = make(b, kind);
    b.second();
    b.arm(b.init, 1);
    t.is(set(b, id, history), '= 0');
    t.like(stat(t, b, id), history);
    t.false(b.armed(b.init));
    t.is(set(b, id, history), '= 0');
    t.is(stat(t, b, id)[ctime], NOW + 1);
  });

  test(`${kind}: IPC_SET that fails leaves the value armed, for another object to be hit (I8)`, (t) => {
    const cases: readonly [title: string, expected: string, (b: Bench, id: number) => string][] = [
      ['no structure', 'EFAULT', (b, id) => b.outcome(b.init, ...control(id, IPC_SET, null))],
      ['an empty slot', 'EINVAL', (b) => set(b, 77)],
      ['somebody else’s', 'EPERM', (b, id) => set(b, id, {}, b.init)],
    ];
    for (const [fixes, armed] of [
      [[], true],
      [['I8'], false],
    ] as const) {
      for (const [title, expected, call] of cases) {
        const b = bench('2.6.26', [...fixes]);
        const id = make(b, kind, b.user(3));
        b.k.machine.store.update(b.init.cred, (cred) => ({ ...cred, capabilities: [] }));
        b.arm(b.init, 1);
        t.is(call(b, id), expected, title);
        t.is(b.armed(b.init), armed, `${title} ${fixes.join()}`);
      }
    }
  });

  test(`${kind}: the value 0 counts as none for IPC_SET and stays armed (N14)`, (t) => {
    for (const [fixes, time, armed] of [
      [[], NOW, true],
      [['N14'], 3, false],
    ] as const) {
      const b = bench('2.6.26', [...fixes]);
      const id = make(b, kind);
      b.arm(b.init, 0);
      t.is(set(b, id, history), '= 0');
      t.is(stat(t, b, id)[ctime], time);
      t.is(b.armed(b.init), armed);
    }
  });

  test(`${kind}: the old layout has no history, and bytes of the kernel stack take its place (I7)`, (t) => {
    const ds = { ...history, ...old };
    const b = bench();
    const id = make(b, kind);
    b.arm(b.init, 1);
    const walk = b.walk(b.init, ...control(id, IPC_SET, { ...rest, ...ds }));
    walk.finish();
    t.is(walk.notes.filter(({ type }) => type === 'fault').length, Object.keys(history).length);
    for (const field of Object.keys(history)) t.is(stat(t, b, id)[field], GARBAGE, field);

    const marked = bench();
    const other = make(marked, kind);
    marked.arm(marked.init, 1);
    t.is(marked.outcome(marked.init, ...control(other, IPC_SET | 0x100, { ...rest, ...ds })), '= 0');
    t.like(stat(t, marked, other), history);

    const fixed = bench('2.6.26', ['I7']);
    const third = make(fixed, kind);
    fixed.arm(fixed.init, 1);
    set(fixed, third, ds);
    for (const field of Object.keys(history)) t.is(stat(t, fixed, third)[field], 0, field);
  });

  test(`${kind}: any owner may rewrite the history, unless I6 is repaired`, (t) => {
    for (const [fixes, expected] of [
      [[], '= 0'],
      [['I6'], 'EPERM'],
    ] as const) {
      const b = bench('2.6.26', [...fixes]);
      const user = b.user(3);
      const id = make(b, kind, user);
      b.arm(user, 1);
      t.is(set(b, id, history, user), expected);
      t.is(set(b, id, history), '= 0'); // root, with nothing armed
    }
  });

  test(`${kind}: 6.x knows no history in IPC_SET`, (t) => {
    const b = bench('6.x');
    const id = make(b, kind);
    t.is(set(b, id, history), '= 0');
    t.is(stat(t, b, id)[ctime], NOW);
  });
}

test('a value armed for a fork rewrites the history of a queue, unless N13 is repaired', (t) => {
  for (const [fixes, stime] of [
    [[], 0],
    [['N13'], NOW],
  ] as const) {
    const b = bench('2.6.26', [...fixes]);
    const id = make(b, 'msg');
    b.call(b.init, 'msgsnd', id, { mtype: 1, mtext: '' }, 0, 0);
    b.arm(b.init, 5000, 'fork');
    b.call(b.init, 'msgctl', id, IPC_SET, kinds.msg.rest);
    t.is((b.output(t, b.init, 'msgctl', id, IPC_STAT, OUT) as { msg_stime: number }).msg_stime, stime);
  }
});

test('a rewritten history is noted', (t) => {
  const b = bench();
  const id = make(b, 'msg');
  b.arm(b.init, 1);
  const walk = b.walk(b.init, 'msgctl', id, IPC_SET, kinds.msg.rest);
  walk.finish();
  t.deepEqual(
    walk.notes.filter(({ type }) => type.startsWith('ipc')),
    [{ type: 'ipc.history', kind: 'msg', id }],
  );
});
