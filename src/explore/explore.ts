/**
 * Exploring a scenario: what can go wrong in some schedule, by which shortest schedule, and why.
 *
 * `auto` samples for a moment (which also shows which cells are shared), then searches everything; where there are more states than
 * it may keep it goes on without keeping them (source-DPOR). Hazards are explained last (explain.ts).
 */

import type { Finding } from '../hazards/finding.ts';
import { Coverage, type Outcome } from './coverage.ts';
import { Dpor } from './dpor.ts';
import { explain, type FoundHazard } from './explain.ts';
import { Random } from './random.ts';
import { SAMPLE_STEPS, type Sampler, sample, survey } from './sampling.ts';
import { Search } from './search.ts';
import type { Budget, SearchOptions } from './search-terms.ts';
import { Sharing } from './sharing.ts';
import type { Subject } from './subject.ts';
import type { Turns } from './turns.ts';
import { Walker } from './walker.ts';

export type { Outcome } from './coverage.ts';
export type { FoundHazard } from './explain.ts';

export type Strategy = 'auto' | 'exhaustive' | 'dpor' | 'random' | 'pct';

export interface ExploreOptions {
  readonly strategy: Strategy;
  readonly budget: Budget;
  /** Only schedules with at most this many preemptions. */
  readonly preemptions?: number;
  readonly seed?: number;
  /** Runs of the sampling strategies. */
  readonly samples?: number;
}

export interface Exploration {
  readonly complete: boolean;
  readonly states: number;
  /** Samples, and different final states; each way of ordering dependent steps where source-DPOR was used. */
  readonly schedules: number;
  /** The steps that lead on from the states; those made, where no states were kept. */
  readonly steps: number;
  readonly hazards: readonly FoundHazard[];
  readonly outcomes: readonly Outcome[];
  /** The calls that in some schedule did not return what their program expects, as `program:line`. */
  readonly unexpected: readonly string[];
  /** What programs ask for in some schedule and cannot have (a name without a value, a division by zero), as `program:line: message`. */
  readonly mistakes: readonly string[];
}

/** What a strategy has done. */
export interface Effort {
  readonly complete: boolean;
  readonly states: number;
  readonly schedules: number;
  readonly steps: number;
}

const SAMPLES = 48;

/**
 * Explores in this process.
 *
 * @param open gives the subject at its start, each time a fresh one
 */
export function* explore(open: () => Subject, options: ExploreOptions): Turns<Exploration> {
  const explorer = new Explorer(open(), options);
  const effort = yield* explorer.run();
  return yield* reportOf(open, options, explorer.coverage, effort);
}

/** The report of an exploration, its hazards explained. */
export function* reportOf(
  open: () => Subject,
  { budget, seed = 1 }: ExploreOptions,
  coverage: Coverage,
  effort: Effort,
): Turns<Exploration> {
  const hazards = yield* explain(open, coverage.sightings, budget, seed);
  const { outcomes, unexpected, mistakes } = coverage;
  return { ...effort, hazards, outcomes, unexpected, mistakes };
}

export class Explorer {
  readonly coverage = new Coverage();
  readonly walker: Walker;
  readonly #subject: Subject;
  readonly #options: ExploreOptions;
  #samples = 0;

  constructor(subject: Subject, options: ExploreOptions) {
    this.#subject = subject;
    this.#options = options;
    this.walker = new Walker(subject.machine);
    this.walker.isOver = options.budget.expired;
    this.coverage.attend(this.walker);
  }

  *run(): Turns<Effort> {
    const { strategy, preemptions } = this.#options;
    if (strategy === 'random' || strategy === 'pct') return yield* this.#sample(strategy);
    const sharing = yield* this.survey();
    if (strategy === 'dpor') return yield* this.#enumerate(sharing);
    const searched = yield* this.#search(sharing);
    const isFull = searched.states >= this.#options.budget.states;
    if (searched.complete || !isFull || strategy === 'exhaustive' || preemptions !== undefined) return searched;
    const enumerated = yield* this.#enumerate(sharing, this.walker.steps * 2);
    return {
      ...searched,
      complete: enumerated.complete,
      schedules: Math.max(searched.schedules, enumerated.schedules),
    };
  }

  /** Samples for a moment; tells which cells are shared. */
  *survey(): Turns<Sharing> {
    const options = { ...this.#sampling(), random: new Random(this.#options.seed ?? 1) };
    return yield* survey(this.walker, options, () => this.#samples++);
  }

  /** A search of everything (within the bound) that puts down what it sees. */
  newSearch(sharing: Sharing, onKept?: SearchOptions['onKept']): Search {
    const { budget, preemptions } = this.#options;
    return new Search(this.walker, sharing, {
      budget,
      ...(preemptions !== undefined && { bound: preemptions }),
      ...this.#watch(),
      ...(onKept !== undefined && { onKept }),
    });
  }

  /** How many samples were taken. */
  get samples(): number {
    return this.#samples;
  }

  #sampling() {
    return {
      steps: SAMPLE_STEPS,
      onFindings: (findings: readonly Finding[]) => this.coverage.note(this.walker, findings),
    };
  }

  *#sample(sampler: Sampler): Turns<Effort> {
    const { budget, seed = 1, samples = SAMPLES } = this.#options;
    const options = { ...this.#sampling(), random: new Random(seed) };
    const sharing = new Sharing();
    for (let i = 0; i < samples && !budget.expired(); i++) {
      sample(this.walker, sharing, sampler, options);
      this.#samples++;
      yield;
    }
    return { complete: false, states: 0, schedules: this.#samples, steps: this.walker.steps };
  }

  /**
   * Searches everything (within the bound), again from the start whenever a cell taken for private turns out to be shared, or what
   * was learned moves the root: then the states are the same, whatever the order in which they were come to.
   */
  *#search(sharing: Sharing): Turns<Effort> {
    const begin = (): Search => {
      sharing.restart();
      return this.newSearch(sharing);
    };
    for (let search = begin(); ; ) {
      this.coverage.restart();
      const { complete, bounded, states, edges, root } = yield* search.run();
      const { surprised } = sharing;
      search = begin();
      if (complete ? search.root === root : !surprised) {
        search.leave();
        return {
          complete: complete && !bounded,
          states,
          schedules: this.#samples + this.coverage.finals,
          steps: edges,
        };
      }
    }
  }

  /** Makes every schedule that differs, without keeping states. */
  *#enumerate(sharing: Sharing, steps = this.#options.budget.steps): Turns<Effort> {
    for (;;) {
      sharing.restart();
      const { complete, schedules } = yield* new Dpor(this.walker, sharing, {
        budget: { ...this.#options.budget, steps: Math.min(steps, this.#options.budget.steps) },
        ...this.#watch(),
      }).run();
      if (complete || !sharing.surprised) {
        return { complete, states: 0, schedules: this.#samples + schedules, steps: this.walker.steps };
      }
    }
  }

  #watch() {
    return {
      onFindings: (findings: readonly Finding[]) => this.coverage.note(this.walker, findings),
      onEnd: () => this.coverage.end(this.#subject),
    };
  }
}
