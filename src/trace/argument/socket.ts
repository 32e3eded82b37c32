/** Arguments of the socket calls: families, types, flags, options. */

import * as netlink from '../../kernel-sim/abi/netlink.ts';
import * as socket from '../../kernel-sim/abi/socket.ts';
import { integerOf } from '../../syscalls/datum.ts';
import { choice, flags, namesOf } from './flags.ts';
import { integerIn, integers, type Printer } from './printer.ts';

const types = choice(
  namesOf(socket, 'SOCK_STREAM SOCK_DGRAM SOCK_RAW SOCK_RDM SOCK_SEQPACKET SOCK_DCCP SOCK_PACKET'),
  'SOCK',
);

const TYPE_BITS = 0xfn;

const typeFlags = flags(namesOf(socket, 'SOCK_CLOEXEC SOCK_NONBLOCK'), 'SOCK');

/** The type and the flags that go with it. */
const socketType: Printer = (value, context) => {
  const integer = integerIn(value);
  if (integer === undefined) return undefined;
  const others = integer & ~TYPE_BITS;
  return types(integer & TYPE_BITS, context) + (others === 0n ? '' : `|${typeFlags(others, context)}`);
};

const netlinkProtocols = choice(
  namesOf(netlink, 'NETLINK_ROUTE NETLINK_AUDIT NETLINK_KOBJECT_UEVENT NETLINK_GENERIC'),
  'NETLINK',
);

export const socketPrinters: Readonly<Record<string, Printer>> = {
  socket_family: choice(namesOf(socket, 'AF_UNSPEC AF_UNIX AF_INET AF_INET6 AF_NETLINK AF_PACKET'), 'AF'),
  socket_type: socketType,
  socket_protocol: (value, context) =>
    integerOf(context.args[0]) === socket.AF_NETLINK ? netlinkProtocols(value, context) : undefined,
  socket_flags: flags(
    namesOf(socket, 'MSG_OOB MSG_PEEK MSG_CTRUNC MSG_TRUNC MSG_DONTWAIT MSG_WAITALL MSG_NOSIGNAL'),
    'MSG',
  ),
  socket_level: choice(namesOf(socket, 'SOL_SOCKET'), 'SOL'),
  socket_option: choice(namesOf(socket, 'SO_TYPE SO_ERROR SO_SNDBUF SO_RCVBUF'), 'SO'),
  netlink_groups: integers((value) => BigInt.asUintN(32, value).toString(16).padStart(8, '0')),
};
