/**
 * The beginning that all schedules share: as long as one actor alone can make a step that matters, it is made.
 *
 * Whatever such a step touches comes before everything that others do later, in every schedule. So it is not put down as an access
 * that others might conflict with later: what a set-up phase shared is private again once it is over. Only private steps that were
 * made before it, while their actor was not alone, rely on it touching something else.
 */

import type { Actor } from '../kernel-sim/machine/machine.ts';
import type { Sharing } from './sharing.ts';
import type { Walker } from './walker.ts';

/** Steps of a beginning after which branching is not waited for any longer: a run that never branches may be endless. */
const LONGEST = 20_000;

/** Private steps in a row after which a search looks at the state all the same, so that an endless loop is noticed. */
const CHAIN = 10_000;

/**
 * Makes the steps of the beginning.
 *
 * @param afterStep called after each
 * @returns the actor that made the last step that mattered, -1 for none
 */
export function runPrefix(walker: Walker, sharing: Sharing, afterStep: () => void = () => {}): number {
  const { store } = walker.machine;
  let last = -1;
  for (let left = LONGEST; left > 0 && !walker.isTimeToStop(); left--) {
    const enabled = walker.enabled((waiting) => sharing.learnAssumed(store, waiting));
    if (enabled.length === 1) {
      last = enabled[0] as number;
      walker.step(last);
      sharing.learnAssumed(store, last);
    } else if (!enabled.some((actor) => stepUnnoticed(walker, sharing, actor, actor !== last))) break;
    afterStep();
  }
  return last;
}

/** Makes a private step of one of several who can step; one that others may notice is taken back and nothing put down. */
function stepUnnoticed(walker: Walker, sharing: Sharing, index: number, isAhead: boolean): boolean {
  const { store } = walker.machine;
  const before = walker.place;
  walker.step(index, isAhead);
  if (sharing.isPrivate(store, index)) {
    sharing.learn(store, index);
    sharing.assume(store);
    return true;
  }
  walker.back(before);
  return false;
}

/**
 * Takes the actor's steps as long as they are private: no other order of them could make a difference.
 *
 * @param afterStep called after each
 */
export function runPrivately(
  walker: Walker,
  sharing: Sharing,
  index: number,
  isAhead: boolean,
  afterStep: () => void,
): void {
  for (let left = CHAIN; left > 0 && !walker.isTimeToStop(); left--) {
    if (!stepPrivately(walker, sharing, index, isAhead)) return;
    afterStep();
  }
}

/** Makes the actor's next step if it is private, and remembers that this was relied on; says whether it was made. */
function stepPrivately(walker: Walker, sharing: Sharing, index: number, isAhead: boolean): boolean {
  const { machine } = walker;
  const actor = machine.actors[index] as Actor;
  if (!machine.canStep(actor)) return false;
  const before = walker.place;
  walker.step(index, isAhead);
  if (sharing.learn(machine.store, index)) {
    sharing.assume(machine.store);
    return true;
  }
  walker.back(before);
  return false;
}
