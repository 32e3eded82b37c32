/**
 * Exploring a scenario: what can go wrong in some schedule, by which shortest schedule, and why.
 *
 * `auto` samples for a moment (which also shows which cells are shared), then searches everything, then iterates the bound on
 * preemptions until each hazard found has a witness whose number of preemptions is proved minimal.
 */

import type { Finding } from '../hazards/finding.ts';
import type { Actor } from '../kernel-sim/machine/machine.ts';
import { type Reason, reasonsFor } from './explanation.ts';
import { runPrefix } from './prefix.ts';
import { Random } from './random.ts';
import { type Sampler, sample, survey } from './sampling.ts';
import { stretches } from './schedule.ts';
import { type Budget, Search, type SearchResult } from './search.ts';
import { Sharing } from './sharing.ts';
import { fewestPreemptions, keyOf, reproduce, shorten, type Witness } from './shrink.ts';
import { callOf, nextStep, type Subject } from './subject.ts';
import { CLOCK, Walker } from './walker.ts';

export type Strategy = 'auto' | 'exhaustive' | 'random' | 'pct';

export interface ExploreOptions {
  readonly strategy: Strategy;
  readonly budget: Budget;
  /** Only schedules with at most this many preemptions. */
  readonly preemptions?: number;
  readonly seed?: number;
  /** Runs of the sampling strategies. */
  readonly samples?: number;
}

/** A hazard that some schedule shows. */
export interface FoundHazard {
  readonly finding: Finding;
  /** The shortest witness: who steps how often, by label; `time` for the clock. */
  readonly schedule: readonly { readonly actor: string; readonly steps: number }[];
  readonly preemptions: number;
  /** Whether fewer preemptions were proved impossible. */
  readonly minimal: boolean;
  readonly reasons: readonly Reason[];
}

/** How runs end: everybody done, or who waits in which call for ever. */
export interface Outcome {
  readonly ending: 'finished' | 'stuck';
  readonly waiting: readonly string[];
  /** Different final states that end so. */
  readonly states: number;
}

export interface Exploration {
  readonly complete: boolean;
  readonly states: number;
  readonly schedules: number;
  readonly steps: number;
  readonly hazards: readonly FoundHazard[];
  readonly outcomes: readonly Outcome[];
  /** The calls that in some schedule did not return what their program expects, as `program:line`. */
  readonly unexpected: readonly string[];
}

const SAMPLE_STEPS = 100_000;

export function explore(subject: Subject, options: ExploreOptions): Exploration {
  const exploration = new Explorer(subject, options);
  return exploration.run();
}

class Explorer {
  readonly #subject: Subject;
  readonly #options: ExploreOptions;
  readonly #walker: Walker;
  #sharing = new Sharing();
  /** The first witness of each finding, by key. */
  readonly #witnesses = new Map<string, Witness>();
  readonly #ends = new Map<string, { outcome: Outcome; states: Set<string> }>();
  readonly #unexpected = new Set<string>();
  #schedules = 0;

  constructor(subject: Subject, options: ExploreOptions) {
    this.#subject = subject;
    this.#options = options;
    this.#walker = new Walker(subject.machine);
    this.#walker.onUnexpected = ({ program, span }) => {
      this.#unexpected.add(`${String(program)}:${(span as { line: number }).line}`);
    };
  }

  run(): Exploration {
    const { strategy, preemptions, samples = 48 } = this.#options;
    if (strategy === 'random') this.#sample(['random'], samples);
    else if (strategy === 'pct') this.#sample(['pct'], samples);
    else this.#survey();
    const sampling = strategy === 'random' || strategy === 'pct';
    const result = sampling ? { complete: false, states: 0 } : this.#search(preemptions);
    return {
      complete: result.complete,
      states: result.states,
      schedules: this.#schedules,
      steps: this.#walker.steps,
      hazards: this.#explain(),
      outcomes: [...this.#ends.values()].map(({ outcome, states }) => ({ ...outcome, states: states.size })),
      unexpected: [...this.#unexpected].sort(),
    };
  }

  #sample(samplers: readonly Sampler[], runs: number): void {
    const random = new Random(this.#options.seed ?? 1);
    for (let i = 0; i < runs && !this.#options.budget.expired(); i++) {
      sample(this.#walker, this.#sharing, samplers[i % samplers.length] as Sampler, {
        random,
        steps: SAMPLE_STEPS,
        onFindings: (findings) => this.#note(findings),
      });
      this.#schedules++;
    }
  }

  #survey(): void {
    const random = new Random(this.#options.seed ?? 1);
    const options = { random, steps: SAMPLE_STEPS, onFindings: (found: readonly Finding[]) => this.#note(found) };
    this.#sharing = survey(this.#walker, ['random', 'pct', 'pos'], options, () => this.#schedules++);
  }

  /** Searches everything (within the bound), again from the start whenever a cell taken for private turns out to be shared. */
  #search(bound: number | undefined): SearchResult {
    for (;;) {
      this.#sharing.restart();
      this.#ends.clear();
      const result = new Search(this.#walker, this.#sharing, {
        budget: this.#options.budget,
        ...(bound !== undefined && { bound }),
        onFindings: (findings) => this.#note(findings),
        onEnd: () => this.#end(),
      }).run();
      if (result.complete || !this.#sharing.surprised) {
        this.#schedules += result.ends;
        return { ...result, complete: result.complete && !(bound !== undefined && result.bounded) };
      }
    }
  }

  #note(findings: readonly Finding[]): void {
    for (const finding of findings) {
      const key = keyOf(finding);
      if (this.#witnesses.has(key)) continue;
      this.#witnesses.set(key, {
        finding,
        steps: this.#walker.schedule(),
        preemptions: Number.POSITIVE_INFINITY,
        proved: false,
      });
    }
  }

  #end(): void {
    const { machine } = this.#subject;
    const alive = machine.actors.filter((actor) => machine.isAlive(actor));
    const waiting = alive.map(
      (actor) => `${this.#subject.label(actor)} in ${callOf(machine, actor)} (${nextStep(machine, actor)})`,
    );
    const outcome: Outcome = { ending: alive.length === 0 ? 'finished' : 'stuck', waiting: waiting.sort(), states: 0 };
    const key = `${outcome.ending} ${waiting.join()}`;
    const known = this.#ends.get(key) ?? { outcome, states: new Set<string>() };
    known.states.add(`${machine.store.hashLo}:${machine.store.hashHi}`);
    this.#ends.set(key, known);
  }

  #explain(): FoundHazard[] {
    const { budget } = this.#options;
    const beginning = this.#beginning();
    const minimal = fewestPreemptions(this.#walker, this.#sharing, new Set(this.#witnesses.keys()), budget);
    return [...this.#witnesses]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, first]) =>
        this.#explainOne(key, minimal.get(key) ?? reproduce(this.#walker, first.steps, key) ?? first, beginning),
      );
  }

  /** How many steps all schedules begin with. */
  #beginning(): number {
    if (this.#witnesses.size === 0) return 0;
    const start = this.#walker.place;
    runPrefix(this.#walker, this.#sharing);
    const { length } = this.#walker.path;
    this.#walker.back(start);
    return length;
  }

  #explainOne(key: string, witness: Witness, beginning: number): FoundHazard {
    const { finding, steps, preemptions, proved } = shorten(this.#walker, witness, beginning);
    const { machine } = this.#subject;
    const reasons = reasonsFor(
      this.#subject,
      this.#walker,
      steps,
      (changed) => reproduce(this.#walker, changed, key) !== null,
    );
    return {
      finding,
      preemptions,
      minimal: proved,
      reasons,
      schedule: stretches(steps).map(({ actor, steps: count }) => ({
        actor: actor === CLOCK ? 'time' : this.#subject.label(machine.actors[actor] as Actor),
        steps: count,
      })),
    };
  }
}
