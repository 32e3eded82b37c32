/** Watches the numbers themselves: last_pid going backwards or jumping, ids that come back, history that is forged. SEMANTICS B2, B3. */

import type { Kernel } from '../../kernel-sim/kernel.ts';
import { type Handle, layout, type TableOf, table } from '../../kernel-sim/machine/layout.ts';
import type { Remark } from '../../kernel-sim/machine/note.ts';
import type { Store, Transaction } from '../../kernel-sim/machine/store.ts';
import type { Upid } from '../../kernel-sim/pid/pid.ts';
import { capable } from '../../kernel-sim/task/cred.ts';
import { asInt } from '../../kernel-sim/task/next-syscall-data.ts';
import type { Task } from '../../kernel-sim/task/task.ts';
import type { Ledger } from './ledger.ts';
import { callOf, report } from './report.ts';

const SLOTS = 32_768;

interface IdsFields {
  /** Ids once chosen and since removed, by kind and id. */
  chosen: TableOf<'never' | 'alive' | 'removed'>;
  /** By a pid namespace and one around it: the number that the newest member of the inner one was given in the outer one. */
  outer: TableOf<number | null>;
}

const Ids = layout<IdsFields>(
  'seen_ids',
  { chosen: table<'never' | 'alive' | 'removed'>('never'), outer: table<number | null>(null) },
  { shadow: true },
);

export class NumberMonitor {
  readonly #ids: Handle<IdsFields>;

  constructor(store: Store) {
    this.#ids = store.create(Ids);
  }

  /** last_pid went back: by a chosen pid's read and write (P1), or between ordinary forks (P7). */
  onBack(tx: Transaction, note: Remark): void {
    report(tx, note.chosen === true ? 'P1' : 'P7', tx.actor as Task, {
      intended: 'last_pid to go on from the highest number given out',
      happened: `it went back from ${String(note.from)} to ${String(note.to)}`,
    });
  }

  /**
   * A child has its numbers: a chosen one is that of the innermost namespace only, be that a new one whose first is no 1 (P5). Outside
   * its family's numbers follow on each other, as they did where they were saved, until a stranger's fork gets in between (P4).
   */
  onFork(tx: Transaction, note: Remark): void {
    const parent = note.task as Task;
    const upids = tx.read(tx.read((note.child as Task).pid)!.upids);
    const inner = upids.at(-1);
    if (inner === undefined || upids.length < 2) return;
    const strayed = this.#strayed(tx, upids, inner);
    const remembered = tx.read(parent.remembered) as Ledger | null;
    const taken = remembered === null ? null : tx.read(remembered.taken);
    if (taken === null) return;
    const intended = `the child to be ${taken.value}`;
    if (tx.read(inner.ns.reaper) === note.child && inner.number !== 1) {
      report(tx, 'P5', parent, {
        intended,
        happened: `the new namespace's init is ${inner.number} and nobody is 1 there`,
      });
    } else if (strayed.length > 0) {
      report(tx, 'P4', parent, {
        intended: `${intended}, and to have the numbers outside that follow on those of its namespace`,
        happened: `it is ${inner.number} inside and ${strayed.join(', ')} outside: others have forked there meanwhile`,
      });
    }
  }

  /** The numbers outside that do not follow on that of the member of the innermost namespace before; this one is the newest now. */
  #strayed(tx: Transaction, upids: readonly Upid[], inner: Upid): number[] {
    const strayed: number[] = [];
    for (const { ns, number } of upids.slice(0, -1)) {
      const cell = this.#ids.outer.at(`${inner.ns.name} in ${ns.name}`);
      const before = tx.read(cell);
      tx.write(cell, number);
      if (before !== null && number !== before + 1) strayed.push(number);
    }
    return strayed;
  }

  /** An ordinary fork starts its search from a number that somebody chose. */
  onJump(tx: Transaction, k: Kernel, note: Remark): void {
    const last = note.last as number;
    const wraps = last + 1 >= tx.read(k.system.pidMax);
    report(tx, wraps ? 'P8' : 'P2', tx.actor as Task, {
      intended: 'ordinary pids as if nobody had chosen one',
      happened: wraps
        ? `${last} was chosen, so the search starts at the bottom`
        : `the search goes on from ${last}, which was chosen`,
    });
  }

  onCreated(tx: Transaction, k: Kernel, note: Remark): void {
    const { kind, id, wanted } = note as unknown as { kind: 'msg' | 'sem' | 'shm'; id: number; wanted: number | null };
    const seen = this.#ids.chosen.at(`${kind} ${id}`);
    if (wanted === null && tx.read(seen) === 'removed') {
      report(tx, 'I4', tx.actor as Task, {
        intended: `${kind} ${id}, which was removed, to stay unknown`,
        happened: 'an ordinary creation gave the same id to another object',
      });
    }
    if (wanted === null) this.#onOrdinary(tx, kind, id);
    if (wanted !== null) tx.write(seen, 'alive');
    if (wanted !== null && k.is26 && id % SLOTS >= tx.read(k.initIpcNs[`${kind}mni`])) {
      report(tx, 'I10', tx.actor as Task, {
        intended: 'slots below the limit',
        happened: `${kind} ${id} is in slot ${id % SLOTS}`,
      });
    }
  }

  /** An object was made with the next id, by a call that had taken a chosen one (I2). */
  #onOrdinary(tx: Transaction, kind: string, id: number): void {
    const task = tx.actor as Task;
    const ledger = tx.read(task.remembered) as Ledger | null;
    const taken = ledger === null ? null : tx.read(ledger.taken);
    if (taken === null || taken.by !== `${kind}get`) return;
    const call = callOf(tx, task);
    report(tx, 'I2', task, {
      call,
      intended: `${call} to give ${asInt(taken.value)}`,
      happened: `it starts over without its number and makes ${kind} ${id}`,
    });
  }

  onRemoved(tx: Transaction, note: Remark): void {
    const seen = this.#ids.chosen.at(`${String(note.kind)} ${String(note.id)}`);
    if (tx.read(seen) === 'alive') tx.write(seen, 'removed');
  }

  /** A look for a key went through more slots than there are objects: a chosen slot lies far up (I9). */
  onWalk(tx: Transaction, note: Remark): void {
    report(tx, 'I9', tx.actor as Task, {
      intended: `a search among ${String(note.objects)} objects`,
      happened: `${String(note.slots)} slots were walked under the table's lock`,
    });
  }

  /** Times and last pids were written by a task that may not be trusted with them. */
  onHistory(tx: Transaction, note: Remark): void {
    const task = tx.actor as Task;
    if (capable(tx.read(task.cred), 'CAP_SYS_ADMIN')) return;
    report(tx, 'I6', task, {
      intended: 'history to be what happened',
      happened: `an unprivileged owner wrote the times and last pids of ${String(note.kind)} ${String(note.id)}`,
    });
  }
}
