/** Taking what has come out of a netlink socket; af_netlink.c:netlink_recvmsg, recv(2). */

import type { ErrnoName } from '../abi/errno.ts';
import { MSG_OOB, MSG_PEEK, MSG_TRUNC } from '../abi/socket.ts';
import { joinQueue, leaveQueue } from '../fs/wait-queue.ts';
import type { Kernel } from '../kernel.ts';
import { operation, type Steps } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { fail, ok, type Result } from '../result.ts';
import type { Incoming, Wanted } from '../socket/socket.ts';
import { schedule } from '../task/sleep.ts';
import type { Task } from '../task/task.ts';
import { addressOf } from './address.ts';
import { charge } from './deliver.ts';
import { type Message, sizeOfMessage } from './message.ts';
import type { NetlinkSocket } from './netlink.ts';

type Attempt = Message | 'wait' | ErrnoName;

const take = operation(
  'netlink.receive',
  (tx: Transaction, task: Task, socket: NetlinkSocket, peek: boolean, nonBlocking: boolean): Attempt => {
    leaveQueue(tx, socket.waiters, task);
    const error = tx.read(socket.error);
    if (error !== null) {
      tx.write(socket.error, null); // said once, and before anything that is queued
      return error;
    }
    const [message, ...rest] = tx.read(socket.queue);
    if (message === undefined) return nonBlocking ? 'EAGAIN' : joinQueue(tx, socket.waiters, task);
    if (peek) return message;
    tx.write(socket.queue, rest);
    tx.update(socket.charged, (bytes) => bytes - charge(message));
    if (rest.length === 0) tx.write(socket.congested, false);
    return message;
  },
);

/**
 * The oldest message, waiting for one.
 *
 * @returns ENOBUFS when messages were dropped since, EAGAIN instead of waiting, EOPNOTSUPP for MSG_OOB, EFAULT: the message is lost
 */
export function* receive(
  _k: Kernel,
  task: Task,
  socket: NetlinkSocket,
  { size, good, flags }: Wanted,
  nonBlocking: boolean,
): Steps<Result<Incoming>> {
  if ((flags & MSG_OOB) !== 0) return fail('EOPNOTSUPP');
  for (;;) {
    const payload = yield* take(task, socket, (flags & MSG_PEEK) !== 0, nonBlocking);
    if (payload === 'wait') {
      yield* schedule(task, null);
      continue;
    }
    if (typeof payload === 'string') return fail(payload);
    if (!good && size > 0) return fail('EFAULT');
    const whole = sizeOfMessage(payload);
    const room = Math.min(whole, size);
    const told = room < whole ? MSG_TRUNC : 0;
    const count = (flags & MSG_TRUNC) !== 0 ? whole : room;
    return ok({ payload, count, room, from: addressOf(0), flags: told });
  }
}
