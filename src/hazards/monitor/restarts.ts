/** Watches forks that a signal makes start again, and again: K10 of SEMANTICS B8. */

import { type Handle, layout, type TableOf, table } from '../../kernel-sim/machine/layout.ts';
import type { Remark } from '../../kernel-sim/machine/note.ts';
import type { Store, Transaction } from '../../kernel-sim/machine/store.ts';
import type { Task } from '../../kernel-sim/task/task.ts';
import { report } from './report.ts';

interface RestartsFields {
  /** How often the fork under way has been undone for a signal, by the name of its task. */
  forks: TableOf<number>;
}

const Restarts = layout<RestartsFields>('restarts', { forks: table(0) }, { shadow: true });

const FORKS = ['fork', 'vfork', 'clone', 'clone3'];

/** Tries in a row from which on nothing says that there will be an end to them. */
const ENDLESS = 2;

export class RestartMonitor {
  readonly #restarts: Handle<RestartsFields>;

  constructor(store: Store) {
    this.#restarts = store.create(Restarts);
  }

  onUndone(tx: Transaction, note: Remark): void {
    const task = note.task as Task;
    const restarts = Math.min(tx.read(this.#restarts.forks.at(task.name)) + 1, ENDLESS);
    tx.write(this.#restarts.forks.at(task.name), restarts);
    if (restarts < ENDLESS) return;
    report(tx, 'K10', task, {
      intended: 'a fork that comes to an end',
      happened: 'each try was undone by the next signal: with signals fast enough it goes on for ever',
    });
  }

  onExit(tx: Transaction, note: Remark): void {
    const { task, call } = note as unknown as { task: Task; call: string };
    if (FORKS.includes(call)) tx.write(this.#restarts.forks.at(task.name), 0);
  }
}
