/** A way through a run by the names of those who step: what the explorer finds and saved schedules hold. */

import type { Debuggee } from './debuggee.ts';
import { TIME } from './timeline.ts';

/** Who steps how often, one after the other, by label; `time` for the clock. */
export type Way = readonly { readonly actor: string; readonly steps: number }[];

/** Who steps, one at a time: a task may be born on the way, and has a name only then. */
function* stepsOf({ session, interpreter }: Debuggee, way: Way): Generator<number, void> {
  const { actors } = session.machine;
  for (const { actor, steps } of way) {
    const index = actor === 'time' ? TIME : actors.findIndex((other) => interpreter.labelOf(other) === actor);
    // Nobody of that name: an index that no actor has ends the way here.
    for (let i = 0; i < steps; i++) yield index === -1 && actor !== 'time' ? actors.length : index;
  }
}

/** Goes a way from a recorded state, as far as it can be followed; gives how many steps that were. */
export const followWay = (debuggee: Debuggee, way: Way, from: number): number =>
  debuggee.session.follow(stepsOf(debuggee, way), from);
