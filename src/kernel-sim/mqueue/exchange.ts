/** Sending and receiving; ipc/mqueue.c:do_mq_timedsend, do_mq_timedreceive, wq_sleep, mq_send(3), SEMANTICS C11. */

import { O_NONBLOCK } from '../abi/open.ts';
import type { File } from '../fs/file.ts';
import type { Kernel } from '../kernel.ts';
import { operation, type Steps } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { done, fail, ok, type Result } from '../result.ts';
import { schedule, sleepIn, wake } from '../task/sleep.ts';
import type { Task } from '../task/task.ts';
import { notify } from './notification.ts';
import { type Queue, type QueuedMessage, touchQueue, Waiter } from './queue.ts';

/** When a wait ends: virtual ns, null for never; 2.6.26 notices only when it has to wait that the time given is none. */
export type Limit = number | null | 'EINVAL';

/** A message in its place: behind all of its priority. */
function insert(messages: readonly QueuedMessage[], message: QueuedMessage): readonly QueuedMessage[] {
  const place = messages.findIndex(({ priority }) => priority < message.priority);
  return place === -1 ? [...messages, message] : [...messages.slice(0, place), message, ...messages.slice(place)];
}

const isImpatient = (tx: Transaction, file: File): boolean => (tx.read(file.flags) & O_NONBLOCK) !== 0;

/** Puts the task to sleep among the senders or the receivers, unless a signal is there already. */
function wait(tx: Transaction, task: Task, queue: Queue, side: 'senders' | 'receivers', message: QueuedMessage | null) {
  const waiter = tx.create(Waiter, { task, message });
  tx.update(queue[side], (waiters) => [...waiters, waiter]);
  if (!tx.read(tx.read(task.signals)!.flagged)) sleepIn(tx, task, 'interruptible');
  return waiter;
}

/** Takes the oldest waiter off, tells it that it is done and wakes it. */
function serve(tx: Transaction, queue: Queue, side: 'senders' | 'receivers', message?: QueuedMessage): Waiter | null {
  const [first, ...others] = tx.read(queue[side]);
  if (first === undefined) return null;
  tx.write(queue[side], others);
  if (message !== undefined) tx.write(first.message, message);
  tx.write(first.ready, true);
  wake(tx, tx.read(first.task)!);
  return first;
}

const trySend = operation(
  'mq_send',
  (
    tx: Transaction,
    k: Kernel,
    task: Task,
    file: File,
    queue: Queue,
    message: QueuedMessage,
    limit: Limit,
  ): Result<Waiter | null> => {
    if (tx.read(queue.messages).length < tx.read(queue.maxMsg)) {
      if (serve(tx, queue, 'receivers', message) === null) {
        tx.update(queue.messages, (messages) => insert(messages, message));
        if (tx.read(queue.messages).length === 1) notify(tx, k, task, queue);
      }
      touchQueue(tx, k, queue);
      return ok(null);
    }
    if (isImpatient(tx, file)) return fail('EAGAIN');
    return limit === 'EINVAL' ? fail('EINVAL') : ok(wait(tx, task, queue, 'senders', message));
  },
);

const tryReceive = operation(
  'mq_receive',
  (tx: Transaction, k: Kernel, task: Task, file: File, queue: Queue, limit: Limit): Result<Waiter | QueuedMessage> => {
    const [first, ...others] = tx.read(queue.messages);
    if (first !== undefined) {
      tx.write(queue.messages, others);
      // A sender who waited for room has sent at once.
      const sender = serve(tx, queue, 'senders');
      if (sender !== null) tx.write(queue.messages, insert(others, tx.read(sender.message)!));
      touchQueue(tx, k, queue);
      return ok(first);
    }
    if (isImpatient(tx, file)) return fail('EAGAIN');
    return limit === 'EINVAL' ? fail('EINVAL') : ok(wait(tx, task, queue, 'receivers', null));
  },
);

/** What a wait came to: done by a partner, else ended by a signal or by time. */
const endWait = operation(
  'mq_wait',
  (
    tx: Transaction,
    task: Task,
    queue: Queue,
    side: 'senders' | 'receivers',
    waiter: Waiter,
  ): Result<QueuedMessage | null> => {
    const ready = tx.read(waiter.ready);
    const message = tx.read(waiter.message);
    if (!ready) tx.update(queue[side], (waiters) => waiters.filter((other) => other !== waiter));
    tx.free(waiter);
    if (ready) return ok(message);
    return fail(tx.read(tx.read(task.signals)!.flagged) ? 'ERESTARTSYS' : 'ETIMEDOUT');
  },
);

/** Sends: EAGAIN, EINVAL for a time that is none, ERESTARTSYS, ETIMEDOUT. */
export function* send(
  k: Kernel,
  task: Task,
  file: File,
  queue: Queue,
  message: QueuedMessage,
  limit: Limit,
): Steps<Result<undefined>> {
  const sent = yield* trySend(k, task, file, queue, message, limit);
  if (!sent.ok) return sent;
  if (sent.value === null) return done;
  yield* schedule(task, limit as number | null);
  const ended = yield* endWait(task, queue, 'senders', sent.value);
  return ended.ok ? done : ended;
}

const isWaiter = (got: Waiter | QueuedMessage): got is Waiter => 'ready' in got;

/** Receives the oldest message of the highest priority: EAGAIN, EINVAL for a time that is none, ERESTARTSYS, ETIMEDOUT. */
export function* receive(k: Kernel, task: Task, file: File, queue: Queue, limit: Limit): Steps<Result<QueuedMessage>> {
  const got = yield* tryReceive(k, task, file, queue, limit);
  if (!got.ok) return got;
  const { value } = got;
  if (!isWaiter(value)) return ok(value);
  yield* schedule(task, limit as number | null);
  const ended = yield* endWait(task, queue, 'receivers', value);
  return ended.ok ? ok(ended.value!) : ended;
}
