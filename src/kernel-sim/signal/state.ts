/**
 * What signals need to know of threads, processes and handler tables; include/linux/sched.h, SEMANTICS C12.
 *
 * Left out on purpose: ptrace, POSIX timers, and SIGEV_THREAD helpers.
 */

import { type Handle, layout } from '../machine/layout.ts';
import type { Task } from '../task/task.ts';
import type { SigInfo } from './siginfo.ts';

interface SigQueueFields {
  info: SigInfo;
  /** The real uid whose RLIMIT_SIGPENDING it counts against. */
  user: number;
  next: SigQueue | null;
  previous: SigQueue | null;
}

/** One queued signal with its details; struct sigqueue. */
export type SigQueue = Handle<SigQueueFields>;

export const SigQueue = layout<SigQueueFields>(
  'sigqueue',
  { info: { si_signo: 0, si_code: 0 }, user: 0, next: null, previous: null },
  { heap: true },
);

/** Pending signals of a thread or a process: the set, and a queue of details in order of arrival; struct sigpending. */
interface PendingFields {
  pending: bigint;
  queueHead: SigQueue | null;
  queueTail: SigQueue | null;
}

const noSignals: PendingFields = { pending: 0n, queueHead: null, queueTail: null };

/** A stack for handlers with SA_ONSTACK; sigaltstack(2). Null stands for SS_DISABLE. */
export interface AltStack {
  readonly sp: number | bigint | null;
  /** SS_AUTODISARM or 0. */
  readonly flags: number;
  readonly size: number;
}

/** What a handler's frame on the user stack remembers beside the mask. */
export interface HandlerFrame {
  readonly onAltStack: boolean;
  readonly altStack: AltStack | null;
}

interface ThreadSignalsFields extends PendingFields {
  /** Blocked signals, bit n-1 for signal n. */
  blocked: bigint;
  /** What is blocked but waited for: the mask to go back to when sigtimedwait is over. */
  realBlocked: bigint;
  /** The mask to go back to when the temporary one of sigsuspend is over; null when there is none. */
  savedMask: bigint | null;
  /** TIF_SIGPENDING: there may be something to deliver. */
  flagged: boolean;
  altStack: AltStack | null;
  /** The handlers under way, innermost last. */
  frames: readonly HandlerFrame[];
  /** Virtual ns at which an interrupted sleep is to end when no handler ran; restart_syscall(2). */
  restartUntil: number | null;
}

export type ThreadSignals = Handle<ThreadSignalsFields>;

export const ThreadSignals = layout<ThreadSignalsFields>('thread_signals', {
  ...noSignals,
  blocked: 0n,
  realBlocked: 0n,
  savedMask: null,
  flagged: false,
  altStack: null,
  frames: [],
  restartUntil: null,
});

interface SharedSignalsFields extends PendingFields {
  /** The thread chosen last for a signal to the process; null for the first one. */
  lastChosen: Task | null;
  /** A stop signal was taken and no SIGCONT has come since. */
  stopDequeued: boolean;
  /** Threads that still have to stop for the stop under way. */
  stopCount: number;
  /** Every thread has stopped. */
  stopped: boolean;
  /** The signal of the stop under way or of the last one; waits look at the process's own `stopSignal`. */
  stopCode: number;
  /** What the parent is still to be told by the next thread that takes signals: CLD_STOPPED, CLD_CONTINUED or 0. */
  report: number;
  /** ITIMER_REAL: virtual ns at which SIGALRM is due, null when it is not set. */
  alarmAt: number | null;
  /** ns between later ones, 0 for once. */
  alarmInterval: number;
  /** A thread of the kernel's own waits for it. */
  alarmThread: boolean;
}

export type SharedSignals = Handle<SharedSignalsFields>;

export const SharedSignals = layout<SharedSignalsFields>('shared_signals', {
  ...noSignals,
  lastChosen: null,
  stopDequeued: false,
  stopCount: 0,
  stopped: false,
  stopCode: 0,
  report: 0,
  alarmAt: null,
  alarmInterval: 0,
  alarmThread: false,
});

/** Either owner of pending signals. */
export type Pending = Handle<PendingFields>;

/** What a process does with a signal; struct k_sigaction. */
export interface Action {
  /** 0 default, 1 ignore, or what the userland knows as a handler. */
  readonly handler: unknown;
  readonly mask: bigint;
  readonly flags: number;
  /** The trampoline of the C library, as it was given; absent when none was. */
  readonly restorer?: unknown;
}

/** Actions by signal number; those never changed are absent. */
export type Actions = Readonly<Record<number, Action>>;

interface SignalHandlersFields {
  /** Threads that share the table. */
  count: number;
  actions: Actions;
  /** Tasks that wait for a signal in a read of a signalfd. */
  waiters: readonly Task[];
}

export type SignalHandlers = Handle<SignalHandlersFields>;

export const SignalHandlers = layout<SignalHandlersFields>('sighand', { count: 1, actions: {}, waiters: [] });

/** The action that nobody chose. */
export const DEFAULT_ACTION: Action = Object.freeze({ handler: 0, mask: 0n, flags: 0 });
