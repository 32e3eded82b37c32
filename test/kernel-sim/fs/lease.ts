import test from 'ava';
import {
  F_GETLEASE,
  F_RDLCK,
  F_SETLEASE,
  F_UNLCK,
  F_WRLCK,
  O_CREAT,
  O_NONBLOCK,
} from '../../../src/kernel-sim/abi/open.ts';
import { SIGIO } from '../../../src/kernel-sim/abi/signal.ts';
import { SI_KERNEL } from '../../../src/kernel-sim/abi/signal-code.ts';
import type { Task } from '../../../src/kernel-sim/task/task.ts';
import { type Lab, lab } from '../helpers/lab.ts';
import { O_RDONLY, O_RDWR, O_WRONLY, open } from './_bench.ts';

interface Setting {
  readonly b: Lab;
  readonly fd: number;
  readonly child: Task;
  readonly lease: (type: number) => string;
  readonly type: () => string;
}

/** A file that init has open for reading, a child that has not, and a handler for SIGIO. */
function setting(): Setting {
  const b = lab('6.x');
  const child = b.fork(b.init);
  const fd = open(b, b.init, '/tmp/leased', O_RDONLY | O_CREAT, 0o666);
  b.call(b.init, 'rt_sigaction', SIGIO, { sa_handler: 0x4000, sa_mask: [], sa_flags: 0 }, null, 8);
  return {
    b,
    fd,
    child,
    lease: (type) => b.outcome(b.init, 'fcntl', fd, F_SETLEASE, type),
    type: () => b.outcome(b.init, 'fcntl', fd, F_GETLEASE, 0),
  };
}

test('a lease is had where nobody has the file open against it', (t) => {
  const { b, child, lease, type } = setting();
  t.is(lease(F_UNLCK), 'EAGAIN');
  t.is(lease(F_WRLCK), '= 0');
  t.is(type(), `= ${F_WRLCK}`);
  t.is(lease(F_UNLCK), '= 0');
  open(b, child, '/tmp/leased', O_RDWR);
  t.is(lease(F_RDLCK), 'EAGAIN');
  t.is(lease(9), 'EINVAL');
});

test('F_SETLEASE wants a regular file', (t) => {
  const b = lab('6.x');
  t.is(b.outcome(b.init, 'fcntl', open(b, b.init, '/tmp'), F_SETLEASE, F_RDLCK), 'EINVAL');
});

test('who opens a leased file waits until its holder, who is told, has given the lease up', (t) => {
  const { b, child, lease, type } = setting();
  lease(F_RDLCK);
  const opening = b.begin(child, 'open', '/tmp/leased', O_WRONLY, 0);
  t.is(opening.result(), undefined);
  t.deepEqual(
    b.entered.map(({ siginfo }) => siginfo),
    [{ si_signo: SIGIO, si_code: SI_KERNEL }],
  );
  t.is(type(), `= ${F_UNLCK}`);
  lease(F_UNLCK);
  b.settle();
  t.like(opening.result(), { ok: true });
});

test('a reader may go on when the lease has been lowered, or after 45 s', (t) => {
  for (const lower of [true, false]) {
    const { b, child, lease, type } = setting();
    lease(F_WRLCK);
    const opening = b.begin(child, 'open', '/tmp/leased', O_RDONLY, 0);
    t.is(opening.result(), undefined);
    if (lower) lease(F_RDLCK);
    else b.passTime();
    b.settle();
    t.like(opening.result(), { ok: true });
    t.is(type(), `= ${F_RDLCK}`);
  }
});

test('who will not wait gets EAGAIN, and the holder is told all the same', (t) => {
  const { b, child, lease } = setting();
  lease(F_RDLCK);
  t.is(b.outcome(child, 'open', '/tmp/leased', O_WRONLY | O_NONBLOCK, 0), 'EAGAIN');
  t.is(b.entered.length, 1);
});
