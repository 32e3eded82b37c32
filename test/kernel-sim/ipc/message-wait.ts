import test from 'ava';
import { IPC_RMID, IPC_SET, IPC_STAT, MSG_EXCEPT, MSG_NOERROR } from '../../../src/kernel-sim/abi/ipc.ts';
import { SA_RESTART, SIGCONT, SIGSTOP, SIGUSR1 } from '../../../src/kernel-sim/abi/signal.ts';
import { type MessageQueue, senders } from '../../../src/kernel-sim/ipc/message-queue.ts';
import { idsOf } from '../../../src/kernel-sim/ipc/namespace.ts';
import type { Result } from '../../../src/kernel-sim/result.ts';
import type { Task } from '../../../src/kernel-sim/task/task.ts';
import type { Return } from '../../../src/syscalls/datum.ts';
import { BASES, type Bench, bench, idOf, OUT } from './_bench.ts';

const THREAD = 0x100 | 0x800 | 0x10000;
/** A handler at an address, which is over at once. */
const HANDLER = 0x4000;

/** A queue that may hold `qbytes` bytes, open to everybody. */
function queue(b: Bench, qbytes = 16_384): number {
  const id = idOf(b.call(b.init, 'msgget', 0, 0o666));
  b.call(b.init, 'msgctl', id, IPC_SET, { msg_perm: { uid: 0, gid: 0, mode: 0o666 }, msg_qbytes: qbytes });
  return id;
}

const send = (b: Bench, task: Task, id: number, text: string, type = 1) =>
  b.begin(task, 'msgsnd', id, { mtype: type, mtext: text }, text.length, 0);
const receive = (b: Bench, task: Task, id: number, size = 100, type = 0, flags = 0) =>
  b.begin(task, 'msgrcv', id, OUT, size, type, flags);
const textOf = (result: Result<Return> | undefined): unknown =>
  result === undefined
    ? 'waits'
    : result.ok
      ? (result.value.out?.msgp as { mtext: string } | undefined)?.mtext
      : result.errno;
const stat = (t: Parameters<Bench['output']>[0], b: Bench, id: number) =>
  b.output(t, b.init, 'msgctl', id, IPC_STAT, OUT) as Record<string, number>;

const catchUsr1 = (b: Bench, task: Task, flags = 0): void =>
  void b.call(task, 'rt_sigaction', SIGUSR1, { sa_handler: HANDLER, sa_mask: [], sa_flags: flags }, null, 8);

for (const base of BASES) {
  test(`${base}: a message goes to the receiver that has waited longest for its type, and never enters the queue`, (t) => {
    const b = bench(base);
    const id = queue(b);
    const [first, second, third] = [b.fork(b.init), b.fork(b.init), b.fork(b.init)];
    const waiting = [
      receive(b, first, id, 9, 5),
      receive(b, second, id, 9, -3),
      receive(b, third, id, 9, 2, MSG_EXCEPT),
    ];
    send(b, b.init, id, 'a', 3);
    t.deepEqual(
      waiting.map((one) => textOf(one.result())),
      ['waits', 'a', 'waits'],
    );
    send(b, b.init, id, 'b', 2);
    t.is(stat(t, b, id).msg_qnum, 1);
    send(b, b.init, id, 'c', 5);
    t.deepEqual(
      waiting.map((one) => textOf(one.result())),
      ['c', 'a', 'waits'],
    );
  });

  test(`${base}: a waiting receiver whose buffer is too small is told, and the message is for the next`, (t) => {
    const b = bench(base);
    const id = queue(b);
    const tasks = [b.fork(b.init), b.fork(b.init), b.fork(b.init)];
    const waiting = [
      receive(b, tasks[0]!, id, 1),
      receive(b, tasks[1]!, id, 1, 0, MSG_NOERROR),
      receive(b, tasks[2]!, id),
    ];
    send(b, b.init, id, 'abc');
    t.deepEqual(
      waiting.map((one) => textOf(one.result())),
      ['E2BIG', 'a', 'waits'],
    );
  });

  test(`${base}: removing a queue ends every wait on it with EIDRM`, (t) => {
    const b = bench(base);
    const [full, empty] = [queue(b, 1), queue(b)];
    send(b, b.init, full, 'x');
    const waiting = [send(b, b.fork(b.init), full, 'y'), receive(b, b.fork(b.init), empty)];
    b.call(b.init, 'msgctl', full, IPC_RMID, null);
    b.call(b.init, 'msgctl', empty, IPC_RMID, null);
    t.deepEqual(
      waiting.map((one) => textOf(one.result())),
      ['EIDRM', 'EIDRM'],
    );
  });

  test(`${base}: IPC_SET makes sleepers look at their permissions again, and at the new size`, (t) => {
    const b = bench(base);
    const [full, empty] = [queue(b, 1), queue(b)];
    send(b, b.init, full, 'x');
    const [sender, receiver] = [send(b, b.user(1), full, 'yy'), receive(b, b.user(1), empty)];
    const change = (id: number, mode: number, qbytes: number) =>
      b.call(b.init, 'msgctl', id, IPC_SET, { msg_perm: { uid: 0, gid: 0, mode }, msg_qbytes: qbytes });
    change(full, 0o666, 2);
    change(empty, 0o666, 9);
    t.deepEqual([textOf(sender.result()), textOf(receiver.result())], ['waits', 'waits']);
    change(full, 0o666, 3);
    change(empty, 0o600, 9);
    t.like(sender.result(), { ok: true });
    t.is(textOf(receiver.result()), 'EACCES');
  });

  test(`${base}: a handled signal ends a wait with EINTR whatever SA_RESTART says, others let it go on`, (t) => {
    const b = bench(base);
    const [full, empty] = [queue(b, 1), queue(b)];
    send(b, b.init, full, 'x');
    for (const flags of [0, SA_RESTART]) {
      const [sender, receiver] = [b.fork(b.init), b.fork(b.init)];
      const pids = [sender, receiver].map(b.pidOf);
      for (const task of [sender, receiver]) catchUsr1(b, task, flags);
      const waiting = [send(b, sender, full, 'y'), receive(b, receiver, empty)];
      for (const signal of [SIGSTOP, SIGCONT]) for (const pid of pids) b.call(b.init, 'kill', pid, signal);
      t.deepEqual(
        waiting.map((one) => textOf(one.result())),
        ['waits', 'waits'],
      );
      for (const pid of pids) b.call(b.init, 'kill', pid, SIGUSR1);
      t.deepEqual(
        waiting.map((one) => textOf(one.result())),
        ['EINTR', 'EINTR'],
      );
    }
    t.is(stat(t, b, full).msg_qnum, 1);
    send(b, b.init, empty, 'z');
    t.is(stat(t, b, empty).msg_qnum, 1); // nobody is in the list of receivers any more
  });

  test(`${base}: a signal that is pending before the call sleeps is not missed`, (t) => {
    const b = bench(base);
    const id = queue(b);
    const child = b.fork(b.init);
    catchUsr1(b, child);
    const walk = b.walk(child, 'msgrcv', id, OUT, 1, 0, 0);
    b.walk(b.init, 'kill', 2, SIGUSR1).finish();
    t.notThrows(() => walk.until('signal.pending'));
    t.is(b.k.machine.store.peek(child.state), 'running');
  });
}

test('2.6.26 wakes a sender that does not fit, and it loses its place to one who came later (K9)', (t) => {
  for (const [base, fixes, sizes] of [
    ['2.6.26', [], [2, 3]],
    ['2.6.26', ['K9'], [3, 2]],
    ['6.x', [], [3, 2]],
  ] as const) {
    const b = bench(base, [...fixes]);
    const id = queue(b, 3);
    for (const text of ['a', 'b', 'c']) send(b, b.init, id, text);
    const [early, late] = [b.fork(b.init), b.fork(b.init)];
    send(b, early, id, 'EEE');
    b.walk(b.init, 'msgrcv', id, OUT, 1, 0, 0).finish(); // makes room for one byte
    b.walk(late, 'msgsnd', id, { mtype: 1, mtext: 'LL' }, 2, 0).until('schedule');
    b.settle();
    const { store } = b.k.machine;
    const found = store.peek(idsOf(store, b.k.initIpcNs, 'msg').slots.at(0)) as MessageQueue;
    t.deepEqual(
      [...senders.members(store, found)].map((sender) => store.peek(sender.size)),
      [...sizes],
      `${base} ${fixes.join()}`,
    );
  }
});

test('a stream of small senders starves a large one', (t) => {
  for (const base of BASES) {
    const b = bench(base);
    const id = queue(b, 2);
    for (const text of ['a', 'b']) send(b, b.init, id, text);
    const large = send(b, b.fork(b.init), id, 'LL');
    for (let round = 0; round < 3; round++) {
      const small = send(b, b.fork(b.init), id, 's');
      receive(b, b.init, id);
      t.like(small.result(), { ok: true }, base);
      t.is(large.result(), undefined, base);
    }
    receive(b, b.init, id);
    receive(b, b.init, id);
    t.like(large.result(), { ok: true }, base);
  }
});

test('lrpid is the thread when it slept, the process when the message was there (K3)', (t) => {
  for (const [base, fixes, slept] of [
    ['2.6.26', [], 3],
    ['2.6.26', ['K3'], 2],
    ['6.x', [], 3],
  ] as const) {
    const b = bench(base, [...fixes]);
    const id = queue(b);
    const child = b.fork(b.init);
    const thread = b.task(idOf(b.call(child, 'clone', THREAD, null)));
    receive(b, thread, id);
    send(b, b.init, id, 'x');
    t.is(stat(t, b, id).msg_lrpid, slept, base);
    send(b, b.init, id, 'x');
    receive(b, thread, id);
    t.is(stat(t, b, id).msg_lrpid, 2, base);
    t.is(stat(t, b, id).msg_lspid, 1);
  }
});
