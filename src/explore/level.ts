/** A state on the way of a search: who can step there, who sleeps, who is still to be tried. */

import type { Prints } from './footprint.ts';
import { SINGLE } from './stands.ts';

const NOBODY: readonly number[] = [];

export class Level {
  /** Who can step, as a mask of actors; and those without a bit of their own, ascending. */
  able = 0;
  rest: readonly number[] = NOBODY;
  /** Whose ability to step may be another than at the state before. */
  woken = 0;
  /** Who sleeps, as a mask. Those without a bit never do. */
  sleep = 0;
  /** Where preemptions are counted: who stepped last and could go on; -1 for nobody. */
  running = -1;
  preemptions = 0;
  /** Who is still to be tried: one who comes before all others, -1 for nobody; a mask; and the rest from a place on. */
  #first = -1;
  #todo = 0;
  #tried = 0;
  /** By actor: the number of the footprint of the step with which it sleeps. */
  readonly #prints = new Int32Array(SINGLE);

  /** Makes it the first state of a way. */
  begin(): void {
    this.able = 0;
    this.rest = NOBODY;
    this.woken = 0;
    this.sleep = 0;
    this.preemptions = 0;
  }

  /** Makes it the state after another, as far as the step between them changes nothing; nobody sleeps. */
  follow(before: Level, preemptions: number): void {
    this.able = before.able;
    this.rest = before.rest;
    this.sleep = 0;
    this.preemptions = preemptions;
  }

  /** Lets those sleep on who slept at the state before and whose step does not depend on the one that led here. */
  inheritSleepers(before: Level, print: number, prints: Prints): void {
    for (let left = before.sleep; left !== 0; left &= left - 1) {
      const bit = left & -left;
      const actor = 31 - Math.clz32(bit);
      const asleep = before.#prints[actor] as number;
      if (!prints.areIndependent(asleep, print)) continue;
      this.sleep |= bit;
      this.#prints[actor] = asleep;
    }
  }

  /** Puts an actor to sleep whose step has a footprint of this number. */
  fallAsleep(actor: number, print: number): void {
    if (actor >= SINGLE) return;
    this.sleep |= 1 << actor;
    this.#prints[actor] = print;
  }

  /** Whether an actor can step. */
  has(actor: number): boolean {
    if (actor < 0) return false;
    return actor < SINGLE ? (this.able & (1 << actor)) !== 0 : this.rest.includes(actor);
  }

  /** How many can step. */
  count(): number {
    let count = this.rest.length;
    for (let left = this.able; left !== 0; left &= left - 1) count++;
    return count;
  }

  /** The preemptions of a run that goes on from here with a step of the actor. */
  preemptionsBy(actor: number): number {
    return this.preemptions + (this.running !== -1 && this.running !== actor ? 1 : 0);
  }

  /** Everybody is to be tried who can step and is awake: first the running one, whose going on costs no preemption. */
  open(running: number): void {
    this.running = running;
    this.#first = running;
    this.#todo = this.able & ~this.sleep;
    this.#tried = 0;
  }

  /** Only those in a mask are to be tried. */
  leaveBut(mask: number): void {
    this.#first = -1;
    this.#todo = this.able & mask;
    this.#tried = this.rest.length;
  }

  /** The next to be tried, -1 for nobody. */
  next(): number {
    const { rest, running } = this;
    if (this.#first !== -1) {
      const first = this.#first;
      this.#first = -1;
      if (first < SINGLE) this.#todo &= ~(1 << first);
      return first;
    }
    const todo = this.#todo;
    if (todo !== 0) {
      this.#todo = todo & (todo - 1);
      return 31 - Math.clz32(todo & -todo);
    }
    if (this.#tried < rest.length && rest[this.#tried] === running) this.#tried++;
    return this.#tried < rest.length ? (rest[this.#tried++] as number) : -1;
  }

  /** All that are still to be tried, one after the other. */
  *remaining(): Generator<number> {
    for (let actor = this.next(); actor !== -1; actor = this.next()) yield actor;
  }
}
