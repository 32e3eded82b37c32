import type { Actor, Machine } from './machine.ts';

/** The actors that may be able to step: as they became ready, or by age, the oldest first. */
export class ReadyList {
  readonly actors: Actor[] = [];
  readonly #machine: Machine;
  readonly #byAge: boolean;
  readonly #ages = new Map<Actor, number>();

  constructor(machine: Machine, byAge: boolean) {
    this.#machine = machine;
    this.#byAge = byAge;
  }

  add(actor: Actor): void {
    const { actors } = this;
    const newest = actors.at(-1);
    if (!this.#byAge || newest === undefined || this.#ageOf(newest) < this.#ageOf(actor)) actors.push(actor);
    else actors.splice(this.#placeOf(actor), 0, actor);
  }

  /** Where an actor stands that is here. */
  indexOf(actor: Actor): number {
    if (this.actors[0] === actor) return 0;
    return this.#byAge ? this.#placeOf(actor) : this.actors.indexOf(actor);
  }

  removeAt(index: number): void {
    this.actors.splice(index, 1);
  }

  /** How many are older. */
  #placeOf(actor: Actor): number {
    const age = this.#ageOf(actor);
    let [low, high] = [0, this.actors.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#ageOf(this.actors[middle] as Actor) < age) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The place of its birth among all. */
  #ageOf(actor: Actor): number {
    const { actors } = this.#machine;
    for (let age = this.#ages.size; age < actors.length; age++) this.#ages.set(actors[age] as Actor, age);
    return this.#ages.get(actor) as number;
  }
}
