/**
 * Who steps next where nothing is recorded yet. The first run is driven by whatever policy or pinned schedule the session was opened
 * with, so that it is the run that `thaw replay` shows; once somebody has chosen otherwise, a branch runs by its own simple rule.
 */

import type { Actor, Machine } from '../kernel-sim/machine/machine.ts';
import { type Policy, Runner } from '../kernel-sim/machine/schedule.ts';

/** Makes the next step. */
export interface Driver {
  /** Who stepped, `time` if only the clock moved, null if nobody ever will. */
  advance(): Actor | 'time' | null;
}

/** Drives by a runner's policy. A runner knows the end of its run only: it must not be asked for a step anywhere else. */
export class RunnerDriver implements Driver {
  readonly #runner: Runner;

  constructor(machine: Machine, policy?: Policy) {
    this.#runner = new Runner(machine, policy);
  }

  advance(): Actor | 'time' | null {
    const { store } = this.#runner.machine;
    const before = store.mark();
    let stepped: Actor | null = null;
    this.#runner.run(1, (actor) => {
      stepped = actor;
    });
    return stepped ?? (store.mark() > before ? 'time' : null);
  }
}

/** Lets an actor run until it has to wait, then the oldest that can step; moves the clock when nobody can. */
export class OldestFirst implements Driver {
  readonly #machine: Machine;
  #last: Actor | null;

  /**
   * @param first who goes first
   */
  constructor(machine: Machine, first: Actor | null) {
    this.#machine = machine;
    this.#last = first;
    // A runner that drove before must not hear of this run.
    machine.store.onChange = null;
    machine.store.watched.clear();
    machine.onBirth = null;
  }

  advance(): Actor | 'time' | null {
    const machine = this.#machine;
    const last = this.#last;
    const next =
      last !== null && machine.canStep(last) ? last : (machine.actors.find((actor) => machine.canStep(actor)) ?? null);
    if (next === null) return this.#passTime();
    this.#last = next;
    machine.step(next);
    return next;
  }

  #passTime(): 'time' | null {
    const time = this.#machine.nextDeadline();
    if (time === null || time <= this.#machine.store.peek(this.#machine.clock.now)) return null;
    this.#machine.advanceClock(time);
    return 'time';
  }
}
