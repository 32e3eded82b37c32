/** Watches the numbers themselves: last_pid going backwards or jumping, ids that come back, history that is forged. SEMANTICS B2, B3. */

import type { Kernel } from '../../kernel-sim/kernel.ts';
import { type Handle, layout, type TableOf, table } from '../../kernel-sim/machine/layout.ts';
import type { Remark } from '../../kernel-sim/machine/note.ts';
import type { Store, Transaction } from '../../kernel-sim/machine/store.ts';
import { capable } from '../../kernel-sim/task/cred.ts';
import type { Task } from '../../kernel-sim/task/task.ts';
import type { Ledger } from './ledger.ts';
import { report } from './report.ts';

const SLOTS = 32_768;

interface IdsFields {
  /** Ids once chosen and since removed, by kind and id. */
  chosen: TableOf<'never' | 'alive' | 'removed'>;
}

const Ids = layout<IdsFields>('seen_ids', { chosen: table<'never' | 'alive' | 'removed'>('never') });

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

  /** A child has its numbers: a chosen one is that of the innermost namespace only (P4), be that a new one whose first is no 1 (P5). */
  onFork(tx: Transaction, note: Remark): void {
    const parent = note.task as Task;
    const remembered = tx.read(parent.remembered) as Ledger | null;
    const taken = remembered === null ? null : tx.read(remembered.taken);
    const upids = tx.read(tx.read((note.child as Task).pid)!.upids);
    const inner = upids.at(-1);
    if (taken === null || inner === undefined || upids.length < 2) return;
    const intended = `the child to be ${taken.value}`;
    if (tx.read(inner.ns.reaper) === note.child && inner.number !== 1) {
      report(tx, 'P5', parent, {
        intended,
        happened: `the new namespace's init is ${inner.number} and nobody is 1 there`,
      });
    } else {
      const outer = upids.slice(0, -1).map(({ number }) => number);
      report(tx, 'P4', parent, {
        intended,
        happened: `it is ${inner.number} inside and ${outer.join(', ')} outside, as it came`,
      });
    }
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
    if (wanted !== null) tx.write(seen, 'alive');
    if (wanted !== null && k.is26 && id % SLOTS >= tx.read(k.initIpcNs[`${kind}mni`])) {
      report(tx, 'I10', tx.actor as Task, {
        intended: 'slots below the limit',
        happened: `${kind} ${id} is in slot ${id % SLOTS}`,
      });
    }
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
