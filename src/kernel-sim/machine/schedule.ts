/**
 * Running a machine to its end under a scheduling policy.
 *
 * A policy picks one of the actors that may be able to step. An actor that turns out to wait is not asked again until something its
 * wait looked at has changed, so a run with 100,000 sleeping tasks costs no more than its steps.
 */

import type { Actor, Machine } from './machine.ts';
import { ReadyList } from './ready-list.ts';

/** Picks the index of the actor to step next; `last` is the index of who stepped before, -1 if that one now waits or is gone. */
export interface Policy {
  (ready: readonly Actor[], last: number): number;
  /** The ready stand in the order of their births then; otherwise whoever became ready last stands last. */
  readonly byAge?: boolean;
}

/** Lets an actor run until it has to wait, then the one that has been ready longest. */
export const runToBlock: Policy = (_ready, last) => Math.max(0, last);

/** Takes turns, one step each. */
export const roundRobin: Policy = (ready, last) => (last + 1) % ready.length;

/** Picks by a seeded generator (mulberry32): same seed, same run. */
export function seededRandom(seed: number): Policy {
  let state = seed | 0;
  return (ready) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % ready.length;
  };
}

/** Why a run ended: nobody is left, everybody left waits for ever, or the budget of steps was spent. */
export type Ending = 'finished' | 'stuck' | 'out-of-steps';

export class Runner {
  readonly machine: Machine;
  readonly #policy: Policy;
  readonly #ready: ReadyList;
  readonly #waiters = new Map<number, Set<Actor>>();
  readonly #parked = new Map<Actor, number[]>();
  #last: Actor | null = null;

  constructor(machine: Machine, policy: Policy = runToBlock) {
    this.machine = machine;
    this.#policy = policy;
    this.#ready = new ReadyList(machine, policy.byAge === true);
    machine.store.onChange = (cell) => this.#wake(cell);
    machine.onBirth = (actor) => this.#ready.add(actor);
    for (const actor of machine.actors) if (machine.isAlive(actor)) this.#ready.add(actor);
  }

  /** The actor to step next, after moving the clock on if everybody waits; null when nobody ever will. */
  next(): Actor | null {
    for (;;) {
      const { actors } = this.#ready;
      if (actors.length === 0 && !this.#passTime()) return null;
      const index = this.#policy(actors, this.#last === null ? -1 : this.#ready.indexOf(this.#last));
      const actor = actors[index] as Actor;
      if (this.machine.canStep(actor)) return actor;
      if (actor === this.#last) this.#last = null; // it is not among the ready any more, and need not be looked for
      this.#ready.removeAt(index);
      this.#park(actor);
    }
  }

  /**
   * Steps until nobody can, or `limit` steps are done.
   *
   * @param observe called after each step, while its footprint and notes are still in the store
   */
  run(limit = Number.POSITIVE_INFINITY, observe: (actor: Actor) => void = () => {}): Ending {
    const { machine } = this;
    for (let steps = 0; steps < limit; steps++) {
      const actor = this.next();
      if (actor === null) return machine.actors.some((some) => machine.isAlive(some)) ? 'stuck' : 'finished';
      machine.step(actor);
      this.#last = actor;
      observe(actor);
    }
    return 'out-of-steps';
  }

  #passTime(): boolean {
    const time = this.machine.nextDeadline();
    if (time === null) return false;
    this.machine.advanceClock(time);
    return this.#ready.actors.length > 0;
  }

  #park(actor: Actor): void {
    if (!this.machine.isAlive(actor)) return;
    const { store } = this.machine;
    const cells = [...new Set([...store.reads.copy(), this.machine.clock.now])];
    this.#parked.set(actor, cells);
    for (const cell of cells) {
      const waiters = this.#waiters.get(cell);
      if (waiters === undefined) this.#waiters.set(cell, new Set([actor]));
      else waiters.add(actor);
      store.watched.add(cell);
    }
  }

  #wake(cell: number): void {
    for (const actor of this.#waiters.get(cell) ?? []) {
      for (const other of this.#parked.get(actor) ?? []) {
        const waiters = this.#waiters.get(other);
        waiters?.delete(actor);
        if (waiters?.size === 0) {
          this.#waiters.delete(other);
          this.machine.store.watched.delete(other);
        }
      }
      this.#parked.delete(actor);
      this.#ready.add(actor);
    }
  }
}
