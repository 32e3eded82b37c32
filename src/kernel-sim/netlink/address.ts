/** Addresses of netlink sockets: struct sockaddr_nl, ports and who has them; af_netlink.c:netlink_bind, netlink_autobind. */

import { SOCKADDR_NL_SIZE } from '../abi/netlink.ts';
import { AF_NETLINK } from '../abi/socket.ts';
import type { Kernel } from '../kernel.ts';
import { operation } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { done, fail, type Result } from '../result.ts';
import { processNumber } from '../signal/siginfo.ts';
import type { SocketAddress } from '../socket/socket.ts';
import type { Task } from '../task/task.ts';
import type { NetlinkSocket } from './netlink.ts';

export interface NetlinkAddress extends SocketAddress {
  /** nl_pid: 0 is the kernel. */
  readonly port: number;
  /** nl_groups, one bit for each. */
  readonly groups: number;
}

const isNetlink = (address: SocketAddress): address is NetlinkAddress => address.family === AF_NETLINK;

/** The address as one of netlink; null, for EINVAL, when it is of another family. 6.x wants all of it. */
export function netlinkAddress(k: Kernel, address: SocketAddress): NetlinkAddress | null {
  if (!k.is26 && address.size < SOCKADDR_NL_SIZE) return null;
  return isNetlink(address) ? address : null;
}

/** The address of a port. */
export const addressOf = (port: number): NetlinkAddress => ({
  family: AF_NETLINK,
  size: SOCKADDR_NL_SIZE,
  port,
  groups: 0,
});

/** The first port below 0 that is tried when the process's own number is taken; 6.x begins anywhere below. */
const FIRST_SPARE = -4097;

/** Takes a port for a socket that has none: the process's number, or a negative one; for operations. */
function takeAnyPort(tx: Transaction, k: Kernel, task: Task, socket: NetlinkSocket): void {
  // 2.6.26 takes the number that the process has in the initial namespace, whichever its own is.
  const own = processNumber(tx, task, k.is26 ? k.initPidNs : tx.read(task.pidNs)!);
  let port = own;
  for (let spare = FIRST_SPARE; tx.read(k.netlink.ports.at(port)) !== null; spare--) port = spare;
  takePort(tx, k, socket, port);
}

function takePort(tx: Transaction, k: Kernel, socket: NetlinkSocket, port: number): void {
  tx.write(k.netlink.ports.at(port), socket);
  tx.write(socket.port, port);
}

/** Gives the port back; for operations. */
export function leavePort(tx: Transaction, k: Kernel, socket: NetlinkSocket): void {
  const port = tx.read(socket.port);
  if (port !== 0) tx.write(k.netlink.ports.at(port), null);
}

/**
 * Binds a socket to a port, 0 for any.
 *
 * @returns EADDRINUSE for a port that another socket has, EINVAL for a second one
 */
export const bindPort = operation(
  'netlink.bind',
  (tx: Transaction, k: Kernel, task: Task, socket: NetlinkSocket, port: number): Result<undefined> => {
    const bound = tx.read(socket.port);
    if (bound !== 0) return bound === port ? done : fail('EINVAL');
    if (port === 0) takeAnyPort(tx, k, task, socket);
    else if (tx.read(k.netlink.ports.at(port)) !== null) return fail('EADDRINUSE');
    else takePort(tx, k, socket, port);
    return done;
  },
);

/** Binds a socket that is about to send, if it is not bound; says its port. */
export const autobind = operation(
  'netlink.autobind',
  (tx: Transaction, k: Kernel, task: Task, socket: NetlinkSocket): number => {
    if (tx.read(socket.port) === 0) takeAnyPort(tx, k, task, socket);
    return tx.read(socket.port);
  },
);
