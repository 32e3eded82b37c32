/**
 * Data races by happens-before: two accesses to a cell by different actors, one of them a write, with nothing between them that
 * orders them (Lamport's clocks, as in FastTrack).
 *
 * One of the two has to be plain: made by an operation that the real code does without a lock (effect.ts). What the others do is
 * done under a lock of theirs or is atomic, so two of them that touch the same cell are ordered; so are a birth and the life it
 * begins, and a wait and what ended it. What a lock orders in this run need not be ordered in another: a run without a report is
 * no proof. Left out: cells that no kernel code looks at, and memory of user mode, whose races are the program's own.
 */

import type { Actor } from '../../kernel-sim/machine/machine.ts';
import { behindRace } from './behind.ts';
import { isShadow, locationKindOf } from './report.ts';
import type { RecordedStep, RunRecord } from './run-record.ts';

export interface DataRace {
  readonly cell: number;
  /** The name of the cell. */
  readonly location: string;
  readonly locationKind: string;
  readonly first: RecordedStep;
  readonly second: RecordedStep;
  /** Id of the hazard behind it, null when none is known. */
  readonly hazard: string | null;
}

/** For each actor, the number of its steps that come before something in every order. */
type Clock = ReadonlyMap<Actor, number>;

interface Access {
  readonly step: RecordedStep;
  readonly writes: boolean;
  readonly plain: boolean;
  /** Which step of its actor it is, from 1. */
  readonly count: number;
}

function joined(a: Clock, b: Clock | undefined): Clock {
  if (b === undefined) return a;
  const both = new Map(a);
  for (const [actor, count] of b) both.set(actor, Math.max(both.get(actor) ?? 0, count));
  return both;
}

/** The races of a run; of those between the same two calls on cells of the same kind and for the same reason, the first. */
export function dataRaces(record: RunRecord): DataRace[] {
  const { store } = record.machine;
  const clocks = new Map<Actor, Clock>();
  /** What whoever takes the lock around a cell next comes after. */
  const released = new Map<number, Clock>();
  const accesses = new Map<number, Access[]>();
  const races = new Map<string, DataRace>();
  for (const step of record.steps) {
    const { actor, plain } = step;
    const touched = new Set([...step.reads, ...step.writes]);
    let clock = clocks.get(actor) ?? new Map<Actor, number>();
    if (!plain) for (const cell of touched) clock = joined(clock, released.get(cell));
    const count = (clock.get(actor) ?? 0) + 1;
    clock = joined(clock, new Map([[actor, count]]));
    for (const cell of touched) {
      if (cell === actor.life || isShadow(store, cell)) continue;
      const access = { step, writes: step.writes.includes(cell), plain, count };
      const before = accesses.get(cell) ?? [];
      const other = before.find((earlier) => isRace(earlier, access, clock));
      if (other !== undefined) {
        const locationKind = locationKindOf(store, cell);
        const pair = [other.step, step];
        const hazard = behindRace(locationKind, pair);
        const key = [locationKind, hazard, ...pair.map(({ call }) => call).sort()].join(' ');
        const race = { cell, location: store.cellName(cell), locationKind, first: other.step, second: step, hazard };
        if (!races.has(key)) races.set(key, race);
      }
      accesses.set(cell, [...before.filter((earlier) => !isCovered(earlier, access)), access]);
      if (!plain) released.set(cell, joined(clock, released.get(cell)));
    }
    clocks.set(actor, clock);
    for (const child of step.births) clocks.set(child, joined(clocks.get(child) ?? new Map(), clock));
  }
  return [...races.values()];
}

/** Whether whatever races with an access of an actor races with a later one of the same actor too. */
const isCovered = (earlier: Access, later: Access): boolean =>
  earlier.step.actor === later.step.actor && earlier.writes === later.writes && earlier.plain === later.plain;

function isRace(earlier: Access, later: Access, clock: Clock): boolean {
  if (earlier.step.actor === later.step.actor) return false;
  if (!(earlier.writes || later.writes) || !(earlier.plain || later.plain)) return false;
  return (clock.get(earlier.step.actor) ?? 0) < earlier.count;
}
