import test from 'ava';
import {
  F_GETLK,
  F_OFD_SETLK,
  F_RDLCK,
  F_SETLK,
  F_SETLKW,
  F_UNLCK,
  F_WRLCK,
  O_CREAT,
} from '../../../src/kernel-sim/abi/open.ts';
import type { Task } from '../../../src/kernel-sim/task/task.ts';
import type { Struct } from '../../../src/syscalls/datum.ts';
import { type Lab, lab } from '../helpers/lab.ts';
import { O_RDWR, open } from './_bench.ts';

const range = (l_type: number, l_start = 0, l_len = 0): Struct => ({ l_type, l_whence: 0, l_start, l_len, l_pid: 0 });

interface Setting {
  readonly b: Lab;
  readonly fd: number;
  readonly child: Task;
  readonly lock: (task: Task, cmd: number, ...args: Parameters<typeof range>) => string;
  readonly wait: (task: Task, ...args: Parameters<typeof range>) => ReturnType<Lab['begin']>;
  /** What F_GETLK finds for a writer of the whole file: type, start, length and holder. */
  readonly found: (task: Task) => unknown;
}

/** A file that init has open, and a child that inherited it. */
function setting(): Setting {
  const b = lab('6.x');
  const fd = open(b, b.init, '/tmp/locked', O_RDWR | O_CREAT, 0o644);
  return {
    b,
    fd,
    child: b.fork(b.init),
    lock: (task, cmd, ...args) => b.outcome(task, 'fcntl', fd, cmd, range(...args)),
    wait: (task, ...args) => b.begin(task, 'fcntl', fd, F_SETLKW, range(...args)),
    found(task) {
      const result = b.call(task, 'fcntl', fd, F_GETLK, range(F_WRLCK));
      const { l_type, l_start, l_len, l_pid } = (result.ok ? result.value.out!.arg : {}) as Struct;
      return l_type === F_UNLCK ? null : [l_type, l_start, l_len, l_pid];
    },
  };
}

test('a lock of a process keeps out others, and not itself', (t) => {
  const { b, child, lock, found } = setting();
  t.is(lock(b.init, F_SETLK, F_WRLCK, 0, 5), '= 0');
  t.is(lock(b.init, F_SETLK, F_RDLCK, 2, 10), '= 0');
  t.is(lock(child, F_SETLK, F_RDLCK, 0, 1), 'EAGAIN');
  t.is(lock(child, F_SETLK, F_RDLCK, 2, 1), '= 0');
  t.deepEqual(found(child), [F_WRLCK, 0, 2, 1]);
  t.is(found(b.task(1)) === null, false);
});

test('a range taken off the middle leaves two locks, and neighbours of one kind join', (t) => {
  const { b, child, lock, found } = setting();
  lock(b.init, F_SETLK, F_WRLCK, 0, 0);
  lock(b.init, F_SETLK, F_UNLCK, 3, 3);
  t.deepEqual(found(child), [F_WRLCK, 0, 3, 1]);
  lock(b.init, F_SETLK, F_WRLCK, 3, 3);
  t.deepEqual(found(child), [F_WRLCK, 0, 0, 1]);
});

test('closing any descriptor of the file lets go of the locks of the process', (t) => {
  const { b, child, lock, found } = setting();
  lock(b.init, F_SETLK, F_WRLCK);
  b.call(b.init, 'close', open(b, b.init, '/tmp/locked'));
  t.is(found(child), null);
});

test('a lock of an open file stays until the last descriptor of it is closed', (t) => {
  const { b, fd, child, lock } = setting();
  const other = open(b, child, '/tmp/locked', O_RDWR);
  const take = () => b.outcome(child, 'fcntl', other, F_OFD_SETLK, range(F_WRLCK));
  lock(b.init, F_OFD_SETLK, F_WRLCK);
  b.call(b.init, 'close', fd);
  t.is(take(), 'EAGAIN'); // the child holds the open file as well
  b.call(child, 'close', fd);
  t.is(take(), '= 0');
});

test('a wait for a lock ends when the holder lets go, and when it ends', (t) => {
  const { b, child, lock, wait } = setting();
  lock(b.init, F_SETLK, F_WRLCK, 0, 1);
  const first = wait(child, F_WRLCK);
  t.is(first.result(), undefined);
  lock(b.init, F_SETLK, F_UNLCK);
  b.settle();
  t.like(first.result(), { ok: true });
  const second = wait(b.init, F_WRLCK);
  b.begin(child, 'exit_group', 0);
  b.settle();
  t.like(second.result(), { ok: true });
});

test('a wait that would close a circle of waits is refused with EDEADLK', (t) => {
  const { b, child, lock, wait } = setting();
  lock(b.init, F_SETLK, F_WRLCK, 0, 1);
  lock(child, F_SETLK, F_WRLCK, 1, 1);
  t.is(wait(child, F_WRLCK, 0, 1).result(), undefined);
  t.like(wait(b.init, F_WRLCK, 1, 1).result(), { ok: false, errno: 'EDEADLK' });
});
