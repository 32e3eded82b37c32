/**
 * POSIX message queues and the instances they live in; ipc/mqueue.c, mq_overview(7), SEMANTICS C11, B7 and D.
 *
 * A queue is a file of a flat file system of its own, of which each IPC namespace has an instance (in 2.6.26 with the series
 * `mqueue-ns`; without it there is one for all). It lives until it is unlinked and the last open file is gone. What it may hold is
 * charged to the user who made it, against RLIMIT_MSGQUEUE. Unlinking and opening is open.ts's, sending and receiving exchange.ts's,
 * telling of a message notification.ts's, and how queues look as files directory.ts's.
 * Left out on purpose: the order of waiters by scheduling priority (they are served first come, first served), a superblock that
 * outlives its namespace by mounts of it, and the netlink socket of SIGEV_THREAD.
 */

import { type Kernel, seconds } from '../kernel.ts';
import { type Handle, layout, type TableOf, table } from '../machine/layout.ts';
import type { Transaction } from '../machine/store.ts';
import type { Process, Task } from '../task/task.ts';

/** A message in a queue: the higher priorities come first, and the older ones among equals. */
export interface QueuedMessage {
  readonly text: string;
  readonly priority: number;
}

/** Who wants to be told of the next message in an empty queue, and how; struct sigevent. */
export interface Notification {
  readonly process: Process;
  /** SIGEV_SIGNAL, SIGEV_NONE or SIGEV_THREAD. */
  readonly kind: number;
  readonly signo: number;
  /** The two readings of sigev_value. */
  readonly int: number;
  readonly ptr: number | bigint | null;
}

/** Bytes that a new queue says it has as a file: the length of what reading it shows. */
const FILE_SIZE = 80;

interface QueueFields {
  label: string;
  instance: PosixQueues | null;
  mode: number;
  uid: number;
  gid: number;
  /** seconds since the epoch */
  changed: number;
  /** It has a name. */
  linked: boolean;
  /** Open files. */
  users: number;
  maxMsg: number;
  msgSize: number;
  /** Bytes that it says it has as a file: what ftruncate sets, and nothing else follows. */
  fileSize: number;
  messages: readonly QueuedMessage[];
  notification: Notification | null;
  /** Who waits for room and who for a message, oldest first. */
  senders: readonly Waiter[];
  receivers: readonly Waiter[];
  /** What is charged, and to whom. */
  cost: number;
  payer: number;
}

export type Queue = Handle<QueueFields>;

export const Queue = layout<QueueFields>('mqueue', {
  label: '',
  instance: null,
  mode: 0,
  uid: 0,
  gid: 0,
  changed: 0,
  linked: true,
  users: 0,
  maxMsg: 0,
  msgSize: 0,
  fileSize: FILE_SIZE,
  messages: [],
  notification: null,
  senders: [],
  receivers: [],
  cost: 0,
  payer: 0,
});

interface WaiterFields {
  task: Task | null;
  /** What a sender wants to send, or a receiver was given. */
  message: QueuedMessage | null;
  /** A partner has done what the task waits for. */
  ready: boolean;
}

export type Waiter = Handle<WaiterFields>;

export const Waiter = layout<WaiterFields>('posix_waiter', { task: null, message: null, ready: false });

interface PosixQueuesFields {
  /** False once its namespace has ended: nothing can be made in it any more. */
  live: boolean;
  queues: TableOf<Queue | null>;
  /** Names in the order in which they were made. */
  names: readonly string[];
  /** Queues that are there, unlinked ones included. */
  count: number;
  /** fs.mqueue.*: queues; messages and bytes of one that an ordinary user may ask for, and that one gets without asking. */
  queuesMax: number;
  msgMax: number;
  msgsizeMax: number;
  msgDefault: number;
  msgsizeDefault: number;
}

/** The queues of one IPC namespace. */
export type PosixQueues = Handle<PosixQueuesFields>;

export const PosixQueues = layout<PosixQueuesFields>('posix_queues', {
  live: true,
  queues: table<Queue | null>(null),
  names: [],
  count: 0,
  queuesMax: 256,
  msgMax: 10,
  msgsizeMax: 8192,
  msgDefault: 10,
  msgsizeDefault: 8192,
});

/** The instance that a task's calls are about; for operations. */
export function queuesOf(tx: Transaction, k: Kernel, task: Task): PosixQueues {
  const shared = k.is26 && !k.profile.series.has('mqueue-ns');
  return tx.read((shared ? k.initIpcNs : tx.read(task.ipcNs)!).posix)!;
}

/** Sets the time of a change. */
export const touchQueue = (tx: Transaction, k: Kernel, queue: Queue): void => tx.write(queue.changed, seconds(tx, k));

/** Takes the name off a queue; for operations. */
export function unlinkQueue(tx: Transaction, k: Kernel, queue: Queue): void {
  const instance = tx.read(queue.instance)!;
  const label = tx.read(queue.label);
  tx.write(instance.queues.at(label), null);
  tx.update(instance.names, (names) => names.filter((name) => name !== label));
  tx.write(queue.linked, false);
  reap(tx, k, queue);
}

/** Lets go of an open file's queue; for operations. */
export function leaveQueue(tx: Transaction, k: Kernel, queue: Queue): void {
  tx.add(queue.users, -1);
  reap(tx, k, queue);
}

function reap(tx: Transaction, k: Kernel, queue: Queue): void {
  if (tx.read(queue.linked) || tx.read(queue.users) > 0) return;
  tx.add(tx.read(queue.instance)!.count, -1);
  tx.add(k.users.queueBytes.at(tx.read(queue.payer)), -tx.read(queue.cost));
  tx.free(queue);
}

/** What the end of its namespace does to an instance: queues that are not open go, the others live on. For operations. */
export function endQueues(tx: Transaction, k: Kernel, instance: PosixQueues): void {
  tx.write(instance.live, false);
  for (const name of tx.read(instance.names)) unlinkQueue(tx, k, tx.read(instance.queues.at(name))!);
}
