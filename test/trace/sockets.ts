import test from 'ava';
import type { Datum } from '../../src/syscalls/datum.ts';
import { printValue } from '../../src/trace/argument/value.ts';

const head = (nlmsg_type: number, nlmsg_flags: number): Datum => ({
  nlmsg_len: 28,
  nlmsg_type,
  nlmsg_flags,
  nlmsg_seq: 5,
  nlmsg_pid: 0,
});

/** What strace 6.1 printed for the same arguments; messages of families that it does not know are thaw's own. */
const rows: readonly (readonly [kind: string, value: Datum, text: string, args?: readonly Datum[]])[] = [
  ['socket_family', 16, 'AF_NETLINK'],
  ['socket_family', 99, '0x63 /* AF_??? */'],
  ['socket_type', 3, 'SOCK_RAW'],
  ['socket_type', 0o2004003, 'SOCK_RAW|SOCK_CLOEXEC|SOCK_NONBLOCK'],
  ['socket_protocol', 16, 'NETLINK_GENERIC', [16]],
  ['socket_protocol', 16, '16', [2]],
  ['socket_flags', 0, '0'],
  ['socket_flags', 0x60, 'MSG_TRUNC|MSG_DONTWAIT'],
  ['socket_level', 1, 'SOL_SOCKET'],
  ['socket_option', 8, 'SO_RCVBUF'],
  ['int[]', [128], '[128]'],
  ['sockaddr', { sa_family: 16, nl_pid: 0, nl_groups: 0 }, '{sa_family=AF_NETLINK, nl_pid=0, nl_groups=00000000}'],
  [
    'netlink_message',
    head(1, 5),
    '{nlmsg_len=28, nlmsg_type=NLMSG_NOOP, nlmsg_flags=NLM_F_REQUEST|NLM_F_ACK, nlmsg_seq=5, nlmsg_pid=0}',
  ],
  [
    'netlink_message',
    [head(2, 0x100), { error: 0, msg: head(1, 0x301) }],
    '[{nlmsg_len=28, nlmsg_type=NLMSG_ERROR, nlmsg_flags=NLM_F_CAPPED, nlmsg_seq=5, nlmsg_pid=0}, {error=0, msg=' +
      '{nlmsg_len=28, nlmsg_type=NLMSG_NOOP, nlmsg_flags=NLM_F_REQUEST|NLM_F_DUMP, nlmsg_seq=5, nlmsg_pid=0}}]',
  ],
  [
    'netlink_message',
    [head(2, 0), { error: -2, msg: [head(0x300, 1), { cmd: 3, version: 1 }, []] }],
    '[{nlmsg_len=28, nlmsg_type=NLMSG_ERROR, nlmsg_flags=0, nlmsg_seq=5, nlmsg_pid=0}, {error=-ENOENT, msg=' +
      '[{nlmsg_len=28, nlmsg_type=0x300 /* GENERIC_FAMILY_??? */, nlmsg_flags=NLM_F_REQUEST, nlmsg_seq=5, nlmsg_pid=0}, ' +
      '{cmd=3, version=1}, []]}]',
  ],
  [
    'netlink_message',
    [
      { nlmsg_type: 17 },
      { cmd: 2, version: 1 },
      [
        [{ nla_type: 1 }, 500],
        [{ nla_len: 12, nla_type: 2 }, [10, 34]],
      ],
    ],
    '[{nlmsg_type=GENL_ID_CR}, {cmd=CR_CMD_RESTORE, version=1}, ' +
      '[[{nla_type=CR_ATTR_PID}, 500], [{nla_len=12, nla_type=CR_ATTR_BLOCKED}, [USR1 RT_2]]]]',
  ],
  [
    'netlink_message',
    [{ nlmsg_type: 17 }, { cmd: 1 }, [[{ nla_type: 3 }, [{ si_signo: 10, si_code: 0 }]], [{ nla_type: 99 }], 7]],
    '[{nlmsg_type=GENL_ID_CR}, {cmd=CR_CMD_DUMP}, [[{nla_type=CR_ATTR_PENDING}, [{si_signo=SIGUSR1, si_code=SI_USER}]], ' +
      '[{nla_type=0x63 /* CR_ATTR_??? */}], 7]]',
  ],
  ['netlink_message', 'ab\n', '"ab\\n"'],
  [
    'msghdr',
    { msg_name: null, msg_iov: [{ iov_base: [head(16, 1), { cmd: 3 }], iov_len: 20 }], msg_flags: 0x20 },
    '{msg_name=NULL, msg_iov=[{iov_base=[{nlmsg_len=28, nlmsg_type=GENL_ID_CTRL, nlmsg_flags=NLM_F_REQUEST, nlmsg_seq=5, ' +
      'nlmsg_pid=0}, {cmd=CTRL_CMD_GETFAMILY}], iov_len=20}], msg_flags=MSG_TRUNC}',
  ],
];

for (const [kind, value, text, args = []] of rows) {
  test(`${kind} is printed as ${text}`, (t) => {
    t.is(printValue(kind, value, { width: 32, call: 'socket', args }), text);
  });
}
