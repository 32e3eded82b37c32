/**
 * Netlink: sockets that programs talk to the kernel through; net/netlink/af_netlink.c, netlink(7), SEMANTICS E11.
 *
 * Sending and handling are two things. sendto puts a message into the kernel's queue and returns; a thread of the kernel's own takes
 * it out later (handler.ts) and queues its answer at the port that asked (deliver.ts), which drops what does not fit and says
 * ENOBUFS at the next receive. Only NETLINK_GENERIC is there.
 * Left out on purpose: multicast groups, messages from program to program, dumps that continue over several messages.
 */

import { type Handle, layout, type TableOf, table } from '../machine/layout.ts';
import type { PidNamespace } from '../pid/namespace.ts';
import type { SocketFields } from '../socket/socket.ts';
import type { Message } from './message.ts';

/** A message in the kernel's queue, with what the kernel knows of its sender; struct netlink_skb_parms. */
export interface Packet {
  readonly message: Message;
  /** Bytes that the sender passed. */
  readonly size: number;
  /** The port it came from: a number. Whose it is by the time of the answer is another matter. */
  readonly port: number;
  /** Whether the sender had CAP_NET_ADMIN when it sent. */
  readonly administrator: boolean;
  /** The sender's pid namespace, where messages say so (series bind-ns). */
  readonly ns: PidNamespace | null;
}

/** What there is once in the system. */
interface NetlinkFields {
  /** The sockets by their ports. */
  ports: TableOf<NetlinkSocket | null>;
  /** What the kernel has still to handle, oldest first. */
  inbox: readonly Packet[];
  /** A thread is at it. */
  handling: boolean;
}

export type Netlink = Handle<NetlinkFields>;

export interface NetlinkSocketFields extends SocketFields {
  /** nl_pid, 0 while it is not bound. */
  port: number;
  /** What has come, oldest first. */
  queue: readonly Message[];
  /** Bytes of memory that it takes. */
  charged: number;
  /** A message did not fit: nothing is taken until the queue has been emptied. */
  congested: boolean;
}

export type NetlinkSocket = Handle<NetlinkSocketFields>;

export const Netlink = layout<NetlinkFields>('netlink', {
  ports: table<NetlinkSocket | null>(null),
  inbox: [],
  handling: false,
});
