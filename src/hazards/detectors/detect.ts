/**
 * All detectors over one run. A run is recorded as it is made, or made here by a schedule; what the detectors then say is sorted by
 * the step at which it becomes certain. What leaks and who is stuck is told only of runs that have come to their end.
 */

import type { KernelObject } from '../../kernel-sim/machine/layout.ts';
import type { Machine } from '../../kernel-sim/machine/machine.ts';
import { isHazard } from '../finding.ts';
import { behindLeak, behindRace, behindUntold } from './behind.ts';
import { dataRaces } from './data-race.ts';
import { leaks } from './leaks.ts';
import { lostUpdates } from './lost-update.ts';
import { memoryFaults } from './memory-fault.ts';
import { accessOf, type DetectorReport, locationKindOf, locksOf } from './report.ts';
import { type RecordedStep, RunRecord } from './run-record.ts';
import { type Stuck, stuckActors } from './stuck.ts';
import { actorOf, passTime, type Stretch, type Subject } from './subject.ts';
import { keptLocks } from './unbalanced.ts';

/**
 * Runs a subject by a schedule and says what the detectors see in that run. A stretch whose actor is not there or cannot step is over;
 * nobody steps after the last.
 *
 * @param open makes the subject at its start; asked more than once
 * @param countsTime whether a move of the clock counts as a step, as it does in schedules of explore and in the debugger
 */
export function reportsOf(
  open: () => Subject,
  schedule: Iterable<Stretch>,
  { countsTime = true } = {},
): DetectorReport[] {
  const subject = open();
  const record = new RunRecord(subject.machine, { countsTime });
  for (const { actor: which, steps } of schedule) {
    const actor = actorOf(subject, which);
    if (actor === undefined) passTime(subject.machine);
    else for (let left = steps; left > 0 && subject.machine.canStep(actor); left--) record.step(actor);
  }
  return detect(record, subject, open);
}

/** What the detectors see in a recorded run. */
export function detect(record: RunRecord, subject: Subject, open: () => Subject): DetectorReport[] {
  const ended = isOver(subject);
  return [
    ...faultReports(record, subject),
    ...raceReports(record, subject),
    ...updateReports(record, subject, open),
    ...keptReports(record, subject),
    ...(ended ? [...stuckReports(record, subject), ...leakReports(record, subject)] : []),
  ].sort((a, b) => a.step - b.step);
}

/** Whether nobody can step any more, nor ever will. */
const isOver = ({ machine }: Subject): boolean =>
  machine.nextDeadline() === null && !machine.actors.some((actor) => machine.canStep(actor));

function raceReports(record: RunRecord, { label }: Subject): DetectorReport[] {
  const { store } = record.machine;
  return dataRaces(record).map(({ cell, location, locationKind, first, second, hazard }) => {
    const accesses = [second, first].map((step) => {
      const how = step.freed.some((object) => object === store.cellOwner(cell))
        ? 'free'
        : step.writes.includes(cell)
          ? 'write'
          : 'read';
      return accessOf(step, step.plain ? `plain ${how}` : how, label);
    });
    return {
      kind: 'data-race',
      location,
      locationKind,
      step: second.number,
      accesses,
      locks: locksOf(accesses),
      hazard,
      message: 'nothing orders the two, and no lock is common to them',
    };
  });
}

function updateReports(record: RunRecord, subject: Subject, open: () => Subject): DetectorReport[] {
  return lostUpdates(record, subject, open).map(({ cell, location, read, lost, write }) => {
    const kind = locationKindOf(record.machine.store, cell);
    const accesses = [
      accessOf(write, 'plain write', subject.label),
      accessOf(lost, 'write that is lost', subject.label),
      accessOf(read, 'plain read', subject.label),
    ];
    return {
      kind: 'lost-update',
      location,
      locationKind: kind,
      step: write.number,
      accesses,
      locks: locksOf(accesses),
      hazard: behindRace(kind, [read, lost, write]),
      message: 'the value written was made of the one that was read before the other write',
    };
  });
}

function faultReports(record: RunRecord, { label }: Subject): DetectorReport[] {
  const { store } = record.machine;
  return memoryFaults(record).map(({ fault, cells, step, freedAt, hazard }) => {
    const accesses = [
      accessOf(step, fault.access, label),
      ...(freedAt === null ? [] : [accessOf(freedAt, 'free', label)]),
    ];
    return {
      kind: fault.kind,
      location: cells.map((cell) => store.cellName(cell)).join(', '),
      locationKind: locationKindOf(store, fault.cell),
      step: step.number,
      accesses,
      locks: locksOf(accesses),
      hazard,
      message: fault.message ?? faultTexts[fault.kind] ?? fault.kind,
    };
  });
}

const faultTexts: Readonly<Record<string, string>> = {
  'use-after-free': 'the memory has been given back',
  'double-free': 'the memory has been given back before',
  'uninitialised-read': 'the memory was never written',
  'out-of-bounds': 'the place is not inside the object',
};

function keptReports(record: RunRecord, { label }: Subject): DetectorReport[] {
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

/** The kinds of objects, from their names. */
const kindsOf = (names: readonly string[]): string =>
  names.map((name) => (name.split('/').at(-1) as string).replace(/#.*/, '')).join(', ');

function stuckReports(record: RunRecord, subject: Subject): DetectorReport[] {
  const stuck = stuckActors(record);
  const told = new Set<unknown>();
  return stuck.flatMap((one) => {
    if (one.kind === 'never-woken' || told.has(one.actor)) return [];
    const members =
      one.kind === 'deadlock' ? stuck.filter(({ actor }) => actor === one.actor || one.others.includes(actor)) : [one];
    for (const { actor } of members) told.add(actor);
    return [stuckReport(record, subject, one, members)];
  });
}

function stuckReport(record: RunRecord, { label }: Subject, one: Stuck, members: readonly Stuck[]): DetectorReport {
  const location = one.waitsFor.join(', ');
  const accesses = [
    ...members.map((member) => ({
      task: label(member.actor),
      call: member.call,
      operation: member.operation,
      step: lastStep(record, member).number,
      access: 'wait',
      locks: record.heldBy(member.actor),
    })),
    ...one.lost.map((step, i) => accessOf(step, i === 0 ? 'wake-up' : 'write that takes it back', label)),
  ];
  return {
    kind: one.kind === 'deadlock' ? 'deadlock' : 'lost-wakeup',
    location,
    locationKind: '',
    step: Math.max(...accesses.map(({ step }) => step)),
    accesses,
    locks: locksOf(accesses),
    hazard: one.kind === 'lost-wakeup' && one.lost.length === 0 ? behindUntold(hazardsSeen(record.steps)) : null,
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
const lastStep = ({ steps }: RunRecord, { actor }: Stuck): RecordedStep =>
  steps.findLast((step) => step.actor === actor) as RecordedStep;

function leakReports({ steps, machine }: RunRecord, { label }: Subject): DetectorReport[] {
  const seen = hazardsSeen(steps);
  const end = steps.at(-1);
  const byKind = Map.groupBy(leaks(machine), ({ layout }) => layout.kind);
  return [...byKind].map(([kind, objects]) => ({
    kind: 'memory-leak',
    location: objects.map(({ name }) => name).join(', '),
    locationKind: kind,
    step: end?.number ?? 0,
    accesses: [],
    locks: [],
    hazard: behindLeak(kind, seen),
    message: `${objects.length} of ${kind} that nothing leads to any more, made by ${makersOf(machine, objects, label)}`,
  }));
}

/** The catalogued hazards that a run came to. */
const hazardsSeen = (steps: readonly RecordedStep[]): ReadonlySet<string> =>
  new Set(steps.flatMap(({ notes }) => notes.filter((note) => isHazard(note)).map(({ finding }) => finding.id)));

/** Who has allocated objects. */
function makersOf({ actors }: Machine, objects: readonly KernelObject[], label: Subject['label']): string {
  const makers = objects.map(({ allocator }) => actors.find((actor) => actor === allocator));
  return [...new Set(makers.map((actor) => (actor === undefined ? 'the kernel' : label(actor))))].join(', ');
}
