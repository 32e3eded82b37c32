/**
 * All detectors over one run. A run is recorded as it is made, or made here by a schedule; what the detectors then say is sorted by
 * the step at which it becomes certain. What leaks and who sleeps for ever is told only of runs that have come to their end.
 */

import type { Actor } from '../../kernel-sim/machine/machine.ts';
import { hazardsSeen } from './behind.ts';
import { faultReports, leakReports } from './memory-reports.ts';
import { raceReports, updateReports } from './race-reports.ts';
import { type DetectorReport, named } from './report.ts';
import { RunRecord } from './run-record.ts';
import { keptReports, orphanReports, stuckReports } from './stuck-reports.ts';
import { actorOf, passTime, type Stretch, type Subject } from './subject.ts';

/**
 * Runs a subject by a schedule and says what the detectors see in that run. A stretch whose actor is not there or cannot step is over;
 * nobody steps after the last. A run that is longer than what is recorded is looked at as far as that goes.
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
  const known = new Map<string | number, Actor>();
  for (const { actor: which, steps } of schedule) {
    const actor = known.get(which) ?? actorOf(subject, which);
    if (actor === undefined) {
      passTime(subject.machine);
      continue;
    }
    known.set(which, actor);
    for (let left = steps; left > 0 && !record.isFull && subject.machine.canStep(actor); left--) record.step(actor);
  }
  return detect(record, subject, open);
}

/** What the detectors see in a recorded run. */
export function detect(record: RunRecord, subject: Subject, open: () => Subject): DetectorReport[] {
  const ended = isOver(subject);
  const seen = hazardsSeen(record.steps);
  const last = record.steps.at(-1)?.number ?? 0;
  const found = [
    ...faultReports(record, subject),
    ...raceReports(record, subject),
    ...updateReports(record, subject, open),
    ...keptReports(record, subject),
    ...stuckReports(record, subject, seen).filter(({ kind }) => ended || kind === 'deadlock'),
    ...(ended ? leakReports(subject, seen, last) : []),
  ];
  return found.sort((a, b) => a.step - b.step).map(named);
}

/**
 * What the end of a run shows that nobody has recorded: who is stuck, what leaks, which locks were kept. Nothing before the end.
 *
 * @param seen ids of the hazards that the run came to
 * @param steps how many it has made
 */
export function endReports(subject: Subject, seen: ReadonlySet<string>, steps: number): DetectorReport[] {
  if (!isOver(subject)) return [];
  const record = new RunRecord(subject.machine);
  const found = [
    ...orphanReports(subject),
    ...stuckReports(record, subject, seen),
    ...leakReports(subject, seen, steps),
  ];
  return found.map((report) => named({ ...report, step: steps }));
}

/** Whether nobody can step any more, nor ever will. */
const isOver = ({ machine }: Subject): boolean =>
  machine.nextDeadline() === null && !machine.actors.some((actor) => machine.canStep(actor));
