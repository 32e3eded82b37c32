import test from 'ava';
import {
  SIG_IGN,
  SIGCHLD,
  SIGINT,
  SIGKILL,
  SIGRTMIN,
  SIGSTOP,
  SIGUSR1,
  SIGUSR2,
} from '../../../src/kernel-sim/abi/signal.ts';
import { SI_QUEUE, SI_TKILL, SI_USER } from '../../../src/kernel-sim/abi/signal-code.ts';
import type { Base } from '../../../src/kernel-sim/profile.ts';
import type { Task } from '../../../src/kernel-sim/task/task.ts';
import { type Datum, OUT } from '../../../src/syscalls/datum.ts';
import { linkText, readOnce, slurp } from '../fs/_bench.ts';
import { ADDRESS, type Bench, bases, bench } from './_bench.ts';

const SIGRT = SIGRTMIN + 3;

/** A word of 32 bits of a structure that was read, by its offset. */
const word = (bytes: string, at: number): number =>
  [0, 1, 2, 3].reduce((sum, i) => sum + (bytes.charCodeAt(at + i) << (8 * i)), 0);

/** Process 2 blocks signals and has descriptor 3 for them. */
function watching(base: Base, ...signals: number[]): Bench {
  const bed = bench(base);
  bed.block(bed.child, ...signals);
  bed.call(bed.child, 'signalfd', -1, signals, 8);
  return bed;
}

/** The signals that a read gives. */
const signalsRead = (bytes: string): number[] =>
  Array.from({ length: bytes.length / 128 }, (_, i) => word(bytes, 128 * i));

const isReadable = (bed: Bench, task: Task, fd = 3): boolean => {
  const polled = bed.call(task, 'poll', [{ fd, events: 0x45 }], 1, 0);
  if (!polled.ok) throw new Error(polled.errno);
  const [{ revents }] = polled.value.out!.fds as unknown as [{ revents: number }];
  return revents === 1;
};

for (const base of bases) {
  test(`${base}: a read takes a signal out of the queue and says who sent it`, (t) => {
    const bed = watching(base, SIGUSR1);
    const { init, child } = bed;
    bed.call(init, 'kill', 2, SIGUSR1);
    const bytes = readOnce(bed, child, 3, 128);
    t.is(bytes.length, 128);
    t.deepEqual(
      [0, 4, 8, 12, 16].map((at) => word(bytes, at)),
      [SIGUSR1, 0, SI_USER, 1, 0],
    );
    t.is(bytes.slice(20), '\0'.repeat(108));
    t.deepEqual(bed.pending(child), { own: [], shared: [] });
  });

  test(`${base}: a queued value is read in both of its widths`, (t) => {
    const bed = watching(base, SIGRT);
    const details: Datum = { si_signo: SIGRT, si_code: SI_QUEUE, si_pid: 1, si_uid: 7, si_ptr: 0x1_0000_0002 };
    bed.call(bed.init, 'rt_sigqueueinfo', 2, SIGRT, details);
    const bytes = readOnce(bed, bed.child, 3, 128);
    t.deepEqual(
      [0, 8, 12, 16, 44, 48, 52].map((at) => word(bytes, at)),
      [SIGRT, SI_QUEUE, 1, 7, 2, 2, 1],
    );
  });

  test(`${base}: the end of a child is read with its status`, (t) => {
    const bed = watching(base, SIGCHLD);
    const grandchild = bed.fork(bed.child);
    bed.begin(grandchild, 'exit_group', 3);
    const bytes = readOnce(bed, bed.child, 3, 128);
    t.deepEqual(
      [0, 8, 12, 40].map((at) => word(bytes, at)),
      [SIGCHLD, 1, 3, 3],
    );
  });

  test(`${base}: a read gives as many signals as fit, the thread's own first, lower numbers first`, (t) => {
    const bed = watching(base, SIGUSR1, SIGUSR2, SIGRT);
    const { child } = bed;
    bed.call(child, 'kill', 2, SIGUSR1);
    bed.call(child, 'kill', 2, SIGRT);
    bed.call(child, 'kill', 2, SIGRT);
    bed.call(child, 'tgkill', 2, 2, SIGUSR2);
    const first = readOnce(bed, child, 3, 300);
    t.deepEqual(signalsRead(first), [SIGUSR2, SIGUSR1]);
    t.is(word(first, 8), SI_TKILL);
    t.deepEqual(signalsRead(readOnce(bed, child, 3, 4096)), [SIGRT, SIGRT]);
  });

  test(`${base}: a reader waits, and the signals that were sent wake it`, (t) => {
    const bed = watching(base, SIGUSR1, SIGUSR2);
    const { init, child } = bed;
    const sending: [string, ...Datum[]][] = [
      ['kill', 2, SIGUSR1],
      ['tgkill', 2, 2, SIGUSR2],
    ];
    for (const send of sending) {
      const reading = bed.begin(child, 'read', 3, OUT, 256);
      t.is(reading.result(), undefined);
      t.is(bed.state(child), 'interruptible');
      bed.call(init, ...send);
      t.like(reading.result(), { ok: true, value: { value: 128 } });
    }
  });

  test(`${base}: a signal of another kind interrupts a read, which is made again after SA_RESTART only`, (t) => {
    const bed = watching(base, SIGUSR1);
    const { init, child } = bed;
    bed.act(child, SIGINT, ADDRESS);
    const reading = bed.begin(child, 'read', 3, OUT, 128);
    bed.call(init, 'kill', 2, SIGINT);
    t.like(reading.result(), { ok: false, errno: 'EINTR' });
    bed.act(child, SIGINT, ADDRESS, 0x1000_0000);
    const again = bed.begin(child, 'read', 3, OUT, 128);
    bed.call(init, 'kill', 2, SIGINT);
    t.is(again.result(), undefined);
    bed.call(init, 'kill', 2, SIGUSR1);
    t.like(again.result(), { ok: true, value: { value: 128 } });
    t.is(bed.entered.length, 2);
  });

  test(`${base}: a reader takes even a signal that is not blocked, and its handler gets what nobody reads`, (t) => {
    const bed = bench(base);
    const { init, child } = bed;
    bed.act(child, SIGUSR1, ADDRESS);
    bed.call(child, 'signalfd', -1, [SIGUSR1], 8);
    bed.call(init, 'kill', 2, SIGUSR1);
    t.is(bed.entered.length, 1);
    const reading = bed.begin(child, 'read', 3, OUT, 128);
    bed.call(init, 'kill', 2, SIGUSR1);
    t.like(reading.result(), { ok: true, value: { value: 128 } });
    t.is(bed.entered.length, 1);
  });

  test(`${base}: an ignored signal is read while it is blocked`, (t) => {
    const bed = watching(base, SIGUSR1);
    bed.act(bed.child, SIGUSR1, SIG_IGN);
    bed.call(bed.init, 'kill', 2, SIGUSR1);
    t.deepEqual(signalsRead(readOnce(bed, bed.child, 3)), [SIGUSR1]);
  });

  test(`${base}: SIGKILL and SIGSTOP are taken out of the set without a word`, (t) => {
    const bed = watching(base, SIGKILL, SIGSTOP, SIGUSR1);
    const reading = bed.begin(bed.child, 'read', 3, OUT, 128);
    bed.call(bed.init, 'kill', 2, SIGSTOP);
    t.is(reading.result(), undefined);
    t.is(bed.state(bed.child), 'stopped');
    bed.call(bed.init, 'kill', 2, SIGKILL);
    bed.settle();
    t.is(bed.call(bed.init, 'wait4', 2, null, 1, null).ok, true);
  });

  test(`${base}: another set counts from the next look on, also for who waits`, (t) => {
    const bed = watching(base, SIGUSR1, SIGUSR2);
    const { init, child } = bed;
    const second = bed.thread(child);
    bed.call(child, 'signalfd', 3, [SIGUSR2], 8);
    const reading = bed.begin(child, 'read', 3, OUT, 128);
    bed.call(init, 'kill', 2, SIGUSR1);
    t.is(reading.result(), undefined);
    t.false(isReadable(bed, second));
    bed.call(second, 'signalfd', 3, [SIGUSR1], 8);
    t.like(reading.result(), { ok: true, value: { value: 128 } });
  });

  test(`${base}: who polls is told of its own signals and those of its process, not of other threads'`, (t) => {
    const bed = watching(base, SIGUSR1);
    const { init, child } = bed;
    const second = bed.thread(child);
    t.false(isReadable(bed, child));
    bed.call(init, 'tgkill', 2, 3, SIGUSR1);
    t.deepEqual([isReadable(bed, child), isReadable(bed, second)], [false, true]);
    bed.call(init, 'kill', 2, SIGUSR1);
    t.deepEqual([isReadable(bed, child), isReadable(bed, second)], [true, true]);
    readOnce(bed, second, 3, 128);
    t.true(isReadable(bed, child));
    readOnce(bed, child, 3, 128);
    t.false(isReadable(bed, child));
  });

  test(`${base}: poll and select wait until a signal is there`, (t) => {
    const bed = watching(base, SIGUSR1);
    const { init, child } = bed;
    const polling = bed.begin(child, 'poll', [{ fd: 3, events: 1 }], 1, -1);
    t.is(polling.result(), undefined);
    bed.call(init, 'kill', 2, SIGUSR1);
    t.like(polling.result(), { value: { value: 1, out: { fds: [{ revents: 1 }] } } });
    readOnce(bed, child, 3, 128);
    const selecting = bed.begin(child, 'select', 4, [3], null, null, null);
    t.is(selecting.result(), undefined);
    bed.call(init, 'kill', 2, SIGUSR1);
    t.like(selecting.result(), { value: { value: 1, out: { readfds: [3] } } });
  });

  test(`${base}: a child that has the open file too reads its own signals from it`, (t) => {
    const bed = watching(base, SIGUSR1);
    const { init, child } = bed;
    const heir = bed.fork(child);
    bed.call(init, 'kill', 2, SIGUSR1);
    t.deepEqual([isReadable(bed, child), isReadable(bed, heir)], [true, false]);
    const reading = bed.begin(heir, 'read', 3, OUT, 128);
    t.is(reading.result(), undefined);
    bed.call(init, 'kill', 3, SIGUSR1);
    t.like(reading.result(), { value: { value: 128 } });
    t.true(isReadable(bed, child));
  });

  test(`${base}: a duplicate leads to the same set, and outlives the first`, (t) => {
    const bed = watching(base, SIGUSR1);
    const { init, child } = bed;
    bed.call(child, 'dup', 3);
    bed.call(child, 'signalfd', 3, [SIGUSR1, SIGUSR2], 8);
    bed.call(child, 'close', 3);
    bed.block(child, SIGUSR2);
    bed.call(init, 'kill', 2, SIGUSR2);
    t.deepEqual(signalsRead(readOnce(bed, child, 4, 128)), [SIGUSR2]);
  });

  test(`${base}: only one of two threads that wait gets the signal of their process`, (t) => {
    const bed = watching(base, SIGUSR1);
    const { init, child } = bed;
    const second = bed.thread(child);
    const readings = [child, second].map((task) => bed.begin(task, 'read', 3, OUT, 128));
    bed.call(init, 'kill', 2, SIGUSR1);
    t.is(readings.filter((reading) => reading.result() !== undefined).length, 1);
    bed.call(init, 'kill', 2, SIGUSR1);
    for (const reading of readings) t.like(reading.result(), { value: { value: 128 } });
  });
}

test('/proc shows what kind of file it is, and its set on 6.x', (t) => {
  const bed = watching('6.x', SIGUSR1, SIGKILL, SIGRT);
  t.is(linkText(bed, bed.init, '/proc/2/fd/3'), 'anon_inode:[signalfd]');
  t.regex(slurp(bed, bed.init, '/proc/2/fdinfo/3'), /^sigmask:\t0000000400000200$/m);
  const old = watching('2.6.26', SIGUSR1);
  t.notRegex(slurp(old, old.init, '/proc/2/fdinfo/3'), /sigmask/);
});

test('readv fills its segments with one structure on 6.x', (t) => {
  const bed = watching('6.x', SIGUSR1);
  bed.call(bed.init, 'kill', 2, SIGUSR1);
  const segments: Datum = [
    { iov_base: OUT, iov_len: 100 },
    { iov_base: OUT, iov_len: 100 },
  ];
  t.like(bed.call(bed.child, 'readv', 3, segments, 2), { value: { value: 128 } });
});
