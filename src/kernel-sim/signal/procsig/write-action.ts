/**
 * Writing `action`: one line after the other, each field by itself, under no lock; set_sigaction_list of the posted series,
 * SEMANTICS B6 G10, G11, G13, G20, G23, G24.
 *
 * Notes: `procsig.actions` {handlers, lines} as a write begins, `procsig.line` {handlers, line} when one is in the table whole,
 * `procsig.actions_end` {handlers}; `procsig.kept_restorer` {target, signo, restorer}, `procsig.handler` {target, execs} for a handler
 * of the image that ran when the file was opened, `procsig.flushed` {target} when exec dropped what was written, `procsig.spilt` {what} for a bit set beside
 * the mask. An index behind the table is a fault.
 */

import { SIG_DFL, SIG_IGN, SIGRTMAX } from '../../abi/signal.ts';
import { isUnblockable } from '../../abi/signal-default.ts';
import type { Kernel } from '../../kernel.ts';
import { operation, type Steps } from '../../machine/effect.ts';
import type { Transaction } from '../../machine/store.ts';
import { done, fail, ok, type Result } from '../../result.ts';
import type { Task } from '../../task/task.ts';
import { putAction } from '../action.ts';
import { bit, signalsOf, UNBLOCKABLE } from '../signal-set.ts';
import { type Action, DEFAULT_ACTION, type SignalHandlers } from '../state.ts';
import type { ParsedAction } from './parse.ts';
import { isReaped, lostPointer } from './read.ts';
import { addressOf, signalOfIndex, TOP_BIT } from './text.ts';

/** A line with the signal it is for. */
interface ActionLine {
  readonly signo: number;
  readonly action: Omit<Action, 'restorer'> & { readonly restorer?: unknown };
  /** Column 0 sets a bit of the restorer (G1). */
  readonly spilt: boolean;
}

const current = (tx: Transaction, handlers: SignalHandlers, signo: number): Action =>
  tx.read(handlers.actions)[signo] ?? DEFAULT_ACTION;

const change = (tx: Transaction, handlers: SignalHandlers, signo: number, fields: Partial<Action>): void =>
  putAction(tx, handlers, signo, { ...current(tx, handlers, signo), ...fields });

const followHandlers = operation(
  'procsig.find_handlers',
  (tx: Transaction, k: Kernel, target: Task, lines: readonly ActionLine[]): Result<SignalHandlers> => {
    if (isReaped(tx, target)) return lostPointer(tx, k, target);
    const handlers = tx.read(target.handlers)!;
    const changing = lines.filter(({ signo, action }) => !isSame(current(tx, handlers, signo), action));
    tx.note({ type: 'procsig.actions', handlers, lines: changing.map(({ signo }) => signo) });
    return ok(handlers);
  },
);

const isSame = (before: Action, after: ActionLine['action']): boolean =>
  before.flags === after.flags &&
  before.mask === after.mask &&
  JSON.stringify(before.handler, text) === JSON.stringify(after.handler, text);

const text = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value);

/** Whether the target runs another program than when the file was opened. */
const isForeign = (tx: Transaction, target: Task, execs: number): boolean => tx.read(target.execs) !== execs;

const storeFlags = operation(
  'procsig.store_flags',
  (tx: Transaction, handlers: SignalHandlers, { signo, action }: ActionLine) => {
    change(tx, handlers, signo, { flags: action.flags });
    tx.note({ type: 'procsig.line_begun', handlers, signo });
  },
  { plain: true },
);

const clearMask = operation(
  'procsig.clear_action_mask',
  (tx: Transaction, handlers: SignalHandlers, { signo }: ActionLine) => change(tx, handlers, signo, { mask: 0n }),
  { plain: true },
);

const addToMask = operation(
  'procsig.add_to_mask',
  (tx: Transaction, handlers: SignalHandlers, signo: number, added: number) =>
    change(tx, handlers, signo, { mask: current(tx, handlers, signo).mask | bit(added) }),
  { plain: true },
);

const storeHandler = operation(
  'procsig.store_handler',
  (tx: Transaction, k: Kernel, target: Task, handlers: SignalHandlers, line: ActionLine, execs: number) =>
    finishLine(tx, k, target, handlers, line, execs),
  { plain: true },
);

/** Puts the handler in, and with G20 repaired the restorer. */
function finishLine(
  tx: Transaction,
  k: Kernel,
  target: Task,
  handlers: SignalHandlers,
  { signo, action: { handler, restorer }, spilt }: ActionLine,
  execs: number,
): void {
  if (k.fixed('G24') && isForeign(tx, target, execs)) return; // the image that this was meant for is gone
  const kept = current(tx, handlers, signo).restorer;
  change(tx, handlers, signo, { handler, ...(k.fixed('G20') && restorer !== undefined ? { restorer } : {}) });
  if (spilt) {
    change(tx, handlers, signo, { restorer: addressOf(k.userland, kept ?? 0) | TOP_BIT });
    tx.note({ type: 'procsig.spilt', what: `the restorer of signal ${signo}` });
  }
  tx.note({ type: 'procsig.line', handlers, signo });
  if (handler === SIG_DFL || handler === SIG_IGN) return;
  if (!k.fixed('G20')) tx.note({ type: 'procsig.kept_restorer', target, signo, restorer: kept ?? 0 });
  tx.note({ type: 'procsig.handler', target, execs });
}

/** One line under the signal lock (fix G13). */
const putLine = operation(
  'procsig.put_action',
  (tx: Transaction, k: Kernel, target: Task, handlers: SignalHandlers, line: ActionLine, execs: number): void => {
    change(tx, handlers, line.signo, { flags: line.action.flags, mask: line.action.mask });
    finishLine(tx, k, target, handlers, line, execs);
  },
);

/** All lines under one hold of the lock (fix G23). */
const putLines = operation(
  'procsig.put_actions',
  (
    tx: Transaction,
    k: Kernel,
    target: Task,
    handlers: SignalHandlers,
    lines: readonly ActionLine[],
    execs: number,
  ): void => {
    for (const line of lines) {
      change(tx, handlers, line.signo, { flags: line.action.flags, mask: line.action.mask });
      finishLine(tx, k, target, handlers, line, execs);
    }
  },
);

const overrun = operation('procsig.store_behind_table', (tx: Transaction, handlers: SignalHandlers): void =>
  tx.note({
    type: 'fault',
    kind: 'out-of-bounds',
    access: 'write',
    cell: handlers.actions,
    object: handlers,
    message: 'index 64 lies behind the table, over the lock',
  }),
);

const refuse = operation('procsig.bad_index', (tx: Transaction, target: Task, applied: number): void => {
  if (applied > 0) tx.note({ type: 'procsig.half_applied', target, lines: applied });
});

const finish = operation(
  'procsig.end_actions',
  (tx: Transaction, k: Kernel, target: Task, handlers: SignalHandlers, execs: number, stored: boolean) => {
    tx.note({ type: 'procsig.actions_end', handlers });
    if (!stored || !isForeign(tx, target, execs)) return done;
    if (k.fixed('G24')) return fail('ESRCH'); // what was written is gone, or was never stored
    tx.note({ type: 'procsig.flushed', target });
    return done;
  },
);

/**
 * Applies lines to the table of the target.
 *
 * @param execs how often the target had called execve when the file was opened
 * @returns EINVAL for an index outside of 0 to 64, the lines before it having been applied (G10)
 */
export function* setActions(
  k: Kernel,
  target: Task,
  parsed: readonly ParsedAction[],
  execs: number,
): Steps<Result<undefined>> {
  const lowest = k.fixed('G10') ? 1 : 0;
  const isBad = ({ index }: ParsedAction): boolean => index < lowest || index > SIGRTMAX;
  if (k.fixed('G10') && parsed.some(isBad)) return fail('EINVAL');
  const bad = parsed.findIndex(isBad);
  const taken = bad === -1 ? parsed : parsed.slice(0, bad);
  const strip = k.fixed('G11');
  const lines = taken
    .map(({ index, spilt = false, ...action }): ActionLine => ({ signo: signalOfIndex(k, index), action, spilt }))
    .filter(({ signo }) => !(strip && isUnblockable(signo)))
    .map(({ action, ...line }) => ({
      ...line,
      action: strip ? { ...action, mask: action.mask & ~UNBLOCKABLE } : action,
    }));
  const inside = lines.filter(({ signo }) => signo <= SIGRTMAX);
  const handlers = yield* followHandlers(k, target, inside);
  if (!handlers.ok) return handlers;
  if (k.fixed('G23')) yield* putLines(k, target, handlers.value, inside, execs);
  else for (const line of lines) yield* applyLine(k, target, handlers.value, line, execs);
  const stored = inside.some(({ action: { handler } }) => handler !== SIG_DFL && handler !== SIG_IGN);
  const finished = yield* finish(k, target, handlers.value, execs, stored);
  if (bad === -1) return finished;
  yield* refuse(target, taken.length);
  return fail('EINVAL');
}

function* applyLine(k: Kernel, target: Task, handlers: SignalHandlers, line: ActionLine, execs: number): Steps<void> {
  if (line.signo > SIGRTMAX) return yield* overrun(handlers);
  if (k.fixed('G13')) return yield* putLine(k, target, handlers, line, execs);
  yield* storeFlags(handlers, line);
  yield* clearMask(handlers, line);
  for (const added of signalsOf(line.action.mask)) yield* addToMask(handlers, line.signo, added);
  yield* storeHandler(k, target, handlers, line, execs);
}
