/** The interpreter without the labels that schedules name tasks by: a tree of 100,000 tasks is run once, in one order. */

import type { Transaction } from '../../kernel-sim/machine/store.ts';
import type { Task } from '../../kernel-sim/task/task.ts';
import { contextOf, start } from '../../userland/context.ts';
import { Interpreter } from '../../userland/interpreter.ts';
import { programOf, type Value } from '../../userland/language/value.ts';

export class PlainInterpreter extends Interpreter {
  override spawn(tx: Transaction, parent: Task, child: Task, entry: unknown): void {
    const name = programOf(entry as Value);
    const code = name === undefined ? undefined : this.programs.library.get(name);
    if (code === undefined) return;
    start(tx, child, code, tx.read(contextOf(tx, parent).variables));
    tx.write(child.comm, code.name.slice(0, 15));
  }
}
