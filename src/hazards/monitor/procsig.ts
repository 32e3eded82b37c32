/**
 * Watches /proc/<pid>/sig/: signals that are lost or forged, masks and actions that are torn, memory that is gone. SEMANTICS B6.
 *
 * Most of it the kernel's notes say in so many words. What takes two to happen is remembered in cells: which actions are being
 * written, and whose actions a task has read.
 */

import { SIG_DFL, SIG_IGN } from '../../kernel-sim/abi/signal.ts';
import { isUnblockable } from '../../kernel-sim/abi/signal-default.ts';
import type { Kernel } from '../../kernel-sim/kernel.ts';
import { type Handle, layout, type TableOf, table } from '../../kernel-sim/machine/layout.ts';
import type { Remark } from '../../kernel-sim/machine/note.ts';
import type { Store, Transaction } from '../../kernel-sim/machine/store.ts';
import { hasWork } from '../../kernel-sim/signal/mask.ts';
import { realMask } from '../../kernel-sim/signal/procsig/read.ts';
import { actionOf } from '../../kernel-sim/signal/send.ts';
import type { SigInfo } from '../../kernel-sim/signal/siginfo.ts';
import { bit, signalsOf } from '../../kernel-sim/signal/signal-set.ts';
import type { SignalHandlers } from '../../kernel-sim/signal/state.ts';
import type { Task } from '../../kernel-sim/task/task.ts';
import { report } from './report.ts';

/** A write to `action` under way. */
interface Writing {
  /** Signals whose action the write changes. */
  readonly lines: readonly number[];
  readonly done: number;
  /** The signal whose action is half written. */
  readonly torn: number | null;
}

interface SigWatchFields {
  /** By the name of the handler table. */
  writing: TableOf<Writing | null>;
  /** The restorers of the actions that a task read last, by the task's name. */
  read: TableOf<readonly (readonly [number, unknown])[] | null>;
}

const SigWatch = layout<SigWatchFields>(
  'sig_watch',
  {
    writing: table<Writing | null>(null),
    read: table<readonly (readonly [number, unknown])[] | null>(null),
  },
  { shadow: true },
);

const names = (set: bigint): string => signalsOf(set).join(', ');

export class SignalFileMonitor {
  readonly #seen: Handle<SigWatchFields>;

  constructor(store: Store) {
    this.#seen = store.create(SigWatch);
  }

  onActionsBegun(tx: Transaction, note: Remark): void {
    const { handlers, lines } = note as unknown as { handlers: SignalHandlers; lines: readonly number[] };
    if (lines.length > 0) tx.write(this.#seen.writing.at(handlers.name), { lines, done: 0, torn: null });
  }

  onLineBegun(tx: Transaction, note: Remark): void {
    this.#change(tx, note, (writing, signo) => ({ ...writing, torn: writing.lines.includes(signo) ? signo : null }));
  }

  onLine(tx: Transaction, note: Remark): void {
    this.#change(tx, note, (writing, signo) => ({
      ...writing,
      done: writing.done + (writing.lines.includes(signo) ? 1 : 0),
      torn: null,
    }));
  }

  onActionsEnd(tx: Transaction, note: Remark): void {
    this.#change(tx, note, () => null);
  }

  #change(tx: Transaction, note: Remark, change: (writing: Writing, signo: number) => Writing | null): void {
    const cell = this.#seen.writing.at((note.handlers as SignalHandlers).name);
    const writing = tx.read(cell);
    if (writing !== null) tx.write(cell, change(writing, Number(note.signo)));
  }

  /** A signal does what its action says while somebody writes that action, or the others beside it. */
  onDelivered(tx: Transaction, note: Remark): void {
    const { task, info } = note as unknown as { task: Task; info: SigInfo };
    const handlers = tx.read(task.handlers);
    const writing = handlers === null ? null : tx.read(this.#seen.writing.at(handlers.name));
    const signo = info.si_signo;
    if (writing === null || !writing.lines.includes(signo)) return;
    if (writing.torn === signo) {
      report(tx, 'G13', task, {
        intended: 'the action before the write or the one after it',
        happened: `signal ${signo} was taken with parts of both`,
      });
    } else if (writing.done > 0 && writing.done < writing.lines.length) {
      report(tx, 'G23', task, {
        intended: 'all old actions or all new ones',
        happened: `signal ${signo} was taken with ${writing.done} of ${writing.lines.length} lines applied`,
      });
    }
  }

  onActionsSeen(tx: Transaction, note: Remark): void {
    tx.write(this.#seen.read.at(tx.actor.name), note.restorers as readonly (readonly [number, unknown])[]);
  }

  /** A handler was written beside a restorer that is not the one of the process it was read from. */
  onKeptRestorer(tx: Transaction, note: Remark): void {
    const { signo, restorer } = note as unknown as { signo: number; restorer: unknown };
    const read = tx.read(this.#seen.read.at(tx.actor.name));
    const meant = read?.find(([number]) => number === signo)?.[1] ?? 0;
    if (read === null || meant === restorer) return;
    report(tx, 'G20', tx.actor as Task, {
      intended: `the handler of signal ${signo} to return through ${JSON.stringify(meant)}, as where it was read`,
      happened: `it returns through ${JSON.stringify(restorer)}, which the target had before`,
    });
  }
}

type Said = { readonly id: string; readonly intended: string; readonly happened: string };

/** Notes that say it all. */
const plain: Readonly<Record<string, (note: Remark) => Said | null>> = {
  'procsig.stranger': () => ({
    id: 'G16',
    intended: 'signals to be the business of those who may trace the task',
    happened: 'the file is open to all, and the hook compares capabilities but no user ids',
  }),
  'procsig.null': () => ({
    id: 'G14',
    intended: 'a task whose signals are still there',
    happened: 'it was reaped meanwhile: the kernel follows a null pointer',
  }),
  'procsig.torn': () => ({
    id: 'G17',
    intended: 'the rest of the text that was read before',
    happened: 'the text was made anew and is another one',
  }),
  'procsig.mask_seen': ({ temporary }) =>
    temporary === true
      ? { id: 'G21', intended: 'the mask of the task', happened: 'the temporary mask of its call was shown' }
      : null,
  'procsig.waiters_seen': ({ overflow }) => ({
    id: 'G15',
    intended: 'the tasks that wait for the process',
    happened:
      overflow === true
        ? 'more than a page of them, and the page is freed by a pointer into its middle'
        : 'the threads of the process that wait for its children were listed instead',
  }),
  'procsig.leftover': () => ({
    id: 'G7',
    intended: 'the text written to be the text applied',
    happened: 'what the last write through this open file had left was put in front of it',
  }),
  'procsig.overrun': () => ({
    id: 'G9',
    intended: 'a scan that ends with the text',
    happened: 'nothing ends the text: the scan read on behind the buffer',
  }),
  'procsig.silent': () => ({
    id: 'G18',
    intended: 'an error for text that cannot be applied',
    happened: 'the write returned its full count and a part of it was dropped',
  }),
  'procsig.altstack': ({ running, small }) =>
    running === true || small === true
      ? {
          id: 'G19',
          intended:
            running === true ? 'EPERM while a handler runs on the stack' : 'ENOMEM for a stack that is too small',
          happened: running === true ? 'the stack was replaced under it' : 'it was accepted',
        }
      : null,
  'procsig.half_applied': ({ lines }) => ({
    id: 'G10',
    intended: 'EINVAL to mean that nothing was changed',
    happened: `a bad index was found after ${String(lines)} lines had been applied`,
  }),
  'procsig.flushed': () => ({
    id: 'G24',
    intended: 'the handlers that were written',
    happened: 'execve reset them and the write succeeded',
  }),
  'procsig.spilt': ({ what }) => ({
    id: 'G1',
    intended: 'a column for each signal',
    happened: `column 0 is ${String(what)}`,
  }),
  'procsig.bare': ({ signals }) => ({
    id: 'G4',
    intended: 'pending signals with their details',
    happened: `signals ${names(signals as bigint)} were made pending without any: they come from nobody`,
  }),
};

/** Hears the notes that need no memory. */
export function onPlain(tx: Transaction, note: Remark): void {
  const said = plain[note.type]?.(note) ?? null;
  if (said !== null) report(tx, said.id, tx.actor as Task, said);
}

/** Bits of pending signals went: of such as the writer could know (G4), or of such as were sent since it opened the file (G3). */
export function onCleared(tx: Transaction, note: Remark): void {
  const { sent, known } = note as unknown as { sent: bigint; known: bigint };
  if (sent !== 0n) {
    report(tx, 'G3', tx.actor as Task, {
      intended: `signal ${names(sent)}, which was sent meanwhile, to stay pending`,
      happened: 'the mask of the text took its place, and its details stay behind',
    });
  }
  if (known !== 0n) {
    report(tx, 'G4', tx.actor as Task, {
      intended: `the details of ${names(known)} to go with the signal`,
      happened: "they stay queued, and count against the user's limit",
    });
  }
}

/** An entry was made for a line. */
export function onEntry(tx: Transaction, note: Remark): void {
  const { repeated, overQuota, lost } = note;
  if (repeated === true) {
    report(tx, 'G5', tx.actor as Task, {
      intended: 'one entry for each line',
      happened: 'the first line was read again, and those behind it were not',
    });
  }
  if (overQuota === true) {
    report(tx, 'G22', tx.actor as Task, {
      intended: 'RLIMIT_SIGPENDING to hold',
      happened: "entries above it were charged to the target's user, whose own sigqueue fails now",
    });
  }
  if (lost === true) {
    report(tx, 'G6', tx.actor as Task, {
      intended: 'the text that was printed to be read back',
      happened: 'the second line is not in the form that is parsed: its entry leaks and the rest is dropped',
    });
  }
}

/** A handler was stored, for the image that ran when the file was opened. */
export function onHandler(tx: Transaction, note: Remark): void {
  const { target, execs } = note as unknown as { target: Task; execs: number };
  if (tx.read(target.execs) === execs) return;
  report(tx, 'G24', tx.actor as Task, {
    intended: 'a handler in the image that it was written for',
    happened: 'the target has called execve: the handler points into memory that is gone',
  });
}

/** The blocked mask was replaced. */
export function onBlocked(tx: Transaction, note: Remark): void {
  const { target, kept } = note as unknown as { target: Task; kept: boolean };
  if (!kept && realMask(tx, target) !== null) {
    report(tx, 'G21', tx.actor as Task, {
      intended: 'the written mask to stay',
      happened: 'the target is in a call with a temporary mask, and puts the old one back when it returns',
    });
  }
  if (hasWork(tx, target) && !tx.read(tx.read(target.signals)!.flagged)) {
    report(tx, 'G12', target, {
      intended: 'a signal that is no longer blocked to be taken',
      happened: 'nobody told the task that there is something to take',
    });
  }
}

/** SIGKILL or SIGSTOP was sent to a task that blocks it or has another action for it: only these files can bring that about. */
export function onGenerated(tx: Transaction, k: Kernel, note: Remark): void {
  const { target, info } = note as unknown as { target: Task; info: SigInfo };
  const signo = info.si_signo;
  if (!k.profile.series.has('procsig') || !isUnblockable(signo)) return;
  const own = tx.read(target.signals);
  if (own === null) return;
  const { handler } = actionOf(tx, target, signo);
  const blocked = (tx.read(own.blocked) & bit(signo)) !== 0n;
  if (!blocked && handler === SIG_DFL) return;
  report(tx, 'G11', target, {
    intended: `signal ${signo} to do what nobody can keep it from`,
    happened: blocked ? 'it is blocked and stays pending' : handler === SIG_IGN ? 'it is ignored' : 'it has a handler',
  });
}
