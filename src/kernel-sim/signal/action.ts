/** What a process does with each signal, and the stack its handlers run on; sigaction(2), sigaltstack(2), SEMANTICS C4, C12. */

import { MINSIGSTKSZ } from '../abi/limits.ts';
import {
  SA_NOCLDSTOP,
  SA_NOCLDWAIT,
  SA_NODEFER,
  SA_ONSTACK,
  SA_RESETHAND,
  SA_RESTART,
  SA_RESTORER,
  SA_SIGINFO,
  SIG_DFL,
  SIG_IGN,
  SIGRTMAX,
  SS_AUTODISARM,
  SS_DISABLE,
  SS_ONSTACK,
} from '../abi/signal.ts';
import { isUnblockable } from '../abi/signal-default.ts';
import type { Kernel } from '../kernel.ts';
import { operation } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { fail, ok, type Result } from '../result.ts';
import { type Task, threads } from '../task/task.ts';
import { dropSignals, flushTimerSignals } from './pending.ts';
import { actionOf, ignores } from './send.ts';
import { bit, UNBLOCKABLE } from './signal-set.ts';
import {
  type Action,
  type Actions,
  type AltStack,
  DEFAULT_ACTION,
  type HandlerFrame,
  SignalHandlers,
} from './state.ts';

/** The flags a 6.x kernel knows; it clears all others, so that programs can find out. 0x800 is SA_EXPOSE_TAGBITS. */
const KNOWN_FLAGS =
  (SA_NOCLDSTOP |
    SA_NOCLDWAIT |
    SA_SIGINFO |
    SA_RESTORER |
    SA_ONSTACK |
    SA_RESTART |
    SA_NODEFER |
    SA_RESETHAND |
    0x800) >>>
  0;

/**
 * Changes what the caller's process does with a signal, and gives what it did before; sigaction(2).
 *
 * @param action null to look only
 * @returns EINVAL for no signal, and for a new action of SIGKILL or SIGSTOP
 */
export const changeAction = operation(
  'signal.action',
  (tx: Transaction, k: Kernel, task: Task, signo: number, action: Action | null): Result<Action> => {
    if (signo < 1 || signo > SIGRTMAX) return fail('EINVAL');
    if (action !== null && isUnblockable(signo)) return fail('EINVAL');
    const old = actionOf(tx, task, signo);
    if (action === null) return ok(old);
    const flags = k.is26 ? action.flags : (action.flags & KNOWN_FLAGS) >>> 0;
    setAction(tx, task, signo, { ...action, flags, mask: action.mask & ~UNBLOCKABLE });
    if (ignores(action, signo)) {
      const process = tx.read(task.process)!;
      dropSignals(tx, k, tx.read(process.signals)!, bit(signo));
      for (const thread of threads.members(tx, process)) dropSignals(tx, k, tx.read(thread.signals)!, bit(signo));
    }
    return ok(old);
  },
);

/** Stores an action in the table that the task shares; for operations. */
export const setAction = (tx: Transaction, task: Task, signo: number, action: Action): void =>
  putAction(tx, tx.read(task.handlers)!, signo, action);

/** Stores an action in a table; for operations. The default is kept by leaving it out. */
export function putAction(tx: Transaction, handlers: SignalHandlers, signo: number, action: Action): void {
  const { [signo]: _, ...others } = tx.read(handlers.actions);
  tx.write(handlers.actions, isDefault(action) ? others : { ...others, [signo]: action });
}

const isDefault = ({ handler, mask, flags, restorer }: Action): boolean =>
  handler === SIG_DFL && mask === 0n && flags === 0 && restorer === undefined;

/**
 * What exec does to signals: a handler table of one's own, handlers back to the default, no alternate stack; ignored signals
 * stay ignored, the mask and what is pending stay, but for what timers sent. For operations.
 */
export function flushHandlers(tx: Transaction, k: Kernel, task: Task): void {
  const old = tx.read(task.handlers)!;
  const ignored = onlyIgnored(tx.read(old.actions));
  if (tx.read(old.count) === 1) tx.write(old.actions, ignored);
  else {
    tx.update(old.count, (n) => n - 1);
    tx.write(task.handlers, tx.create(SignalHandlers, { actions: ignored }));
  }
  const own = tx.read(task.signals)!;
  tx.write(own.altStack, null);
  tx.write(own.frames, []);
  tx.write(own.restartUntil, null);
  flushTimerSignals(tx, k, own);
  flushTimerSignals(tx, k, tx.read(tx.read(task.process)!.signals)!);
}

/** The actions of a table without its handlers: what was ignored still is; flush_signal_handlers. */
export function onlyIgnored(actions: Actions): Actions {
  const ignored: Record<number, Action> = {};
  for (const [signo, { handler }] of Object.entries(actions)) {
    if (handler === SIG_IGN) ignored[Number(signo)] = { ...DEFAULT_ACTION, handler };
  }
  return ignored;
}

/** The innermost handler frame, if a handler is under way; for operations. */
export const innermostFrame = (tx: Transaction, task: Task): HandlerFrame | undefined =>
  tx.read(tx.read(task.signals)!.frames).at(-1);

/** An alternate stack as sigaltstack gives and takes it. */
export interface StackSetting {
  readonly sp: number | bigint | null;
  readonly flags: number;
  readonly size: number;
}

/**
 * Looks at the alternate stack and, if `setting` is not null, changes it; sigaltstack(2).
 *
 * @returns the stack before; EPERM while running on it, EINVAL for unknown flags, ENOMEM when it is too small
 */
export const changeAltStack = operation(
  'signal.altstack',
  (tx: Transaction, k: Kernel, task: Task, setting: StackSetting | null): Result<StackSetting> => {
    const own = tx.read(task.signals)!;
    const stack = tx.read(own.altStack);
    const running = innermostFrame(tx, task)?.onAltStack === true;
    const old = describe(stack, running);
    if (setting === null) return ok(old);
    if (running) return fail('EPERM'); // the handler's own frames lie on it
    const known = k.is26 ? 0 : SS_AUTODISARM;
    const mode = (setting.flags & ~known) >>> 0;
    if (mode !== 0 && mode !== SS_ONSTACK && mode !== SS_DISABLE) return fail('EINVAL');
    if (mode === SS_DISABLE) tx.write(own.altStack, null);
    else if (setting.size < MINSIGSTKSZ) return fail('ENOMEM');
    else tx.write(own.altStack, { sp: setting.sp, size: setting.size, flags: (setting.flags & known) >>> 0 });
    return ok(old);
  },
);

function describe(stack: AltStack | null, running: boolean): StackSetting {
  if (stack === null) return { sp: null, flags: SS_DISABLE, size: 0 };
  return { sp: stack.sp, flags: (stack.flags | (running ? SS_ONSTACK : 0)) >>> 0, size: stack.size };
}
