import test from 'ava';
import { O_CREAT, O_EXCL, O_NONBLOCK } from '../../src/kernel-sim/abi/open.ts';
import { SIGEV_NONE, SIGEV_SIGNAL } from '../../src/kernel-sim/abi/signal-code.ts';
import { defaultLimits } from '../../src/kernel-sim/task/limits.ts';
import { type Datum, FAULT, OUT, type Struct } from '../../src/syscalls/datum.ts';
import { become, type Furnished, furnished, O_RDONLY, O_RDWR, O_WRONLY, value } from '../kernel-sim/fs/_bench.ts';

const BASES = ['2.6.26', '6.x'] as const;

const attr = (mq_maxmsg: number, mq_msgsize: number, mq_flags = 0): Struct => ({ mq_flags, mq_maxmsg, mq_msgsize });
const sigevent = (sigev_notify: number, sigev_signo: number): Struct => ({ sigev_notify, sigev_signo });

/** Descriptors of both tasks besides those of {@link furnished}: 10 a queue of two messages of 8 bytes, 11 to read it, 12 to write it. */
function withQueue(base: (typeof BASES)[number]): Furnished {
  const bed = furnished(base, {
    limits: {
      ...defaultLimits,
      RLIMIT_NOFILE: { soft: 14, hard: 14 },
      RLIMIT_MSGQUEUE: { soft: 90_000, hard: 90_000 },
    },
  });
  value(bed, bed.init, 'mq_open', 'q', O_RDWR | O_CREAT, 0o600, attr(2, 8));
  value(bed, bed.init, 'mq_open', 'q', O_RDONLY, 0, null);
  value(bed, bed.init, 'mq_open', 'q', O_WRONLY, 0, null);
  const user = bed.fork(bed.init);
  become(bed, user, 1000);
  return { ...bed, user };
}

type Row = readonly [string, 'init' | 'user', string, readonly Datum[], string | readonly [string, string]];

const long = 'x'.repeat(256);
const bad = { tv_sec: 0, tv_nsec: -1 };

const rows: readonly Row[] = [
  ['mq_open of a queue that is there', 'init', 'mq_open', ['q', O_RDWR, 0, null], '= 13'],
  ['mq_open with O_EXCL of a queue that is there', 'init', 'mq_open', ['q', O_CREAT | O_EXCL, 0o600, null], 'EEXIST'],
  ['mq_open of a queue that is not there', 'init', 'mq_open', ['none', O_RDWR, 0, null], 'ENOENT'],
  ['mq_open of somebody else’s queue', 'user', 'mq_open', ['q', O_RDONLY, 0, null], 'EACCES'],
  ['mq_open for neither reading nor writing', 'init', 'mq_open', ['q', 3, 0, null], 'EINVAL'],
  ['mq_open of no name', 'init', 'mq_open', ['', O_RDWR, 0, null], 'ENOENT'],
  ['mq_open of a name that cannot be read', 'init', 'mq_open', [FAULT, O_RDWR, 0, null], 'EFAULT'],
  ['mq_open of a name with a slash', 'init', 'mq_open', ['a/b', O_RDWR | O_CREAT, 0o600, null], 'EACCES'],
  ['mq_open of a dot', 'init', 'mq_open', ['.', O_RDWR, 0, null], ['ENOENT', 'EACCES']],
  ['mq_open of a name that is too long', 'init', 'mq_open', [long, O_RDWR, 0, null], 'ENAMETOOLONG'],
  ['mq_open with attributes that cannot be read', 'init', 'mq_open', ['n', O_CREAT, 0o600, FAULT], 'EFAULT'],
  ['mq_open of a queue for no messages', 'init', 'mq_open', ['n', O_CREAT, 0o600, attr(0, 8)], 'EINVAL'],
  ['mq_open of a queue for empty messages', 'init', 'mq_open', ['n', O_CREAT, 0o600, attr(1, 0)], 'EINVAL'],
  ['mq_open of more messages than a user may ask for', 'user', 'mq_open', ['n', O_CREAT, 0o600, attr(11, 8)], 'EINVAL'],
  ['mq_open of larger messages than that', 'user', 'mq_open', ['n', O_CREAT, 0o600, attr(1, 8193)], 'EINVAL'],
  ['mq_open over the hard limit', 'init', 'mq_open', ['n', O_CREAT, 0o600, attr(100_000, 1)], 'EINVAL'],
  ['mq_open over RLIMIT_MSGQUEUE', 'user', 'mq_open', ['n', O_CREAT, 0o600, attr(10, 8192)], '= 13'],
  [
    'mq_open of root over RLIMIT_MSGQUEUE',
    'init',
    'mq_open',
    ['n', O_CREAT, 0o600, attr(12, 8192)],
    ['ENOMEM', 'EMFILE'],
  ],
  ['mq_unlink', 'init', 'mq_unlink', ['q'], '= 0'],
  ['mq_unlink of what is not there', 'init', 'mq_unlink', ['none'], 'ENOENT'],
  ['mq_unlink of somebody else’s queue', 'user', 'mq_unlink', ['q'], 'EPERM'],
  ['mq_unlink of a name with a slash', 'init', 'mq_unlink', ['/q'], 'EACCES'],
  ['mq_unlink of no name', 'init', 'mq_unlink', [''], 'ENOENT'],
  ['mq_unlink of a name that cannot be read', 'init', 'mq_unlink', [FAULT], 'EFAULT'],
  ['mq_timedsend', 'init', 'mq_timedsend', [10, 'hello', 5, 0, null], '= 0'],
  ['mq_timedsend of nothing', 'init', 'mq_timedsend', [10, null, 0, 0, null], '= 0'],
  ['mq_timedsend with a priority that is too high', 'init', 'mq_timedsend', [99, 'a', 1, 32_768, null], 'EINVAL'],
  ['mq_timedsend to what is open for reading', 'init', 'mq_timedsend', [11, 'a', 1, 0, null], 'EBADF'],
  ['mq_timedsend to a file', 'init', 'mq_timedsend', [3, 'a', 1, 0, null], 'EBADF'],
  ['mq_timedsend of a message that is too long', 'init', 'mq_timedsend', [10, long, 9, 0, null], 'EMSGSIZE'],
  ['mq_timedsend of what cannot be read', 'init', 'mq_timedsend', [10, FAULT, 1, 0, null], 'EFAULT'],
  [
    'mq_timedsend with a bad time that it does not need',
    'init',
    'mq_timedsend',
    [10, 'a', 1, 0, bad],
    ['= 0', 'EINVAL'],
  ],
  ['mq_timedsend with a time that cannot be read', 'init', 'mq_timedsend', [10, 'a', 1, 0, FAULT], 'EFAULT'],
  ['mq_timedreceive with a bad time', 'init', 'mq_timedreceive', [10, OUT, 8, OUT, bad], 'EINVAL'],
  [
    'mq_timedreceive with a time that is over',
    'init',
    'mq_timedreceive',
    [10, OUT, 8, OUT, { tv_sec: 1, tv_nsec: 0 }],
    'ETIMEDOUT',
  ],
  ['mq_timedreceive into a buffer that is too short', 'init', 'mq_timedreceive', [10, OUT, 7, OUT, null], 'EMSGSIZE'],
  ['mq_timedreceive from what is open for writing', 'init', 'mq_timedreceive', [12, OUT, 8, OUT, null], 'EBADF'],
  ['mq_timedreceive from a closed descriptor', 'init', 'mq_timedreceive', [99, OUT, 8, OUT, null], 'EBADF'],
  ['mq_notify', 'init', 'mq_notify', [10, sigevent(SIGEV_SIGNAL, 10)], '= 0'],
  ['mq_notify that takes back what is not there', 'init', 'mq_notify', [10, null], '= 0'],
  ['mq_notify of an unknown kind', 'init', 'mq_notify', [99, sigevent(9, 10)], 'EINVAL'],
  ['mq_notify by no signal', 'init', 'mq_notify', [99, sigevent(SIGEV_SIGNAL, 65)], 'EINVAL'],
  ['mq_notify about a file', 'init', 'mq_notify', [3, sigevent(SIGEV_NONE, 0)], 'EBADF'],
  ['mq_notify of what cannot be read', 'init', 'mq_notify', [10, FAULT], 'EFAULT'],
  ['mq_getsetattr', 'init', 'mq_getsetattr', [10, attr(0, 0, O_NONBLOCK), OUT], '= 0'],
  ['mq_getsetattr with other flags', 'init', 'mq_getsetattr', [10, attr(0, 0, 1), OUT], 'EINVAL'],
  ['mq_getsetattr of a file', 'init', 'mq_getsetattr', [3, null, OUT], 'EBADF'],
  ['mq_getsetattr into what cannot be written', 'init', 'mq_getsetattr', [10, null, FAULT], 'EFAULT'],
  ['SEEK_END of a queue goes by the size that it says', 'init', 'lseek', [10, 0, 2], '= 80'],
  ['SEEK_DATA before a queue', 'init', 'lseek', [10, -1, 3], 'EINVAL'],
  ['F_SETFL of O_DIRECT on a queue', 'init', 'fcntl', [10, 4, 0o40000], 'EINVAL'],
  ['ftruncate of a queue', 'init', 'ftruncate', [10, 3], '= 0'],
  ['write to a queue', 'init', 'write', [10, 'a', 1], 'EINVAL'],
  ['mount of the file system of queues', 'init', 'mount', ['none', '/dev/mqueue', 'mqueue', 0, null], '= 0'],
];

for (const base of BASES) {
  for (const [title, who, call, args, expected] of rows) {
    test(`${base}: ${title}`, (t) => {
      const bed = withQueue(base);
      const wanted = typeof expected === 'string' ? expected : expected[BASES.indexOf(base)]!;
      t.is(bed.outcome(bed[who], call, ...args), wanted);
    });
  }
}
