/**
 * Pinning a schedule by constraints: the later point of each waits until the earlier has been passed.
 *
 * A point is a call of a task, by program, number and count, or one effect inside the call. A call is passed when its first effect
 * is. Which points were passed is kept in cells, so going back opens and closes the gate again, and searches see it as a wait.
 */

import type { Frame } from '../kernel-sim/machine/frame.ts';
import { type Handle, layout, type TableOf, table } from '../kernel-sim/machine/layout.ts';
import type { Actor, Gate } from '../kernel-sim/machine/machine.ts';
import type { Store, Transaction } from '../kernel-sim/machine/store.ts';
import { type Constraint, type Point, printPoint } from './constraint.ts';

interface GateFields {
  /** How often a task has made a call, by label and call. */
  calls: TableOf<number>;
  /** Which points were passed, by their text. */
  passed: TableOf<boolean>;
}

const GateState = layout<GateFields>('schedule_gate', { calls: table(0), passed: table(false) }, { shadow: true });

export class ScheduleGate implements Gate {
  readonly #constraints: readonly Constraint[];
  readonly #points: readonly Point[];
  /** The constraints and the points that can concern a step inside a call, by the call's name. */
  readonly #constraintsOf: ReadonlyMap<string, readonly Constraint[]>;
  readonly #pointsOf: ReadonlyMap<string, readonly Point[]>;
  readonly #state: Handle<GateFields>;
  readonly #labelOf: (actor: Actor) => string;

  /** @param labelOf what people call an actor; its last part is its program and number */
  constructor(store: Store, constraints: readonly Constraint[], labelOf: (actor: Actor) => string) {
    this.#constraints = constraints;
    this.#points = constraints.flatMap(({ earlier, later }) => [earlier, later]);
    this.#constraintsOf = Map.groupBy(constraints, ({ later }) => later.call);
    this.#pointsOf = Map.groupBy(this.#points, ({ call }) => call);
    this.#state = store.create(GateState);
    this.#labelOf = labelOf;
  }

  concerns(actor: Actor): boolean {
    const frame = this.#state.store.peek(actor.frame);
    return (
      frame !== null && (this.#constraintsOf.get(frame.call.name)?.some((one) => isStepOf(frame, one.later)) ?? false)
    );
  }

  allows(tx: Transaction, actor: Actor): boolean {
    const frame = tx.peek(actor.frame);
    for (const { earlier, later } of (frame && this.#constraintsOf.get(frame.call.name)) ?? []) {
      if (this.#isAt(tx, actor, later) && !tx.read(this.#state.passed.at(printPoint(earlier)))) return false;
    }
    return true;
  }

  passes(tx: Transaction, actor: Actor): void {
    const frame = tx.peek(actor.frame);
    const points = frame && this.#pointsOf.get(frame.call.name);
    if (!points) return;
    if (frame.isFresh) tx.update(this.#callsOf(actor, frame.call.name), (n) => n + 1);
    for (const point of points) {
      if (this.#isAt(tx, actor, point, 0)) tx.write(this.#state.passed.at(printPoint(point)), true);
    }
  }

  /**
   * The points that no step of the run has passed: what a schedule names and the programs no longer have.
   *
   * @param actors those who may stand before points that are there, and wait for one that is gone
   */
  unreached(store: Store, actors: readonly Actor[] = []): Point[] {
    const alive = actors.filter((actor) => store.peek(actor.life) === 'alive');
    const isHeld = ({ program, task }: Point): boolean =>
      this.#points.some(
        (point) =>
          point.program === program && point.task === task && alive.some((actor) => this.#isAt(store, actor, point)),
      );
    return this.#points.filter((point) => !store.peek(this.#state.passed.at(printPoint(point))) && !isHeld(point));
  }

  /**
   * The same, but for constraints on tasks that the run does not have although it has others of their program: how many there are
   * may be a parameter.
   */
  unreachedOfTasks(store: Store, actors: readonly Actor[]): Point[] {
    const names = new Set(actors.map((actor) => this.#labelOf(actor).split('.').at(-1)));
    const isMoot = ({ program, task }: Point): boolean =>
      task > 1 && !names.has(`${program}/${task}`) && names.has(program);
    const meant = this.#constraints
      .filter(({ earlier, later }) => !isMoot(earlier) && !isMoot(later))
      .flatMap(({ earlier, later }) => [earlier, later]);
    return this.unreached(store).filter((point) => meant.includes(point));
  }

  #callsOf(actor: Actor, call: string) {
    return this.#state.calls.at(`${this.#labelOf(actor)} ${call}`);
  }

  /** Whether the actor's next step is the point; `pending` is 1 as long as a fresh call has not been counted. */
  #isAt(tx: Transaction, actor: Actor, point: Point, pending = 1): boolean {
    const frame = tx.peek(actor.frame);
    if (frame === null || frame.call.name !== point.call || !isStepOf(frame, point)) return false;
    const name = this.#labelOf(actor).split('.').at(-1);
    if (name !== (point.task === 1 ? point.program : `${point.program}/${point.task}`)) return false;
    return tx.read(this.#callsOf(actor, point.call)) + (frame.isFresh ? pending : 0) === point.occurrence;
  }
}

/** Whether the next step of a call is the one that a point names: the first, or one effect of it. */
const isStepOf = (frame: Frame, { effect }: Point): boolean =>
  frame.next !== undefined && (effect === undefined ? frame.isFresh : frame.next.op.name === effect);
