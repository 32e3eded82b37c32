/**
 * Telling a parent that its child ended, stopped or went on; kernel/signal.c:do_notify_parent, do_notify_parent_cldstop,
 * SEMANTICS C5. For use inside operations: the real code holds tasklist_lock and the parent's signal lock.
 */

import { SA_NOCLDSTOP, SA_NOCLDWAIT, SIG_IGN, SIGCHLD, SIGCONT } from '../abi/signal.ts';
import { CLD_CONTINUED, CLD_DUMPED, CLD_EXITED, CLD_KILLED } from '../abi/signal-code.ts';
import { WCOREDUMP, WEXITSTATUS, WIFEXITED, WTERMSIG } from '../abi/wait.ts';
import type { Kernel } from '../kernel.ts';
import type { Transaction } from '../machine/store.ts';
import { wake } from '../task/sleep.ts';
import type { Task } from '../task/task.ts';
import { actionOf, sendSignal } from './send.ts';
import { processNumber, type SigInfo } from './siginfo.ts';

/** Whether the children of a task's process go without being waited for: SIGCHLD ignored, or SA_NOCLDWAIT. */
export function reapsAutomatically(tx: Transaction, parent: Task): boolean {
  const { handler, flags } = actionOf(tx, parent, SIGCHLD);
  return handler === SIG_IGN || (flags & SA_NOCLDWAIT) !== 0;
}

/** Wakes the threads of a process that wait for children. */
export function wakeWaiters(tx: Transaction, parent: Task): void {
  for (const waiter of tx.read(tx.read(parent.process)!.waiters)) wake(tx, waiter, ['interruptible']);
}

/**
 * Tells the parent of a dead group leader, by the child's exit signal, and wakes its waiters.
 *
 * @param status the wait status of the child
 * @returns whether nobody will wait for the child, so that it is to be released at once
 */
export function notifyOfDeath(tx: Transaction, k: Kernel, child: Task, exitSignal: number, status: number): boolean {
  const parent = tx.read(child.parent);
  if (parent === null) return true;
  const released = exitSignal === SIGCHLD && reapsAutomatically(tx, parent);
  const unwanted = exitSignal === SIGCHLD && actionOf(tx, parent, SIGCHLD).handler === SIG_IGN;
  if (exitSignal > 0 && !unwanted) {
    const [si_code, si_status] = causeOfDeath(status);
    tellParent(tx, k, child, parent, { si_signo: exitSignal, si_code, si_status });
  }
  wakeWaiters(tx, parent);
  return released;
}

function causeOfDeath(status: number): readonly [code: number, status: number] {
  if (WIFEXITED(status)) return [CLD_EXITED, WEXITSTATUS(status)];
  return [WCOREDUMP(status) ? CLD_DUMPED : CLD_KILLED, WTERMSIG(status)];
}

/** Tells the parent of a process that it stopped (CLD_STOPPED) or went on (CLD_CONTINUED), and wakes its waiters. */
export function notifyOfStop(tx: Transaction, k: Kernel, task: Task, si_code: number): void {
  const process = tx.read(task.process)!;
  const leader = tx.read(process.leader)!;
  const parent = tx.read(leader.parent);
  if (parent === null) return;
  const { handler, flags } = actionOf(tx, parent, SIGCHLD);
  if (handler !== SIG_IGN && (flags & SA_NOCLDSTOP) === 0) {
    const si_status = si_code === CLD_CONTINUED ? SIGCONT : tx.read(tx.read(process.signals)!.stopCode);
    tellParent(tx, k, leader, parent, { si_signo: SIGCHLD, si_code, si_status });
  }
  wakeWaiters(tx, parent);
}

/** Nothing says that another signal than SIGCHLD is about a child: its status lies where such signals have their value. */
const asValue = (status: number): Pick<SigInfo, 'si_int' | 'si_ptr'> =>
  status === 0 ? {} : { si_int: status, si_ptr: status };

function tellParent(
  tx: Transaction,
  k: Kernel,
  child: Task,
  parent: Task,
  { si_signo, si_code, si_status }: { readonly si_signo: number; readonly si_code: number; readonly si_status: number },
): void {
  const info: SigInfo = {
    si_signo,
    si_code,
    si_pid: processNumber(tx, child, tx.read(parent.pidNs)!),
    si_uid: tx.read(child.cred).uid,
    ...(si_signo === SIGCHLD ? { si_status, si_utime: 0, si_stime: 0 } : asValue(si_status)),
  };
  sendSignal(tx, k, { info, plain: false, force: false }, parent, 'process');
}
