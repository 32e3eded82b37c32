/**
 * What an exploration says of the hazards it has seen: the shortest schedule of each, whether fewer preemptions are possible, and
 * the orders that decide it.
 *
 * It starts from a fresh kernel, so that what it says depends on which hazards were seen and on nothing else: neither on who found
 * them first nor on how many processes searched.
 */

import type { Finding } from '../hazards/finding.ts';
import type { Sighting } from './coverage.ts';
import { type Reason, reasonsFor } from './explanation.ts';
import { keyOf } from './finding-key.ts';
import { runPrefix } from './prefix.ts';
import { Random } from './random.ts';
import { SAMPLE_STEPS, survey } from './sampling.ts';
import { indexNamed, namedStretches, replay, type Stretch } from './schedule.ts';
import { Search } from './search.ts';
import type { Budget } from './search-terms.ts';
import type { Sharing } from './sharing.ts';
import { fewestPreemptions, reproduce, shorten, type Witness } from './shrink.ts';
import type { Subject } from './subject.ts';
import type { Turns } from './turns.ts';
import { Walker } from './walker.ts';

/** A hazard that some schedule shows. */
export interface FoundHazard {
  readonly finding: Finding;
  /** The shortest witness: who steps how often, by label; `time` for the clock. */
  readonly schedule: readonly Stretch<string>[];
  readonly preemptions: number;
  /** Whether fewer preemptions were proved impossible. */
  readonly minimal: boolean;
  readonly reasons: readonly Reason[];
}

/**
 * Explains hazards, in the order of their keys.
 *
 * @param open gives the subject at its start
 * @param seed of the samples that tell which cells are shared
 */
export function* explain(
  open: () => Subject,
  sightings: ReadonlyMap<string, Sighting>,
  budget: Budget,
  seed: number,
): Turns<FoundHazard[]> {
  if (sightings.size === 0) return [];
  const explainer = new Explainer(open(), budget);
  return yield* explainer.run(sightings, seed);
}

/** Steps that explaining may take even when time is over: something is said of everything that was found. */
const LEAST = 200_000;

class Explainer {
  readonly #subject: Subject;
  readonly #walker: Walker;
  readonly #budget: Budget;

  constructor(subject: Subject, budget: Budget) {
    this.#subject = subject;
    this.#walker = new Walker(subject.machine);
    this.#walker.isOver = () => this.#walker.steps > LEAST && budget.expired();
    this.#budget = budget;
  }

  *run(sightings: ReadonlyMap<string, Sighting>, seed: number): Turns<FoundHazard[]> {
    const walker = this.#walker;
    const sharing = yield* survey(walker, { random: new Random(seed), steps: SAMPLE_STEPS });
    const beginning = this.#beginning(sharing);
    const witnesses = yield* fewestPreemptions(walker, sharing, new Set(sightings.keys()), this.#budget);
    yield* this.#addFirst(witnesses, sightings, sharing);
    const found: FoundHazard[] = [];
    for (const [key, sighting] of [...sightings].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const witness = witnesses.get(key) ?? this.#again(sighting);
      found.push(yield* this.#explainOne(key, witness, beginning));
    }
    return found;
  }

  /** How many steps all schedules begin with. */
  #beginning(sharing: Sharing): number {
    const start = this.#walker.place;
    runPrefix(this.#walker, sharing);
    const { length } = this.#walker.path;
    this.#walker.back(start);
    return length;
  }

  /** Adds the first witness that a search comes to of each hazard that takes too many preemptions to iterate their bound. */
  *#addFirst(witnesses: Map<string, Witness>, wanted: ReadonlyMap<string, unknown>, sharing: Sharing): Turns<void> {
    const walker = this.#walker;
    const isOver = (): boolean => witnesses.size === wanted.size || this.#budget.expired();
    for (let complete = isOver(); !complete; ) {
      sharing.restart();
      const result = yield* new Search(walker, sharing, {
        budget: { ...this.#budget, expired: isOver },
        onFindings: (findings) => {
          for (const finding of findings) {
            const key = keyOf(finding);
            if (!wanted.has(key) || witnesses.has(key)) continue;
            const again = { finding, steps: walker.schedule(), preemptions: Number.POSITIVE_INFINITY, proved: false };
            witnesses.set(key, again);
          }
        },
      }).run();
      complete = !sharing.surprised || isOver();
      if (!result.complete && walker.steps >= this.#budget.steps) return;
    }
    for (const [key, witness] of witnesses) {
      if (witness.preemptions === Number.POSITIVE_INFINITY)
        witnesses.set(key, reproduce(walker, witness.steps, key) ?? witness);
    }
  }

  /** The run that was seen, made again. */
  #again({ finding, schedule }: Sighting): Witness {
    const key = keyOf(finding);
    const { steps, preemptions } = replay(
      this.#walker,
      schedule,
      (now) => now.some((one) => keyOf(one) === key),
      indexNamed(this.#walker.machine.actors, ({ name }) => name),
    );
    return { finding, steps, preemptions, proved: false };
  }

  *#explainOne(key: string, witness: Witness, beginning: number): Turns<FoundHazard> {
    const walker = this.#walker;
    const { finding, steps, preemptions, proved } = yield* shorten(walker, witness, beginning);
    const happens = (changed: readonly number[]): boolean => reproduce(walker, changed, key) !== null;
    const subject = this.#subject;
    return {
      finding,
      preemptions,
      minimal: proved,
      reasons: yield* reasonsFor(subject, walker, steps, happens),
      schedule: namedStretches(steps, subject.machine.actors, (actor) => subject.label(actor)),
    };
  }
}
