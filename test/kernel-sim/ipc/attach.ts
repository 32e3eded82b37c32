import test from 'ava';
import { IPC_RMID, IPC_STAT } from '../../../src/kernel-sim/abi/ipc.ts';
import { replaceMm } from '../../../src/kernel-sim/ipc/address-space.ts';
import { Frame } from '../../../src/kernel-sim/machine/frame.ts';
import { BASES, type Bench, bench, idOf, OUT } from './_bench.ts';

const CLONE_VM = 0x100;
const SIGCHLD = 17;
const HERE = 0x5000_0000;

const segment = (b: Bench): number => idOf(b.call(b.init, 'shmget', 7, 4096, 0o1600));
const stat = (t: Parameters<Bench['output']>[0], b: Bench, id: number) =>
  b.output(t, b.init, 'shmctl', id, IPC_STAT, OUT) as Record<string, number>;

for (const base of BASES) {
  test(`${base}: a fork counts each attach it inherits, and its end counts them down`, (t) => {
    const b = bench(base);
    const id = segment(b);
    const parent = b.fork(b.init);
    b.call(parent, 'shmat', id, null, 0);
    b.call(parent, 'shmat', id, null, 0);
    b.second();
    const child = b.fork(parent);
    t.like(stat(t, b, id), { shm_nattch: 4, shm_lpid: 2, shm_atime: 1_215_500_001 });
    b.begin(child, 'exit', 0);
    t.like(stat(t, b, id), { shm_nattch: 2, shm_lpid: 3, shm_dtime: 1_215_500_001 });
  });

  test(`${base}: CLONE_VM shares the attaches without counting them, and the last user ends them`, (t) => {
    const b = bench(base);
    const id = segment(b);
    const parent = b.fork(b.init);
    b.call(parent, 'shmat', id, HERE, 0);
    const child = b.task(idOf(b.call(parent, 'clone', CLONE_VM | SIGCHLD, null)));
    t.is(stat(t, b, id).shm_nattch, 1);
    b.begin(parent, 'exit', 0);
    t.is(stat(t, b, id).shm_nattch, 1);
    t.is(b.outcome(child, 'poke', HERE, 'x'), '= 1');
    b.begin(child, 'exit', 0);
    t.is(stat(t, b, id).shm_nattch, 0);
  });

  test(`${base}: a new program has nothing attached`, (t) => {
    const b = bench(base);
    const id = segment(b);
    b.call(b.init, 'shmat', id, HERE, 0);
    const { store } = b.k.machine;
    store.write(b.init.frame, Frame.begin({ name: 'exec', args: [], start: () => replaceMm(b.k, b.init) }));
    while (store.peek(b.init.frame)!.next !== undefined) b.k.machine.step(b.init);
    store.write(b.init.frame, null);
    t.is(stat(t, b, id).shm_nattch, 0);
    t.is(b.outcome(b.init, 'peek', HERE, 1), 'EFAULT');
  });

  test(`${base}: a removal between count and map only marks, and the attach that fails destroys (K8)`, (t) => {
    const b = bench(base);
    const neighbour = b.fork(b.init);
    const id = segment(b);
    b.call(b.init, 'shmat', segment(b), HERE, 0);
    b.call(b.init, 'shmdt', HERE);
    const other = idOf(b.call(b.init, 'shmget', 0, 1, 0o600));
    b.call(b.init, 'shmat', other, HERE, 0);
    const walk = b.walk(b.init, 'shmat', id, HERE, 0);
    walk.until('shmat.map');
    b.walk(neighbour, 'shmctl', id, IPC_RMID, null).finish();
    t.like(b.walk(neighbour, 'shmctl', id, IPC_STAT, OUT).finish(), { ok: true });
    t.like(walk.finish(), { errno: 'EINVAL' });
    t.is(b.outcome(neighbour, 'shmctl', id, IPC_STAT, OUT), 'EINVAL');
  });

  test(`${base}: contents live as long as the segment, attached or not`, (t) => {
    const b = bench(base);
    const id = segment(b);
    b.call(b.init, 'shmat', id, HERE, 0);
    b.call(b.init, 'poke', HERE + 9, 'kept');
    b.call(b.init, 'shmdt', HERE);
    b.call(b.init, 'shmat', id, HERE, 0);
    t.is(b.output(t, b.init, 'peek', HERE + 9, 4, OUT), 'kept');
    b.call(b.init, 'shmdt', HERE);
    b.call(b.init, 'shmctl', id, IPC_RMID, null);
    b.call(b.init, 'shmat', segment(b), HERE, 0);
    t.is(b.output(t, b.init, 'peek', HERE + 9, 4, OUT), '\0\0\0\0');
  });
}
