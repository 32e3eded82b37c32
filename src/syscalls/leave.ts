/**
 * The way out of the kernel: an interrupted call is given its errno or made again, and signals are delivered on the way;
 * arch/x86 do_signal, SEMANTICS C12 (delivery points and restart codes).
 *
 * Only a call that ended with a restart code delivers here, because its result hangs on it. After any other the task's flag is
 * looked at before its next user-mode instruction, which is as early: nothing of the program runs in between.
 */

import { type ErrnoName, isRestart, type RestartName } from '../kernel-sim/abi/errno.ts';
import { SA_RESTART } from '../kernel-sim/abi/signal.ts';
import type { Kernel } from '../kernel-sim/kernel.ts';
import type { Steps } from '../kernel-sim/machine/effect.ts';
import type { Failure, Result } from '../kernel-sim/result.ts';
import { deliver } from '../kernel-sim/signal/deliver.ts';
import type { Action } from '../kernel-sim/signal/state.ts';
import type { Task } from '../kernel-sim/task/task.ts';
import type { Return } from './datum.ts';

/** What a call came to: its result, or that the program has to make it again once the handlers entered have returned. */
export type Outcome = Result<Return> | { readonly restart: true };

/** What the kernel itself goes on with at once: a wait whose end was fixed when it began; restart_syscall(2). */
export type Left = Outcome | { readonly resume: true };

/** Delivers signals if `result` is a restart code, and says what the program sees of the call. */
export function* leaveKernel(k: Kernel, task: Task, result: Result<Return>): Steps<Left> {
  if (result.ok || !isRestart(result.errno)) return result;
  const action = yield* deliver(k, task);
  return action === null ? withoutHandler(result.errno) : withHandler(result, result.errno, action);
}

const withoutHandler = (code: ErrnoName): Left =>
  code === 'ERESTART_RESTARTBLOCK' ? { resume: true } : { restart: true };

function withHandler(result: Failure, code: RestartName, action: Action): Outcome {
  if (code === 'ERESTARTNOINTR') return { restart: true };
  if (code === 'ERESTARTSYS' && (action.flags & SA_RESTART) !== 0) return { restart: true };
  return { ...result, errno: 'EINTR' };
}

/** Delivers what is pending for a task in user mode, entering at most one handler. */
export function* leaveUserMode(k: Kernel, task: Task): Steps<undefined> {
  yield* deliver(k, task);
  return undefined;
}
