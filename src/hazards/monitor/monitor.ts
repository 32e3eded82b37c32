/** The monitor of a run: hears what each step has to say and reports the catalogued hazards that it makes certain. */

import type { Kernel } from '../../kernel-sim/kernel.ts';
import type { Actor, Monitor } from '../../kernel-sim/machine/machine.ts';
import { isFault, type Remark } from '../../kernel-sim/machine/note.ts';
import type { Transaction } from '../../kernel-sim/machine/store.ts';
import { onExit, onRestart, onSet, onTaken } from './armed-value.ts';
import { BaseMonitor, onHanded, onOutdatedUndo, onOutlivedRemoval, onSlotReused } from './base.ts';
import { onRefused, onSeen } from './control-file.ts';
import { onFault, onLeak } from './memory.ts';
import { NumberMonitor } from './numbers.ts';
import { onBlocked, onCleared, onEntry, onGenerated, onHandler, onPlain, SignalFileMonitor } from './procsig.ts';
import { RestartMonitor } from './restarts.ts';

export class HazardMonitor implements Monitor {
  readonly #k: Kernel;
  readonly #numbers: NumberMonitor;
  readonly #signalFiles: SignalFileMonitor;
  readonly #restarts: RestartMonitor;
  readonly #base: BaseMonitor;

  constructor(k: Kernel) {
    this.#k = k;
    this.#numbers = new NumberMonitor(k.machine.store);
    this.#signalFiles = new SignalFileMonitor(k.machine.store);
    this.#restarts = new RestartMonitor(k.machine.store);
    this.#base = new BaseMonitor(k.machine.store);
  }

  observe(tx: Transaction, _actor: Actor, operation: string): void {
    // Findings become notes too; they are not looked at again.
    for (const note of tx.notes.slice()) {
      if (isFault(note)) onFault(tx, note, operation);
      else this.#hear(tx, note);
    }
  }

  #hear(tx: Transaction, note: Remark): void {
    hear[note.type]?.(tx, this.#k, note, this.#numbers);
    if (note.type === 'task.fork_undone') this.#restarts.onUndone(tx, note);
    if (note.type === 'call.exit') this.#restarts.onExit(tx, note);
    hearBase[note.type]?.(tx, note, this.#base);
    hearSignalFiles[note.type]?.(tx, note, this.#signalFiles, this.#k);
  }
}

type Hear = (tx: Transaction, k: Kernel, note: Remark, numbers: NumberMonitor) => void;

/** Who hears which notes. */
const hear: Readonly<Record<string, Hear>> = {
  'nsd.set': (tx, _k, note) => onSet(tx, note),
  'nsd.taken': (tx, k, note) => onTaken(tx, k, note),
  'nsd.seen': (tx, _k, note) => onSeen(tx, note),
  'nsd.refused': (tx, _k, note) => onRefused(tx, note),
  leak: (tx) => onLeak(tx),
  'call.exit': (tx, k, note) => onExit(tx, k, note),
  'call.restarted': (tx, _k, note) => onRestart(tx, note),
  'task.fork': (tx, _k, note, numbers) => numbers.onFork(tx, note),
  'last_pid.back': (tx, _k, note, numbers) => numbers.onBack(tx, note),
  'last_pid.chosen': (tx, k, note, numbers) => numbers.onJump(tx, k, note),
  'ipc.created': (tx, k, note, numbers) => numbers.onCreated(tx, k, note),
  'ipc.removed': (tx, _k, note, numbers) => numbers.onRemoved(tx, note),
  'ipc.walk': (tx, _k, note, numbers) => numbers.onWalk(tx, note),
  'ipc.history': (tx, _k, note, numbers) => numbers.onHistory(tx, note),
};

type HearBase = (tx: Transaction, note: Remark, base: BaseMonitor) => void;

/** The same for what the kernel below the series does by itself. */
const hearBase: Readonly<Record<string, HearBase>> = {
  'msg.handed': onHanded,
  'ipc.slot_reused': onSlotReused,
  'sem.undo_outdated': onOutdatedUndo,
  'shm.outlived_removal': onOutlivedRemoval,
  'ipc.msgmni_lowered': (tx, note, base) => base.onLowered(tx, note),
  'msg.sender_waits': (tx, note, base) => base.onSenderWaits(tx, note),
  'call.exit': (tx, note, base) => base.onExit(tx, note),
};

type HearSignalFiles = (tx: Transaction, note: Remark, files: SignalFileMonitor, k: Kernel) => void;

/** The same for /proc/<pid>/sig/. */
const hearSignalFiles: Readonly<Record<string, HearSignalFiles>> = {
  'procsig.stranger': onPlain,
  'procsig.null': onPlain,
  'procsig.torn': onPlain,
  'procsig.mask_seen': onPlain,
  'procsig.waiters_seen': onPlain,
  'procsig.leftover': onPlain,
  'procsig.overrun': onPlain,
  'procsig.silent': onPlain,
  'procsig.altstack': onPlain,
  'procsig.half_applied': onPlain,
  'procsig.flushed': onPlain,
  'procsig.spilt': onPlain,
  'procsig.bare': onPlain,
  'procsig.cleared': onCleared,
  'procsig.entry': onEntry,
  'procsig.blocked': onBlocked,
  'procsig.handler': onHandler,
  'procsig.actions': (tx, note, files) => files.onActionsBegun(tx, note),
  'procsig.line_begun': (tx, note, files) => files.onLineBegun(tx, note),
  'procsig.line': (tx, note, files) => files.onLine(tx, note),
  'procsig.actions_end': (tx, note, files) => files.onActionsEnd(tx, note),
  'procsig.actions_seen': (tx, note, files) => files.onActionsSeen(tx, note),
  'procsig.kept_restorer': (tx, note, files) => files.onKeptRestorer(tx, note),
  'signal.delivered': (tx, note, files) => files.onDelivered(tx, note),
  'signal.generated': (tx, note, _files, k) => onGenerated(tx, k, note),
  'signal.ignored': (tx, note, _files, k) => onGenerated(tx, k, note),
};

/** Sets a monitor to watch a kernel. */
export function watch(k: Kernel): void {
  k.machine.monitor = new HazardMonitor(k);
}
