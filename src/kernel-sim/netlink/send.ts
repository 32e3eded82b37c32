/** Sending to the kernel through a netlink socket; af_netlink.c:netlink_sendmsg, send(2). */

import { MSG_OOB } from '../abi/socket.ts';
import type { Kernel } from '../kernel.ts';
import { operation, type Steps } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { fail, ok, type Result } from '../result.ts';
import type { Outgoing } from '../socket/socket.ts';
import { capable } from '../task/cred.ts';
import type { Task } from '../task/task.ts';
import { autobind, netlinkAddress } from './address.ts';
import { queueWork } from './handler.ts';
import { type Message, sizeOfMessage } from './message.ts';
import type { NetlinkSocket } from './netlink.ts';

/** What the send buffer does not hold of a message: the kernel's own. Bytes. */
const RESERVED = 32;

const isTooLong = operation(
  'netlink.check_length',
  (tx: Transaction, socket: NetlinkSocket, size: number): boolean => size > tx.read(socket.sendLimit) - RESERVED,
);

const mayUseGroups = operation('netlink.capable', (tx: Transaction, task: Task): boolean =>
  capable(tx.read(task.cred), 'CAP_NET_ADMIN'),
);

/** Puts the message into the kernel's queue, where it lies until somebody gets to it. That is all there is to sending. */
const queue = operation(
  'netlink.send',
  (tx: Transaction, k: Kernel, task: Task, port: number, message: Message, size: number): void =>
    queueWork(tx, k, {
      message,
      size,
      port,
      administrator: capable(tx.read(task.cred), 'CAP_NET_ADMIN'),
      ns: k.profile.series.has('bind-ns') ? tx.read(task.pidNs) : null,
    }),
);

/**
 * Sends a message to the kernel.
 *
 * @returns its bytes; EOPNOTSUPP for MSG_OOB, EINVAL for an address of another family, EPERM for a group without CAP_NET_ADMIN,
 * ENODATA for nothing (6.x), EMSGSIZE beyond the send buffer, EFAULT, ECONNREFUSED for a port that is not the kernel's
 */
export function* send(k: Kernel, task: Task, socket: NetlinkSocket, outgoing: Outgoing): Steps<Result<number>> {
  const { payload, flags } = outgoing;
  const size = outgoing.size ?? (payload === null ? 0 : sizeOfMessage(payload));
  if ((flags & MSG_OOB) !== 0) return fail('EOPNOTSUPP');
  if (!k.is26 && size === 0) return fail('ENODATA');
  let to = 0; // without an address: the kernel, as nothing else can be connected to
  if (outgoing.address !== null) {
    const address = netlinkAddress(k, outgoing.address);
    if (address === null) return fail('EINVAL');
    to = address.port;
    // 6.x wants the capability for any destination but the kernel itself.
    const isOpen = address.groups === 0 && (k.is26 || to === 0);
    if (!isOpen && !(yield* mayUseGroups(task))) return fail('EPERM');
  }
  const port = yield* autobind(k, task, socket);
  if (yield* isTooLong(socket, size)) return fail('EMSGSIZE');
  if (payload === null) return fail('EFAULT');
  if (to !== 0) return fail('ECONNREFUSED');
  yield* queue(k, task, port, payload, size);
  return ok(size);
}
