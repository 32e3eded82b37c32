/**
 * Why a hazard happens: the few pairs of steps whose order makes the difference.
 *
 * The schedule is run once more with the footprint of each step put down. Two steps of different actors race when one depends on
 * the other and nothing in between forces their order. Each race is turned round alone, everything else left as it was: where
 * the hazard is then gone, that order is a reason.
 */

import type { Actor } from '../kernel-sim/machine/machine.ts';
import { type Footprint, footprintOf, independent } from './footprint.ts';
import { callOf, nextStep, type Subject } from './subject.ts';
import type { Turns } from './turns.ts';
import { CLOCK, type Walker } from './walker.ts';

/** One of two steps whose order matters. */
export interface StepName {
  readonly task: string;
  /** Which actor it is, by its index; for schedules. */
  readonly actor: number;
  readonly call: string;
  /** The call's number among the task's calls of that name, from 1. */
  readonly occurrence: number;
  /** The operation, `pidmap.test_and_set`. */
  readonly effect: string;
  /** Its number in the run, from 1. */
  readonly step: number;
}

export interface Reason {
  readonly first: StepName;
  readonly second: StepName;
  /** What both touch. */
  readonly location: string;
}

interface Made extends StepName {
  readonly print: Footprint;
}

/** At most this many reasons are given, and this many races tried. */
const REASONS = 3;
const TRIES = 200;

/**
 * The orders without which the run does not come to the hazard, the latest first.
 *
 * @param steps the run, by actor index, ending with the step that makes the hazard certain
 * @param happens whether a run still comes to it
 */
export function* reasonsFor(
  subject: Subject,
  walker: Walker,
  steps: readonly number[],
  happens: (steps: readonly number[]) => boolean,
): Turns<Reason[]> {
  const made = describe(subject, walker, steps);
  const reasons: Reason[] = [];
  let tries = 0;
  for (const [earlier, later] of races(made)) {
    if (reasons.length === REASONS || tries++ === TRIES) break;
    yield;
    if (walker.isOver()) break;
    if (happens(turnedRound(steps, earlier, later))) continue;
    const [first, second] = [made[earlier] as Made, made[later] as Made];
    reasons.push({
      first: nameOf(first),
      second: nameOf(second),
      location: locationOf(subject, first.print, second.print),
    });
  }
  return reasons;
}

const nameOf = ({ print: _, ...name }: Made): StepName => name;

/** Runs the steps once more, putting down what each is called and what it touches. */
function describe(subject: Subject, walker: Walker, steps: readonly number[]): Made[] {
  const { machine } = subject;
  const start = walker.place;
  const calls = new Map<string, number>();
  const made: Made[] = [];
  for (const [i, index] of steps.entries()) {
    if (index === CLOCK) {
      walker.passTime();
      continue;
    }
    const actor = machine.actors[index] as Actor;
    const effect = nextStep(machine, actor);
    const task = subject.label(actor);
    if (effect === 'user') {
      walker.step(index);
      const key = `${index} ${callOf(machine, actor)}`;
      calls.set(key, (calls.get(key) ?? 0) + 1);
    }
    const call = callOf(machine, actor);
    if (effect !== 'user') walker.step(index);
    const occurrence = calls.get(`${index} ${call}`) ?? 1;
    made[i] = { task, actor: index, call, occurrence, effect, step: i + 1, print: footprintOf(machine.store) };
  }
  walker.back(start);
  return made;
}

/** The races of a run, those with the latest second step first. */
function* races(made: readonly Made[]): Generator<[number, number]> {
  const clocks: Map<number, number>[] = [];
  const found: [number, number][] = [];
  for (let j = 0; j < made.length; j++) {
    const step = made[j];
    if (step === undefined) continue;
    const own = made.findLastIndex((before, i) => i < j && before?.actor === step.actor);
    const clock = new Map(own === -1 ? [] : clocks[own]);
    for (let i = j - 1; i >= 0; i--) {
      const before = made[i];
      if (before === undefined || (clock.get(before.actor) ?? -1) >= i || independent(before.print, step.print))
        continue;
      if (before.actor !== step.actor) found.push([i, j]);
      for (const [actor, last] of clocks[i] as Map<number, number>)
        clock.set(actor, Math.max(clock.get(actor) ?? -1, last));
    }
    clock.set(step.actor, j);
    clocks[j] = clock;
  }
  yield* found.reverse();
}

/** The run with the later step's actor let through before the earlier step, and everything else after it as it was. */
function turnedRound(steps: readonly number[], earlier: number, later: number): number[] {
  const mover = steps[later] as number;
  const between = steps.slice(earlier, later + 1);
  const moved = between.filter((actor) => actor === mover);
  const rest = between.filter((actor) => actor !== mover);
  return [...steps.slice(0, earlier), ...moved, ...rest, ...steps.slice(later + 1)];
}

function locationOf(subject: Subject, a: Footprint, b: Footprint): string {
  const touched = new Set([...b.writes, ...b.reads, ...b.adds]);
  const cell = [...a.writes, ...a.adds, ...a.reads].find(
    (candidate) => touched.has(candidate) && changes(a, b, candidate),
  );
  return cell === undefined ? '' : subject.machine.store.cellName(cell);
}

const changes = (a: Footprint, b: Footprint, cell: number): boolean =>
  [a, b].some(({ writes, adds }) => writes.includes(cell) || adds.includes(cell));
