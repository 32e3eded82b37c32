/** Open queues: what read, poll and close do with them; ipc/mqueue.c:mqueue_file_operations, SEMANTICS C11. */

import { POLLIN, POLLOUT, POLLRDNORM, POLLWRNORM } from '../abi/descriptor.ts';
import { O_NONBLOCK } from '../abi/open.ts';
import { SIGEV_SIGNAL } from '../abi/signal-code.ts';
import { type Destination, type File, fileOperations, type Taken } from '../fs/file.ts';
import type { Kernel } from '../kernel.ts';
import { operation } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { done, fail, ok, type Result } from '../result.ts';
import { processNumber } from '../signal/siginfo.ts';
import type { Task } from '../task/task.ts';
import { unregister } from './notification.ts';
import { leaveQueue, type Queue, touchQueue } from './queue.ts';
import type { QueueNode } from './queue-node.ts';

/** The queue of an open file; for operations. */
export const queueOf = (tx: Transaction, file: File): Queue => (tx.read(file.node) as QueueNode).queue;

/** `QSIZE:129        NOTIFY:0     SIGNO:0     NOTIFY_PID:0     `: bytes in the queue, and who is to be told how. */
function statusText(tx: Transaction, task: Task, queue: Queue): string {
  const bytes = tx.read(queue.messages).reduce((sum, { text }) => sum + text.length, 0);
  const registered = tx.read(queue.notification);
  const leader = registered === null ? null : tx.read(registered.process.leader);
  const pid = leader === null ? 0 : processNumber(tx, leader, tx.read(task.pidNs)!);
  const signo = registered?.kind === SIGEV_SIGNAL ? registered.signo : 0;
  const column = (value: number, width: number): string => String(value).padEnd(width);
  return (
    `QSIZE:${column(bytes, 10)} NOTIFY:${column(registered?.kind ?? 0, 5)} SIGNO:${column(signo, 5)} ` +
    `NOTIFY_PID:${column(pid, 6)}\n`
  );
}

const read = operation(
  'mqueue.read',
  (tx: Transaction, task: Task, file: File, into: Destination, position: number): Result<Taken> => {
    const bytes = statusText(tx, task, queueOf(tx, file)).slice(position, position + into.count);
    if (bytes !== '' && !into.good) return fail('EFAULT');
    return ok({ bytes, position: position + bytes.length });
  },
);

const enter = operation('mqueue.open', (tx: Transaction, file: File): Result<undefined> => {
  tx.add(queueOf(tx, file).users, 1);
  return done;
});

const flush = operation('mqueue.flush', (tx: Transaction, task: Task, file: File): void =>
  unregister(tx, task, queueOf(tx, file)),
);

const release = operation('mqueue.release', (tx: Transaction, k: Kernel, file: File): void =>
  leaveQueue(tx, k, queueOf(tx, file)),
);

/** Opening by path; mq_open makes its open file itself. */
export const queueFile = fileOperations('mqueue', {
  seeking: 'moves',
  size: (tx, file) => tx.read(queueOf(tx, file).fileSize),
  open: (_k, _task, file) => enter(file),
  read: (_k, task, file, into, position) => read(task, file, into, position),
  poll(tx, _k, file) {
    const queue = queueOf(tx, file);
    const held = tx.read(queue.messages).length;
    const writable = held < tx.read(queue.maxMsg) ? POLLOUT | POLLWRNORM : 0;
    return (held > 0 ? POLLIN | POLLRDNORM : 0) | writable;
  },
  flush: (_k, task, file) => flush(task, file),
  release: (k, _task, file) => release(k, file),
});

/** Whether an open file is a queue's; for operations. */
export const isQueueFile = (tx: Transaction, file: File): boolean => tx.read(file.operations) === queueFile;

/** struct mq_attr. */
export interface QueueAttributes {
  readonly flags: number;
  readonly maxMsg: number;
  readonly msgSize: number;
  readonly curMsgs: number;
}

/** mq_getsetattr(2): what the open file and its queue were like; `flags`, if given, is what O_NONBLOCK becomes. */
export const exchangeAttributes = operation(
  'mq_getsetattr',
  (tx: Transaction, k: Kernel, file: File, flags: number | null): QueueAttributes => {
    const queue = queueOf(tx, file);
    const before = tx.read(file.flags);
    if (flags !== null) {
      tx.write(file.flags, (before & ~O_NONBLOCK) | (flags & O_NONBLOCK));
      touchQueue(tx, k, queue);
    }
    return {
      flags: before & O_NONBLOCK,
      maxMsg: tx.read(queue.maxMsg),
      msgSize: tx.read(queue.msgSize),
      curMsgs: tx.read(queue.messages).length,
    };
  },
);
