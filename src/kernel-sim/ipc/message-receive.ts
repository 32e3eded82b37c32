/** msgrcv; do_msgrcv of ipc/msg.c, SEMANTICS C8 and D (MSG_COPY). */

import type { ErrnoName } from '../abi/errno.ts';
import { IPC_NOWAIT, MSG_COPY, MSG_EXCEPT, MSG_NOERROR } from '../abi/ipc.ts';
import { type Kernel, seconds } from '../kernel.ts';
import { operation, type Steps } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { fail, ok, type Result } from '../result.ts';
import { signalPending } from '../signal/inherit.ts';
import { schedule } from '../task/sleep.ts';
import type { Task } from '../task/task.ts';
import { lookUp } from './ids.ts';
import { type Message, type MessageQueue, messages, Receiver, receivers, wakeSenders } from './message-queue.ts';
import { findMessage, selectionOf } from './message-selection.ts';
import { idsOf } from './namespace.ts';
import { permits, READ } from './object.ts';
import { processRecord } from './pid-record.ts';
import { sleepInterruptibly } from './wait.ts';

/** What a receiver asks for. */
export interface Wanted {
  /** Bytes the buffer has room for. */
  readonly size: number;
  readonly type: number;
  readonly flags: number;
  /** Whether the buffer can be written. */
  readonly writable: boolean;
}

/** A message as it reaches the caller. */
export interface Received {
  readonly type: number;
  readonly text: string;
}

/** A receiver who has to wait, and for which queue. */
interface Waiting {
  readonly receiver: Receiver;
  readonly queue: MessageQueue;
}

type Attempt = Result<Received> | Waiting;

const begin = operation('msgrcv', (tx: Transaction, k: Kernel, task: Task, id: number, wanted: Wanted): Attempt => {
  const found = lookUp<MessageQueue>(tx, k, idsOf(tx, tx.read(task.ipcNs)!, 'msg'), id);
  return found.ok ? attempt(tx, k, task, found.value, wanted) : found;
});

const again = operation('msgrcv.again', attempt);

function attempt(tx: Transaction, k: Kernel, task: Task, queue: MessageQueue, wanted: Wanted): Attempt {
  const { size, flags } = wanted;
  if (!permits(tx, tx.read(task.cred), queue, READ)) return fail('EACCES'); // asked again after each sleep
  const selection = selectionOf(wanted.type, flags, k.is26);
  const message = findMessage(tx, queue, selection);
  if (message !== null) {
    const length = tx.read(message.text).length;
    if (length > size && (flags & MSG_NOERROR) === 0) return fail('E2BIG'); // the message stays
    if (selection.mode !== 'at') return ok(take(tx, k, task, queue, message, size));
    // The dummy that the copy goes into is no longer than the buffer, and the copy is not cut.
    return length > size ? fail('EINVAL') : ok(contents(tx, message, size));
  }
  if ((flags & IPC_NOWAIT) !== 0) return fail('ENOMSG');
  const maxSize = (flags & MSG_NOERROR) === 0 ? size : Number.POSITIVE_INFINITY;
  const receiver = tx.create(Receiver, { task, selection, maxSize });
  receivers.append(tx, queue, receiver);
  sleepInterruptibly(tx, task);
  return { receiver, queue };
}

const contents = (tx: Transaction, message: Message, size: number): Received => ({
  type: tx.read(message.type),
  text: tx.read(message.text).slice(0, size),
});

function take(tx: Transaction, k: Kernel, task: Task, queue: MessageQueue, message: Message, size: number): Received {
  const received = contents(tx, message, size);
  messages.remove(tx, queue, message);
  tx.update(queue.qnum, (n) => n - 1);
  tx.update(queue.cbytes, (n) => n - tx.read(message.text).length);
  tx.write(queue.rtime, seconds(tx, k));
  tx.write(queue.lrpid, processRecord(tx, k, task)!);
  wakeSenders(tx, k, queue);
  tx.free(message);
  return received;
}

/** What the sleep ended with: a message handed over, an errno, or null when nobody has answered and one has to look again. */
const awake = operation(
  'msgrcv.awake',
  (tx: Transaction, { receiver, queue }: Waiting, size: number): Result<Received> | null => {
    const reply = tx.read(receiver.reply);
    if (reply === null || reply === 'EAGAIN') receivers.remove(tx, queue, receiver);
    tx.free(receiver);
    if (reply === null || reply === 'EAGAIN') return null;
    if (typeof reply === 'string') return fail(reply);
    const received = contents(tx, reply, size);
    tx.free(reply);
    return ok(received);
  },
);

/** Refuses what can be refused without looking at the queue; null when there is nothing to say. */
function refuse(k: Kernel, id: number, { size, flags, writable }: Wanted): ErrnoName | null {
  if (id < 0 || size < 0) return 'EINVAL';
  if (k.is26 || (flags & MSG_COPY) === 0) return null;
  if ((flags & MSG_EXCEPT) !== 0 || (flags & IPC_NOWAIT) === 0) return 'EINVAL'; // a copy is by number, and is not waited for
  return writable ? null : 'EFAULT'; // its dummy is first filled from the buffer
}

/**
 * Takes a message, waiting for one unless IPC_NOWAIT says otherwise; msgrcv(2).
 *
 * @returns EINVAL, EIDRM, EACCES, E2BIG, ENOMSG, EFAULT (the message is lost then), ERESTARTNOHAND for a signal
 */
export function* receiveMessage(k: Kernel, task: Task, id: number, wanted: Wanted): Steps<Result<Received>> {
  const refused = refuse(k, id, wanted);
  if (refused !== null) return fail(refused);
  let got = yield* begin(k, task, id, wanted);
  while (!('ok' in got)) {
    yield* schedule(task, null);
    const answered = yield* awake(got, wanted.size);
    if (answered !== null) got = answered;
    else if (yield* signalPending(task)) return fail('ERESTARTNOHAND');
    else got = yield* again(k, task, got.queue, wanted);
  }
  return got.ok && !wanted.writable ? fail('EFAULT') : got;
}
