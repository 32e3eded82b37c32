/** Who waits for ever because something went wrong, and what was not given back, as reports. */

import { behindUntold } from './behind.ts';
import { locksHeld } from './lock.ts';
import { accessOf, type Found, locksOf } from './report.ts';
import type { RecordedStep, RunRecord } from './run-record.ts';
import { type Stuck, stuckActors } from './stuck.ts';
import type { Subject } from './subject.ts';
import { keptLocks, orphanedLocks } from './unbalanced.ts';

/** Locks and read sections that outlive the call that took them. */
export function keptReports(record: RunRecord, { label }: Subject): Found[] {
  return keptLocks(record).map(({ step, locks }) => ({
    kind: 'unbalanced',
    location: locks.join(', '),
    locationKind: kindsOf(locks),
    step: step.number,
    accesses: [accessOf(step, 'return', label)],
    locks,
    hazard: null,
    message: `${step.call} is over and still holds what it took`,
  }));
}

/** The same at the end of a run that was not recorded. */
export const orphanReports = ({ machine, label }: Subject): Found[] =>
  [...orphanedLocks(machine)].map(([actor, locks]) => ({
    kind: 'unbalanced',
    location: locks.join(', '),
    locationKind: kindsOf(locks),
    step: 0,
    accesses: [],
    locks,
    hazard: null,
    message: `${label(actor)} is in no call any more and still holds what it took`,
  }));

/** The kinds of objects, from their names or those of their cells: `task.state` of `kernel/task#0/task#1.state`. */
const kindsOf = (names: readonly string[]): string =>
  [...new Set(names.map((name) => (name.split('/').at(-1) as string).replace(/#\d+/, '')))].join(', ');

/**
 * Deadlocks and lost wake-ups at the end of a run.
 *
 * @param seen ids of the hazards that the run came to
 */
export function stuckReports(record: RunRecord, subject: Subject, seen: ReadonlySet<string>): Found[] {
  const stuck = stuckActors(record);
  const told = new Set<unknown>();
  return stuck.flatMap((one) => {
    if (one.kind === 'never-woken' || told.has(one.actor)) return [];
    const members =
      one.kind === 'deadlock' ? stuck.filter(({ actor }) => actor === one.actor || one.others.includes(actor)) : [one];
    for (const { actor } of members) told.add(actor);
    return [stuckReport(record, subject, seen, one, members)];
  });
}

function stuckReport(
  record: RunRecord,
  { label }: Subject,
  seen: ReadonlySet<string>,
  one: Stuck,
  members: readonly Stuck[],
): Found {
  const location = one.waitsFor.join(', ');
  const accesses = [
    ...members.map((member) => ({
      task: label(member.actor),
      call: member.call,
      operation: member.operation,
      step: lastStep(record, member)?.number ?? 0,
      access: 'wait',
      locks: locksHeld(record.machine, member.actor),
    })),
    ...one.lost.map((step, i) => accessOf(step, i === 0 ? 'wake-up' : 'write that takes it back', label)),
  ];
  return {
    kind: one.kind === 'deadlock' ? 'deadlock' : 'lost-wakeup',
    location,
    locationKind: kindsOf(one.waitsFor),
    step: Math.max(...accesses.map(({ step }) => step)),
    accesses,
    locks: locksOf(accesses),
    hazard: one.kind === 'lost-wakeup' && one.lost.length === 0 ? behindUntold(seen) : null,
    message: textOf(
      one,
      members.map(({ actor }) => label(actor)),
    ),
  };
}

function textOf({ kind, lost }: Stuck, names: readonly string[]): string {
  if (kind === 'deadlock') return `each waits for a lock that the next one holds: ${[...names, names[0]].join(' -> ')}`;
  if (lost.length > 0) return 'what it waits for had come, and was taken back by its own call before it slept';
  return 'it sleeps with a signal that it can take, and nobody has told it';
}

/** The last step of somebody who waits. */
const lastStep = ({ steps }: RunRecord, { actor }: Stuck): RecordedStep | undefined =>
  steps.findLast((step) => step.actor === actor);
