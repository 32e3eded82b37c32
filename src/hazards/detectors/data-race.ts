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
import { joined, knownOf, startOf, ticked, type VectorClock } from './vector-clock.ts';

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

interface Access {
  readonly step: RecordedStep;
  readonly writes: boolean;
  readonly plain: boolean;
  readonly clock: VectorClock;
}

/** What is known of a cell. */
interface Traffic {
  readonly ignored: boolean;
  readonly locationKind: string;
  /** The last accesses of each actor that read, and that wrote. */
  readonly plain: Map<string, Access>;
  readonly locked: Map<string, Access>;
  /** What whoever takes the lock around the cell next comes after. */
  released: VectorClock | null;
}

/** The races of a run; of those between the same two calls on cells of the same kind and for the same reason, the first. */
export function dataRaces(record: RunRecord): DataRace[] {
  const { store, actors } = record.machine;
  const numbers = new Map<Actor, number>(actors.map((actor, i) => [actor, i]));
  const numberOf = (actor: Actor): number => numbers.get(actor) as number;
  const clocks = actors.map((_, i) => startOf(i, actors.length));
  const cells = new Map<number, Traffic>();
  const races = new Map<string, DataRace>();
  const trafficOn = (cell: number): Traffic => {
    let traffic = cells.get(cell);
    if (traffic === undefined) {
      traffic = {
        ignored: isShadow(store, cell),
        locationKind: locationKindOf(store, cell),
        plain: new Map(),
        locked: new Map(),
        released: null,
      };
      cells.set(cell, traffic);
    }
    return traffic;
  };
  for (const step of record.steps) {
    const { actor, plain } = step;
    const me = numberOf(actor);
    const written = new Set(step.writes);
    const touched = new Set([...step.reads, ...step.writes]);
    let clock = clocks[me] as VectorClock;
    if (!plain) {
      for (const cell of touched) {
        const { released } = trafficOn(cell);
        if (released !== null) clock = joined(clock, released);
      }
    }
    clock = ticked(clock);
    for (const cell of touched) {
      const traffic = trafficOn(cell);
      if (cell === actor.life || traffic.ignored) continue;
      const access = { step, writes: written.has(cell), plain, clock };
      const other = findRace(traffic, access);
      if (other !== undefined) {
        const { locationKind } = traffic;
        const pair = [other.step, step];
        const hazard = behindRace(locationKind, pair);
        const key = [locationKind, hazard, ...pair.map(({ call }) => call).sort()].join(' ');
        const race = { cell, location: store.cellName(cell), locationKind, first: other.step, second: step, hazard };
        if (!races.has(key)) races.set(key, race);
      }
      (plain ? traffic.plain : traffic.locked).set(`${me}${access.writes ? 'w' : 'r'}`, access);
      if (!plain) traffic.released = clock;
    }
    clocks[me] = clock;
    for (const child of step.births) clocks[numberOf(child)] = joined(clocks[numberOf(child)] as VectorClock, clock);
  }
  return [...races.values()];
}

/** An earlier access that nothing orders before a later one: of two under a lock, one comes first in every run. */
function findRace({ plain, locked }: Traffic, later: Access): Access | undefined {
  for (const accesses of later.plain ? [plain, locked] : [plain]) {
    for (const earlier of accesses.values()) {
      const { actor, count } = earlier.clock;
      if (actor === later.clock.actor || !(earlier.writes || later.writes)) continue;
      if (knownOf(later.clock, actor) < count) return earlier;
    }
  }
  return undefined;
}
