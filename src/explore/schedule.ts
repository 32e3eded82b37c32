/**
 * Schedules as data: who ran for how many steps, by the names of the actors, and running a machine by one.
 *
 * A schedule from another run may name actors that are not there or cannot step: such a piece is passed over, so that a shortened or
 * reordered schedule is still a run. After its last piece everybody runs to where they wait, oldest first.
 */

import type { Finding } from '../hazards/finding.ts';
import type { Actor } from '../kernel-sim/machine/machine.ts';
import { Tape } from './tape.ts';
import { CLOCK, type Walker } from './walker.ts';

/** A stretch of a run in which one actor stepped; `actor` is {@link CLOCK} for time passing. */
export interface Stretch<Name = number> {
  readonly actor: Name;
  readonly steps: number;
}

/** Steps by actor index as stretches. */
export function stretches(steps: readonly number[]): Stretch[] {
  const found: { actor: number; steps: number }[] = [];
  for (const actor of steps) {
    const last = found.at(-1);
    if (last?.actor === actor) last.steps++;
    else found.push({ actor, steps: 1 });
  }
  return found;
}

/** How stretches by name call the clock. */
const TIME = 'time';

/** Steps by actor index as stretches by name; `time` for the clock. */
export function namedStretches(
  steps: readonly number[],
  actors: readonly Actor[],
  nameOf: (actor: Actor) => string,
): Stretch<string>[] {
  return stretches(steps).map(({ actor, steps: count }) => ({
    actor: actor === CLOCK ? TIME : nameOf(actors[actor] as Actor),
    steps: count,
  }));
}

/** Who is meant by a name in such stretches; {@link CLOCK} for `time`, and for a name that nobody has. */
export const indexNamed =
  (actors: readonly Actor[], nameOf: (actor: Actor) => string) =>
  (name: string): number =>
    name === TIME ? CLOCK : actors.findIndex((actor) => nameOf(actor) === name);

/** What a run by a schedule came to. */
export interface Replayed {
  /** The steps that were really made, up to the finding looked for or to the end. */
  readonly steps: readonly number[];
  readonly findings: readonly Finding[];
  /** How often an actor that could have gone on was not the next to step. */
  readonly preemptions: number;
}

/**
 * Runs by a schedule and comes back to the present state.
 *
 * @param until ends the run as soon as it says so of a step's findings
 * @param most steps after which the run is given up
 * @param indexOf finds the actor that a stretch names; anything that is no index for one that is not there
 */
export function replay<Name = number>(
  walker: Walker,
  schedule: readonly Stretch<Name>[],
  until: (findings: readonly Finding[]) => boolean = () => false,
  indexOf: (actor: Name) => number = Number,
  most = Number.POSITIVE_INFINITY,
): Replayed {
  const tape = Tape.begin(walker);
  const from = walker.path.length;
  const findings: Finding[] = [];
  let preemptions = 0;
  let last = CLOCK;
  const { machine } = walker;
  const canStep = (index: number): boolean => {
    const actor = machine.actors[index];
    return actor !== undefined && machine.canStep(actor);
  };
  const step = (index: number): boolean => {
    if (last !== CLOCK && last !== index && canStep(last)) preemptions++;
    last = index;
    const made = tape.step(index);
    findings.push(...made);
    return until(made) || walker.path.length - from >= most;
  };
  const follow = (): void => {
    for (const { actor: name, steps } of schedule) {
      const actor = indexOf(name);
      if (actor === CLOCK && walker.enabled().length === 0) tape.passTime();
      const most = actor === CLOCK ? 0 : steps;
      for (let i = 0; i < most && canStep(actor); i++) if (step(actor)) return;
    }
    for (let left = 100_000; left > 0; ) {
      const next = canStep(last) ? last : walker.enabled()[0];
      if (next === undefined && !tape.passTime()) return;
      if (next === undefined) continue;
      for (; left > 0 && canStep(next); left--) if (step(next)) return;
    }
  };
  follow();
  return { steps: tape.end(), findings, preemptions };
}
