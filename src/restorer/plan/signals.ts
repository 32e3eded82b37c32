/**
 * Restoring signal state: a task sets its actions, its stack and its mask, and then sends itself what was pending. The mask keeps it
 * from being delivered, and the ordinary calls take the ordinary locks. The other ways are in signals-by-file.ts and
 * signals-by-freezer.ts. SEMANTICS E12; sigaction(2), sigaltstack(2), sigqueue(3).
 */

import * as signal from '../../kernel-sim/abi/signal.ts';
import * as code from '../../kernel-sim/abi/signal-code.ts';
import { signalName } from '../../kernel-sim/abi/signal-name.ts';
import type { Expr } from '../../userland/language/ast.ts';
import { type Altstack, isKnown, type LiveTask, type SigAction, type SigInfo, type Thread } from '../image/index.ts';
import type { PlanContext } from './context.ts';
import { heldBack } from './held-back.ts';
import type { Script } from './script.ts';
import { writeSharedSignals, writeThreadSignals } from './signals-by-file.ts';
import { flags, name, none, number, ownPid, signals, struct } from './syntax.ts';

const SIGSET_SIZE = number(8);

const ACTION_FLAGS = {
  SA_NOCLDSTOP: signal.SA_NOCLDSTOP,
  SA_NOCLDWAIT: signal.SA_NOCLDWAIT,
  SA_SIGINFO: signal.SA_SIGINFO,
  SA_RESTORER: signal.SA_RESTORER,
  SA_ONSTACK: signal.SA_ONSTACK,
  SA_RESTART: signal.SA_RESTART,
  SA_NODEFER: signal.SA_NODEFER,
  SA_RESETHAND: signal.SA_RESETHAND,
};

/** What is done about one pending signal: its sender's call, or nothing, and what its siginfo will not say any more. */
export type Resending =
  | { readonly by: 'kill' | 'tkill' | 'queue'; readonly loses: string | null }
  | { readonly by: 'nothing'; readonly loses: string };

/** The process-wide part: what each signal does, and the queue of the process; by its leader, when all threads have their masks. */
export function setActions(script: Script, { signals: state }: LiveTask, handlers: ReadonlySet<string>): void {
  for (const action of state.actions) {
    const handler = handlerOf(action, handlers);
    if (handler !== null) setAction(script, action, handler);
  }
}

/** A thread's own part. */
export function setThreadSignals(
  script: Script,
  { signals: by, kernel }: PlanContext,
  task: LiveTask,
  thread: Thread,
): void {
  if (by === 'freezer') return; // somebody else does it when all are there
  if (by === 'procsig') {
    writeThreadSignals(script, kernel, thread);
    return;
  }
  if (thread.altstack !== undefined && thread.altstack !== 'unknown') setStack(script, thread.altstack);
  if (thread.blocked.length > 0)
    script.call('rt_sigprocmask', [name('SIG_SETMASK'), set(thread.blocked), none, SIGSET_SIZE]);
  for (const info of thread.pending) resend(script, info, resendingOf(info, task, thread));
}

/** The queue of the process. */
export function queueShared(script: Script, { signals: by, kernel }: PlanContext, task: LiveTask): void {
  if (by === 'freezer') return;
  if (by === 'procsig') {
    writeSharedSignals(script, kernel, task);
    return;
  }
  for (const info of task.signals.pending) resend(script, info, resendingOf(info, task, null));
}

/** The handler of an action as a program names it; null where nothing can be named. */
export function handlerOf({ handler }: SigAction, handlers: ReadonlySet<string>): Expr | null {
  if (typeof handler === 'string') return handler === 'unknown' ? null : name(handler);
  if ('address' in handler) return number(handler.address, 16);
  return handlers.has(handler.program) ? name(handler.program) : null;
}

/** How a pending signal can be sent again; `thread` is whose own queue it is in, null for that of the process. */
export function resendingOf(info: SigInfo, task: LiveTask, thread: Thread | null): Resending {
  if (info.signo === signal.SIGKILL || info.signo === signal.SIGSTOP) {
    return { by: 'nothing', loses: 'a pending SIGKILL or SIGSTOP' };
  }
  if (!heldBack(task, thread).includes(info.signo))
    return { by: 'nothing', loses: 'a pending signal that is not blocked' };
  const { uid } = thread?.credentials ?? task.credentials;
  const isOwn = (info.pid ?? task.pid) === task.pid && (info.uid ?? uid) === uid;
  if (info.code === 'unknown') return { by: thread === null ? 'kill' : 'tkill', loses: null };
  if (thread !== null) {
    const same = info.code === code.SI_TKILL && isOwn;
    return { by: 'tkill', loses: same ? null : "the sender's details of a signal in a thread's own queue" };
  }
  // Only the kernel may use codes from 0 up, and kill says who calls it.
  if (info.code < 0) return { by: 'queue', loses: null };
  return { by: 'kill', loses: info.code === code.SI_USER && isOwn ? null : 'who or what sent a pending signal' };
}

function resend(script: Script, info: SigInfo, { by }: Resending): void {
  const signo = name(signalName(info.signo)!);
  if (by === 'kill') script.call('kill', [ownPid, signo]);
  else if (by === 'tkill') script.call('tkill', [{ ...ownPid, which: 'tid' } as Expr, signo]);
  else if (by === 'queue') script.call('rt_sigqueueinfo', [ownPid, signo, siginfo(info)]);
}

function siginfo({ signo, code: why, pid, uid, value, timer, overrun }: SigInfo): Expr {
  const wide = value === undefined ? 0n : BigInt(value);
  const hasValue = value !== undefined || why !== code.SI_TKILL; // what tkill sends has no room for one
  return struct({
    si_signo: name(signalName(signo)!),
    si_code: number(isKnown(why) ? why : 0),
    ...(timer === undefined
      ? { si_pid: number(pid ?? 0), si_uid: number(uid ?? 0) }
      : { si_timerid: number(timer), si_overrun: number(overrun ?? 0) }),
    ...(hasValue && (wide === 0n ? { si_int: number(0) } : { si_ptr: number(wide, 16) })),
  });
}

function setAction(script: Script, { signal: signo, flags: bits, mask, restorer }: SigAction, handler: Expr): void {
  const action = struct({
    sa_handler: handler,
    sa_mask: set(isKnown(mask) ? mask : []),
    sa_flags: flags(isKnown(bits) ? bits : 0, ACTION_FLAGS),
    ...(restorer !== undefined && { sa_restorer: number(restorer, 16) }),
  });
  script.call('rt_sigaction', [name(signalName(signo)!), action, none, SIGSET_SIZE]);
}

function setStack(script: Script, { address, size, flags: bits }: Altstack): void {
  const usable = bits & ~signal.SS_ONSTACK;
  script.call('sigaltstack', [
    struct({ ss_sp: number(address, 16), ss_flags: number(usable, usable === 0 ? 10 : 16), ss_size: number(size) }),
    none,
  ]);
}

/** Signals as a set names them, without SIG. */
const set = (numbers: readonly number[]): Expr =>
  signals(numbers.map((signo) => signalName(signo)!.slice('SIG'.length)));
