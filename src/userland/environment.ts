/** What a task's expressions can see: its variables, the programs and parameters of the run, and its own numbers. */

import type { Transaction } from '../kernel-sim/machine/store.ts';
import { numberIn } from '../kernel-sim/pid/pid.ts';
import type { Task } from '../kernel-sim/task/task.ts';
import type { Library } from './code.ts';
import type { Variables } from './context.ts';
import type { Environment } from './language/evaluate.ts';
import { programNamed, type Value } from './language/value.ts';

export interface Programs {
  readonly library: Library;
  /** The scenario's parameters, which all programs see. */
  readonly params: ReadonlyMap<string, Value>;
}

export class TaskEnvironment implements Environment {
  readonly params: ReadonlyMap<string, Value>;
  readonly self: Numbers;
  readonly #library: Library;
  readonly #variables: Variables;

  constructor({ library, params }: Programs, tx: Transaction, task: Task, variables: Variables) {
    this.params = params;
    this.self = new Numbers(tx, task);
    this.#library = library;
    this.#variables = variables;
  }

  lookup(name: string): Value | undefined {
    if (Object.hasOwn(this.#variables, name)) return this.#variables[name] as Value;
    return this.#library.has(name) ? programNamed(name) : undefined;
  }
}

/** `$pid`, `$tid` and `$ppid`, looked at when they are asked for only: a look is part of a step's footprint. */
class Numbers {
  readonly #tx: Transaction;
  readonly #task: Task;

  constructor(tx: Transaction, task: Task) {
    this.#tx = tx;
    this.#task = task;
  }

  get pid(): number {
    const tx = this.#tx;
    return numberOf(tx, this.#task, tx.read(tx.read(this.#task.process)!.leader));
  }

  get tid(): number {
    return numberOf(this.#tx, this.#task, this.#task);
  }

  get ppid(): number {
    const tx = this.#tx;
    const parent = tx.read(this.#task.parent);
    return numberOf(tx, this.#task, parent === null ? null : tx.read(tx.read(parent.process)!.leader)); // not its thread
  }
}

/** The number of a task as another sees it; 0 for none. */
function numberOf(tx: Transaction, viewer: Task, task: Task | null): number {
  const pid = task === null ? null : tx.read(task.pid);
  return pid === null ? 0 : numberIn(tx, pid, tx.read(viewer.pidNs)!);
}
