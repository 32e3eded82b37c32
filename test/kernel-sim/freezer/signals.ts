import test from 'ava';
import * as fc from 'fast-check';
import { parseRecord } from '../../../src/kernel-sim/freezer/parse-record.ts';
import { printRecord, type SignalRecord } from '../../../src/kernel-sim/freezer/record.ts';
import type { SigInfo } from '../../../src/kernel-sim/signal/siginfo.ts';
import { setOf } from '../../../src/kernel-sim/signal/signal-set.ts';
import type { AltStack } from '../../../src/kernel-sim/signal/state.ts';
import { OUT } from '../../../src/syscalls/datum.ts';
import { become, value } from '../fs/_bench.ts';
import { ADDRESS, handler } from '../signal/_bench.ts';
import { type Freezer, freezer, GROUP, join, ROOT } from './_bench.ts';

const SIGNALS = `${GROUP}/freezer.signals`;

/** A set as the texts have it. */
const hex = (...signals: number[]): string => setOf(signals).toString(16).padStart(16, '0');

const EMPTY = `altstack none\nblocked ${hex()}\nactions\npending ${hex()}\nshared_pending ${hex()}\n`;

test('a record says all of a thread: stack, mask, actions and both queues with their details', (t) => {
  const bed = freezer();
  bed.block(bed.child, 10, 34);
  bed.act(bed.child, 12, ADDRESS, 0x1000_0000, [15]);
  bed.call(bed.child, 'sigaltstack', { ss_sp: 65_536, ss_flags: 0, ss_size: 8192 }, null);
  bed.call(bed.init, 'kill', 2, 10);
  for (const si_int of [7, -1]) {
    bed.call(bed.init, 'rt_sigqueueinfo', 2, 34, { si_signo: 34, si_code: -1, si_pid: 1, si_uid: 0, si_int });
  }
  bed.call(bed.init, 'tkill', 2, 34);
  bed.freeze();
  t.is(
    bed.get(SIGNALS),
    [
      'tid 2',
      'altstack 65536 8192 0',
      `blocked ${hex(10, 34)}`,
      'actions',
      `action 12 268435456 ${hex(15)} ${ADDRESS} 0`,
      `pending ${hex(34)}`,
      'sig 34 code -6 pid 1 uid 0',
      `shared_pending ${hex(10, 34)}`,
      'sig 10 code 0 pid 1 uid 0',
      'sig 34 code -1 pid 1 uid 0 value 7',
      'sig 34 code -1 pid 1 uid 0 value 4294967295',
      '',
    ].join('\n'),
  );
});

test('there is a record for each thread of the group, by number', (t) => {
  const bed = freezer();
  bed.thread(bed.child);
  bed.fork(bed.init);
  join(bed, 4);
  bed.freeze();
  t.is(bed.get(SIGNALS), [2, 3, 4].map((tid) => `tid ${tid}\n${EMPTY}`).join(''));
});

test('long lists are read piece by piece, each record whole', (t) => {
  const bed = freezer();
  for (let i = 0; i < 60; i++) bed.fork(bed.child);
  bed.freeze();
  const fd = value(bed, bed.init, 'open', SIGNALS, 0, 0);
  let text = '';
  for (;;) {
    const read = bed.call(bed.init, 'read', fd, OUT, 1000);
    const piece = read.ok ? (read.value.out!.buf as string) : '';
    if (piece === '') break;
    text += piece;
  }
  t.is(text, Array.from({ length: 61 }, (_, i) => `tid ${i + 2}\n${EMPTY}`).join(''));
});

test('what is written is what the thread has when it goes on', (t) => {
  const bed = freezer();
  bed.begin(bed.child, 'pause');
  bed.freeze();
  const text = [
    'tid 2',
    'altstack 65536 8192 0',
    `blocked ${hex(10, 34)}`,
    'actions',
    `action 12 0 ${hex(9, 15)} ${ADDRESS} 0`,
    `pending ${hex(34)}`,
    'sig 34 code -1 pid 77 uid 1000 value 7',
    `shared_pending ${hex(10)}`,
    'sig 10 code 0 errno 0 pid 88 uid 1001',
    '',
  ].join('\n');
  t.is(bed.put(SIGNALS, text), `= ${text.length}`);
  bed.thaw();
  t.deepEqual(bed.blocked(bed.child), [10, 34]);
  t.deepEqual(bed.pending(bed.child), { own: [34], shared: [10] });
  t.deepEqual(bed.entered, []);
  bed.call(bed.init, 'kill', 2, 12);
  t.is(bed.entered.length, 1);
  t.deepEqual(bed.take(bed.child, 34), {
    si_signo: 34,
    si_code: -1,
    si_pid: 77,
    si_uid: 1000,
    si_int: 7,
    si_ptr: 7,
  });
  t.like(bed.take(bed.child, 10), { si_signo: 10, si_code: 0, si_pid: 88, si_uid: 1001 });
});

test('a signal that is no longer blocked is taken at the thaw, with nothing to wake for in between (no G12)', (t) => {
  const bed = freezer();
  bed.act(bed.child, 10, ADDRESS);
  bed.block(bed.child, 10);
  bed.begin(bed.child, 'pause');
  bed.call(bed.init, 'kill', 2, 10);
  bed.freeze();
  bed.put(SIGNALS, `tid 2\nblocked ${hex()}\n`);
  t.deepEqual(bed.entered, []);
  bed.thaw();
  t.is(bed.entered.length, 1);
});

test('a signal that is blocked now is not taken at the thaw, and interrupts nothing', (t) => {
  const bed = freezer();
  const waiting = bed.begin(bed.child, 'pause');
  bed.act(bed.child, 10, ADDRESS);
  const napping = bed.begin(bed.child, 'pause');
  bed.freeze();
  bed.call(bed.init, 'kill', 2, 10);
  bed.put(SIGNALS, `tid 2\nblocked ${hex(10)}\n`);
  bed.thaw();
  t.deepEqual(bed.entered, []);
  t.is(waiting.result() ?? napping.result(), undefined);
});

test('a mask written during sigsuspend is the one that comes back (no G21), and is read as such', (t) => {
  const bed = freezer();
  bed.block(bed.child, 10);
  bed.act(bed.child, 12, ADDRESS);
  bed.begin(bed.child, 'rt_sigsuspend', [], 8);
  bed.freeze();
  t.true(bed.get(SIGNALS).includes(`blocked ${hex(10)}\n`));
  bed.put(SIGNALS, `tid 2\nblocked ${hex(15)}\n`);
  bed.call(bed.init, 'kill', 2, 12);
  bed.thaw();
  t.is(bed.entered.length, 1);
  t.deepEqual(bed.blocked(bed.child), [15]);
});

test('SIGKILL and SIGSTOP are taken out of masks (no G11)', (t) => {
  const bed = freezer();
  bed.freeze();
  bed.put(SIGNALS, `tid 2\nblocked ${hex(9, 10, 19)}\nactions\naction 10 0 ${hex(9, 12, 19)} 1 0\n`);
  t.true(bed.get(SIGNALS).includes(`blocked ${hex(10)}\nactions\naction 10 0 ${hex(12)} 1 0\n`));
});

test('what replaces a queue gives its entries back (no G4, no G22)', (t) => {
  const bed = freezer();
  const queued = (): number => bed.k.machine.store.peek(bed.k.users.signals.at(0));
  bed.block(bed.child, 10, 34);
  bed.call(bed.init, 'kill', 2, 10);
  bed.call(bed.init, 'kill', 2, 34);
  t.is(queued(), 2);
  bed.freeze();
  bed.put(SIGNALS, `tid 2\nshared_pending ${hex(34)}\nsig 34 code -1 value 1\n`);
  t.is(queued(), 1);
  bed.put(SIGNALS, `tid 2\nshared_pending ${hex()}\n`);
  t.is(queued(), 0);
});

test('a write that is refused changes nothing, whichever part is at fault', (t) => {
  const bed = freezer();
  bed.call(bed.child, 'setrlimit', 11, { rlim_cur: 1, rlim_max: 1 });
  bed.freeze();
  const before = bed.get(SIGNALS);
  const two = `shared_pending ${hex(34)}\nsig 34 code -1\nsig 34 code -1\n`;
  t.is(bed.put(SIGNALS, `tid 2\nblocked ${hex(10)}\naltstack 4096 8192 0\nactions\n${two}`), 'EAGAIN');
  t.is(bed.put(SIGNALS, `tid 2\nblocked ${hex(10)}\n${two}altstack 4096 100 0\n`), 'ENOMEM');
  t.is(bed.get(SIGNALS), before);
});

type Row = [title: string, setup: (bed: Freezer) => void, text: string, expected: string];

const freeze = (bed: Freezer): void => bed.freeze();
const nothing = (): void => {};

const writes: Row[] = [
  ['while the group is thawed', nothing, 'tid 2\n', 'EBUSY'],
  [
    'while it is about to freeze',
    (bed) => {
      bed.begin(bed.child, 'vfork', null);
      bed.freeze();
    },
    'tid 2\n',
    'EBUSY',
  ],
  ['a thread that is not in the group', freeze, 'tid 1\n', 'ESRCH'],
  ['a number of nobody', freeze, 'tid 77\n', 'ESRCH'],
  ['nothing', freeze, '', 'EINVAL'],
  ['no thread', freeze, `blocked ${hex()}\n`, 'EINVAL'],
  ['two threads', freeze, 'tid 2\ntid 2\n', 'EINVAL'],
  ['a part twice', freeze, 'tid 2\naltstack none\naltstack none\n', 'EINVAL'],
  ['an unknown part', freeze, 'tid 2\nwaiters\n', 'EINVAL'],
  ['a mask that is too short', freeze, 'tid 2\nblocked 0\n', 'EINVAL'],
  ['an entry outside of a queue', freeze, 'tid 2\nsig 10 code 0\n', 'EINVAL'],
  ['an entry that the set does not have', freeze, `tid 2\npending ${hex()}\nsig 10 code 0\n`, 'EINVAL'],
  ['an entry that cannot be read', freeze, `tid 2\npending ${hex(10)}\nsig 10 code none\n`, 'EINVAL'],
  ['a detail that nobody knows', freeze, `tid 2\npending ${hex(10)}\nsig 10 code 0 gid 7\n`, 'EINVAL'],
  ['a standard signal twice', freeze, `tid 2\npending ${hex(10)}\nsig 10 code 0\nsig 10 code 0\n`, 'EINVAL'],
  ['SIGKILL in a queue', freeze, `tid 2\nshared_pending ${hex(9)}\n`, 'EINVAL'],
  ['SIGSTOP in a queue', freeze, `tid 2\npending ${hex(19)}\nsig 19 code 0\n`, 'EINVAL'],
  ['an action of SIGKILL', freeze, `tid 2\nactions\naction 9 0 ${hex()} 1 0\n`, 'EINVAL'],
  ['an action of no signal', freeze, `tid 2\nactions\naction 65 0 ${hex()} 1 0\n`, 'EINVAL'],
  ['two actions of one signal', freeze, `tid 2\nactions\n${`action 10 0 ${hex()} 1 0\n`.repeat(2)}`, 'EINVAL'],
  ['a stack that is too small', freeze, 'tid 2\naltstack 4096 2047 0\n', 'ENOMEM'],
  ['flags of a stack that nobody knows', freeze, 'tid 2\naltstack 4096 8192 4\n', 'EINVAL'],
  [
    'a stack while a handler runs on the old one (no G19)',
    (bed) => {
      bed.call(bed.child, 'sigaltstack', { ss_sp: 65_536, ss_flags: 0, ss_size: 8192 }, null);
      bed.act(bed.child, 10, handler('on_usr1'), 0x0800_0000);
      bed.call(bed.init, 'kill', 2, 10);
      bed.freeze();
    },
    'tid 2\naltstack none\n',
    'EPERM',
  ],
  ['a bit without an entry', freeze, `tid 2\npending ${hex(10, 34)}\n`, `= ${'tid 2\npending \n'.length + 16}`],
  ['no part at all', freeze, 'tid 2\n', '= 6'],
  ['4 MiB', freeze, ' '.repeat(4 * 1024 * 1024), 'E2BIG'],
];

for (const [title, setup, text, expected] of writes) {
  test(`write: ${title}: ${expected.startsWith('=') ? 'taken' : expected}`, (t) => {
    const bed = freezer();
    setup(bed);
    t.is(bed.put(SIGNALS, text), expected);
  });
}

test('read: EBUSY while the group is not frozen, EFAULT for a bad buffer', (t) => {
  const bed = freezer();
  t.is(bed.get(SIGNALS), 'EBUSY');
  bed.freeze();
  const fd = value(bed, bed.init, 'open', SIGNALS, 2, 0);
  t.is(bed.outcome(bed.init, 'read', fd, null, 10), 'EFAULT');
  t.is(bed.outcome(bed.init, 'write', fd, null, 10), 'EFAULT');
  bed.thaw();
  t.is(bed.outcome(bed.init, 'read', fd, OUT, 10), 'EBUSY');
});

test('a thread that has stopped and is made to go on can be written to again once it has frozen', (t) => {
  const bed = freezer();
  bed.call(bed.init, 'kill', 2, 19);
  bed.freeze();
  t.is(bed.put(SIGNALS, 'tid 2\n'), '= 6', 'stopped is frozen enough');
  bed.call(bed.init, 'kill', 2, 18);
  t.is(bed.put(SIGNALS, 'tid 2\n'), '= 6');
});

test('nobody sees or sets what ptrace would not let him (no G16)', (t) => {
  const bed = freezer();
  const user = bed.fork(bed.init);
  bed.freeze();
  const fd = value(bed, bed.init, 'open', SIGNALS, 2, 0);
  become(bed, bed.init, 1000);
  t.is(bed.outcome(bed.init, 'read', fd, OUT, 100), 'EPERM');
  t.is(bed.outcome(bed.init, 'write', fd, 'tid 2\n', 6), 'EPERM');
  become(bed, user, 1000);
  t.is(bed.get(SIGNALS, user), 'EACCES');
});

test('threads of the process outside of the group are told of what they may take now', (t) => {
  const bed = freezer();
  const outside = bed.thread(bed.child);
  bed.put(`${ROOT}/tasks`, '3');
  bed.act(bed.child, 10, ADDRESS);
  bed.begin(outside, 'pause');
  bed.freeze();
  bed.put(SIGNALS, `tid 2\nshared_pending ${hex(10)}\nsig 10 code 0 pid 7 uid 0\n`);
  t.is(bed.entered.length, 1);
  t.is(bed.entered[0]!.task, outside);
});

// --- property ---

const signo = fc.integer({ min: 1, max: 64 }).filter((n) => n !== 9 && n !== 19);
const set = fc.uniqueArray(signo).map(setOf);
const u32 = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const address = fc.oneof(u32, fc.bigInt({ min: 2n ** 60n, max: 2n ** 64n - 1n })).map((n) => n || 1);
const code = fc.integer({ min: -60, max: 128 });

const info: fc.Arbitrary<SigInfo> = fc
  .tuple(
    fc.record({ si_signo: signo, si_code: code }),
    fc.record({ si_errno: u32, si_pid: u32, si_uid: u32, si_status: u32, si_utime: u32 }, { requiredKeys: [] }),
    fc.record({ si_timerid: u32, si_overrun: u32, si_addr: address, si_band: u32, si_fd: u32 }, { requiredKeys: [] }),
    fc.option(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })),
  )
  .map(([what, who, where, whole]) => {
    const si_ptr = whole === null || whole === 0n ? null : whole <= 2n ** 53n - 1n ? Number(whole) : whole;
    return {
      ...what,
      ...who,
      ...where,
      ...(whole === null ? {} : { si_int: Number(BigInt.asIntN(32, whole)), si_ptr }),
    };
  });

const queue = fc.tuple(fc.array(info, { maxLength: 5 }), set).map(([all, more]) => {
  const seen = new Set<number>();
  const entries = all.filter(({ si_signo: n }) => n >= 32 || (!seen.has(n) && seen.add(n)));
  return { set: setOf(entries.map(({ si_signo }) => si_signo)) | more, entries };
});

const action = fc.record({
  signo,
  flags: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  mask: set,
  handler: fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }),
  restorer: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
});

const stack: fc.Arbitrary<AltStack | null> = fc.option(
  fc.record({ sp: address, size: fc.integer({ min: 2048, max: 2 ** 40 }), flags: fc.constant(0) }),
);

const record: fc.Arbitrary<SignalRecord> = fc.record({
  tid: fc.constant(2),
  altStack: stack,
  blocked: set,
  actions: fc
    .uniqueArray(action, { selector: (one) => one.signo })
    .map((all) => all.toSorted((a, b) => a.signo - b.signo)),
  pending: queue,
  shared: queue,
});

test('what is written to a frozen thread is what is read back, and reading it back changes nothing', (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(record, (wanted) => {
        const bed = freezer();
        bed.freeze();
        const text = printRecord(wanted);
        const put = bed.put(SIGNALS, text);
        const got = bed.get(SIGNALS);
        if (put !== `= ${text.length}` || got !== text) throw new Error(`${put}\n${text}\n${got}`);
        if (bed.get(SIGNALS) !== text) throw new Error('read differently again');
      }),
      { numRuns: 60 },
    ),
  );
});

test('a text that was printed is taken apart to what it was printed from', (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(record, (wanted) => t.deepEqual(parseRecord(printRecord(wanted)), wanted)),
      { numRuns: 300 },
    ),
  );
});
