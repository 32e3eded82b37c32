/** Sending signals by a descriptor of a process; kernel/signal.c:pidfd_send_signal; pidfd_send_signal(2). */

import {
  PIDFD_SIGNAL_PROCESS_GROUP,
  PIDFD_SIGNAL_THREAD,
  PIDFD_SIGNAL_THREAD_GROUP,
  PIDFD_THREAD,
} from '../abi/descriptor.ts';
import { SI_TKILL, SI_USER } from '../abi/signal-code.ts';
import type { Kernel } from '../kernel.ts';
import { operation } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { numberIn } from '../pid/pid.ts';
import { fail, type Result } from '../result.ts';
import { type Described, describedBy } from '../task/pidfd.ts';
import type { Task } from '../task/task.ts';
import { fromCall, killGroup, sendChecked } from './kill.ts';
import { isOutside, type Scope } from './send.ts';
import type { SigInfo } from './siginfo.ts';

const SCOPES: ReadonlySet<number> = new Set([
  0,
  PIDFD_SIGNAL_THREAD,
  PIDFD_SIGNAL_THREAD_GROUP,
  PIDFD_SIGNAL_PROCESS_GROUP,
]);

type Whom = Scope | 'group';

function whomOf(flags: number, described: Described): Whom {
  if (flags === PIDFD_SIGNAL_PROCESS_GROUP) return 'group';
  if (flags === 0) return (described.flags & PIDFD_THREAD) === 0 ? 'process' : 'thread';
  return flags === PIDFD_SIGNAL_THREAD ? 'thread' : 'process';
}

/**
 * Sends a signal to the task behind a descriptor, or to its process or group, as the flags or else the descriptor say.
 *
 * @param info details of the sender's own making, null for those of kill
 * @returns EINVAL for flags that do not exist or go together, for details of another signal, and for a task that the caller's pid
 * namespace does not see; EFAULT; EBADF for a descriptor of no process; EPERM; ESRCH when it is gone
 */
export const signalDescribed = operation(
  'signal.pidfd',
  (
    tx: Transaction,
    k: Kernel,
    sender: Task,
    fd: number,
    signo: number,
    info: SigInfo | null | 'unreadable',
    flags: number,
  ): Result<undefined> => {
    if (!SCOPES.has(flags)) return fail('EINVAL');
    const described = describedBy(tx, sender, fd, true);
    if (described === null) return fail('EBADF');
    const { pid } = described;
    const task = tx.read(pid.task);
    if (task !== null && numberIn(tx, pid, tx.read(sender.pidNs)!) === 0) return fail('EINVAL');
    const whom = whomOf(flags, described);
    if (info === 'unreadable') return fail('EFAULT');
    if (info !== null) {
      if (info.si_signo !== signo) return fail('EINVAL');
      const reserved = info.si_code >= SI_USER || info.si_code === SI_TKILL;
      if (reserved && (tx.read(sender.pid) !== pid || whom === 'group')) return fail('EPERM'); // only to itself may it pretend
    }
    const send = (target: Task): Result<undefined> => {
      const code = whom === 'thread' ? SI_TKILL : SI_USER;
      const force = isOutside(tx, sender, target);
      const sending =
        info === null
          ? fromCall(tx, k, sender, target, signo, code)
          : { info: force && info.si_pid !== undefined ? { ...info, si_pid: 0 } : info, plain: false, force };
      return sendChecked(tx, k, sender, target, sending, whom === 'thread' ? 'thread' : 'process');
    };
    if (whom === 'group') return killGroup(tx, pid, send);
    return task === null ? fail('ESRCH') : send(task);
  },
);
