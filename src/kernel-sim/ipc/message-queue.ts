/**
 * Message queues: their messages, and who sleeps for room or for a message; ipc/msg.c, SEMANTICS C8.
 *
 * Sending is in message-send.ts, receiving in message-receive.ts, msgctl in message-control.ts.
 * Left out on purpose: the namespace's totals of messages and bytes, which MSG_INFO adds up instead, so that unrelated queues share
 * no cell.
 */

import type { ErrnoName } from '../abi/errno.ts';
import type { Kernel } from '../kernel.ts';
import type { Steps } from '../machine/effect.ts';
import { type Handle, layout } from '../machine/layout.ts';
import { LinkedList } from '../machine/list.ts';
import type { Transaction } from '../machine/store.ts';
import type { Result } from '../result.ts';
import { wake } from '../task/sleep.ts';
import type { Task } from '../task/task.ts';
import { get } from './create.ts';
import { unpublishObject } from './ids.ts';
import { type IpcNamespace, idsOf } from './namespace.ts';
import { type IpcObjectFields, ipcObjectFields } from './object.ts';
import type { PidRecord } from './pid-record.ts';

interface MessageFields {
  type: number;
  text: string;
  next: Message | null;
  previous: Message | null;
}

export type Message = Handle<MessageFields>;

export const Message = layout<MessageFields>('msg_msg', { type: 0, text: '', next: null, previous: null });

interface SenderFields {
  task: Task | null;
  size: number;
  next: Sender | null;
  previous: Sender | null;
}

/** One who waits for room. */
export type Sender = Handle<SenderFields>;

export const Sender = layout<SenderFields>('msg_sender', { task: null, size: 0, next: null, previous: null });

/** Which message a receiver takes: msgrcv(2) on msgtyp and its flags. */
export type Selection =
  | { readonly mode: 'any' }
  | { readonly mode: 'equal' | 'not-equal' | 'up-to'; readonly type: number }
  | { readonly mode: 'at'; readonly index: number };

interface ReceiverFields {
  task: Task | null;
  selection: Selection;
  /** The longest message it takes; Infinity when longer ones are cut. */
  maxSize: number;
  /** A message handed over, or why there is none; null while it waits. EAGAIN stands for "look again". */
  reply: Message | ErrnoName | null;
  next: Receiver | null;
  previous: Receiver | null;
}

/** One who waits for a message. */
export type Receiver = Handle<ReceiverFields>;

export const Receiver = layout<ReceiverFields>('msg_receiver', {
  task: null,
  selection: { mode: 'any' },
  maxSize: 0,
  reply: null,
  next: null,
  previous: null,
});

interface MessageQueueFields extends IpcObjectFields {
  /** Bytes and messages in the queue, and how many bytes it may hold. */
  cbytes: number;
  qnum: number;
  qbytes: number;
  lspid: PidRecord;
  lrpid: PidRecord;
  stime: number;
  rtime: number;
  firstMessage: Message | null;
  lastMessage: Message | null;
  firstSender: Sender | null;
  lastSender: Sender | null;
  firstReceiver: Receiver | null;
  lastReceiver: Receiver | null;
}

export type MessageQueue = Handle<MessageQueueFields>;

export const MessageQueue = layout<MessageQueueFields>('msg_queue', {
  ...ipcObjectFields,
  cbytes: 0,
  qnum: 0,
  qbytes: 0,
  lspid: 0,
  lrpid: 0,
  stime: 0,
  rtime: 0,
  firstMessage: null,
  lastMessage: null,
  firstSender: null,
  lastSender: null,
  firstReceiver: null,
  lastReceiver: null,
});

/** The messages of a queue, oldest first. */
export const messages = new LinkedList<MessageQueue, Message>({
  head: (queue) => queue.firstMessage,
  tail: (queue) => queue.lastMessage,
  next: (message) => message.next,
  previous: (message) => message.previous,
});

export const senders = new LinkedList<MessageQueue, Sender>({
  head: (queue) => queue.firstSender,
  tail: (queue) => queue.lastSender,
  next: (sender) => sender.next,
  previous: (sender) => sender.previous,
});

export const receivers = new LinkedList<MessageQueue, Receiver>({
  head: (queue) => queue.firstReceiver,
  tail: (queue) => queue.lastReceiver,
  next: (receiver) => receiver.next,
  previous: (receiver) => receiver.previous,
});

/** Whether a message of `size` bytes fits: by bytes, and by number, so that empty messages cannot pile up. */
export function hasRoom(tx: Transaction, queue: MessageQueue, size: number): boolean {
  const qbytes = tx.read(queue.qbytes);
  return tx.read(queue.cbytes) + size <= qbytes && tx.read(queue.qnum) + 1 <= qbytes;
}

/**
 * Wakes senders after room was made; ss_wakeup. 2.6.26 wakes all, and who does not fit queues up anew at the tail (K9).
 * 6.x wakes those that fit now and turns the others round to the tail, so that their order stays.
 */
export function wakeSenders(tx: Transaction, k: Kernel, queue: MessageQueue): void {
  if (k.is26 && !k.fixed('K9')) {
    for (const sender of senders.members(tx, queue)) wake(tx, tx.read(sender.task)!);
    return;
  }
  let stop: Sender | null = null;
  let sender = senders.first(tx, queue);
  while (sender !== null && sender !== stop) {
    const next: Sender | null = senders.next(tx, sender);
    if (hasRoom(tx, queue, tx.read(sender.size))) wake(tx, tx.read(sender.task)!);
    else {
      stop ??= sender;
      senders.remove(tx, queue, sender);
      senders.append(tx, queue, sender);
    }
    sender = next;
  }
}

/** Ends the wait of every receiver with an errno; expunge_all. They leave the list themselves. */
export function expungeReceivers(tx: Transaction, queue: MessageQueue, reply: ErrnoName): void {
  for (const receiver of receivers.members(tx, queue)) answer(tx, receiver, reply);
}

/** Ends the wait of one receiver. */
export function answer(tx: Transaction, receiver: Receiver, reply: Message | ErrnoName): void {
  tx.write(receiver.reply, reply);
  wake(tx, tx.read(receiver.task)!);
}

/** Removes a queue: whoever sleeps on it gets EIDRM, its messages are gone; freeque. */
export function destroyQueue(tx: Transaction, _k: Kernel, ns: IpcNamespace, queue: MessageQueue): void {
  expungeReceivers(tx, queue, 'EIDRM');
  for (const receiver of receivers.members(tx, queue)) receivers.remove(tx, queue, receiver);
  for (const sender of senders.members(tx, queue)) {
    senders.remove(tx, queue, sender);
    wake(tx, tx.read(sender.task)!);
  }
  unpublishObject(tx, idsOf(tx, ns, 'msg'), queue);
  for (const message of messages.members(tx, queue)) tx.free(message);
  tx.free(queue);
}

/** Finds or makes a queue; msgget(2). ENOENT, EEXIST, EACCES, ENOSPC, and EBUSY for a chosen id. */
export const getQueue = (k: Kernel, task: Task, key: number, flags: number): Steps<Result<number>> =>
  get(k, task, {
    kind: 'msg',
    consumer: 'msgget',
    key,
    flags,
    invalid: () => null,
    tooSmall: () => false,
    refuse: () => null,
    limit: (ns) => ns.msgmni,
    make: (tx, _k, ns) => tx.create(MessageQueue, { qbytes: tx.read(ns.msgmnb) }),
  });
