import test from 'ava';
import { CLONE_FILES, CLONE_FS } from '../../../src/kernel-sim/abi/clone.ts';
import { POLLIN, POLLRDNORM } from '../../../src/kernel-sim/abi/descriptor.ts';
import {
  F_GETFL,
  F_GETOWN,
  F_GETPIPE_SZ,
  F_SETFL,
  F_SETOWN,
  F_SETPIPE_SZ,
  F_SETSIG,
  O_APPEND,
  O_ASYNC,
  O_CLOEXEC,
  O_CREAT,
  O_PATH,
} from '../../../src/kernel-sim/abi/open.ts';
import { SA_NODEFER, SIGCHLD, SIGIO, SIGUSR2 } from '../../../src/kernel-sim/abi/signal.ts';
import { POLL_IN, SI_KERNEL } from '../../../src/kernel-sim/abi/signal-code.ts';
import { closeOnExec, unshareFiles } from '../../../src/kernel-sim/fs/files.ts';
import { unshareFs } from '../../../src/kernel-sim/fs/fs-context.ts';
import type { Steps } from '../../../src/kernel-sim/machine/effect.ts';
import { Frame } from '../../../src/kernel-sim/machine/frame.ts';
import type { Base } from '../../../src/kernel-sim/profile.ts';
import { ok } from '../../../src/kernel-sim/result.ts';
import type { Task } from '../../../src/kernel-sim/task/task.ts';
import { OUT } from '../../../src/syscalls/datum.ts';
import { type Lab, lab } from '../helpers/lab.ts';
import { furnished, makeThread, O_RDONLY, O_RDWR, open, readOnce, value } from './_bench.ts';

const bases: readonly Base[] = ['2.6.26', '6.x'];

/** Runs a part of the kernel that no call on the bench leads to. */
function run(bed: Lab, task: Task, part: () => Steps<unknown>): void {
  const start = function* (): Steps<unknown> {
    yield* part();
    return ok({ value: 0 });
  };
  bed.k.machine.store.write(task.frame, Frame.begin({ name: 'part', args: [], start }));
  bed.settle();
}

const cloneOf = (bed: Lab, task: Task, flags: number): Task =>
  bed.task(value(bed, task, 'clone', flags | SIGCHLD, null));

for (const base of bases) {
  test(`${base}: fork copies the table, so a close in one is none in the other, but the open files are the same`, (t) => {
    const bed = furnished(base);
    bed.call(bed.init, 'close', 3);
    t.is(readOnce(bed, bed.user, 3, 2), 'he');
    t.is(readOnce(bed, bed.user, 7, 2), 'he');
    t.is(readOnce(bed, bed.init, 7, 2), 'll', 'the position is shared');
  });

  test(`${base}: CLONE_FILES shares the table`, (t) => {
    const bed = lab(base);
    const partner = cloneOf(bed, bed.init, CLONE_FILES);
    t.is(open(bed, partner, '/dev/null'), 3);
    t.is(bed.outcome(bed.init, 'close', 3), '= 0');
    t.is(bed.outcome(partner, 'close', 3), 'EBADF');
  });

  test(`${base}: the last holder of a table closes what is in it`, (t) => {
    const bed = lab(base);
    const child = bed.fork(bed.init);
    bed.call(child, 'pipe', OUT);
    const partner = cloneOf(bed, child, CLONE_FILES);
    const heir = bed.fork(child);
    bed.call(heir, 'close', 4);
    const reading = bed.begin(heir, 'read', 3, OUT, 1);
    bed.begin(child, 'exit', 0);
    t.is(reading.result(), undefined, 'the partner still has the writing end');
    bed.begin(partner, 'exit', 0);
    bed.settle();
    t.like(reading.result(), { ok: true, value: { value: 0 } });
  });

  test(`${base}: exec gives the task a table of its own, without what is marked close-on-exec`, (t) => {
    const bed = lab(base);
    const child = bed.fork(bed.init);
    const partner = cloneOf(bed, child, CLONE_FILES);
    open(bed, child, '/dev/null', O_CLOEXEC);
    open(bed, child, '/dev/null');
    run(bed, child, () => closeOnExec(bed.k, child));
    t.is(bed.outcome(child, 'close', 3), 'EBADF');
    t.is(bed.outcome(child, 'close', 4), '= 0');
    t.is(bed.outcome(partner, 'close', 3), '= 0');
    t.is(bed.outcome(partner, 'close', 4), '= 0');
  });

  test(`${base}: unshare gives a task a table and a working directory of its own`, (t) => {
    const bed = lab(base);
    const partner = cloneOf(bed, bed.init, CLONE_FILES | CLONE_FS);
    const cwd = (task: Task): unknown => {
      const told = bed.call(task, 'getcwd', OUT, 100);
      return told.ok ? told.value.out!.buf : told.errno;
    };
    bed.call(partner, 'chdir', '/tmp');
    t.is(cwd(bed.init), '/tmp');
    run(bed, partner, () => unshareFs(partner));
    run(bed, partner, () => unshareFiles(bed.k, partner));
    bed.call(partner, 'chdir', '/dev');
    t.is(cwd(bed.init), '/tmp');
    bed.call(partner, 'close', 0);
    t.is(bed.outcome(bed.init, 'dup', 0), '= 3');
  });

  test(`${base}: a read goes on when another thread closes its descriptor`, (t) => {
    const bed = furnished(base);
    const thread = makeThread(bed, bed.user, CLONE_FILES);
    bed.call(bed.init, 'close', 4);
    const reading = bed.begin(bed.user, 'read', 4, OUT, 10);
    t.is(bed.outcome(thread, 'close', 4), '= 0');
    t.is(bed.outcome(bed.init, 'write', 5, 'abc', 3), '= 3', 'there is still a reader');
    t.like(reading.result(), { ok: true, value: { out: { buf: 'abc' } } });
  });

  test(`${base}: an unlinked file lives on while it is open, under a name that says so`, (t) => {
    const bed = furnished(base);
    bed.call(bed.init, 'unlink', '/d/f');
    t.is(bed.outcome(bed.init, 'open', '/d/f', O_RDONLY, 0), 'ENOENT');
    bed.call(bed.init, 'pwrite64', 3, 'J', 1, 0);
    t.is(readOnce(bed, bed.user, 7), 'Jello');
    t.like(bed.call(bed.init, 'readlink', '/proc/self/fd/3', OUT, 100), {
      ok: true,
      value: { out: { buf: '/d/f (deleted)' } },
    });
    t.like(bed.call(bed.init, 'fstat', 3, OUT), { ok: true, value: { out: { statbuf: { st_nlink: 0 } } } });
  });

  test(`${base}: O_APPEND writes at the end wherever the position is, and pwrite does so too`, (t) => {
    const bed = furnished(base);
    const fd = open(bed, bed.init, '/d/f', O_RDWR | O_APPEND);
    bed.call(bed.init, 'write', 3, 'JELLO!', 6);
    bed.call(bed.init, 'write', fd, '?', 1);
    bed.call(bed.init, 'pwrite64', fd, '.', 1, 0);
    t.is(readOnce(bed, bed.init, 7), 'JELLO!?.');
    t.is(value(bed, bed.init, 'lseek', fd, 0, 1), 7, 'pwrite does not move the position');
  });

  test(`${base}: what was never written reads as NUL bytes, across pages and after a cut`, (t) => {
    const bed = lab(base);
    const fd = open(bed, bed.init, '/tmp/f', O_CREAT | O_RDWR, 0o600);
    bed.call(bed.init, 'pwrite64', fd, 'end', 3, 10_000);
    t.is(readOnce(bed, bed.init, fd, 20_000), `${'\0'.repeat(10_000)}end`);
    bed.call(bed.init, 'ftruncate', fd, 10_001);
    bed.call(bed.init, 'ftruncate', fd, 10_005);
    bed.call(bed.init, 'lseek', fd, 9_999, 0);
    t.is(readOnce(bed, bed.init, fd, 100), '\0e\0\0\0\0');
    const long = 'abcdefgh'.repeat(1500);
    bed.call(bed.init, 'pwrite64', fd, long, long.length, 1);
    bed.call(bed.init, 'lseek', fd, 1, 0);
    t.is(readOnce(bed, bed.init, fd, 100_000), long);
  });

  test(`${base}: a listing goes on behind the entry it stopped at, though others are removed meanwhile`, (t) => {
    const bed = lab(base);
    for (const name of ['a', 'b', 'c', 'd']) bed.call(bed.init, 'mkdir', `/tmp/${name}`, 0o755);
    const fd = open(bed, bed.init, '/tmp');
    const some = (): unknown[] => {
      const listed = bed.call(bed.init, 'getdents64', fd, OUT, 24 * 2);
      return listed.ok ? (listed.value.out!.dirp as { d_name: string }[]).map(({ d_name }) => d_name) : [];
    };
    t.deepEqual(some(), ['.', '..']);
    t.deepEqual(some(), ['a', 'b']);
    bed.call(bed.init, 'rmdir', '/tmp/a');
    bed.call(bed.init, 'rmdir', '/tmp/c');
    t.deepEqual(some(), ['d']);
    t.deepEqual(some(), []);
    bed.call(bed.init, 'lseek', fd, 0, 0);
    t.deepEqual(some(), ['.', '..']);
    t.deepEqual(some(), ['b', 'd']);
  });

  test(`${base}: a directory with S_ISGID passes its group on`, (t) => {
    const bed = furnished(base);
    bed.call(bed.init, 'mkdir', '/home/user/shared', 0o777);
    bed.call(bed.init, 'chown', '/home/user/shared', -1, 7);
    bed.call(bed.init, 'chmod', '/home/user/shared', 0o2777);
    bed.call(bed.user, 'mkdir', '/home/user/shared/sub', 0o755);
    t.like(bed.call(bed.init, 'stat', '/home/user/shared/sub', OUT), {
      ok: true,
      value: { out: { statbuf: { st_mode: 0o42755, st_uid: 1000, st_gid: 7 } } },
    });
  });

  test(`${base}: a removed working directory has no name and nothing can be made in it`, (t) => {
    const bed = lab(base);
    bed.call(bed.init, 'mkdir', '/tmp/d', 0o755);
    bed.call(bed.init, 'chdir', '/tmp/d');
    bed.call(bed.init, 'rmdir', '/tmp/d');
    t.is(bed.outcome(bed.init, 'getcwd', OUT, 100), 'ENOENT');
    t.is(bed.outcome(bed.init, 'open', 'f', O_CREAT | O_RDWR, 0o600), 'ENOENT');
    t.is(bed.outcome(bed.init, 'chdir', '/'), '= 0');
  });

  test(`${base}: a lock waits for the other open file to let go, and goes with its last descriptor`, (t) => {
    const bed = furnished(base);
    const [EX, SH, NB] = [2, 1, 4];
    t.is(bed.outcome(bed.init, 'flock', 3, EX), '= 0');
    t.is(bed.outcome(bed.user, 'flock', 3, EX), '= 0', 'it is the same open file');
    t.is(bed.outcome(bed.user, 'flock', 7, SH | NB), 'EAGAIN');
    const waiting = bed.begin(bed.user, 'flock', 7, SH);
    bed.call(bed.init, 'close', 3);
    t.is(waiting.result(), undefined, 'the child has it too');
    bed.call(bed.init, 'flock', 8, 8);
    t.is(waiting.result(), undefined);
    const again = open(bed, bed.init, '/d/f');
    t.is(bed.outcome(bed.init, 'flock', again, SH | NB), 'EAGAIN');
    bed.k.machine.store.write(bed.user.frame, null);
    bed.k.machine.store.write(bed.user.state, 'running');
    bed.call(bed.user, 'close', 3);
    t.is(bed.outcome(bed.init, 'flock', again, EX | NB), '= 0');
  });

  test(`${base}: two readers share a lock, and a writer gets it when both have let go`, (t) => {
    const bed = furnished(base);
    const [EX, SH, UN] = [2, 1, 8];
    t.is(bed.outcome(bed.init, 'flock', 3, SH), '= 0');
    t.is(bed.outcome(bed.init, 'flock', 7, SH), '= 0');
    const waiting = bed.begin(bed.user, 'flock', 8, EX);
    bed.call(bed.init, 'flock', 3, UN);
    t.is(waiting.result(), undefined);
    bed.call(bed.init, 'flock', 7, UN);
    t.like(waiting.result(), { ok: true });
  });
}

test('locks on a file of procfs go by its path', (t) => {
  const bed = lab('6.x');
  const path = '/proc/sys/kernel/ns_last_pid';
  const [first, second] = [open(bed, bed.init, path, O_RDWR), open(bed, bed.init, path, O_RDWR)];
  t.is(bed.outcome(bed.init, 'flock', first, 2), '= 0');
  t.is(bed.outcome(bed.init, 'flock', second, 6), 'EAGAIN');
  t.is(bed.outcome(bed.init, 'close', first), '= 0');
  t.is(bed.outcome(bed.init, 'flock', second, 6), '= 0');
});

test('2.6.26 loads and stores the shared position without a lock, so one write can bury another; 6.x keeps both', (t) => {
  for (const base of bases) {
    const bed = furnished(base);
    const first = bed.halt(bed.init, 'write', 3, 'AAA', 3);
    first.until('file.write');
    const second = bed.begin(bed.user, 'write', 3, 'BB', 2);
    t.is(second.result() === undefined, base === '6.x');
    first.finish();
    t.like(second.result(), { ok: true, value: { value: 2 } });
    t.is(readOnce(bed, bed.init, 7), base === '6.x' ? 'AAABB' : 'AAAlo');
  }
});

test('SEEK_DATA and SEEK_HOLE know pages that were never written', (t) => {
  const bed = lab('6.x');
  const fd = open(bed, bed.init, '/tmp/sparse', O_CREAT | O_RDWR, 0o600);
  const seek = (offset: number, whence: number): string => bed.outcome(bed.init, 'lseek', fd, offset, whence);
  bed.call(bed.init, 'write', fd, 'abc', 3);
  bed.call(bed.init, 'pwrite64', fd, 'z', 1, 10_000);
  t.is(seek(1, 4), '= 4096');
  t.is(seek(1, 3), '= 1');
  t.is(seek(5000, 3), '= 8192');
  t.is(seek(9000, 4), '= 10001');
  t.is(seek(10_001, 3), 'ENXIO');
});

test('an open file with O_PATH can be looked at and not used', (t) => {
  const bed = lab('6.x');
  bed.call(bed.init, 'mkdir', '/tmp/dir', 0o700);
  const fd = open(bed, bed.init, '/tmp/dir', O_PATH);
  t.is(bed.outcome(bed.init, 'fcntl', fd, F_GETFL), `= ${O_PATH}`);
  t.is(bed.outcome(bed.init, 'fcntl', fd, F_SETFL, 0), 'EBADF');
  t.is(bed.outcome(bed.init, 'getdents64', fd, OUT, 100), 'EBADF');
  t.is(bed.outcome(bed.init, 'openat', fd, '.', O_RDONLY, 0).startsWith('= '), true);
});

test('F_GETOWN of 6.x does not tell of an owner that has ended', (t) => {
  const bed = lab('6.x');
  const fd = open(bed, bed.init, '/tmp/owned', O_CREAT | O_RDWR, 0o600);
  const child = bed.fork(bed.init);
  t.is(bed.outcome(bed.init, 'fcntl', fd, F_SETOWN, 2), '= 0');
  t.is(bed.outcome(bed.init, 'fcntl', fd, F_GETOWN, 0), '= 2');
  bed.begin(child, 'exit_group', 0);
  bed.call(bed.init, 'wait4', 2, null, 0, null);
  t.is(bed.outcome(bed.init, 'fcntl', fd, F_GETOWN, 0), '= 0');
});

test('an end of a pipe with O_ASYNC tells its owner what becomes possible', (t) => {
  const bed = lab('6.x');
  bed.call(bed.init, 'rt_sigaction', SIGIO, { sa_handler: 0x4000, sa_mask: [], sa_flags: SA_NODEFER }, null, 8);
  bed.call(bed.init, 'rt_sigaction', SIGUSR2, { sa_handler: 0x4000, sa_mask: [], sa_flags: 0 }, null, 8);
  const pipe = bed.call(bed.init, 'pipe', OUT);
  const [reader, writer] = (pipe.ok ? pipe.value.out!.pipefd : []) as readonly [number, number];
  bed.call(bed.init, 'fcntl', reader, F_SETOWN, 1);
  bed.call(bed.init, 'fcntl', reader, F_SETFL, O_ASYNC);
  bed.call(bed.init, 'write', writer, 'a', 1);
  bed.call(bed.init, 'fcntl', reader, F_SETSIG, SIGUSR2);
  bed.call(bed.init, 'write', writer, 'b', 1);
  t.deepEqual(
    bed.entered.map(({ siginfo }) => siginfo),
    [
      { si_signo: SIGIO, si_code: SI_KERNEL },
      { si_signo: SIGUSR2, si_code: POLL_IN, si_band: POLLIN | POLLRDNORM, si_fd: reader },
    ],
  );
});

test('a user with many pages of pipes gets small ones, and may not enlarge them', (t) => {
  const bed = furnished('6.x');
  const write = (name: string, text: string): string =>
    bed.outcome(bed.init, 'write', open(bed, bed.init, `/proc/sys/fs/${name}`, O_RDWR), text, text.length);
  t.is(write('pipe-user-pages-soft', '20'), '= 2');
  const made = (): number => {
    const pipe = bed.call(bed.user, 'pipe', OUT);
    return pipe.ok ? (pipe.value.out!.pipefd as readonly number[])[0]! : -1;
  };
  t.is(bed.outcome(bed.user, 'fcntl', made(), F_GETPIPE_SZ, 0), '= 65536');
  const small = made();
  t.is(bed.outcome(bed.user, 'fcntl', small, F_GETPIPE_SZ, 0), '= 8192');
  t.is(bed.outcome(bed.user, 'fcntl', small, F_SETPIPE_SZ, 65_536), 'EPERM');
  t.is(write('pipe-max-size', '5000'), '= 4');
  t.is(bed.outcome(bed.init, 'fcntl', 4, F_GETPIPE_SZ, 0), '= 65536');
  t.is(write('pipe-max-size', '0'), '= 1'); // one page
  t.is(write('pipe-max-size', '4294967296'), 'EINVAL');
});
