/**
 * Making a failing schedule small: first as few preemptions as it can have, then as few stretches and steps.
 *
 * The number of preemptions is proved minimal by searching all schedules with fewer: the first bound at which the hazard turns up.
 */

import type { Finding } from '../hazards/finding.ts';
import { keyOf } from './finding-key.ts';
import { replay, type Stretch, stretches } from './schedule.ts';
import { Search } from './search.ts';
import type { Budget } from './search-terms.ts';
import type { Sharing } from './sharing.ts';
import type { Turns } from './turns.ts';
import type { Walker } from './walker.ts';

/** A run that comes to a finding. */
export interface Witness {
  readonly finding: Finding;
  /** By actor index, ending with the step that makes it certain. */
  readonly steps: readonly number[];
  readonly preemptions: number;
  /** Whether every schedule with fewer preemptions was searched and does not come to it. */
  readonly proved: boolean;
}

/** Whether a run by these steps comes to the finding within `most` steps, and how. */
export function reproduce(
  walker: Walker,
  steps: readonly number[],
  key: string,
  most = Number.POSITIVE_INFINITY,
): Witness | null {
  const {
    findings,
    steps: made,
    preemptions,
  } = replay(walker, stretches(steps), (now) => now.some((one) => keyOf(one) === key), Number, most);
  const finding = findings.find((one) => keyOf(one) === key);
  return finding === undefined ? null : { finding, steps: made, preemptions, proved: false };
}

/**
 * The findings of all schedules with no more than 0, 1, 2 … preemptions, each with a witness of the first bound that shows it.
 *
 * @param wanted keys to look for; the search ends when all are found or the budget is spent
 */
export function* fewestPreemptions(
  walker: Walker,
  sharing: Sharing,
  wanted: ReadonlySet<string>,
  budget: Budget,
  highest = 8,
): Turns<Map<string, Witness>> {
  const found = new Map<string, Witness>();
  let proved = true;
  for (let bound = 0; bound <= highest && found.size < wanted.size && !budget.expired(); bound++) {
    let complete = false;
    while (!complete && !budget.expired()) {
      sharing.restart();
      const result = yield* new Search(walker, sharing, {
        budget: { ...budget, expired: () => budget.expired() || found.size === wanted.size },
        bound,
        onFindings: (findings) => {
          for (const finding of findings) {
            const key = keyOf(finding);
            if (!wanted.has(key) || found.has(key)) continue;
            found.set(key, { finding, steps: walker.schedule(), preemptions: bound, proved });
          }
        },
      }).run();
      complete = result.complete || !sharing.surprised;
      if (!result.complete && !sharing.surprised && found.size < wanted.size) proved = false;
    }
  }
  return found;
}

/** The first of a run's stretches that goes beyond a number of steps. */
function firstBeyond(pieces: readonly Stretch[], steps: number): number {
  let made = 0;
  return pieces.findIndex((piece) => {
    made += piece.steps;
    return made > steps;
  });
}

/**
 * The same finding by fewer stretches and steps, never by more preemptions.
 *
 * @param beginning steps that all schedules begin with: nothing of them can be left out
 */
export function* shorten(walker: Walker, witness: Witness, beginning = 0): Turns<Witness> {
  const key = keyOf(witness.finding);
  let best = witness;
  for (let improved = true; improved; ) {
    improved = false;
    const pieces = stretches(best.steps);
    for (let size = Math.ceil(pieces.length / 2); size >= 1 && !improved; size = Math.floor(size / 2)) {
      for (let at = Math.max(0, firstBeyond(pieces, beginning)); at + size <= pieces.length && !improved; at += size) {
        const without = [...pieces.slice(0, at), ...pieces.slice(at + size)];
        const shorter = reproduce(
          walker,
          without.flatMap(({ actor, steps }) => Array<number>(steps).fill(actor)),
          key,
          best.steps.length - 1,
        );
        yield;
        if (walker.isOver()) return best;
        if (shorter === null || shorter.preemptions > best.preemptions || shorter.steps.length >= best.steps.length)
          continue;
        best = { ...shorter, proved: witness.proved, preemptions: witness.preemptions };
        improved = true;
      }
    }
  }
  return best;
}
