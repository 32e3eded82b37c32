/** What a handler and a waiter are told of a signal: siginfo_t, with the fields that strace prints; sigaction(2). */

import { SI_KERNEL, SI_USER } from '../abi/signal-code.ts';
import type { Kernel } from '../kernel.ts';
import type { Transaction } from '../machine/store.ts';
import type { PidNamespace } from '../pid/namespace.ts';
import { numberIn } from '../pid/pid.ts';
import type { Task } from '../task/task.ts';

/** Which fields there are beside the first two depends on the code. */
export interface SigInfo {
  readonly si_signo: number;
  readonly si_code: number;
  readonly si_errno?: number;
  /** The sender's process, or the child's; in the receiver's pid namespace on 6.x, in the sender's on 2.6.26. */
  readonly si_pid?: number;
  readonly si_uid?: number;
  /** SIGCHLD: exit code or signal. */
  readonly si_status?: number;
  readonly si_utime?: number;
  readonly si_stime?: number;
  readonly si_timerid?: number;
  readonly si_overrun?: number;
  /** The two readings of si_value: the low 32 bits, and all 64. */
  readonly si_int?: number;
  readonly si_ptr?: number | bigint | null;
  readonly si_addr?: number | bigint | null;
  readonly si_band?: number;
  readonly si_fd?: number;
}

/** SEND_SIG_PRIV: from the kernel itself. */
export const kernelInfo = (signo: number): SigInfo => ({ si_signo: signo, si_code: SI_KERNEL });

/** What is known of a signal whose details could not be kept: delivered as if from kill by nobody. */
export const bareInfo = (signo: number): SigInfo => ({ si_signo: signo, si_code: SI_USER, si_pid: 0, si_uid: 0 });

/** The process of `task` as somebody in `ns` sees it, 0 if not at all; for operations. */
export function processNumber(tx: Transaction, task: Task, ns: PidNamespace): number {
  const leader = tx.read(tx.read(task.process)!.leader)!;
  const pid = tx.read(leader.pid);
  return pid === null ? 0 : numberIn(tx, pid, ns);
}

/** From `sender` by a call such as kill (code 0, the default) or tkill; for operations. */
export function senderInfo(
  tx: Transaction,
  k: Kernel,
  sender: Task,
  target: Task,
  signo: number,
  code = SI_USER,
): SigInfo {
  // 2.6.26 puts the sender's number as the sender itself sees it, whatever namespace the receiver is in.
  const ns = tx.read((k.is26 ? sender : target).pidNs)!;
  return { si_signo: signo, si_code: code, si_pid: processNumber(tx, sender, ns), si_uid: tx.read(sender.cred).uid };
}
