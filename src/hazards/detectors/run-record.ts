/** What a run did, step by step: who, which operation, and what it touched. The detectors that look at a whole run read it. */

import type { Actor, Machine } from '../../kernel-sim/machine/machine.ts';

export interface RecordedStep {
  readonly actor: Actor;
  readonly call: string;
  /** The operation, `user` between calls, `return` when a call hands its result over. */
  readonly operation: string;
  readonly reads: readonly number[];
  /** Cells written or counted. */
  readonly writes: readonly number[];
  /** The actors that came to life. */
  readonly births: readonly Actor[];
  /** Whether the step had to wait for something before it could be made. */
  readonly waited: boolean;
  /** Which call of its actor it belongs to, from 1; 0 between calls. */
  readonly callNumber: number;
}

/** Steps a machine and puts down what each step did. */
export class RunRecord {
  readonly machine: Machine;
  readonly steps: RecordedStep[] = [];
  readonly #calls = new Map<Actor, number>();
  #births: Actor[] = [];

  constructor(machine: Machine) {
    this.machine = machine;
    machine.onBirth = (actor) => this.#births.push(actor);
  }

  step(actor: Actor): void {
    const { store } = this.machine;
    const frame = store.peek(actor.frame);
    if (frame?.isFresh) this.#calls.set(actor, (this.#calls.get(actor) ?? 0) + 1);
    this.#births = [];
    this.machine.step(actor);
    this.steps.push({
      actor,
      call: frame?.call.name ?? 'user',
      operation: frame === null ? 'user' : (frame.next?.op.name ?? 'return'),
      reads: store.reads.copy(),
      writes: [...store.writes.copy(), ...store.adds.copy()],
      births: this.#births,
      waited: frame?.next?.op.when !== undefined,
      callNumber: frame === null ? 0 : (this.#calls.get(actor) ?? 0),
    });
  }
}
