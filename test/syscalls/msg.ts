import test from 'ava';
import {
  IPC_CREAT,
  IPC_EXCL,
  IPC_INFO,
  IPC_NOWAIT,
  IPC_RMID,
  IPC_SET,
  IPC_STAT,
  MSG_COPY,
  MSG_EXCEPT,
  MSG_INFO,
  MSG_NOERROR,
  MSG_STAT,
  MSG_STAT_ANY,
} from '../../src/kernel-sim/abi/ipc.ts';
import type { Datum } from '../../src/syscalls/datum.ts';
import { after, BASES, type Bench, bench, checkTable, idOf, OUT, type Row } from '../kernel-sim/ipc/_bench.ts';

const KEY = 0x4d51;
const BAD_ADDRESS = 0x10;
const hello: Datum = { mtype: 1, mtext: 'hello' };

/** A queue of root's with permissions `mode`. */
const queue = (b: Bench, mode = 0o600): number => idOf(b.call(b.init, 'msgget', KEY, IPC_CREAT | mode));

/** The id of a queue that was removed and whose slot was given out again. */
function outdated(b: Bench): number {
  if (b.k.is26) {
    const id = queue(b);
    b.call(b.init, 'msgctl', id, IPC_RMID, null);
    queue(b);
    return id;
  }
  b.limit('msg_next_id', 5);
  const id = queue(b);
  b.call(b.init, 'msgctl', id, IPC_RMID, null);
  b.limit('msg_next_id', 5 + 32_768);
  queue(b);
  return id;
}

const gets: Row[] = [
  ['a key nobody used, without IPC_CREAT', BASES, (b) => [b.init, 'msgget', KEY, 0], 'ENOENT'],
  ['a key nobody used, with IPC_EXCL alone', BASES, (b) => [b.init, 'msgget', KEY, IPC_EXCL], 'ENOENT'],
  [
    'a key that is used, with IPC_CREAT and IPC_EXCL',
    BASES,
    (b) => [after(queue(b), b.init), 'msgget', KEY, IPC_CREAT | IPC_EXCL],
    'EEXIST',
  ],
  ['a key that is used', BASES, (b) => [after(queue(b), b.init), 'msgget', KEY, 0], '= 0'],
  ['a key that is used, with IPC_CREAT', BASES, (b) => [after(queue(b), b.init), 'msgget', KEY, IPC_CREAT], '= 0'],
  ['IPC_PRIVATE, whatever the flags', BASES, (b) => [b.init, 'msgget', 0, IPC_EXCL], '= 0'],
  ['permissions that others do not have', BASES, (b) => [after(queue(b), b.user(1)), 'msgget', KEY, 0o600], 'EACCES'],
  ['no permissions asked for', BASES, (b) => [after(queue(b, 0), b.user(1)), 'msgget', KEY, 0], '= 0'],
  [
    'as many queues as msgmni',
    BASES,
    (b) => [after([b.limit('msgmni', 1), queue(b)], b.init), 'msgget', 0, 0],
    'ENOSPC',
  ],
  [
    'the key of a queue when the table is full',
    BASES,
    (b) => [after([b.limit('msgmni', 1), queue(b)], b.init), 'msgget', KEY, 0],
    '= 0',
  ],
];

const sends: Row[] = [
  ['no structure', BASES, (b) => [b.init, 'msgsnd', -1, null, 5, 0], 'EFAULT'],
  ['a structure at a bad address', BASES, (b) => [b.init, 'msgsnd', queue(b), BAD_ADDRESS, 5, 0], 'EFAULT'],
  ['a negative id', BASES, (b) => [b.init, 'msgsnd', -1, hello, 5, 0], 'EINVAL'],
  ['a negative size', BASES, (b) => [b.init, 'msgsnd', queue(b), hello, -1, 0], 'EINVAL'],
  ['a size above msgmax', BASES, (b) => [b.init, 'msgsnd', queue(b), hello, 8193, 0], 'EINVAL'],
  ['a size of msgmax', BASES, (b) => [b.init, 'msgsnd', queue(b), hello, 8192, 0], '= 0'],
  ['type 0', BASES, (b) => [b.init, 'msgsnd', queue(b), { mtype: 0, mtext: '' }, 0, 0], 'EINVAL'],
  ['a negative type', BASES, (b) => [b.init, 'msgsnd', queue(b), { mtype: -1, mtext: '' }, 0, 0], 'EINVAL'],
  ['a text at a bad address', BASES, (b) => [b.init, 'msgsnd', 77, { mtype: 1, mtext: BAD_ADDRESS }, 1, 0], 'EFAULT'],
  ['an empty slot', BASES, (b) => [b.init, 'msgsnd', 77, hello, 5, 0], 'EINVAL'],
  ['a slot that holds another queue by now', ['2.6.26'], (b) => [b.init, 'msgsnd', outdated(b), hello, 5, 0], 'EIDRM'],
  ['a slot that holds another queue by now', ['6.x'], (b) => [b.init, 'msgsnd', outdated(b), hello, 5, 0], 'EINVAL'],
  ['no permission to write', BASES, (b) => [b.user(1), 'msgsnd', queue(b, 0o644), hello, 5, 0], 'EACCES'],
  ['permission for the group', BASES, (b) => [b.user(1, { fsgid: 0 }), 'msgsnd', queue(b, 0o620), hello, 5, 0], '= 0'],
  ['permission for others', BASES, (b) => [b.user(1), 'msgsnd', queue(b, 0o602), hello, 5, 0], '= 0'],
  [
    'others may, but the owner may not',
    BASES,
    (b) => [b.user(1), 'msgsnd', idOf(b.call(b.task(2), 'msgget', 0, 0o066)), hello, 5, 0],
    'EACCES',
  ],
  [
    'CAP_IPC_OWNER',
    BASES,
    (b) => [b.user(1, { capabilities: ['CAP_IPC_OWNER'] }), 'msgsnd', queue(b, 0), hello, 5, 0],
    '= 0',
  ],
  ['a queue without room for the bytes', BASES, (b) => [b.init, 'msgsnd', full(b), hello, 5, IPC_NOWAIT], 'EAGAIN'],
  ['a full queue and no permission', BASES, (b) => [b.user(1), 'msgsnd', full(b), hello, 5, IPC_NOWAIT], 'EACCES'],
];

/** A queue of 10 bytes with 8 in it. */
function full(b: Bench): number {
  const id = queue(b);
  b.call(b.init, 'msgctl', id, IPC_SET, { msg_perm: { uid: 0, gid: 0, mode: 0o600 }, msg_qbytes: 10 });
  b.call(b.init, 'msgsnd', id, { mtype: 7, mtext: '12345678' }, 8, 0);
  return id;
}

const receives: Row[] = [
  ['a negative id', BASES, (b) => [b.init, 'msgrcv', -1, OUT, 5, 0, 0], 'EINVAL'],
  ['a negative size', BASES, (b) => [b.init, 'msgrcv', queue(b), OUT, -1, 0, 0], 'EINVAL'],
  ['an empty slot', BASES, (b) => [b.init, 'msgrcv', 77, OUT, 5, 0, 0], 'EINVAL'],
  ['a slot that holds another queue by now', ['2.6.26'], (b) => [b.init, 'msgrcv', outdated(b), OUT, 5, 0, 0], 'EIDRM'],
  ['a slot that holds another queue by now', ['6.x'], (b) => [b.init, 'msgrcv', outdated(b), OUT, 5, 0, 0], 'EINVAL'],
  ['no permission to read', BASES, (b) => [b.user(1), 'msgrcv', queue(b, 0o622), OUT, 5, 0, 0], 'EACCES'],
  ['an empty queue', BASES, (b) => [b.init, 'msgrcv', queue(b), OUT, 5, 0, IPC_NOWAIT], 'ENOMSG'],
  ['no message of that type', BASES, (b) => [b.init, 'msgrcv', full(b), OUT, 8, 6, IPC_NOWAIT], 'ENOMSG'],
  ['none of another type', BASES, (b) => [b.init, 'msgrcv', full(b), OUT, 8, 7, MSG_EXCEPT | IPC_NOWAIT], 'ENOMSG'],
  ['none up to that type', BASES, (b) => [b.init, 'msgrcv', full(b), OUT, 8, -6, IPC_NOWAIT], 'ENOMSG'],
  ['a buffer that is too small', BASES, (b) => [b.init, 'msgrcv', full(b), OUT, 7, 0, 0], 'E2BIG'],
  ['a message that is cut', BASES, (b) => [b.init, 'msgrcv', full(b), OUT, 7, 0, MSG_NOERROR], '= 7'],
  ['up to its type', BASES, (b) => [b.init, 'msgrcv', full(b), OUT, 99, -7, 0], '= 8'],
  ['MSG_EXCEPT with type 0', BASES, (b) => [b.init, 'msgrcv', full(b), OUT, 99, 0, MSG_EXCEPT], '= 8'],
  ['a buffer that cannot be written', BASES, (b) => [b.init, 'msgrcv', full(b), null, 8, 0, 0], 'EFAULT'],
  ['MSG_COPY of a number', ['6.x'], (b) => [b.init, 'msgrcv', full(b), OUT, 8, 0, MSG_COPY | IPC_NOWAIT], '= 8'],
  ['MSG_COPY past the end', ['6.x'], (b) => [b.init, 'msgrcv', full(b), OUT, 8, 1, MSG_COPY | IPC_NOWAIT], 'ENOMSG'],
  ['MSG_COPY that might wait', ['6.x'], (b) => [b.init, 'msgrcv', full(b), OUT, 8, 0, MSG_COPY], 'EINVAL'],
  [
    'MSG_COPY with MSG_EXCEPT',
    ['6.x'],
    (b) => [b.init, 'msgrcv', full(b), OUT, 8, 0, MSG_COPY | MSG_EXCEPT | IPC_NOWAIT],
    'EINVAL',
  ],
  [
    'MSG_COPY into a buffer that cannot be written',
    ['6.x'],
    (b) => [b.init, 'msgrcv', 77, null, 8, 0, MSG_COPY | IPC_NOWAIT],
    'EFAULT',
  ],
  [
    'MSG_COPY of a message that is too long',
    ['6.x'],
    (b) => [b.init, 'msgrcv', full(b), OUT, 7, 0, MSG_COPY | IPC_NOWAIT],
    'E2BIG',
  ],
  [
    'MSG_COPY of a message that would be cut',
    ['6.x'],
    (b) => [b.init, 'msgrcv', full(b), OUT, 7, 0, MSG_COPY | MSG_NOERROR | IPC_NOWAIT],
    'EINVAL',
  ],
  ['MSG_COPY, which 2.6.26 does not know', ['2.6.26'], (b) => [b.init, 'msgrcv', full(b), OUT, 8, 7, MSG_COPY], '= 8'],
];

const change = (changes: { readonly [field: string]: Datum } = {}): Datum => ({
  msg_perm: { uid: 0, gid: 0, mode: 0o600 },
  msg_qbytes: 16_384,
  ...changes,
});

const controls: Row[] = [
  ['a negative id', BASES, (b) => [b.init, 'msgctl', -1, IPC_STAT, OUT], 'EINVAL'],
  ['a negative command', BASES, (b) => [b.init, 'msgctl', queue(b), -1, OUT], 'EINVAL'],
  ['an unknown command', BASES, (b) => [b.init, 'msgctl', queue(b), 99, OUT], 'EINVAL'],
  [
    'MSG_STAT_ANY, which 2.6.26 does not know',
    ['2.6.26'],
    (b) => [b.init, 'msgctl', queue(b), MSG_STAT_ANY, OUT],
    'EINVAL',
  ],
  ['a command marked IPC_64', ['2.6.26'], (b) => [b.init, 'msgctl', queue(b), 0x100 | IPC_STAT, OUT], '= 0'],
  ['a command marked IPC_64', ['6.x'], (b) => [b.init, 'msgctl', queue(b), 0x100 | IPC_STAT, OUT], 'EINVAL'],
  ['IPC_STAT of an empty slot', BASES, (b) => [b.init, 'msgctl', 77, IPC_STAT, OUT], 'EINVAL'],
  ['IPC_STAT of an empty slot into no buffer', ['2.6.26'], (b) => [b.init, 'msgctl', 77, IPC_STAT, null], 'EFAULT'],
  ['IPC_STAT of an empty slot into no buffer', ['6.x'], (b) => [b.init, 'msgctl', 77, IPC_STAT, null], 'EINVAL'],
  ['IPC_STAT of an outdated id', ['2.6.26'], (b) => [b.init, 'msgctl', outdated(b), IPC_STAT, OUT], 'EIDRM'],
  ['IPC_STAT of an outdated id', ['6.x'], (b) => [b.init, 'msgctl', outdated(b), IPC_STAT, OUT], 'EINVAL'],
  ['IPC_STAT without permission', BASES, (b) => [b.user(1), 'msgctl', queue(b, 0o622), IPC_STAT, OUT], 'EACCES'],
  ['IPC_STAT into a bad buffer', BASES, (b) => [b.init, 'msgctl', queue(b), IPC_STAT, BAD_ADDRESS], 'EFAULT'],
  ['MSG_STAT of an empty slot', BASES, (b) => [b.init, 'msgctl', 3, MSG_STAT, OUT], 'EINVAL'],
  ['MSG_STAT without permission', BASES, (b) => [b.user(1), 'msgctl', after(queue(b, 0), 0), MSG_STAT, OUT], 'EACCES'],
  [
    'MSG_STAT_ANY without permission',
    ['6.x'],
    (b) => [b.user(1), 'msgctl', after(queue(b, 0), 0), MSG_STAT_ANY, OUT],
    '= 0',
  ],
  [
    'MSG_STAT by slot, whatever the rest of the number',
    BASES,
    (b) => [b.init, 'msgctl', after(queue(b), 32_768), MSG_STAT, OUT],
    '= 0',
  ],
  ['IPC_INFO with no queues', BASES, (b) => [b.init, 'msgctl', 0, IPC_INFO, OUT], '= 0'],
  ['IPC_INFO into no buffer', BASES, (b) => [b.init, 'msgctl', 0, IPC_INFO, null], 'EFAULT'],
  [
    'MSG_INFO with two queues',
    BASES,
    (b) => [b.init, 'msgctl', after([queue(b), b.call(b.init, 'msgget', 0, 0)], 0), MSG_INFO, OUT],
    '= 1',
  ],
  ['IPC_SET from nowhere', BASES, (b) => [b.init, 'msgctl', 77, IPC_SET, null], 'EFAULT'],
  ['IPC_SET of an empty slot', BASES, (b) => [b.init, 'msgctl', 77, IPC_SET, change()], 'EINVAL'],
  ['IPC_SET of an outdated id', ['2.6.26'], (b) => [b.init, 'msgctl', outdated(b), IPC_SET, change()], 'EIDRM'],
  ['IPC_SET of an outdated id', ['6.x'], (b) => [b.init, 'msgctl', outdated(b), IPC_SET, change()], 'EINVAL'],
  ['IPC_SET by another', BASES, (b) => [b.user(1), 'msgctl', queue(b, 0o666), IPC_SET, change()], 'EPERM'],
  [
    'IPC_SET with CAP_SYS_ADMIN',
    BASES,
    (b) => [b.user(1, { capabilities: ['CAP_SYS_ADMIN'] }), 'msgctl', queue(b), IPC_SET, change()],
    '= 0',
  ],
  [
    'IPC_SET above msgmnb',
    BASES,
    (b) => [b.user(1), 'msgctl', idOf(b.call(b.task(2), 'msgget', 0, 0)), IPC_SET, change({ msg_qbytes: 16_385 })],
    'EPERM',
  ],
  [
    'IPC_SET above msgmnb with CAP_SYS_RESOURCE',
    BASES,
    (b) => [b.init, 'msgctl', queue(b), IPC_SET, change({ msg_qbytes: 99_999 })],
    '= 0',
  ],
  [
    'IPC_SET to a user who cannot be',
    ['6.x'],
    (b) => [b.init, 'msgctl', queue(b), IPC_SET, change({ msg_perm: { uid: -1, gid: 0, mode: 0 } })],
    'EINVAL',
  ],
  [
    'IPC_SET to a user who cannot be',
    ['2.6.26'],
    (b) => [b.init, 'msgctl', queue(b), IPC_SET, change({ msg_perm: { uid: -1, gid: 0, mode: 0 } })],
    '= 0',
  ],
  ['IPC_RMID of an empty slot', BASES, (b) => [b.init, 'msgctl', 77, IPC_RMID, null], 'EINVAL'],
  ['IPC_RMID of an outdated id', ['2.6.26'], (b) => [b.init, 'msgctl', outdated(b), IPC_RMID, null], 'EIDRM'],
  ['IPC_RMID of an outdated id', ['6.x'], (b) => [b.init, 'msgctl', outdated(b), IPC_RMID, null], 'EINVAL'],
  ['IPC_RMID by another', BASES, (b) => [b.user(1), 'msgctl', queue(b, 0o666), IPC_RMID, null], 'EPERM'],
  [
    'IPC_RMID by the creator',
    BASES,
    (b) => [b.user(1), 'msgctl', idOf(b.call(b.task(2), 'msgget', 0, 0)), IPC_RMID, null],
    '= 0',
  ],
];

test('msgget finds a queue by its key, makes one, or says why not', (t) => checkTable(t, gets));
test('msgsnd refuses in the order of each kernel', (t) => checkTable(t, sends));
test('msgrcv refuses in the order of each kernel', (t) => checkTable(t, receives));
test('msgctl refuses in the order of each kernel', (t) => checkTable(t, controls));

for (const base of BASES) {
  test(`${base}: a message goes from one to the other, and the queue remembers who and when`, (t) => {
    const b = bench(base);
    const id = queue(b);
    const born = b.output(t, b.init, 'msgctl', id, IPC_STAT, OUT) as { msg_ctime: number };
    b.second();
    const sender = b.fork(b.init);
    t.is(b.outcome(sender, 'msgsnd', id, hello, 5, 0), '= 0');
    b.second();
    t.deepEqual(b.output(t, b.init, 'msgrcv', id, OUT, 100, 0, 0), { mtype: 1, mtext: 'hello' });
    t.deepEqual(b.output(t, b.init, 'msgctl', id, IPC_STAT, OUT), {
      msg_perm: { uid: 0, gid: 0, mode: 0o600, key: KEY, cuid: 0, cgid: 0 },
      msg_stime: born.msg_ctime + 1,
      msg_rtime: born.msg_ctime + 2,
      msg_ctime: born.msg_ctime,
      msg_qnum: 0,
      msg_qbytes: 16_384,
      msg_lspid: 2,
      msg_lrpid: 1,
    });
  });

  test(`${base}: a text shorter than its size is filled up with zeros, a longer one is cut`, (t) => {
    const b = bench(base);
    const id = queue(b);
    b.call(b.init, 'msgsnd', id, { mtype: 1, mtext: 'ab' }, 4, 0);
    b.call(b.init, 'msgsnd', id, { mtype: 1, mtext: 'abcdef' }, 4, 0);
    t.deepEqual(b.output(t, b.init, 'msgrcv', id, OUT, 9, 0, 0), { mtype: 1, mtext: 'ab\0\0' });
    t.deepEqual(b.output(t, b.init, 'msgrcv', id, OUT, 9, 0, 0), { mtype: 1, mtext: 'abcd' });
  });

  test(`${base}: a message that was cut or could not be copied out is gone, one that was too long stays`, (t) => {
    const b = bench(base);
    const id = full(b);
    const qnum = (): unknown => (b.output(t, b.init, 'msgctl', id, IPC_STAT, OUT) as { msg_qnum: number }).msg_qnum;
    b.call(b.init, 'msgrcv', id, OUT, 7, 0, 0);
    t.is(qnum(), 1);
    b.call(b.init, 'msgrcv', id, null, 8, 0, 0);
    t.is(qnum(), 0);
  });

  test(`${base}: a negative type takes the lowest, the earliest among equals`, (t) => {
    const b = bench(base);
    const id = queue(b);
    for (const [mtype, mtext] of [
      [5, 'a'],
      [3, 'b'],
      [4, 'c'],
      [3, 'd'],
      [9, 'e'],
    ] as const) {
      b.call(b.init, 'msgsnd', id, { mtype, mtext }, 1, 0);
    }
    const taken = Array.from(
      { length: 4 },
      () => (b.output(t, b.init, 'msgrcv', id, OUT, 1, -5, 0) as { mtext: string }).mtext,
    );
    t.deepEqual(taken, ['b', 'd', 'c', 'a']);
    t.is(b.outcome(b.init, 'msgrcv', id, OUT, 1, -5, IPC_NOWAIT), 'ENOMSG');
    t.is(b.outcome(b.init, 'msgrcv', id, OUT, 1, 5, MSG_EXCEPT), '= 1');
  });

  test(`${base}: IPC_SET changes owner, mode and size, and keeps the creator`, (t) => {
    const b = bench(base);
    const id = queue(b);
    b.second();
    b.call(b.init, 'msgctl', id, IPC_SET, change({ msg_perm: { uid: 7, gid: 8, mode: 0o4777 }, msg_qbytes: 10 }));
    const status = b.output(t, b.init, 'msgctl', id, IPC_STAT, OUT) as {
      msg_perm: Datum;
      msg_qbytes: number;
      msg_ctime: number;
    };
    t.deepEqual(status.msg_perm, { uid: 7, gid: 8, mode: 0o777, key: KEY, cuid: 0, cgid: 0 });
    t.is(status.msg_qbytes, 10);
    t.is(status.msg_ctime, 1_215_500_001);
  });
}

test('empty messages are limited by the number of bytes a queue may hold', (t) => {
  for (const base of BASES) {
    const b = bench(base);
    const id = queue(b);
    b.call(b.init, 'msgctl', id, IPC_SET, change({ msg_qbytes: 2 }));
    const send = (): string => b.outcome(b.init, 'msgsnd', id, { mtype: 1, mtext: '' }, 0, IPC_NOWAIT);
    t.deepEqual([send(), send(), send()], ['= 0', '= 0', 'EAGAIN'], base);
  }
});

test('MSG_COPY leaves the queue as it was', (t) => {
  const b = bench('6.x');
  const id = full(b);
  const before = b.output(t, b.init, 'msgctl', id, IPC_STAT, OUT);
  t.deepEqual(b.output(t, b.init, 'msgrcv', id, OUT, 8, 0, MSG_COPY | IPC_NOWAIT), { mtype: 7, mtext: '12345678' });
  t.deepEqual(b.output(t, b.init, 'msgctl', id, IPC_STAT, OUT), before);
});

test('IPC_INFO shows limits, MSG_INFO totals', (t) => {
  const b = bench('6.x');
  full(b);
  const constant = { msgmax: 8192, msgmnb: 16_384, msgmni: 32_000, msgssz: 16, msgseg: 65_535 };
  t.deepEqual(b.output(t, b.init, 'msgctl', 0, IPC_INFO, OUT), {
    ...constant,
    msgpool: 512_000,
    msgmap: 16_384,
    msgtql: 16_384,
  });
  t.deepEqual(b.output(t, b.init, 'msgctl', 0, MSG_INFO, OUT), { ...constant, msgpool: 1, msgmap: 1, msgtql: 8 });
  const older = bench('2.6.26');
  t.like(older.output(t, older.init, 'msgctl', 0, IPC_INFO, OUT), {
    msgpool: 256,
    msgseg: 16_384,
    msgmni: 2048,
  });
});

test('MSG_STAT returns the id of the queue in a slot', (t) => {
  for (const base of BASES) {
    const b = bench(base);
    queue(b);
    const second = idOf(b.call(b.init, 'msgget', 0, 0o600));
    t.is(b.outcome(b.init, 'msgctl', 1, MSG_STAT, OUT), `= ${second}`, base);
  }
});
