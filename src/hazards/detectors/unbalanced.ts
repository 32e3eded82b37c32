/** Locks and read sections that a call is still in when it returns, or an actor when it is gone. */

import type { Actor, Machine } from '../../kernel-sim/machine/machine.ts';
import { locksByHolder } from './lock.ts';
import type { RecordedStep, RunRecord } from './run-record.ts';

export interface Kept {
  /** The step with which the call, or its actor, was over. */
  readonly step: RecordedStep;
  /** The locks and read sections kept, by name. */
  readonly locks: readonly string[];
}

/** The ends of calls that kept something; of several by the same call, the first, and of an actor's only the first. */
export function keptLocks(record: RunRecord): Kept[] {
  const kept = new Map<string, Kept>();
  const told = new Set<unknown>();
  for (const step of record.steps) {
    const { actor, call, locks } = step;
    if (locks.length === 0 || told.has(actor) || !isEnd(record, step)) continue;
    told.add(actor);
    const key = `${call} ${locks.join(' ')}`;
    if (!kept.has(key)) kept.set(key, { step, locks });
  }
  return [...kept.values()];
}

/** Whether a call handed its result over, or its actor ended, in a step. */
function isEnd({ machine: { store } }: RunRecord, { actor, operation, from, to }: RecordedStep): boolean {
  if (operation === 'return') return true;
  for (let entry = from; entry < to; entry++) {
    if (store.journal.cellAt(entry) === actor.life && store.journal.valueAt(entry) === 'alive') return true;
  }
  return false;
}

/** Locks whose holder is gone or in no call any more: what can be told of a run that was not recorded, by holder. */
export function orphanedLocks(machine: Machine): ReadonlyMap<Actor, readonly string[]> {
  const idle = machine.actors.filter((actor) => !machine.isAlive(actor) || machine.store.peek(actor.frame) === null);
  const held = locksByHolder(machine);
  return new Map(idle.flatMap((actor) => (held.has(actor) ? [[actor, held.get(actor) ?? []]] : [])));
}
