/**
 * Data races by happens-before: two accesses to a cell by different actors, one of them a write, with nothing between them that
 * orders them (Lamport's clocks, as in FastTrack). An optional report: kernel code of 2.6.26 races on purpose in places.
 *
 * A plain access is one made without any lock: the operations `load` and `store`. What other operations do is done under a lock of
 * theirs, so two of them that touch the same cell are ordered; so are a birth and the life it begins, and a wait and what ended it.
 * Two accesses of which neither is plain are never reported: they have the lock in common.
 */

import type { Actor } from '../../kernel-sim/machine/machine.ts';
import type { RecordedStep, RunRecord } from './run-record.ts';

export interface DataRace {
  /** The name of the cell. */
  readonly cell: string;
  readonly first: RecordedStep;
  readonly second: RecordedStep;
}

const PLAIN: ReadonlySet<string> = new Set(['load', 'store']);

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

/** The first race on each cell of a run. */
export function dataRaces({ machine, steps }: RunRecord): DataRace[] {
  const clocks = new Map<Actor, Clock>();
  /** What whoever takes the lock around a cell next comes after. */
  const released = new Map<number, Clock>();
  const accesses = new Map<number, Access[]>();
  const races = new Map<number, DataRace>();
  for (const step of steps) {
    const { actor } = step;
    const plain = PLAIN.has(step.operation);
    const touched = new Set([...step.reads, ...step.writes]);
    let clock = clocks.get(actor) ?? new Map<Actor, number>();
    if (!plain) for (const cell of touched) clock = joined(clock, released.get(cell));
    const count = (clock.get(actor) ?? 0) + 1;
    clock = joined(clock, new Map([[actor, count]]));
    for (const cell of touched) {
      const access = { step, writes: step.writes.includes(cell), plain, count };
      const before = accesses.get(cell) ?? [];
      const other = before.find((earlier) => isRace(earlier, access, clock));
      if (other !== undefined && !races.has(cell)) {
        races.set(cell, { cell: machine.store.cellName(cell), first: other.step, second: step });
      }
      accesses.set(cell, [...before.filter((earlier) => earlier.step.actor !== actor || earlier.writes), access]);
      if (!plain) released.set(cell, joined(clock, released.get(cell)));
    }
    clocks.set(actor, clock);
    for (const child of step.births) clocks.set(child, joined(clocks.get(child) ?? new Map(), clock));
  }
  return [...races.values()];
}

function isRace(earlier: Access, later: Access, clock: Clock): boolean {
  if (earlier.step.actor === later.step.actor) return false;
  if (!(earlier.writes || later.writes) || !(earlier.plain || later.plain)) return false;
  return (clock.get(earlier.step.actor) ?? 0) < earlier.count;
}
