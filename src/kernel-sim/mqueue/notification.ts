/** Telling a process of the first message in an empty queue; ipc/mqueue.c:__do_notify, mq_notify(3), SEMANTICS C11, B7 M11 and M12. */

import { SI_MESGQ, SIGEV_NONE, SIGEV_SIGNAL, SIGEV_THREAD } from '../abi/signal-code.ts';
import type { Kernel } from '../kernel.ts';
import { operation } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { done, fail, type Result } from '../result.ts';
import { isOutside, sendSignal } from '../signal/send.ts';
import { processNumber, type SigInfo } from '../signal/siginfo.ts';
import type { Task } from '../task/task.ts';
import { type Notification, type Queue, touchQueue } from './queue.ts';

/** The highest number of a signal. 0 is a kind of SIGEV_SIGNAL that tells nothing. */
const HIGHEST_SIGNAL = 64;

/** Tells the registered process, if there is one, and forgets it: once is all it asked for. For operations. */
export function notify(tx: Transaction, k: Kernel, sender: Task, queue: Queue): void {
  const registered = tx.read(queue.notification);
  if (registered === null) return;
  tx.write(queue.notification, null);
  const { process, kind, signo, int, ptr } = registered;
  const target = tx.read(process.leader);
  if (kind !== SIGEV_SIGNAL || signo === 0 || target === null) return;
  // 2.6.26 says the sender's number as the sender sees it (M11).
  const viewer = k.is26 && !k.fixed('M11') ? sender : target;
  const info: SigInfo = {
    si_signo: signo,
    si_code: SI_MESGQ,
    si_pid: processNumber(tx, sender, tx.read(viewer.pidNs)!),
    si_uid: tx.read(sender.cred).uid,
    si_int: int,
    si_ptr: ptr,
  };
  sendSignal(tx, k, { info, plain: false, force: isOutside(tx, sender, target) }, target, 'process');
}

/** Forgets a process that closes a descriptor of the queue, whichever it was (M12); for operations. */
export function unregister(tx: Transaction, task: Task, queue: Queue): void {
  if (tx.read(queue.notification)?.process === tx.read(task.process)) tx.write(queue.notification, null);
}

/** What is wrong with a wish to be told. */
export function checkNotification({ kind, signo }: Omit<Notification, 'process'>): Result<undefined> {
  if (kind !== SIGEV_NONE && kind !== SIGEV_SIGNAL && kind !== SIGEV_THREAD) return fail('EINVAL');
  return kind === SIGEV_SIGNAL && (signo < 0 || signo > HIGHEST_SIGNAL) ? fail('EINVAL') : done;
}

/** mq_notify(2): EBUSY when somebody is registered already, even the caller; null takes the caller's registration back. */
export const register = operation(
  'mq_notify',
  (
    tx: Transaction,
    k: Kernel,
    task: Task,
    queue: Queue,
    wanted: Omit<Notification, 'process'> | null,
  ): Result<undefined> => {
    if (wanted === null) unregister(tx, task, queue);
    else if (tx.read(queue.notification) !== null) return fail('EBUSY');
    else tx.write(queue.notification, { process: tx.read(task.process)!, ...wanted });
    touchQueue(tx, k, queue);
    return done;
  },
);
