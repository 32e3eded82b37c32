import test from 'ava';
import { conformRecording } from '../../../src/import/conform/conform.ts';
import { gather } from '../../../src/import/strace/read-log.ts';

/** As strace 6.1 recorded it on 6.18, but for the connection. */
const log = `\
1000  socket(AF_NETLINK, SOCK_RAW|SOCK_CLOEXEC, NETLINK_GENERIC) = 3
1000  setsockopt(3, SOL_SOCKET, SO_RCVBUF, [128], 4) = 0
1000  bind(3, {sa_family=AF_NETLINK, nl_pid=0, nl_groups=00000000}, 12) = 0
1000  getsockname(3, {sa_family=AF_NETLINK, nl_pid=1000, nl_groups=00000000}, [12]) = 0
1000  sendto(3, [{nlmsg_len=28, nlmsg_type=nlctrl, nlmsg_flags=NLM_F_REQUEST|NLM_F_ACK, nlmsg_seq=5, nlmsg_pid=0}, "\\x03"], 28, 0, NULL, 0) = 28
1000  recvfrom(3, [{nlmsg_len=48, nlmsg_type=NLMSG_ERROR}, {error=-ENOENT}], 500, 0, NULL, NULL) = 48
1000  recvmsg(3, {msg_namelen=12}, 0) = -1 EAGAIN (Resource temporarily unavailable)
1000  socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 4
1000  connect(4, {sa_family=AF_INET, sin_port=htons(1), sin_addr=inet_addr("127.0.0.1")}, 16) = -1 ECONNREFUSED (Connection refused)
1000  dup(4)                            = 5
1000  close(4)                          = 0
1000  close(3)                          = 0
1000  getpid()                          = 1000
1000  exit_group(0)                     = ?
1000  +++ exited with 0 +++
`;

test('sockets of recorded programs are not compared, and their descriptors are there all the same', async (t) => {
  const read = await gather('sockets', [log]);
  if (!read.ok) throw new Error('the log cannot be read');
  const report = conformRecording(read.value);
  t.is(report.divergence, null);
  t.deepEqual(report.skipped, {
    bind: 1,
    connect: 1,
    getsockname: 1,
    recvfrom: 1,
    recvmsg: 1,
    sendto: 1,
    setsockopt: 1,
    socket: 2,
  });
  t.is(report.agreed, 5);
});
