import test from 'ava';
import {
  FIOCLEX,
  FIONBIO,
  FIONREAD,
  KCMP_FILE,
  KCMP_FILES,
  POLLHUP,
  POLLIN,
  POLLNVAL,
  POLLOUT,
} from '../../src/kernel-sim/abi/descriptor.ts';
import {
  F_DUPFD,
  F_DUPFD_CLOEXEC,
  F_GETFD,
  F_GETFL,
  F_GETLK,
  F_GETOWN,
  F_GETOWN_EX,
  F_GETPIPE_SZ,
  F_GETSIG,
  F_OFD_SETLK,
  F_OWNER_PGRP,
  F_SETFD,
  F_SETFL,
  F_SETLK,
  F_SETOWN,
  F_SETOWN_EX,
  F_SETPIPE_SZ,
  F_SETSIG,
  O_APPEND,
  O_CLOEXEC,
  O_DIRECT,
  O_DIRECTORY,
  O_NOATIME,
  O_NOFOLLOW,
  O_NONBLOCK,
} from '../../src/kernel-sim/abi/open.ts';
import type { Base } from '../../src/kernel-sim/profile.ts';
import { defaultLimits } from '../../src/kernel-sim/task/limits.ts';
import { FAULT, OUT } from '../../src/syscalls/datum.ts';
import { furnished, makeThread, O_RDONLY, open, readOnce, runTable, value } from '../kernel-sim/fs/_bench.ts';
import { lab } from '../kernel-sim/helpers/lab.ts';

const lockOf = (l_type: number, l_whence: number) => ({ l_type, l_whence, l_start: 0, l_len: 0 });

runTable(test, [
  ['close', 'init', 'close', [3], '= 0'],
  ['close of a closed descriptor', 'init', 'close', [99], 'EBADF'],
  ['close of descriptor -1', 'init', 'close', [-1], 'EBADF'],
  ['dup gives the lowest free descriptor', 'init', 'dup', [3], '= 10'],
  ['dup of a closed descriptor', 'init', 'dup', [99], 'EBADF'],
  ['dup of descriptor -1', 'init', 'dup', [-1], 'EBADF'],
  ['dup2 to a free descriptor', 'init', 'dup2', [3, 50], '= 50'],
  ['dup2 to an open descriptor', 'init', 'dup2', [3, 4], '= 4'],
  ['dup2 to itself', 'init', 'dup2', [3, 3], '= 3'],
  ['dup2 of a closed descriptor to itself', 'init', 'dup2', [99, 99], 'EBADF'],
  ['dup2 of a closed descriptor', 'init', 'dup2', [99, 50], 'EBADF'],
  ['dup2 to the limit', 'init', 'dup2', [3, 1024], 'EBADF'],
  ['dup2 to the last descriptor below the limit', 'init', 'dup2', [3, 1023], '= 1023'],
  ['dup2 to descriptor -1', 'init', 'dup2', [3, -1], 'EBADF'],
  ['dup3', 'init', 'dup3', [3, 50, O_CLOEXEC], ['ENOSYS', '= 50']],
  ['dup3 to itself', 'init', 'dup3', [3, 3, 0], ['ENOSYS', 'EINVAL']],
  ['dup3 with an unknown flag', 'init', 'dup3', [3, 50, 1], ['ENOSYS', 'EINVAL']],
  ['dup3 of a closed descriptor', 'init', 'dup3', [99, 50, 0], ['ENOSYS', 'EBADF']],
  ['dup3 to the limit', 'init', 'dup3', [3, 1024, 0], ['ENOSYS', 'EBADF']],
  ['F_DUPFD from a number up', 'init', 'fcntl', [3, F_DUPFD, 50], '= 50'],
  ['F_DUPFD from a taken number up', 'init', 'fcntl', [3, F_DUPFD, 4], '= 10'],
  ['F_DUPFD from the limit up', 'init', 'fcntl', [3, F_DUPFD, 1024], 'EINVAL'],
  ['F_DUPFD from a negative number up', 'init', 'fcntl', [3, F_DUPFD, -1], 'EINVAL'],
  ['F_DUPFD of a closed descriptor', 'init', 'fcntl', [99, F_DUPFD, 0], 'EBADF'],
  ['F_DUPFD_CLOEXEC', 'init', 'fcntl', [3, F_DUPFD_CLOEXEC, 50], '= 50'],
  ['F_GETFD', 'init', 'fcntl', [3, F_GETFD], '= 0'],
  ['F_GETFD of a closed descriptor', 'init', 'fcntl', [99, F_GETFD], 'EBADF'],
  ['F_SETFD', 'init', 'fcntl', [3, F_SETFD, 1], '= 0'],
  ['F_GETFL shows the access mode and the large-file flag', 'init', 'fcntl', [3, F_GETFL], '= 32770'],
  ['F_GETFL of a pipe', 'init', 'fcntl', [5, F_GETFL], '= 1'],
  ['F_GETFL of a closed descriptor', 'init', 'fcntl', [-1, F_GETFL], 'EBADF'],
  ['F_SETFL', 'init', 'fcntl', [3, F_SETFL, O_APPEND | O_NONBLOCK], '= 0'],
  ['F_SETFL of O_NOATIME on a foreign file', 'user', 'fcntl', [3, F_SETFL, O_NOATIME], 'EPERM'],
  ['F_SETFL of O_DIRECT on a file', 'init', 'fcntl', [3, F_SETFL, O_DIRECT], ['EINVAL', '= 0']],
  ['F_SETFL of O_DIRECT on a pipe', 'init', 'fcntl', [5, F_SETFL, O_DIRECT], ['EINVAL', '= 0']],
  ['F_GETOWN', 'init', 'fcntl', [3, F_GETOWN], '= 0'],
  ['F_SETOWN of a process', 'init', 'fcntl', [3, F_SETOWN, 1], '= 0'],
  ['F_SETOWN of nobody', 'init', 'fcntl', [3, F_SETOWN, 99], ['= 0', 'ESRCH']],
  ['F_SETOWN_EX of a group', 'init', 'fcntl', [3, F_SETOWN_EX, { type: F_OWNER_PGRP, pid: 1 }], ['EINVAL', '= 0']],
  ['F_SETOWN_EX of an unknown kind', 'init', 'fcntl', [3, F_SETOWN_EX, { type: 7, pid: 1 }], 'EINVAL'],
  ['F_SETOWN_EX of what cannot be read', 'init', 'fcntl', [3, F_SETOWN_EX, FAULT], ['EINVAL', 'EFAULT']],
  ['F_GETOWN_EX', 'init', 'fcntl', [3, F_GETOWN_EX, OUT], ['EINVAL', '= 0']],
  ['F_SETSIG', 'init', 'fcntl', [3, F_SETSIG, 10], '= 0'],
  ['F_SETSIG above 64', 'init', 'fcntl', [3, F_SETSIG, 65], 'EINVAL'],
  ['F_GETSIG', 'init', 'fcntl', [3, F_GETSIG], '= 0'],
  ['F_GETPIPE_SZ', 'init', 'fcntl', [4, F_GETPIPE_SZ], ['EINVAL', '= 65536']],
  ['F_GETPIPE_SZ of a file', 'init', 'fcntl', [3, F_GETPIPE_SZ], ['EINVAL', 'EBADF']],
  ['F_SETPIPE_SZ rounds up', 'init', 'fcntl', [4, F_SETPIPE_SZ, 5000], ['EINVAL', '= 8192']],
  ['F_SETPIPE_SZ to nothing is one page', 'init', 'fcntl', [4, F_SETPIPE_SZ, 0], ['EINVAL', '= 4096']],
  ['F_SETPIPE_SZ beyond all powers of two', 'init', 'fcntl', [4, F_SETPIPE_SZ, -1], 'EINVAL'],
  ['F_SETPIPE_SZ to more than anybody may', 'user', 'fcntl', [4, F_SETPIPE_SZ, 1 << 21], ['EINVAL', 'EPERM']],
  ['F_SETLK of what cannot be read', 'init', 'fcntl', [3, F_SETLK, FAULT], 'EFAULT'],
  ['F_SETLK from nowhere', 'init', 'fcntl', [3, F_SETLK, lockOf(1, 0xffff)], 'EINVAL'],
  ['F_SETLK of an unknown kind', 'init', 'fcntl', [3, F_SETLK, lockOf(9, 0)], 'EINVAL'],
  ['F_SETLK', 'init', 'fcntl', [3, F_SETLK, lockOf(1, 0)], '= 0'],
  ['F_SETLK of bytes before the file', 'init', 'fcntl', [3, F_SETLK, { ...lockOf(1, 0), l_start: -1 }], 'EINVAL'],
  ['F_SETLK for writers of what is open for reading', 'init', 'fcntl', [4, F_SETLK, lockOf(1, 0)], 'EBADF'],
  ['F_SETLK for readers of what is open for writing', 'init', 'fcntl', [5, F_SETLK, lockOf(0, 0)], 'EBADF'],
  ['F_GETLK of a lock for nobody', 'init', 'fcntl', [3, F_GETLK, lockOf(2, 0)], 'EINVAL'],
  ['F_OFD_SETLK', 'init', 'fcntl', [3, F_OFD_SETLK, lockOf(1, 0)], ['EINVAL', '= 0']],
  ['F_OFD_SETLK with a process', 'init', 'fcntl', [3, F_OFD_SETLK, { ...lockOf(1, 0), l_pid: 5 }], 'EINVAL'],
  ['F_SETOWN of a group without a number', 'init', 'fcntl', [3, F_SETOWN, -(2 ** 31)], ['= 0', 'EINVAL']],
  ['close_range', 'init', 'close_range', [3, 4, 0], ['ENOSYS', '= 0']],
  ['close_range of an empty range', 'init', 'close_range', [4, 3, 0], ['ENOSYS', 'EINVAL']],
  ['close_range with an unknown flag', 'init', 'close_range', [3, 4, 8], ['ENOSYS', 'EINVAL']],
  ['F_SETLK that unlocks', 'init', 'fcntl', [3, F_SETLK, lockOf(2, 0)], '= 0'],
  ['F_GETLK of a closed descriptor', 'init', 'fcntl', [-1, F_GETLK, FAULT], 'EBADF'],
  ['F_DUPFD_QUERY of two descriptors of one open file', 'init', 'fcntl', [3, 1027, 3], ['EINVAL', '= 1']],
  ['F_DUPFD_QUERY of descriptors of two open files', 'init', 'fcntl', [3, 1027, 7], ['EINVAL', '= 0']],
  ['F_DUPFD_QUERY of a closed descriptor', 'init', 'fcntl', [3, 1027, 99], ['EINVAL', 'EBADF']],
  ['F_CREATED_QUERY of a file that was there', 'init', 'fcntl', [3, 1028, 0], ['EINVAL', '= 0']],
  ['an unknown command', 'init', 'fcntl', [3, 999, 0], 'EINVAL'],
  ['an unknown command on a closed descriptor', 'init', 'fcntl', [99, 999, 0], 'EBADF'],
  ['FIONREAD', 'init', 'ioctl', [3, FIONREAD, OUT], '= 0'],
  ['FIONREAD of an event counter', 'init', 'ioctl', [9, FIONREAD, OUT], 'ENOTTY'],
  ['FIONREAD into memory that is not there', 'init', 'ioctl', [3, FIONREAD, FAULT], 'EFAULT'],
  ['FIONREAD of a closed descriptor', 'init', 'ioctl', [99, FIONREAD, OUT], 'EBADF'],
  ['FIONBIO', 'init', 'ioctl', [3, FIONBIO, [1]], '= 0'],
  ['FIONBIO of what cannot be read', 'init', 'ioctl', [3, FIONBIO, FAULT], 'EFAULT'],
  ['FIOCLEX', 'init', 'ioctl', [3, FIOCLEX, null], '= 0'],
  ['an unknown request', 'init', 'ioctl', [3, 0x5401, null], 'ENOTTY'],
  ['an unknown request to a closed descriptor', 'init', 'ioctl', [99, 0x5401, null], 'EBADF'],
  ['poll of nothing, without waiting', 'init', 'poll', [null, 0, 0], '= 0'],
  ['poll of a pipe that can be written', 'init', 'poll', [[{ fd: 5, events: POLLOUT }], 1, -1], '= 1'],
  ['poll of an empty pipe, without waiting', 'init', 'poll', [[{ fd: 4, events: POLLIN }], 1, 0], '= 0'],
  ['poll of a list that cannot be read', 'init', 'poll', [FAULT, 1, 0], 'EFAULT'],
  ['poll of a list that is longer than what is there', 'init', 'poll', [[], 1, 0], 'EFAULT'],
  ['ppoll with a time that is none', 'init', 'ppoll', [[], 0, { tv_sec: 0, tv_nsec: 1e9 }, null, 8], 'EINVAL'],
  ['ppoll with a time that cannot be read', 'init', 'ppoll', [[], 0, FAULT, null, 8], 'EFAULT'],
  ['ppoll with a mask of a strange size', 'init', 'ppoll', [[], 0, null, [10], 4], 'EINVAL'],
  ['ppoll with a mask that cannot be read', 'init', 'ppoll', [[], 0, null, FAULT, 8], 'EFAULT'],
  ['pselect6', 'init', 'pselect6', [6, [4], [5], null, null, null], '= 1'],
  [
    'pselect6 with a time that is none',
    'init',
    'pselect6',
    [0, null, null, null, { tv_sec: 0, tv_nsec: -1 }, null],
    'EINVAL',
  ],
  ['select', 'init', 'select', [6, [4], [5], null, null], '= 1'],
  ['select of nothing, without waiting', 'init', 'select', [0, null, null, null, { tv_sec: 0, tv_usec: 0 }], '= 0'],
  ['select of a closed descriptor', 'init', 'select', [100, [99], null, null, null], 'EBADF'],
  ['select looks at no descriptor from its first argument up', 'init', 'select', [5, null, [3, 99], null, null], '= 1'],
  ['select of a negative number', 'init', 'select', [-1, null, null, null, null], 'EINVAL'],
  ['select with a negative time', 'init', 'select', [0, null, null, null, { tv_sec: -1, tv_usec: 0 }], 'EINVAL'],
  ['select of a set that cannot be read', 'init', 'select', [5, FAULT, null, null, null], 'EFAULT'],
  ['kcmp of a descriptor with itself', 'init', 'kcmp', [1, 1, KCMP_FILE, 3, 3], '= 0'],
  ['kcmp of a descriptor with one that was inherited', 'init', 'kcmp', [1, 2, KCMP_FILE, 3, 3], '= 0'],
  ['kcmp of a closed descriptor', 'init', 'kcmp', [1, 1, KCMP_FILE, 3, 99], 'EBADF'],
  ['kcmp of a task that is not there', 'init', 'kcmp', [1, 99, KCMP_FILE, 3, 3], 'ESRCH'],
  ["kcmp of another user's task", 'user', 'kcmp', [1, 2, KCMP_FILE, 3, 3], 'EPERM'],
  ['kcmp of an unknown kind', 'init', 'kcmp', [1, 2, 99, 0, 0], 'EINVAL'],
]);

const limits = { ...defaultLimits, RLIMIT_NOFILE: { soft: 10, hard: 10 } };

runTable(
  test,
  [
    ['dup when every descriptor is taken', 'init', 'dup', [3], 'EMFILE'],
    ['F_DUPFD when every descriptor is taken', 'init', 'fcntl', [3, F_DUPFD, 5], 'EMFILE'],
    ['dup2 to a taken descriptor needs no free one', 'init', 'dup2', [3, 9], '= 9'],
    [
      'poll of more descriptors than one may have',
      'init',
      'poll',
      [Array.from({ length: 11 }, () => ({ fd: 3, events: 1 })), 11, 0],
      'EINVAL',
    ],
  ],
  { limits },
);

const bases: readonly Base[] = ['2.6.26', '6.x'];

for (const base of bases) {
  test(`${base}: close-on-exec belongs to the descriptor, and dup does not pass it on`, (t) => {
    const bed = furnished(base);
    const flag = (fd: number): number => value(bed, bed.init, 'fcntl', fd, F_GETFD);
    const marked = open(bed, bed.init, '/d/f', O_CLOEXEC);
    t.is(flag(marked), 1);
    t.is(flag(value(bed, bed.init, 'dup', marked)), 0);
    t.is(flag(value(bed, bed.init, 'fcntl', marked, F_DUPFD_CLOEXEC, 0)), 1);
    t.is(flag(value(bed, bed.init, 'dup2', marked, 40)), 0);
    value(bed, bed.init, 'fcntl', 40, F_SETFD, 1);
    value(bed, bed.init, 'dup2', 3, 40);
    t.is(flag(40), 0);
  });

  test(`${base}: status flags belong to the open file, which copies share`, (t) => {
    const bed = furnished(base);
    const copy = value(bed, bed.init, 'dup', 4);
    value(bed, bed.init, 'fcntl', copy, F_SETFL, O_NONBLOCK);
    t.is(bed.outcome(bed.user, 'read', 4, OUT, 1), 'EAGAIN');
  });

  test(`${base}: F_GETFL shows how a directory was opened`, (t) => {
    const bed = furnished(base);
    const fd = open(bed, bed.init, '/d', O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    t.is(value(bed, bed.init, 'fcntl', fd, F_GETFL), base === '6.x' ? 0x38000 : 0x38000 | O_CLOEXEC);
  });

  test(`${base}: FIONREAD counts what is left of a file and what is in a pipe`, (t) => {
    const bed = furnished(base);
    const waiting = (fd: number): unknown => {
      const told = bed.call(bed.init, 'ioctl', fd, FIONREAD, OUT);
      return told.ok ? told.value.out!.argp : told.errno;
    };
    readOnce(bed, bed.init, 3, 2);
    bed.call(bed.init, 'write', 5, 'abcdefg', 7);
    t.deepEqual([waiting(3), waiting(4), waiting(5)], [[3], [7], [7]]);
  });

  test(`${base}: poll waits for the first descriptor that is ready, and says what it is ready for`, (t) => {
    const bed = furnished(base);
    const waiting = bed.begin(
      bed.init,
      'poll',
      [
        { fd: 4, events: POLLIN },
        { fd: 9, events: POLLIN },
        { fd: -1, events: POLLIN },
      ],
      3,
      -1,
    );
    t.is(waiting.result(), undefined);
    bed.call(bed.user, 'write', 5, 'x', 1);
    t.like(waiting.result(), {
      ok: true,
      value: { value: 1, out: { fds: [{ revents: POLLIN }, { revents: 0 }, { revents: 0 }] } },
    });
  });

  test(`${base}: poll gives up when its time is over`, (t) => {
    const bed = furnished(base);
    const waiting = bed.begin(bed.init, 'poll', [{ fd: 4, events: POLLIN }], 1, 5);
    t.is(waiting.result(), undefined);
    bed.passTime();
    t.like(waiting.result(), { ok: true, value: { value: 0 } });
  });

  test(`${base}: poll tells of hang-ups and closed descriptors that nobody asked for`, (t) => {
    const bed = furnished(base);
    bed.call(bed.init, 'close', 5);
    bed.call(bed.user, 'close', 5);
    const told = bed.call(
      bed.init,
      'poll',
      [
        { fd: 4, events: 0 },
        { fd: 99, events: 0 },
      ],
      2,
      -1,
    );
    t.like(told, { ok: true, value: { value: 2, out: { fds: [{ revents: POLLHUP }, { revents: POLLNVAL }] } } });
  });

  test(`${base}: a signal ends a poll with EINTR`, (t) => {
    const bed = furnished(base);
    bed.call(bed.user, 'rt_sigaction', 10, { sa_handler: 'h', sa_mask: [], sa_flags: 0 }, null, 8);
    const waiting = bed.begin(bed.user, 'poll', [{ fd: 4, events: POLLIN }], 1, -1);
    bed.call(bed.init, 'kill', 2, 10);
    bed.settle();
    t.like(waiting.result(), { ok: false, errno: 'EINTR' });
  });

  test(`${base}: kcmp tells shared open files and tables from equal ones`, (t) => {
    const bed = furnished(base);
    const thread = makeThread(bed, bed.init);
    t.not(value(bed, bed.init, 'kcmp', 1, 1, KCMP_FILE, 3, 7), 0);
    const order = value(bed, bed.init, 'kcmp', 1, 1, KCMP_FILE, 3, 7);
    t.is(order + value(bed, bed.init, 'kcmp', 1, 1, KCMP_FILE, 7, 3), 3);
    t.not(value(bed, bed.init, 'kcmp', 1, 3, KCMP_FILES, 0, 0), 0);
    t.is(bed.outcome(thread, 'close', 3), '= 0');
    t.is(readOnce(bed, bed.init, 3), 'hello');
  });
}

test('opening gives the lowest free descriptor again after a close', (t) => {
  const bed = lab();
  for (const fd of [3, 4, 5]) t.is(open(bed, bed.init, '/dev/null', O_RDONLY), fd);
  bed.call(bed.init, 'close', 4);
  bed.call(bed.init, 'close', 1);
  t.is(open(bed, bed.init, '/dev/null'), 1);
  t.is(open(bed, bed.init, '/dev/null'), 4);
  t.is(open(bed, bed.init, '/dev/null'), 6);
});
