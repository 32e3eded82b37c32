import test from 'ava';
import type { Ipc } from '../../../src/restorer/image/index.ts';
import { complaints, lines, live, MODES, plan, restore, root, tree, zombie } from '../helpers/tree.ts';
import { ipc, queue, segment, set } from '../image/_images.ts';

const tasks = () => [root(), live({ pid: 10 }), live({ pid: 11, ppid: 10 }), zombie({ pid: 12 })];

const message = (type: number, text: string) => ({ type, text });

const table: [string, Partial<Ipc>][] = [
  ['a queue as it is made', { msg: [queue(0)] }],
  ['ids with a sequence, in any order of slots', { msg: [queue(98_306), queue(1), queue(32_768)], sem: [set(65_541)] }],
  [
    'keys, also ones that C takes for negative',
    { msg: [queue(0, { key: 0xfeedbeef })], shm: [segment(3, { key: 1 })] },
  ],
  [
    'messages in their order, with any bytes and with none',
    { msg: [queue(4, { messages: [message(3, 'three'), message(1, ''), message(3, '\0\xff\n"$\\')] })] },
  ],
  [
    'a queue that holds more than the ordinary limit',
    { msg: [queue(4, { qbytes: 40_000, messages: Array.from({ length: 9 }, () => message(1, 'x'.repeat(4000))) })] },
  ],
  [
    'a queue whose limit was lowered below what it holds',
    { msg: [queue(4, { qbytes: 100, messages: [message(1, 'x'.repeat(2000))] })] },
  ],
  ['a message beyond the ordinary limit', { msg: [queue(4, { messages: [message(1, 'y'.repeat(12_000))] })] }],
  [
    'who sent and received last, and when',
    { msg: [queue(0, { lspid: 4711, lrpid: 10, stime: 1, rtime: 2, ctime: 3 })] },
  ],
  ['a part of the history', { msg: [queue(0, { lspid: 'unknown', stime: 77, ctime: 'unknown' })] }],
  [
    'owners, creators and modes of three users',
    {
      msg: [queue(0, { cuid: 5, cgid: 6, uid: 7, gid: 8, mode: 0o642 }), queue(1, { cuid: 5, cgid: 9 })],
      sem: [set(2, { cuid: 1, uid: 1 })],
      shm: [segment(0, { cgid: 3, gid: 4 })],
    },
  ],
  ['semaphores with values', { sem: [set(0, { values: [0, 1, 32_767], pids: [0, 0, 0], otime: 9 })] }],
  [
    'semaphores that the living, zombies and the dead were the last to set',
    { sem: [set(0, { values: [1, 2, 0, 4, 5], pids: [1, 10, 11, 12, 4711] }), set(1, { values: [7], pids: [4711] })] },
  ],
  [
    'segments with contents on several pages',
    {
      shm: [
        segment(0, {
          size: 20_000,
          contents: [
            { offset: 4090, bytes: 'across the page' },
            { offset: 19_999, bytes: '!' },
          ],
        }),
      ],
    },
  ],
  [
    'a segment that is locked, and one that is removed but attached',
    {
      shm: [
        segment(0, { locked: true }),
        segment(1, { dest: true, attaches: [{ pid: 10, address: 0x7000_0000, flags: 0 }] }),
      ],
    },
  ],
  [
    'attachments of parents and children, each at its own address',
    {
      shm: [
        segment(0, {
          lpid: 11,
          atime: 5,
          dtime: 6,
          attaches: [
            { pid: 10, address: 0x7000_0000, flags: 0 },
            { pid: 11, address: 0x7100_0000, flags: 0o10000 },
            { pid: 11, address: 'unknown', flags: 'unknown' },
          ],
        }),
      ],
    },
  ],
  [
    'limits that somebody has set',
    {
      limits: {
        sem: [10, 100, 5, 9],
        msgmax: 100,
        msgmnb: 200,
        msgmni: 17,
        shmmax: 12_345_678,
        shmall: 4242,
        shmmni: 9,
      },
    },
  ],
  [
    'more objects than a kernel starts with room for',
    {
      msg: Array.from({ length: 100 }, (_, id) => queue(id)),
      sem: Array.from({ length: 200 }, (_, id) =>
        set(id, { values: Array.from({ length: 170 }, () => 1), pids: 'unknown' }),
      ),
    },
  ],
];

for (const [title, objects] of table) {
  test(`restores ${title}`, (t) => {
    const image = tree(tasks(), {}, { ipc: ipc(objects) });
    for (const mode of MODES) t.deepEqual(complaints(restore(image, { mode })), [], mode);
  });
}

test('segments are made before queues and queues before sets, all before the first fork, and their history comes last', (t) => {
  const all = plan(tree(tasks(), {}, { ipc: ipc({ msg: [queue(3)], sem: [set(1)], shm: [segment(2)] }) }));
  const calls = lines(all, 'init')
    .map((line) => line.slice(0, line.indexOf('(')))
    .filter((call) => /^(?:msg|sem|shm|fork)/.test(call));
  t.deepEqual(calls, ['shmget', 'msgget', 'semget', 'fork', 'fork', 'shmctl', 'msgctl', 'semctl']);
});

test('an object is made by who made it, and root comes back', (t) => {
  const all = plan(tree([root()], {}, { ipc: ipc({ msg: [queue(3, { cuid: 5, cgid: 6, uid: 5, gid: 6 })] }) }));
  const init = lines(all, 'init');
  const at = init.findIndex((line) => line.startsWith('setresgid'));
  t.deepEqual(init.slice(at, at + 6), [
    'setresgid(-1, 6, -1) = 0',
    'setresuid(-1, 5, -1) = 0',
    'write(nsd, "LONG1 3", 7) = 7  # intent: msgget',
    'msgget(IPC_PRIVATE, IPC_CREAT|IPC_EXCL|0600) = 3',
    'setresuid(-1, 0, -1) = 0',
    'setresgid(-1, 0, -1) = 0',
  ]);
});

test('an image that knows no history leaves that of the restore', (t) => {
  const unknown = { lspid: 'unknown', lrpid: 'unknown', stime: 'unknown', rtime: 'unknown', ctime: 'unknown' };
  const all = plan(tree([root()], {}, { ipc: ipc({ msg: [queue(3, unknown)] }) }));
  t.false(lines(all, 'init').some((line) => line.startsWith('msgctl')));
});

test('undo lists and POSIX queues are said to be lost', (t) => {
  const undo = [{ tasks: [10], entries: [{ semid: 1, adjust: [1, 0] }] }];
  const mqueue = [{ name: 'a', uid: 0, gid: 0, mode: 0o600, maxmsg: 1, msgsize: 1, messages: [] }];
  t.deepEqual(plan(tree(tasks(), {}, { ipc: ipc({ sem: [set(1)], undo, mqueue }) })).losses, [
    { hazard: null, message: 'undo lists of semaphores', tasks: [10] },
    { hazard: null, message: 'POSIX message queues', tasks: [] },
  ]);
});

test('a limit that the kernel has no file for is said to be lost', (t) => {
  t.deepEqual(
    plan(tree([root()], {}, { ipc: ipc({ limits: { msg_default: 10, shm_rmid_forced: 0 } }) })).losses.map(
      ({ message }) => message,
    ),
    [
      'the limit msg_default, which this kernel does not have',
      'the limit shm_rmid_forced, which this kernel does not have',
    ],
  );
});
