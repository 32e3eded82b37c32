import test from 'ava';
import { EFD_NONBLOCK, EFD_SEMAPHORE, FIONREAD } from '../../src/kernel-sim/abi/descriptor.ts';
import { F_SETFL, O_CLOEXEC, O_DIRECT, O_NONBLOCK } from '../../src/kernel-sim/abi/open.ts';
import { SIG_IGN } from '../../src/kernel-sim/abi/signal.ts';
import type { Base } from '../../src/kernel-sim/profile.ts';
import { defaultLimits } from '../../src/kernel-sim/task/limits.ts';
import { FAULT, OUT } from '../../src/syscalls/datum.ts';
import { furnished, O_RDONLY, O_RDWR, O_WRONLY, readOnce, runTable, value } from '../kernel-sim/fs/_bench.ts';
import type { Lab } from '../kernel-sim/helpers/lab.ts';

const ones = '\xff'.repeat(8);
const number = (low: number): string => `${String.fromCharCode(low)}${'\0'.repeat(7)}`;

runTable(test, [
  ['pipe', 'init', 'pipe', [OUT], '= 0'],
  ['pipe into memory that is not there', 'init', 'pipe', [FAULT], 'EFAULT'],
  ['pipe into no memory', 'init', 'pipe', [null], 'EFAULT'],
  ['pipe2', 'init', 'pipe2', [OUT, O_CLOEXEC | O_NONBLOCK | O_DIRECT], ['ENOSYS', '= 0']],
  ['pipe2 with an unknown flag', 'init', 'pipe2', [OUT, 1], ['ENOSYS', 'EINVAL']],
  ['eventfd', 'init', 'eventfd', [3], '= 10'],
  ['eventfd2', 'init', 'eventfd2', [3, EFD_NONBLOCK | EFD_SEMAPHORE], ['ENOSYS', '= 10']],
  ['eventfd2 with an unknown flag', 'init', 'eventfd2', [3, 2], ['ENOSYS', 'EINVAL']],
  ['read of an event counter into less than eight bytes', 'init', 'read', [9, OUT, 7], 'EINVAL'],
  ['write of less than eight bytes to an event counter', 'init', 'write', [9, 'abcd', 4], 'EINVAL'],
  ['write of the largest number to an event counter', 'init', 'write', [9, ones, 8], 'EINVAL'],
  ['write of memory that is not there to an event counter', 'init', 'write', [9, FAULT, 8], 'EFAULT'],
  ['write to an event counter', 'init', 'write', [9, number(12), 8], '= 8'],
  ['write of nothing to a pipe', 'init', 'write', [5, '', 0], '= 0'],
  ['read of nothing from a pipe', 'init', 'read', [4, OUT, 0], '= 0'],
  ['write of memory that is not there to a pipe', 'init', 'write', [5, FAULT, 3], 'EFAULT'],
]);

runTable(
  test,
  [
    ['pipe when only one descriptor is free', 'init', 'pipe', [OUT], 'EMFILE'],
    ['eventfd in the last free descriptor', 'init', 'eventfd', [0], '= 10'],
  ],
  { limits: { ...defaultLimits, RLIMIT_NOFILE: { soft: 11, hard: 11 } } },
);

const bases: readonly Base[] = ['2.6.26', '6.x'];

const waits = (bed: Lab, who: Parameters<Lab['begin']>[0], ...call: [string, ...Parameters<Lab['begin']>[2][]]) => {
  const [name, ...args] = call;
  return bed.begin(who, name, ...args);
};

for (const base of bases) {
  test(`${base}: a pipe gives the bytes in their order, across writes`, (t) => {
    const bed = furnished(base);
    bed.call(bed.init, 'write', 5, 'abc', 3);
    bed.call(bed.user, 'write', 5, 'def', 3);
    t.is(readOnce(bed, bed.init, 4, 4), 'abcd');
    t.is(readOnce(bed, bed.user, 4, 4), 'ef');
  });

  test(`${base}: a reader of an empty pipe waits for a writer`, (t) => {
    const bed = furnished(base);
    const reading = waits(bed, bed.user, 'read', 4, OUT, 10);
    t.is(reading.result(), undefined);
    bed.call(bed.init, 'write', 5, 'abc', 3);
    t.like(reading.result(), { ok: true, value: { value: 3, out: { buf: 'abc' } } });
  });

  test(`${base}: when the last writer goes, readers get what is left and then the end`, (t) => {
    const bed = furnished(base);
    bed.call(bed.init, 'write', 5, 'abc', 3);
    bed.call(bed.init, 'close', 5);
    t.is(readOnce(bed, bed.user, 4), 'abc');
    const reading = waits(bed, bed.init, 'read', 4, OUT, 10);
    t.is(reading.result(), undefined);
    bed.call(bed.user, 'close', 5);
    t.like(reading.result(), { ok: true, value: { value: 0, out: { buf: '' } } });
  });

  test(`${base}: a writer whom nobody reads gets EPIPE and SIGPIPE`, (t) => {
    const bed = furnished(base);
    bed.call(bed.user, 'rt_sigaction', 13, { sa_handler: 'h', sa_mask: [], sa_flags: 0 }, null, 8);
    bed.call(bed.init, 'close', 4);
    bed.call(bed.user, 'close', 4);
    t.is(bed.outcome(bed.user, 'write', 5, 'x', 1), 'EPIPE');
    t.like(bed.entered.at(-1), { task: bed.user, handler: 'h', siginfo: { si_signo: 13, si_code: 0, si_pid: 2 } });
    t.is(bed.outcome(bed.user, 'write', 5, '', 0), '= 0');
  });

  test(`${base}: EPIPE comes without the signal when it is ignored`, (t) => {
    const bed = furnished(base);
    bed.call(bed.user, 'rt_sigaction', 13, { sa_handler: SIG_IGN, sa_mask: [], sa_flags: 0 }, null, 8);
    bed.call(bed.init, 'close', 4);
    bed.call(bed.user, 'close', 4);
    t.is(bed.outcome(bed.user, 'write', 5, 'x', 1), 'EPIPE');
    t.deepEqual(bed.entered, []);
  });

  test(`${base}: a writer that waits is told when the last reader goes`, (t) => {
    const bed = furnished(base);
    bed.call(bed.user, 'rt_sigaction', 13, { sa_handler: SIG_IGN, sa_mask: [], sa_flags: 0 }, null, 8);
    bed.call(bed.user, 'close', 4);
    const writing = waits(bed, bed.user, 'write', 5, 'x'.repeat(70_000), 70_000);
    t.is(writing.result(), undefined);
    bed.call(bed.init, 'close', 4);
    t.like(writing.result(), { ok: true, value: { value: 65_536 } });
    t.is(bed.outcome(bed.user, 'write', 5, 'x', 1), 'EPIPE');
  });

  test(`${base}: a pipe holds 16 pages, and a writer of more waits for room`, (t) => {
    const bed = furnished(base);
    const writing = waits(bed, bed.user, 'write', 5, 'x'.repeat(70_000), 70_000);
    t.is(writing.result(), undefined);
    const told = bed.call(bed.init, 'ioctl', 4, FIONREAD, OUT);
    t.like(told, { ok: true, value: { out: { argp: [65_536] } } });
    t.is(readOnce(bed, bed.init, 4, 4095).length, 4095);
    t.is(writing.result(), undefined, 'no page is free yet');
    t.is(readOnce(bed, bed.init, 4, 1).length, 1);
    t.is(writing.result(), undefined, 'one page is not enough');
    readOnce(bed, bed.init, 4, 4096);
    t.like(writing.result(), { ok: true, value: { value: 70_000 } });
  });

  test(`${base}: a full pipe takes no byte more without waiting, and half of a long write`, (t) => {
    const bed = furnished(base);
    value(bed, bed.init, 'fcntl', 5, F_SETFL, O_NONBLOCK);
    t.is(bed.outcome(bed.init, 'write', 5, 'x'.repeat(60_000), 60_000), '= 60000');
    t.is(
      bed.outcome(bed.init, 'write', 5, 'y'.repeat(20_000), 20_000),
      '= 4096',
      'the page begun before has no room for the odd bytes',
    );
    t.is(bed.outcome(bed.init, 'write', 5, 'z', 1), 'EAGAIN');
    readOnce(bed, bed.init, 4, 65_536);
    value(bed, bed.init, 'fcntl', 4, F_SETFL, O_NONBLOCK);
    t.is(readOnce(bed, bed.init, 4), 'EAGAIN');
  });

  test(`${base}: a write of at most 4096 bytes is all or nothing`, (t) => {
    const bed = furnished(base);
    value(bed, bed.init, 'fcntl', 5, F_SETFL, O_NONBLOCK);
    for (let i = 0; i < 16; i++) t.is(bed.outcome(bed.init, 'write', 5, 'x'.repeat(3000), 3000), '= 3000');
    t.is(bed.outcome(bed.init, 'write', 5, 'y'.repeat(1097), 1097), 'EAGAIN', 'no page has room for all of it');
    t.is(bed.outcome(bed.init, 'write', 5, 'y'.repeat(1096), 1096), '= 1096');
  });

  test(`${base}: a signal ends the wait of a reader, and of a writer that has written nothing`, (t) => {
    const bed = furnished(base);
    const handler = { sa_handler: 'h', sa_mask: [], sa_flags: 0 };
    bed.call(bed.user, 'rt_sigaction', 10, handler, null, 8);
    const reading = waits(bed, bed.user, 'read', 4, OUT, 1);
    bed.call(bed.init, 'kill', 2, 10);
    bed.settle();
    t.like(reading.result(), { ok: false, errno: 'EINTR' });
    bed.call(bed.init, 'write', 5, 'x'.repeat(65_536), 65_536);
    const writing = waits(bed, bed.user, 'write', 5, 'y', 1);
    bed.call(bed.init, 'kill', 2, 10);
    bed.settle();
    t.like(writing.result(), { ok: false, errno: 'EINTR' });
    t.is(readOnce(bed, bed.init, 4, 65_536).length, 65_536);
    t.is(bed.outcome(bed.init, 'ioctl', 4, FIONREAD, OUT), '= 0');
  });

  test(`${base}: a signal makes a write that has begun a short one`, (t) => {
    const bed = furnished(base);
    bed.call(bed.user, 'rt_sigaction', 10, { sa_handler: 'h', sa_mask: [], sa_flags: 0 }, null, 8);
    const writing = waits(bed, bed.user, 'write', 5, 'x'.repeat(70_000), 70_000);
    bed.call(bed.init, 'kill', 2, 10);
    bed.settle();
    t.like(writing.result(), { ok: true, value: { value: 65_536 } });
  });

  test(`${base}: a read that finds only bad memory leaves the bytes in the pipe`, (t) => {
    const bed = furnished(base);
    bed.call(bed.init, 'write', 5, 'abc', 3);
    t.is(bed.outcome(bed.init, 'read', 4, FAULT, 3), 'EFAULT');
    t.is(readOnce(bed, bed.init, 4), 'abc');
  });

  test(`${base}: a reader and a writer of a FIFO wait for each other`, (t) => {
    const bed = furnished(base);
    const reading = waits(bed, bed.user, 'open', '/fifo', O_RDONLY, 0);
    t.is(reading.result(), undefined);
    t.is(bed.outcome(bed.init, 'open', '/fifo', O_WRONLY, 0), '= 10');
    t.like(reading.result(), { ok: true, value: { value: 10 } });
    bed.call(bed.init, 'write', 10, 'abc', 3);
    t.is(readOnce(bed, bed.user, 10), 'abc');
  });

  test(`${base}: a FIFO opened for both does not wait, and forgets its bytes with its last holder`, (t) => {
    const bed = furnished(base);
    t.is(bed.outcome(bed.user, 'open', '/fifo', O_RDWR, 0), '= 10');
    bed.call(bed.user, 'write', 10, 'abc', 3);
    bed.call(bed.user, 'close', 10);
    t.is(bed.outcome(bed.user, 'open', '/fifo', O_RDWR | O_NONBLOCK, 0), '= 10');
    t.is(readOnce(bed, bed.user, 10), 'EAGAIN');
  });

  test(`${base}: a signal ends the wait of an open of a FIFO, which leaves nothing behind`, (t) => {
    const bed = furnished(base);
    bed.call(bed.user, 'rt_sigaction', 10, { sa_handler: 'h', sa_mask: [], sa_flags: 0 }, null, 8);
    const opening = waits(bed, bed.user, 'open', '/fifo', O_RDONLY, 0);
    bed.call(bed.init, 'kill', 2, 10);
    bed.settle();
    t.like(opening.result(), { ok: false, errno: 'EINTR' });
    t.is(bed.outcome(bed.init, 'open', '/fifo', O_WRONLY | O_NONBLOCK, 0), 'ENXIO');
    t.is(bed.outcome(bed.user, 'dup', 3), '= 10');
  });

  test(`${base}: an event counter adds up, and a reader waits for it to be above 0`, (t) => {
    const bed = furnished(base);
    bed.call(bed.init, 'write', 9, number(5), 8);
    bed.call(bed.init, 'write', 9, number(7), 8);
    t.is(readOnce(bed, bed.user, 9, 8), number(12));
    const reading = waits(bed, bed.user, 'read', 9, OUT, 8);
    t.is(reading.result(), undefined);
    bed.call(bed.init, 'write', 9, number(1), 8);
    t.like(reading.result(), { ok: true, value: { value: 8, out: { buf: number(1) } } });
  });
}

test('2.6.26: a reader that has got something still waits for the bytes of a writer that sleeps; 6.x does not', (t) => {
  for (const base of bases) {
    const bed = furnished(base);
    const writing = waits(bed, bed.user, 'write', 5, 'x'.repeat(70_000), 70_000);
    const read = readOnce(bed, bed.init, 4, 100_000);
    t.is(read.length, base === '6.x' ? 65_536 : 70_000);
    t.like(writing.result(), { ok: true, value: { value: 70_000 } });
  }
});

test('a counter with EFD_SEMAPHORE is taken one by one, and says EAGAIN to those who do not wait', (t) => {
  const bed = furnished('6.x');
  const fd = value(bed, bed.init, 'eventfd2', 2, EFD_SEMAPHORE | EFD_NONBLOCK);
  t.is(readOnce(bed, bed.init, fd, 8), number(1));
  t.is(readOnce(bed, bed.init, fd, 8), number(1));
  t.is(readOnce(bed, bed.init, fd, 8), 'EAGAIN');
  const almost = `\xfe${'\xff'.repeat(7)}`;
  t.is(bed.outcome(bed.init, 'write', fd, almost, 8), '= 8');
  t.is(bed.outcome(bed.init, 'write', fd, almost, 8), 'EAGAIN');
});

test('with O_DIRECT each write is a packet, and what a read has no room for is lost', (t) => {
  const bed = furnished('6.x');
  const made = bed.call(bed.init, 'pipe2', OUT, O_DIRECT);
  t.like(made, { ok: true, value: { out: { pipefd: [10, 11] } } });
  bed.call(bed.init, 'write', 11, 'first', 5);
  bed.call(bed.init, 'write', 11, 'second', 6);
  t.is(readOnce(bed, bed.init, 10, 3), 'fir');
  t.is(readOnce(bed, bed.init, 10, 100), 'second');
});
