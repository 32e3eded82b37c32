/** AF_NETLINK as a family of sockets; af_netlink.c:netlink_create, netlink_release, datagram_poll. */

import { POLLERR, POLLIN, POLLOUT } from '../abi/descriptor.ts';
import { NETLINK_GENERIC } from '../abi/netlink.ts';
import { SOCK_DGRAM, SOCK_RAW } from '../abi/socket.ts';
import type { File } from '../fs/file.ts';
import type { Kernel } from '../kernel.ts';
import { operation } from '../machine/effect.ts';
import { layout } from '../machine/layout.ts';
import type { Transaction } from '../machine/store.ts';
import { done, fail } from '../result.ts';
import type { SocketFamily } from '../socket/families.ts';
import { BUFFER_MAX } from '../socket/options.ts';
import { fileOfSocket, type Socket, socketOperations } from '../socket/socket.ts';
import { addressOf, bindPort, leavePort, netlinkAddress } from './address.ts';
import type { NetlinkSocket as Bound, NetlinkSocketFields } from './netlink.ts';
import { receive } from './receive.ts';
import { send } from './send.ts';

const own = (socket: Socket): Bound => socket as Bound;

const netlinkOperations = socketOperations('netlink', {
  *bind(k, task, socket, given) {
    const address = netlinkAddress(k, given);
    return address === null ? fail('EINVAL') : yield* bindPort(k, task, own(socket), address.port);
  },
  send: (k, task, socket, message) => send(k, task, own(socket), message),
  receive: (k, task, socket, wanted, nonBlocking) => receive(k, task, own(socket), wanted, nonBlocking),
  address: (tx, socket) => addressOf(tx.read(own(socket).port)),
  poll: (tx, socket) =>
    (tx.read(own(socket).queue).length > 0 ? POLLIN : 0) | (tx.read(socket.error) === null ? 0 : POLLERR) | POLLOUT,
  release: (tx, k, socket) => leavePort(tx, k, own(socket)),
});

const NetlinkSocket = layout<NetlinkSocketFields>('netlink_socket', {
  operations: netlinkOperations,
  type: SOCK_RAW,
  receiveLimit: 0,
  sendLimit: 0,
  error: null,
  waiters: [],
  port: 0,
  queue: [],
  charged: 0,
  congested: false,
});

const create = operation('netlink.create', (tx: Transaction, k: Kernel, type: number, flags: number): File => {
  const limit = BUFFER_MAX[k.profile.base];
  return fileOfSocket(tx, tx.create(NetlinkSocket, { type, receiveLimit: limit, sendLimit: limit }), flags);
});

/** ESOCKTNOSUPPORT for a type that is no datagram, EPROTONOSUPPORT for a protocol that is not there: all but NETLINK_GENERIC. */
export const netlinkFamily: SocketFamily = {
  check(type, protocol) {
    if (type !== SOCK_RAW && type !== SOCK_DGRAM) return fail('ESOCKTNOSUPPORT');
    return protocol === NETLINK_GENERIC ? done : fail('EPROTONOSUPPORT');
  },
  create,
};
