/**
 * msgsnd; do_msgsnd and pipelined_send of ipc/msg.c, SEMANTICS C8.
 *
 * Notes: `msg.handed` {recorded, process} when a message goes straight to a sleeping receiver: who is put down, and its process;
 * `msg.sender_waits` {task, queue, again} when a sender joins the tail, for the first time in its call or once more.
 */

import { IPC_NOWAIT } from '../abi/ipc.ts';
import { type Kernel, seconds } from '../kernel.ts';
import { operation, type Steps } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { done, fail, type Result } from '../result.ts';
import { signalPending } from '../signal/inherit.ts';
import { schedule } from '../task/sleep.ts';
import type { Task } from '../task/task.ts';
import { lookUp } from './ids.ts';
import {
  answer,
  hasRoom,
  Message,
  type MessageQueue,
  messages,
  type Receiver,
  receivers,
  Sender,
  senders,
} from './message-queue.ts';
import { selects } from './message-selection.ts';
import { idsOf } from './namespace.ts';
import { permits, WRITE } from './object.ts';
import { processRecord, threadRecord } from './pid-record.ts';
import { sleepInterruptibly } from './wait.ts';

/** A message as the caller describes it. */
export interface Outgoing {
  readonly type: number;
  /** The text; `size` bytes of it are sent, with zeros where it is shorter. Null when it cannot be read. */
  readonly text: string | null;
  readonly size: number;
  readonly flags: number;
}

/** A sender who has to wait, and for which queue. */
interface Waiting {
  readonly sender: Sender;
  readonly queue: MessageQueue;
}

type Attempt = Result<undefined> | Waiting;

/** The checks before any lock, in the order of do_msgsnd: the text is copied before the queue is looked up. */
const begin = operation('msgsnd', (tx: Transaction, k: Kernel, task: Task, id: number, outgoing: Outgoing): Attempt => {
  const ns = tx.read(task.ipcNs)!;
  const { size, type, text } = outgoing;
  if (size > tx.read(ns.msgmax) || size < 0 || id < 0) return fail('EINVAL');
  if (type < 1) return fail('EINVAL');
  if (text === null) return fail('EFAULT');
  const found = lookUp<MessageQueue>(tx, k, idsOf(tx, ns, 'msg'), id);
  return found.ok ? attempt(tx, k, task, found.value, outgoing, false) : found;
});

const again = operation(
  'msgsnd.again',
  (tx: Transaction, k: Kernel, task: Task, queue: MessageQueue, outgoing: Outgoing): Attempt =>
    attempt(tx, k, task, queue, outgoing, true),
);

function attempt(
  tx: Transaction,
  k: Kernel,
  task: Task,
  queue: MessageQueue,
  outgoing: Outgoing,
  again: boolean,
): Attempt {
  if (!permits(tx, tx.read(task.cred), queue, WRITE)) return fail('EACCES'); // asked again after each sleep
  if (hasRoom(tx, queue, outgoing.size)) {
    deliver(tx, k, task, queue, outgoing);
    return done;
  }
  if ((outgoing.flags & IPC_NOWAIT) !== 0) return fail('EAGAIN');
  const sender = tx.create(Sender, { task, size: outgoing.size });
  senders.append(tx, queue, sender);
  tx.note({ type: 'msg.sender_waits', task, queue, again });
  sleepInterruptibly(tx, task);
  return { sender, queue };
}

/** Hands the message to the first receiver it suits, or puts it into the queue. */
function deliver(tx: Transaction, k: Kernel, task: Task, queue: MessageQueue, { type, text, size }: Outgoing): void {
  tx.write(queue.lspid, processRecord(tx, k, task)!);
  tx.write(queue.stime, seconds(tx, k));
  const message = tx.create(Message, { type, text: text!.slice(0, size).padEnd(size, '\0') });
  for (const receiver of receivers.members(tx, queue)) {
    if (!selects(tx, tx.read(receiver.selection), message)) continue;
    receivers.remove(tx, queue, receiver);
    if (tx.read(receiver.maxSize) < size) {
      answer(tx, receiver, 'E2BIG'); // its buffer is too small: it is told, and the message is for the next one
      continue;
    }
    const recorded = handedTo(tx, k, task, receiver);
    tx.write(queue.lrpid, recorded);
    tx.note({ type: 'msg.handed', recorded, process: processRecord(tx, k, tx.read(receiver.task)!) });
    tx.write(queue.rtime, seconds(tx, k));
    answer(tx, receiver, message);
    return;
  }
  messages.append(tx, queue, message);
  tx.update(queue.cbytes, (n) => n + size);
  tx.update(queue.qnum, (n) => n + 1);
}

/** Who is put down as the last receiver: the thread that slept, as the sender sees it, not its process (K3). */
function handedTo(tx: Transaction, k: Kernel, sender: Task, receiver: Receiver) {
  const to = tx.read(receiver.task)!;
  return k.fixed('K3') ? processRecord(tx, k, to)! : threadRecord(tx, k, to, tx.read(sender.pidNs)!)!;
}

/** Leaves the queue of senders after a sleep; false when the queue of messages is gone. */
const awake = operation('msgsnd.awake', (tx: Transaction, { sender, queue }: Waiting): boolean => {
  const there = !tx.read(queue.deleted);
  if (there) senders.remove(tx, queue, sender);
  tx.free(sender);
  return there;
});

/**
 * Sends a message, waiting for room unless IPC_NOWAIT says otherwise; msgsnd(2).
 *
 * @returns EINVAL, EFAULT, EIDRM, EACCES, EAGAIN (no room, IPC_NOWAIT), ERESTARTNOHAND for a signal
 */
export function* sendMessage(k: Kernel, task: Task, id: number, outgoing: Outgoing): Steps<Result<undefined>> {
  let tried = yield* begin(k, task, id, outgoing);
  while (!('ok' in tried)) {
    yield* schedule(task, null);
    if (!(yield* awake(tried))) return fail('EIDRM');
    if (yield* signalPending(task)) return fail('ERESTARTNOHAND');
    tried = yield* again(k, task, tried.queue, outgoing);
  }
  return tried;
}
