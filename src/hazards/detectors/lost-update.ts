/**
 * Lost updates: an actor reads a cell without a lock, another changes it, and the first writes what it made of the old value.
 *
 * Whether the change in between is really lost is not guessed but tried: the run is made once more with the first actor's steps from
 * its read on put off until just before its write, so that it reads the new value. Where it then leaves the cell with the same
 * value as before, nothing was lost: the greater of two numbers is the same whoever comes first.
 */

import { isShadow, locationKindOf } from './report.ts';
import type { RecordedStep, RunRecord } from './run-record.ts';
import { actorOf, passTime, type Subject } from './subject.ts';

export interface LostUpdate {
  readonly cell: number;
  /** The name of the cell. */
  readonly location: string;
  readonly read: RecordedStep;
  /** The change that is lost. */
  readonly lost: RecordedStep;
  readonly write: RecordedStep;
}

/** Steps after which an actor that was put off is given up. */
const PATIENCE = 1000;

/**
 * The lost updates of a run; of those between the same operations on cells of the same kind, the first.
 *
 * @param subject what ran
 * @param open makes it once more, at its start
 */
export function lostUpdates(record: RunRecord, subject: Subject, open: () => Subject): LostUpdate[] {
  const found = new Map<string, LostUpdate>();
  const tried = new Map<string, number>();
  for (const candidate of candidates(record)) {
    const { cell, read, lost, write } = candidate;
    const key = [locationKindOf(record.machine.store, cell), ...[read, lost, write].map(nameOf)].join(' ');
    const tries = tried.get(key) ?? 0;
    if (found.has(key) || tries === TRIES) continue;
    tried.set(key, tries + 1);
    if (isLost(record, subject, candidate, open)) found.set(key, candidate);
  }
  return [...found.values()];
}

/** Of candidates that are alike, this many are tried. */
const TRIES = 5;

const nameOf = ({ call, operation }: RecordedStep): string => `${call}/${operation}`;

/** Reads and writes of a call, without a lock, with another's write in between. */
function* candidates({ machine: { store }, steps }: RunRecord): Generator<LostUpdate, void> {
  /** By cell: who has read it without a lock, and the writes since. */
  const reads = new Map<number, Map<unknown, RecordedStep>>();
  const writes = new Map<number, RecordedStep>();
  for (const step of steps) {
    for (const cell of new Set(step.writes)) {
      const read = reads.get(cell)?.get(step.actor);
      const lost = writes.get(cell);
      if (step.plain && read?.callNumber === step.callNumber && lost !== undefined && lost.number > read.number)
        if (lost.actor !== step.actor) yield { cell, location: store.cellName(cell), read, lost, write: step };
      writes.set(cell, step);
    }
    if (!step.plain) continue;
    for (const cell of new Set(step.reads)) {
      if (cell === step.actor.life || step.writes.includes(cell) || isShadow(store, cell)) continue;
      const readers = reads.get(cell) ?? new Map<unknown, RecordedStep>();
      readers.set(step.actor, step);
      reads.set(cell, readers);
    }
  }
}

/** Whether the cell would hold something else if the read had come after the change. */
function isLost(record: RunRecord, subject: Subject, { cell, location, read, write }: LostUpdate, open: () => Subject) {
  const twin = open();
  const { machine } = twin;
  machine.gate = null; // a pinned order would forbid the other one
  const slow = subject.label(read.actor);
  for (const step of record.steps) {
    if (step === write) break;
    if (step.number >= read.number && step.actor === read.actor) continue;
    const actor = actorOf(twin, subject.label(step.actor));
    if (actor === undefined) continue;
    if (!machine.canStep(actor) && step.afterTime) passTime(machine);
    if (machine.canStep(actor)) machine.step(actor);
  }
  const actor = actorOf(twin, slow);
  if (actor === undefined) return false;
  const { store } = machine;
  for (let steps = 0; steps < PATIENCE && machine.canStep(actor); steps++) {
    machine.step(actor);
    const written = store.writes.copy().find((one) => store.cellName(one) === location);
    if (written !== undefined) return valueText(store.peek(written as never)) !== valueAfter(record, cell, write);
  }
  return false;
}

/** What a cell held behind a step. */
function valueAfter({ machine: { store } }: RunRecord, cell: number, step: RecordedStep): string {
  const end = store.mark();
  store.undo(step.to);
  const value = valueText(store.peek(cell as never));
  store.redo(end);
  return value;
}

/** A value in words that are the same in two runs: an object is its name. */
const valueText = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? `${part}n` : part)) ?? String(value);
