/** Policies that follow a schedule: choice by choice, or stretch by stretch; and the plain run that they end in. */

import type { Actor, Machine } from '../kernel-sim/machine/machine.ts';
import type { Policy } from '../kernel-sim/machine/schedule.ts';

/** A stretch of a run in which one actor stepped, by its label; `time` stands for the clock. */
export interface Stretch {
  readonly actor: string;
  readonly steps: number;
}

/** The plain run: everybody runs to where they wait, then the oldest goes on that can. */
export function oldestFirst(machine: Machine): Policy {
  const ages = new Map<Actor, number>();
  const ageOf = (actor: Actor): number => {
    for (let age = ages.size; age < machine.actors.length; age++) ages.set(machine.actors[age] as Actor, age);
    return ages.get(actor) as number;
  };
  return (ready, last) => {
    if (last >= 0) return last;
    let oldest = 0;
    for (let i = 1; i < ready.length; i++) {
      if (ageOf(ready[i] as Actor) < ageOf(ready[oldest] as Actor)) oldest = i;
    }
    return oldest;
  };
}

/**
 * Takes a choice wherever two or more actors can step: its number among them, oldest first, counted from 0. A number that is too
 * large starts again at the oldest; after the last choice the run is a plain one.
 */
export function followChoices(machine: Machine, choices: readonly number[]): Policy {
  const plain = oldestFirst(machine);
  let next = 0;
  return (ready, last) => {
    if (next >= choices.length) return plain(ready, last);
    const able = machine.actors.filter((actor) => ready.includes(actor) && machine.canStep(actor));
    if (able.length < 2) return able.length === 0 ? 0 : ready.indexOf(able[0] as Actor);
    return ready.indexOf(able[(choices[next++] as number) % able.length] as Actor);
  };
}

/** Lets each actor make the steps of its stretch; a stretch that cannot go on is over. After the last the run is a plain one. */
export function followStretches(
  machine: Machine,
  stretches: readonly Stretch[],
  labelOf: (actor: Actor) => string,
): Policy {
  const plain = oldestFirst(machine);
  let at = 0;
  let made = 0;
  return (ready, last) => {
    for (; at < stretches.length; at++, made = 0) {
      const { actor, steps } = stretches[at] as Stretch;
      const index = made < steps ? ready.findIndex((one) => labelOf(one) === actor && machine.canStep(one)) : -1;
      if (index === -1) continue;
      made++;
      return index;
    }
    return plain(ready, last);
  };
}
