/**
 * Sampling schedules: uniform choice, PCT (Burckhardt et al.: random priorities with `depth - 1` random points of change) and
 * partial-order sampling (Yuan, Yang, Gu: a fresh priority for whoever races with the step just made). No sample proves anything
 * absent; they find shallow hazards at once and show a search which cells are shared.
 */

import type { Finding } from '../hazards/finding.ts';
import { type Footprint, footprintOf, independent } from './footprint.ts';
import { runPrefix } from './prefix.ts';
import type { Random } from './random.ts';
import { Sharing } from './sharing.ts';
import type { Turns } from './turns.ts';
import type { Walker } from './walker.ts';

export type Sampler = 'random' | 'pct' | 'pos';

export interface SampleOptions {
  readonly random: Random;
  /** Steps after which a run is given up. */
  readonly steps: number;
  readonly onFindings?: (findings: readonly Finding[]) => void;
}

/** Chooses the next actor, and hears what the step it led to touched. */
interface Chooser {
  choose(enabled: readonly number[]): number;
  heard(actor: number, print: Footprint): void;
}

function uniform(random: Random): Chooser {
  return { choose: (enabled) => enabled[random.below(enabled.length)] as number, heard: () => {} };
}

function pct(random: Random, steps: number, depth = 3): Chooser {
  const priorities = new Map<number, number>();
  const changes = new Set(Array.from({ length: depth - 1 }, () => random.below(steps)));
  let made = 0;
  let lowest = 0;
  const priorityOf = (actor: number): number => {
    if (!priorities.has(actor)) priorities.set(actor, 1 + random.below(1 << 30));
    return priorities.get(actor) as number;
  };
  const best = (enabled: readonly number[]): number =>
    enabled.reduce((a, b) => (priorityOf(b) > priorityOf(a) ? b : a));
  return {
    choose(enabled) {
      if (changes.has(made++)) priorities.set(best(enabled), --lowest);
      return best(enabled);
    },
    heard: () => {},
  };
}

function partialOrder(random: Random): Chooser {
  const priorities = new Map<number, number>();
  const prints = new Map<number, Footprint>();
  const priorityOf = (actor: number): number => {
    if (!priorities.has(actor)) priorities.set(actor, random.below(1 << 30));
    return priorities.get(actor) as number;
  };
  return {
    choose: (enabled) => enabled.reduce((a, b) => (priorityOf(b) > priorityOf(a) ? b : a)),
    heard(actor, print) {
      priorities.delete(actor);
      for (const [other, last] of prints) if (other !== actor && !independent(last, print)) priorities.delete(other);
      prints.set(actor, print);
    },
  };
}

/** Makes one run by a sampler's choices and comes back to the present state; says how many steps it had. */
export function sample(walker: Walker, sharing: Sharing, sampler: Sampler, options: SampleOptions): number {
  const { random } = options;
  const chooser = sampler === 'random' ? uniform(random) : sampler === 'pct' ? pct(random, 200) : partialOrder(random);
  const start = walker.place;
  const { store } = walker.machine;
  sharing.attend(walker);
  let steps = 0;
  while (steps < options.steps && !walker.isTimeToStop()) {
    const enabled = walker.enabled((waiting) => sharing.learn(store, waiting));
    if (enabled.length === 0) {
      if (walker.passTime()) continue;
      break;
    }
    const actor = enabled.length === 1 ? (enabled[0] as number) : chooser.choose(enabled);
    walker.step(actor);
    steps++;
    report(walker, options);
    // A step that touches nothing shared is no point at which the order could matter.
    if (!sharing.learn(store, actor)) chooser.heard(actor, footprintOf(store));
  }
  walker.back(start);
  return steps;
}

function report(walker: Walker, { onFindings }: SampleOptions): void {
  const findings = walker.findings();
  if (findings.length > 0) onFindings?.(findings);
}

/** Steps after which a sample is given up. */
export const SAMPLE_STEPS = 100_000;

/** How many runs each round of {@link survey} has: what the first rounds learn, the later ones only use. */
const ROUNDS = [3, 3, 18];

const SAMPLERS: readonly Sampler[] = ['random', 'pct', 'pos'];

/**
 * Samples for a moment, each sampler in turn, and tells which cells are shared after the beginning that all schedules share.
 *
 * @param onRun called after each run
 */
export function* survey(walker: Walker, options: SampleOptions, onRun = () => {}): Turns<Sharing> {
  const start = walker.place;
  let prior: Sharing | undefined;
  for (const runs of ROUNDS) {
    const sharing = new Sharing();
    prior?.attend(walker);
    if (prior !== undefined) runPrefix(walker, prior, () => report(walker, options));
    for (let i = 0; i < runs; i++) {
      const sampler = SAMPLERS[i % SAMPLERS.length] as Sampler;
      const steps = sample(walker, sharing, sampler, options);
      onRun();
      yield;
      if (walker.isOver()) break;
      if (steps === 0) break; // there is only the beginning: one schedule
    }
    walker.back(start);
    prior = sharing;
  }
  return prior as Sharing;
}
