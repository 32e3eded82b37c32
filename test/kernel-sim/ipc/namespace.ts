import test from 'ava';
import { IPC_STAT } from '../../../src/kernel-sim/abi/ipc.ts';
import { ipcSysctls } from '../../../src/kernel-sim/ipc/limits.ts';
import { createIpcNamespace, type IpcNamespace } from '../../../src/kernel-sim/ipc/namespace.ts';
import { putIpcNamespace } from '../../../src/kernel-sim/ipc/namespace-death.ts';
import { printSysvipc } from '../../../src/kernel-sim/ipc/sysvipc.ts';
import type { Steps } from '../../../src/kernel-sim/machine/effect.ts';
import { Frame } from '../../../src/kernel-sim/machine/frame.ts';
import { BASES, type Bench, bench, idOf, OUT } from './_bench.ts';

/** Runs kernel code in the name of init. */
function run<T>(b: Bench, start: () => Steps<T>): T {
  const { machine } = b.k;
  machine.store.write(b.init.frame, Frame.begin({ name: 'test', args: [], start }));
  while (machine.store.peek(b.init.frame)!.next !== undefined) machine.step(b.init);
  const { value } = machine.store.peek(b.init.frame)!;
  machine.store.write(b.init.frame, null);
  return value as T;
}

const newNamespace = (b: Bench): IpcNamespace => createIpcNamespace(b.k.machine.store, b.k, b.k.initIpcNs);
const read = (b: Bench, name: string): readonly (number | bigint)[] =>
  ipcSysctls(b.k).get(name)!.read(b.k.machine.store, b.k.initIpcNs);

test('a new namespace lowers msgmni of all others on 2.6.26 until it is set by hand (K4)', (t) => {
  const b = bench('2.6.26');
  t.deepEqual(read(b, 'msgmni'), [2048]);
  const second = newNamespace(b);
  t.deepEqual(read(b, 'msgmni'), [1024]);
  run(b, () => putIpcNamespace(b.k, second));
  t.deepEqual(read(b, 'msgmni'), [2048]);
  b.limit('msgmni', 100);
  newNamespace(b);
  t.deepEqual(read(b, 'msgmni'), [100]);
  b.limit('auto_msgmni', 1);
  t.deepEqual(read(b, 'msgmni'), [1024]);
});

test('a new namespace leaves msgmni of others alone on 6.x, and with K4 repaired', (t) => {
  for (const [b, msgmni] of [
    [bench('6.x'), 32_000],
    [bench('2.6.26', ['K4']), 2048],
  ] as const) {
    const second = newNamespace(b);
    t.deepEqual(read(b, 'msgmni'), [msgmni]);
    t.is(b.k.machine.store.peek(second.msgmni), msgmni);
  }
});

for (const base of BASES) {
  test(`${base}: the end of a namespace removes what is in it, and wakes who sleeps there`, (t) => {
    const b = bench(base);
    const { store } = b.k.machine;
    const ns = newNamespace(b);
    const [task, sleeper] = [b.fork(b.init), b.fork(b.init)];
    for (const one of [task, sleeper]) store.write(one.ipcNs, ns);
    const msg = idOf(b.call(task, 'msgget', 1, 0o1666));
    b.call(task, 'semget', 1, 1, 0o1666);
    const shm = idOf(b.call(task, 'shmget', 1, 1, 0o1666));
    t.is(b.outcome(b.init, 'msgget', 1, 0), 'ENOENT');
    const waiting = b.begin(sleeper, 'msgrcv', msg, OUT, 1, 0, 0);
    run(b, () => putIpcNamespace(b.k, ns));
    b.settle();
    t.like(waiting.result(), { errno: 'EIDRM' });
    t.is(b.outcome(task, 'shmctl', shm, IPC_STAT, OUT), 'EINVAL');
    t.is(store.peek(ns.usedSems) + store.peek(ns.shmTotal), 0);
  });
}

test('limits are read and written by their names in /proc/sys/kernel', (t) => {
  const b = bench('6.x');
  t.deepEqual([...ipcSysctls(b.k).keys()].sort(), [
    'msg_next_id',
    'msgmax',
    'msgmnb',
    'msgmni',
    'sem',
    'sem_next_id',
    'shm_next_id',
    'shm_rmid_forced',
    'shmall',
    'shmmax',
    'shmmni',
  ]);
  t.deepEqual(read(b, 'sem'), [32_000, 1_024_000_000, 500, 32_000]);
  t.is(b.limit('sem', 1, 2), 'ok');
  t.deepEqual(read(b, 'sem'), [1, 2, 500, 32_000]);
  t.is(b.limit('sem', 1, 2, 3, 32_769), 'ERANGE');
  t.deepEqual(read(b, 'sem'), [1, 2, 3, 32_000]);
  t.deepEqual(
    [b.limit('msgmni', 32_769), b.limit('msgmax', -1), b.limit('shm_next_id', -1)],
    ['EINVAL', 'EINVAL', 'EINVAL'],
  );
  t.is(b.limit('shmmax', 2n ** 64n), 'EINVAL');
  t.is(b.limit('shm_rmid_forced', 2), 'EINVAL');
  t.deepEqual(read(b, 'msg_next_id'), [-1]);
  const older = bench('2.6.26');
  t.deepEqual(read(older, 'sem'), [250, 32_000, 32, 128]);
  t.deepEqual(
    [...read(older, 'shmmax'), ...read(older, 'shmall'), ...read(older, 'shmmni')],
    [33_554_432n, 2_097_152n, 4096],
  );
  t.is(older.limit('msgmax', -1), 'ok');
});

test('6.x: shm_rmid_forced lets a segment go with its last detach', (t) => {
  const b = bench('6.x');
  b.limit('shm_rmid_forced', 1);
  const id = idOf(b.call(b.init, 'shmget', 0, 1, 0o600));
  b.call(b.init, 'shmdt', idOf(b.call(b.init, 'shmat', id, null, 0)));
  t.is(b.outcome(b.init, 'shmctl', id, IPC_STAT, OUT), 'EINVAL');
});

test('/proc/sysvipc shows every object in the columns of each kernel', (t) => {
  for (const base of BASES) {
    const b = bench(base);
    const print = (kind: 'msg' | 'sem' | 'shm'): string =>
      run(b, () => printSysvipc(b.k, b.k.initIpcNs, kind, b.k.initPidNs));
    b.call(b.init, 'msgsnd', idOf(b.call(b.init, 'msgget', 0x4d51, 0o1640)), { mtype: 1, mtext: 'hello' }, 5, 0);
    b.call(b.init, 'semget', -2, 3, 0o1600);
    const id = idOf(b.call(b.init, 'shmget', 0, 5000, 0o600));
    b.call(b.init, 'poke', idOf(b.call(b.init, 'shmat', id, null, 0)), 'x');
    b.call(b.init, 'shmctl', id, 0, null);
    t.is(
      print('msg'),
      '       key      msqid perms      cbytes       qnum lspid lrpid   uid   gid  cuid  cgid      stime      rtime      ctime\n' +
        '     19793          0   640           5          1     1     0     0     0     0     0 1215500000          0 1215500000\n',
    );
    t.is(
      print('sem'),
      '       key      semid perms      nsems   uid   gid  cuid  cgid      otime      ctime\n' +
        '        -2          0   600          3     0     0     0     0          0 1215500000\n',
    );
    const row =
      '         0          0  1600                  5000     1     1      1     0     0     0     0 1215500000          0 1215500000';
    t.is(
      print('shm'),
      base === '2.6.26'
        ? `       key      shmid perms       size  cpid  lpid nattch   uid   gid  cuid  cgid      atime      dtime      ctime\n${row}\n`
        : `       key      shmid perms                  size  cpid  lpid nattch   uid   gid  cuid  cgid      atime      dtime      ctime                   rss                  swap\n${row}                  4096                     0\n`,
    );
  }
});
