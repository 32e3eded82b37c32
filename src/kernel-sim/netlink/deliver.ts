/**
 * What the kernel says to a program: queued at the port that asked, if it fits; af_netlink.c:netlink_unicast, netlink_attachskb,
 * netlink_overrun.
 *
 * The kernel does not wait for a reader. What comes while too much is queued is dropped, and so is everything after it until the
 * queue has been emptied; the next receive says ENOBUFS, once.
 */

import { awaken } from '../fs/wait-queue.ts';
import type { Kernel } from '../kernel.ts';
import { operation } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { type Message, sizeOfMessage } from './message.ts';
import type { NetlinkSocket } from './netlink.ts';

/** Bytes that a queued message takes beside its own: struct sk_buff and its kin, rounded. */
const OVERHEAD = 256;

/** Bytes of memory that a queued message takes. */
export const charge = (message: Message): number => sizeOfMessage(message) + OVERHEAD;

/** Answers a port; nobody hears of it when the port is nobody's any more. */
export const deliver = operation('netlink.deliver', (tx: Transaction, k: Kernel, port: number, message: Message) => {
  const socket = tx.read(k.netlink.ports.at(port));
  if (socket === null) return; // ECONNREFUSED, which the kernel does not look at
  if (tx.read(socket.congested) || tx.read(socket.charged) > tx.read(socket.receiveLimit)) overrun(tx, socket);
  else {
    tx.update(socket.queue, (queue) => [...queue, message]);
    tx.update(socket.charged, (bytes) => bytes + charge(message));
  }
  awaken(tx, socket.waiters);
});

function overrun(tx: Transaction, socket: NetlinkSocket): void {
  if (tx.read(socket.congested)) return;
  tx.write(socket.congested, true);
  tx.write(socket.error, 'ENOBUFS');
}
