import test from 'ava';
import {
  NETLINK_GENERIC,
  NETLINK_ROUTE,
  NLM_F_ACK,
  NLM_F_REQUEST,
  NLMSG_NOOP,
} from '../../src/kernel-sim/abi/netlink.ts';
import { O_NONBLOCK } from '../../src/kernel-sim/abi/open.ts';
import {
  AF_INET,
  AF_NETLINK,
  AF_UNIX,
  MSG_DONTWAIT,
  MSG_OOB,
  MSG_PEEK,
  MSG_TRUNC,
  SO_ERROR,
  SO_RCVBUF,
  SO_SNDBUF,
  SO_TYPE,
  SOCK_CLOEXEC,
  SOCK_DGRAM,
  SOCK_NONBLOCK,
  SOCK_RAW,
  SOCK_STREAM,
  SOL_SOCKET,
} from '../../src/kernel-sim/abi/socket.ts';
import { defaultLimits } from '../../src/kernel-sim/task/limits.ts';
import { type Datum, FAULT, OUT } from '../../src/syscalls/datum.ts';
import { KERNEL, S, type Wired, wired } from '../kernel-sim/netlink/_bench.ts';

/** A message that the kernel only acknowledges: 16 bytes. */
const noop: Datum = { nlmsg_type: NLMSG_NOOP, nlmsg_flags: NLM_F_REQUEST | NLM_F_ACK, nlmsg_seq: 7 };
const port = (nl_pid: number): Datum => ({ ...KERNEL, nl_pid });
const inet: Datum = { sa_family: AF_INET, sin_port: 0 };
const header = (fields: Record<string, Datum> = {}): Datum => ({
  msg_name: KERNEL,
  msg_namelen: 12,
  msg_iov: [{ iov_base: noop, iov_len: 16 }],
  msg_iovlen: 1,
  msg_controllen: 0,
  msg_flags: 0,
  ...fields,
});

type Row = readonly [
  title: string,
  call: string,
  args: readonly Datum[],
  expected: string | readonly [old: string, current: string],
  setup?: (bed: Wired) => void,
];

/** Standard input, which is no socket, and a descriptor that is free. */
const FILE = 0;
const FREE = 99;

const bound = (bed: Wired): void => void bed.call(bed.init, 'bind', S, port(500), 12);
const answered = (bed: Wired): void => void bed.send(noop);

const opening: readonly Row[] = [
  ['socket', 'socket', [AF_NETLINK, SOCK_RAW, NETLINK_GENERIC], '= 4'],
  ['socket for datagrams, which is the same', 'socket', [AF_NETLINK, SOCK_DGRAM, NETLINK_GENERIC], '= 4'],
  ['socket for streams', 'socket', [AF_NETLINK, SOCK_STREAM, NETLINK_GENERIC], 'ESOCKTNOSUPPORT'],
  ['socket of no type', 'socket', [AF_NETLINK, 0, NETLINK_GENERIC], 'ESOCKTNOSUPPORT'],
  ['socket of an unknown type', 'socket', [AF_NETLINK, 11, NETLINK_GENERIC], 'EINVAL'],
  ['socket of an unknown type of a family that is not there', 'socket', [AF_UNIX, 11, 0], 'EINVAL'],
  ['socket of another protocol', 'socket', [AF_NETLINK, SOCK_RAW, NETLINK_ROUTE], 'EPROTONOSUPPORT'],
  ['socket of no protocol', 'socket', [AF_NETLINK, SOCK_RAW, -1], 'EPROTONOSUPPORT'],
  ['socket of another family', 'socket', [AF_INET, SOCK_STREAM, 0], 'EAFNOSUPPORT'],
  ['socket of no family', 'socket', [-1, 11, 0], 'EAFNOSUPPORT'],
  ['socket of a family beyond the last', 'socket', [46, 11, 0], 'EAFNOSUPPORT'],
  ['socket of a family that came after 2.6.26', 'socket', [40, 11, 0], ['EAFNOSUPPORT', 'EINVAL']],
  ['socket with flags', 'socket', [AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 16], ['EINVAL', '= 4']],
  ['socket with an unknown flag', 'socket', [AF_NETLINK, SOCK_RAW | 0x40, NETLINK_GENERIC], 'EINVAL'],
  ['socket of no family with an unknown flag', 'socket', [100, 0x63, 0], ['EAFNOSUPPORT', 'EINVAL']],
];

const binding: readonly Row[] = [
  ['bind', 'bind', [S, KERNEL, 12], '= 0'],
  ['bind to a port', 'bind', [S, port(500), 12], '= 0'],
  ['bind of a free descriptor', 'bind', [FREE, FAULT, -1], 'EBADF'],
  ['bind of what is no socket', 'bind', [FILE, FAULT, -1], 'ENOTSOCK'],
  ['bind with a negative length', 'bind', [S, KERNEL, -1], 'EINVAL'],
  ['bind with a length that no address has', 'bind', [S, KERNEL, 129], 'EINVAL'],
  ['bind to an address that is not there', 'bind', [S, FAULT, 12], 'EFAULT'],
  ['bind to NULL', 'bind', [S, null, 12], 'EFAULT'],
  ['bind to an address of no length', 'bind', [S, null, 0], 'EINVAL'],
  ['bind to an address that is cut', 'bind', [S, KERNEL, 11], ['= 0', 'EINVAL']],
  ['bind to another family', 'bind', [S, inet, 16], 'EINVAL'],
  ['bind to the same port again', 'bind', [S, port(500), 12], '= 0', bound],
  ['bind to a second port', 'bind', [S, port(501), 12], 'EINVAL', bound],
  ['bind of a bound socket to any port', 'bind', [S, KERNEL, 12], 'EINVAL', bound],
  [
    'bind to a port that another socket has',
    'bind',
    [4, port(500), 12],
    'EADDRINUSE',
    (bed) => {
      bound(bed);
      bed.call(bed.init, 'socket', AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);
    },
  ],
  ['getsockname', 'getsockname', [S, OUT, OUT], '= 0'],
  ['getsockname of a free descriptor', 'getsockname', [FREE, OUT, OUT], 'EBADF'],
  ['getsockname of what is no socket', 'getsockname', [FILE, OUT, null], 'ENOTSOCK'],
  ['getsockname into memory that is not there', 'getsockname', [S, FAULT, [12]], 'EFAULT'],
  ['getsockname without a length', 'getsockname', [S, OUT, null], 'EFAULT'],
  ['getsockname with a negative length', 'getsockname', [S, OUT, [-1]], 'EINVAL'],
];

const sending: readonly Row[] = [
  ['sendto', 'sendto', [S, noop, OUT, 0, KERNEL, 12], '= 16'],
  ['sendto without an address', 'sendto', [S, noop, 16, 0, null, 0], '= 16'],
  ['sendto with an address of no length', 'sendto', [S, noop, 16, 0, KERNEL, 0], '= 16'],
  ['sendto of bytes that are no message', 'sendto', [S, 'abc', OUT, 0, null, 0], '= 3'],
  ['sendto of a free descriptor', 'sendto', [FREE, noop, 16, 0, FAULT, 12], 'EBADF'],
  ['sendto of what is no socket', 'sendto', [FILE, noop, 16, 0, FAULT, 12], 'ENOTSOCK'],
  ['sendto to an address that is not there', 'sendto', [S, noop, 16, MSG_OOB, FAULT, 12], 'EFAULT'],
  ['sendto to an address that is too long', 'sendto', [S, noop, 16, 0, KERNEL, 129], 'EINVAL'],
  ['sendto to an address that is cut', 'sendto', [S, noop, 16, 0, KERNEL, 8], ['= 16', 'EINVAL']],
  ['sendto to another family', 'sendto', [S, noop, 16, 0, inet, 16], 'EINVAL'],
  ['sendto out of band', 'sendto', [S, noop, 16, MSG_OOB, KERNEL, 12], 'EOPNOTSUPP'],
  ['sendto of memory that is not there', 'sendto', [S, FAULT, 16, 0, KERNEL, 12], 'EFAULT'],
  ['sendto of a structure that is left open', 'sendto', [S, [OUT], 16, 0, KERNEL, 12], 'EFAULT'],
  ['sendto of nothing', 'sendto', [S, noop, 0, 0, KERNEL, 12], ['= 0', 'ENODATA']],
  ['sendto of more than the send buffer', 'sendto', [S, noop, 425_952, 0, KERNEL, 12], 'EMSGSIZE'],
  ['sendto of a negative length', 'sendto', [S, noop, -1, 0, KERNEL, 12], 'EMSGSIZE'],
  ['sendto of memory that is not there and too long', 'sendto', [S, FAULT, -1, 0, KERNEL, 12], 'EMSGSIZE'],
  ['sendto to another program', 'sendto', [S, noop, 16, 0, port(77), 12], 'ECONNREFUSED'],
  ['sendto to a group', 'sendto', [S, noop, 16, 0, { ...(KERNEL as object), nl_groups: 1 }, 12], '= 16'],
  ['sendmsg', 'sendmsg', [S, header(), 0], '= 16'],
  ['sendmsg without an address', 'sendmsg', [S, header({ msg_name: null, msg_namelen: 0 }), 0], '= 16'],
  ['sendmsg of a free descriptor', 'sendmsg', [FREE, FAULT, 0], 'EBADF'],
  ['sendmsg of what is no socket', 'sendmsg', [FILE, FAULT, 0], 'ENOTSOCK'],
  ['sendmsg of a header that is not there', 'sendmsg', [S, FAULT, 0], 'EFAULT'],
  ['sendmsg of NULL', 'sendmsg', [S, null, 0], 'EFAULT'],
  ['sendmsg of too many segments', 'sendmsg', [S, header({ msg_iovlen: 1025 }), 0], 'EMSGSIZE'],
  ['sendmsg of segments that are not there', 'sendmsg', [S, header({ msg_iov: FAULT }), 0], 'EFAULT'],
  ['sendmsg to an address that is not there', 'sendmsg', [S, header({ msg_name: FAULT }), 0], 'EFAULT'],
  ['sendmsg to another family', 'sendmsg', [S, header({ msg_name: inet }), 0], 'EINVAL'],
  ['sendmsg out of band', 'sendmsg', [S, header(), MSG_OOB], 'EOPNOTSUPP'],
];

const receiving: readonly Row[] = [
  ['recvfrom', 'recvfrom', [S, OUT, 8192, 0, null, null], '= 36', answered],
  ['recvfrom with the address', 'recvfrom', [S, OUT, 8192, 0, OUT, [12]], '= 36', answered],
  ['recvfrom of a free descriptor', 'recvfrom', [FREE, OUT, 1, MSG_OOB, null, null], 'EBADF'],
  ['recvfrom of what is no socket', 'recvfrom', [FILE, OUT, 1, MSG_OOB, null, null], 'ENOTSOCK'],
  ['recvfrom out of band', 'recvfrom', [S, OUT, 8192, MSG_OOB, null, null], 'EOPNOTSUPP', answered],
  ['recvfrom of nothing, without waiting', 'recvfrom', [S, OUT, 8192, MSG_DONTWAIT, null, null], 'EAGAIN'],
  ['recvfrom into memory that is not there', 'recvfrom', [S, FAULT, 8192, 0, null, null], 'EFAULT', answered],
  ['recvfrom with an address that is not there', 'recvfrom', [S, OUT, 8192, 0, FAULT, [12]], 'EFAULT', answered],
  ['recvfrom with an address without a length', 'recvfrom', [S, OUT, 8192, 0, OUT, null], 'EFAULT', answered],
  ['recvfrom into less than there is', 'recvfrom', [S, OUT, 20, 0, null, null], '= 20', answered],
  ['recvfrom that wants to know how much there is', 'recvfrom', [S, OUT, 20, MSG_TRUNC, null, null], '= 36', answered],
  ['recvfrom into no room at all', 'recvfrom', [S, null, 0, 0, null, null], '= 0', answered],
  ['recvfrom into a negative length', 'recvfrom', [S, OUT, -1, 0, null, null], '= 36', answered],
  ['recvmsg', 'recvmsg', [S, OUT, 0], '= 36', answered],
  ['recvmsg of a free descriptor', 'recvmsg', [FREE, FAULT, 0], 'EBADF'],
  ['recvmsg of what is no socket', 'recvmsg', [FILE, FAULT, 0], 'ENOTSOCK'],
  ['recvmsg into a header that is not there', 'recvmsg', [S, FAULT, 0], 'EFAULT'],
  ['recvmsg into too many segments', 'recvmsg', [S, header({ msg_iovlen: 1025 }), 0], 'EMSGSIZE'],
  [
    'recvmsg into a segment that is not there',
    'recvmsg',
    [S, header({ msg_iov: [{ iov_base: 1, iov_len: 64 }] }), 0],
    'EFAULT',
    answered,
  ],
  ['recvmsg of nothing, without waiting', 'recvmsg', [S, OUT, MSG_DONTWAIT], 'EAGAIN'],
  ['recvmsg out of band', 'recvmsg', [S, OUT, MSG_OOB], 'EOPNOTSUPP'],
];

const options: readonly Row[] = [
  ['setsockopt', 'setsockopt', [S, SOL_SOCKET, SO_RCVBUF, [4096], 4], '= 0'],
  ['setsockopt of the send buffer', 'setsockopt', [S, SOL_SOCKET, SO_SNDBUF, [4096], 4], '= 0'],
  ['setsockopt of a free descriptor', 'setsockopt', [FREE, SOL_SOCKET, SO_RCVBUF, [1], 4], 'EBADF'],
  ['setsockopt with a negative length', 'setsockopt', [S, 5, SO_RCVBUF, [1], -1], 'EINVAL'],
  ['setsockopt of a free descriptor with a negative length', 'setsockopt', [FREE, 5, 8, [1], -1], ['EINVAL', 'EBADF']],
  ['setsockopt of what is no socket', 'setsockopt', [FILE, SOL_SOCKET, SO_RCVBUF, [1], 4], 'ENOTSOCK'],
  ['setsockopt with a length that is too short', 'setsockopt', [S, SOL_SOCKET, 999, FAULT, 3], 'EINVAL'],
  ['setsockopt of memory that is not there', 'setsockopt', [S, SOL_SOCKET, 999, FAULT, 4], 'EFAULT'],
  ['setsockopt of an unknown option', 'setsockopt', [S, SOL_SOCKET, 999, [1], 4], 'ENOPROTOOPT'],
  ['setsockopt of the type', 'setsockopt', [S, SOL_SOCKET, SO_TYPE, [1], 4], 'ENOPROTOOPT'],
  ['setsockopt on another level', 'setsockopt', [S, 5, SO_RCVBUF, FAULT, 0], 'ENOPROTOOPT'],
  ['getsockopt', 'getsockopt', [S, SOL_SOCKET, SO_RCVBUF, OUT, [4]], '= 0'],
  ['getsockopt of a free descriptor', 'getsockopt', [FREE, SOL_SOCKET, SO_RCVBUF, OUT, null], 'EBADF'],
  ['getsockopt of what is no socket', 'getsockopt', [FILE, SOL_SOCKET, SO_RCVBUF, OUT, null], 'ENOTSOCK'],
  ['getsockopt without a length', 'getsockopt', [S, SOL_SOCKET, 999, OUT, null], 'EFAULT'],
  ['getsockopt with a negative length', 'getsockopt', [S, SOL_SOCKET, 999, OUT, [-1]], 'EINVAL'],
  ['getsockopt of an unknown option', 'getsockopt', [S, SOL_SOCKET, 999, FAULT, [4]], 'ENOPROTOOPT'],
  ['getsockopt on another level', 'getsockopt', [S, 77, SO_RCVBUF, FAULT, null], 'ENOPROTOOPT'],
  ['getsockopt into memory that is not there', 'getsockopt', [S, SOL_SOCKET, SO_RCVBUF, FAULT, [4]], 'EFAULT'],
  ['getsockopt of nothing', 'getsockopt', [S, SOL_SOCKET, SO_RCVBUF, null, [0]], '= 0'],
];

const bases = ['2.6.26', '6.x'] as const;

for (const [title, call, args, expected, setup] of [...opening, ...binding, ...sending, ...receiving, ...options]) {
  for (const [i, base] of bases.entries()) {
    test(`${base}: ${title}`, (t) => {
      const bed = wired(base);
      setup?.(bed);
      t.is(bed.outcome(bed.init, call, ...args), typeof expected === 'string' ? expected : expected[i]!);
    });
  }
}

test('2.6.26: a family that is there goes before a type that is not', (t) => {
  const bed = wired('2.6.26');
  t.is(bed.outcome(bed.init, 'socket', 34, 11, 0), 'EAFNOSUPPORT');
  t.is(bed.outcome(bed.init, 'socket', 33, 11, 0), 'EINVAL');
});

for (const base of bases) {
  test(`${base}: a socket needs a descriptor`, (t) => {
    const limits = { ...defaultLimits, RLIMIT_NOFILE: { soft: 4, hard: 4 } };
    const bed = wired(base, [], { limits });
    t.is(bed.outcome(bed.init, 'socket', AF_NETLINK, SOCK_RAW, NETLINK_GENERIC), 'EMFILE');
  });

  test(`${base}: a receive waits for the answer, and a signal ends the wait`, (t) => {
    const bed = wired(base);
    const waiting = bed.begin(bed.user, 'recvfrom', S, OUT, 8192, 0, null, null);
    t.is(waiting.result(), undefined);
    bed.send(noop);
    t.like(waiting.result(), { ok: true, value: { value: 36 } });
    bed.call(bed.user, 'rt_sigaction', 10, { sa_handler: 'h', sa_mask: [], sa_flags: 0 }, null, 8);
    const interrupted = bed.begin(bed.user, 'recvfrom', S, OUT, 8192, 0, null, null);
    bed.call(bed.init, 'kill', 2, 10);
    bed.settle();
    t.like(interrupted.result(), { ok: false, errno: 'EINTR' });
  });

  test(`${base}: O_NONBLOCK is MSG_DONTWAIT for good`, (t) => {
    const bed = wired(base);
    bed.call(bed.init, 'fcntl', S, 4, O_NONBLOCK);
    t.is(bed.outcome(bed.init, 'recvfrom', S, OUT, 8192, 0, null, null), 'EAGAIN');
  });

  test(`${base}: a receive that only peeks leaves the message there`, (t) => {
    const bed = wired(base);
    bed.send(noop);
    t.is(bed.outcome(bed.init, 'recvfrom', S, OUT, 20, MSG_PEEK, null, null), '= 20');
    t.is(bed.outcome(bed.init, 'recvfrom', S, OUT, 8192, 0, null, null), '= 36');
    t.is(bed.receive(), 'EAGAIN');
  });

  test(`${base}: a message that cannot be written to memory is lost`, (t) => {
    const bed = wired(base);
    bed.send(noop);
    bed.outcome(bed.init, 'recvfrom', S, FAULT, 8192, 0, null, null);
    t.is(bed.receive(), 'EAGAIN');
  });

  test(`${base}: recvmsg says who it is from, and that something was cut`, (t) => {
    const bed = wired(base);
    bed.send(noop);
    const got = bed.call(bed.init, 'recvmsg', S, header({ msg_iov: [{ iov_base: OUT, iov_len: 16 }] }), 0);
    t.like(got, {
      ok: true,
      value: {
        value: 16,
        out: {
          msg: {
            msg_name: { sa_family: AF_NETLINK, nl_pid: 0, nl_groups: 0 },
            msg_namelen: 12,
            msg_flags: MSG_TRUNC,
            msg_iov: [{ iov_base: { nlmsg_len: 36, nlmsg_seq: 7 }, iov_len: 16 }],
          },
        },
      },
    });
  });

  test(`${base}: poll sees a socket that can be read`, (t) => {
    const bed = wired(base);
    const readable = (): unknown => bed.call(bed.init, 'poll', [{ fd: S, events: 1 }], 1, 0);
    t.like(readable(), { ok: true, value: { value: 0 } });
    bed.send(noop);
    t.like(readable(), { ok: true, value: { value: 1 } });
  });

  test(`${base}: read, write and lseek are nothing for a socket here`, (t) => {
    const bed = wired(base);
    t.is(bed.outcome(bed.init, 'read', S, OUT, 10), 'EINVAL');
    t.is(bed.outcome(bed.init, 'write', S, 'x', 1), 'EINVAL');
    t.is(bed.outcome(bed.init, 'lseek', S, 0, 0), 'ESPIPE');
  });

  test(`${base}: buffers are as large as was asked for, twice, within limits`, (t) => {
    const bed = wired(base);
    const after = (name: number, value: number): unknown => {
      bed.call(bed.init, 'setsockopt', S, SOL_SOCKET, name, [value], 4);
      const got = bed.call(bed.init, 'getsockopt', S, SOL_SOCKET, name, OUT, OUT);
      return got.ok ? got.value.out!.optval : got.errno;
    };
    const old = base === '2.6.26';
    t.deepEqual(after(SO_RCVBUF, 4096), [8192]);
    t.deepEqual(after(SO_RCVBUF, 1), [old ? 256 : 2304]);
    t.deepEqual(after(SO_RCVBUF, -1), [old ? 253_952 : 425_984]);
    t.deepEqual(after(SO_SNDBUF, 1), [old ? 2048 : 4608]);
    t.deepEqual(after(SO_TYPE, 1), [SOCK_RAW]);
    t.deepEqual(after(SO_ERROR, 1), [0]);
  });
}
