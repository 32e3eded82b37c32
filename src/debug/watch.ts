/**
 * The value of an expression as a run goes by. It is worked out again only after a step that changed a cell which it read, and which
 * steps did so stands in the journal: nothing has to be undone to find out.
 */

import { hashHi, hashLo } from '../kernel-sim/machine/hash.ts';
import type { Task } from '../kernel-sim/task/task.ts';
import type { Debuggee } from './debuggee.ts';
import type { Expression } from './expression/ast.ts';
import { ABSENT, evaluate } from './expression/evaluate.ts';
import { valueText } from './look/value.ts';
import { scopeOf } from './scope.ts';

/** Whether two values look the same: arrays and structures by what is in them. */
function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  return hashLo(a) === hashLo(b) && hashHi(a) === hashHi(b);
}

export class Watched {
  readonly #debuggee: Debuggee;
  readonly #expression: Expression;
  readonly #focus: Task | null;
  #cells = new Set<number>();
  #value: unknown = ABSENT;
  #text = '';

  /** Looks at the value in the present state. */
  constructor(debuggee: Debuggee, expression: Expression, focus: Task | null) {
    this.#debuggee = debuggee;
    this.#expression = expression;
    this.#focus = focus;
    this.look();
  }

  /** The value in words, as they were true when it was looked at. */
  get text(): string {
    return this.#text;
  }

  /** Works the value out in the present state; says whether it differs from the one before. */
  look(): boolean {
    const before = this.#value;
    const cells = new Set<number>();
    const scope = scopeOf(this.#debuggee, this.#focus, (cell) => cells.add(cell));
    const found = evaluate(this.#expression, scope);
    this.#cells = cells;
    this.#value = found.ok ? found.value.value : ABSENT;
    this.#text = valueText(this.#debuggee, this.#value);
    return !same(before, this.#value);
  }

  /** Whether a step wrote a cell that the value hangs on. */
  isTouchedBy(step: number): boolean {
    const { timeline, machine } = this.#debuggee.session;
    const end = timeline.mark(step);
    for (let entry = timeline.mark(step - 1); entry < end; entry++) {
      if (this.#cells.has(machine.store.journal.cellAt(entry))) return true;
    }
    return false;
  }
}
