/** What signals need to know of threads, processes and handler tables; SEMANTICS C12. */

import { type Handle, layout } from '../machine/layout.ts';

interface ThreadSignalsFields {
  /** Blocked signals, bit n-1 for signal n. */
  blocked: bigint;
  /** TIF_SIGPENDING: there may be something to deliver. */
  flagged: boolean;
}

export type ThreadSignals = Handle<ThreadSignalsFields>;

export const ThreadSignals = layout<ThreadSignalsFields>('thread_signals', { blocked: 0n, flagged: false });

interface SharedSignalsFields {
  pendingMask: bigint;
}

export type SharedSignals = Handle<SharedSignalsFields>;

export const SharedSignals = layout<SharedSignalsFields>('shared_signals', { pendingMask: 0n });

interface SignalHandlersFields {
  count: number;
}

export type SignalHandlers = Handle<SignalHandlersFields>;

export const SignalHandlers = layout<SignalHandlersFields>('sighand', { count: 1 });
