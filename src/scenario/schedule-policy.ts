/** Policies that follow a schedule: choice by choice, or stretch by stretch; and the plain run that they end in. */

import type { Actor, Machine } from '../kernel-sim/machine/machine.ts';
import type { Policy } from '../kernel-sim/machine/schedule.ts';
import type { Scenario } from './scenario.ts';

/** A stretch of a run in which one actor stepped, by its label; `time` stands for the clock. */
export interface Stretch {
  readonly actor: string;
  readonly steps: number;
}

const byAge = (pick: (ready: readonly Actor[], last: number) => number): Policy => Object.assign(pick, { byAge: true });

/** The plain run: everybody runs to where they wait, then the oldest goes on that can. */
export const oldestFirst = byAge((_ready, last) => Math.max(0, last));

/** The run of a scenario that nobody steers: by the choices that it pins, or plainly. */
export function pinnedPolicy({ schedule }: Scenario, machine: Machine): Policy {
  return schedule?.kind === 'choices' ? followChoices(machine, schedule.choices) : oldestFirst;
}

/**
 * Takes a choice wherever two or more actors can step: its number among them, oldest first, counted from 0. A number that is too
 * large starts again at the oldest; after the last choice the run is a plain one.
 */
export function followChoices(machine: Machine, choices: readonly number[]): Policy {
  let next = 0;
  return byAge((ready, last) => {
    if (next >= choices.length) return oldestFirst(ready, last);
    const able = ready.filter((actor) => machine.canStep(actor));
    if (able.length < 2) return able.length === 0 ? 0 : ready.indexOf(able[0] as Actor);
    return ready.indexOf(able[(choices[next++] as number) % able.length] as Actor);
  });
}

/** Lets each actor make the steps of its stretch; a stretch that cannot go on is over. After the last the run is a plain one. */
export function followStretches(
  machine: Machine,
  stretches: readonly Stretch[],
  labelOf: (actor: Actor) => string,
): Policy {
  let at = 0;
  let made = 0;
  return byAge((ready, last) => {
    for (; at < stretches.length; at++, made = 0) {
      const { actor, steps } = stretches[at] as Stretch;
      const index = made < steps ? ready.findIndex((one) => labelOf(one) === actor && machine.canStep(one)) : -1;
      if (index === -1) continue;
      made++;
      return index;
    }
    return oldestFirst(ready, last);
  });
}
