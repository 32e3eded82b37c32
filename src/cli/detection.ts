/** What the detectors see in a run that is replayed: of every step when asked for, else only what its end shows. */

import { detect } from '../hazards/detectors/detect.ts';
import type { DetectorReport } from '../hazards/detectors/report.ts';
import { RunRecord } from '../hazards/detectors/run-record.ts';
import type { Subject } from '../hazards/detectors/subject.ts';
import type { Actor } from '../kernel-sim/machine/machine.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { openSession, type Session } from '../scenario/session.ts';

/** A session as the detectors want it. */
export const subjectIn = ({ k, interpreter }: Session): Subject => ({
  machine: k.machine,
  label: (actor) => interpreter.labelOf(actor),
});

/**
 * Makes a run once, recorded, before it is shown.
 *
 * @param run makes the run, and calls what `watch` gives after each step
 * @returns what was seen, in the order in which it becomes certain
 */
export async function detectIn(
  scenario: Scenario,
  run: (watch: (session: Session) => () => void) => Promise<unknown>,
): Promise<readonly DetectorReport[]> {
  let seen: (() => readonly DetectorReport[]) | null = null;
  await run((session) => {
    const subject = subjectIn(session);
    const record = new RunRecord(subject.machine);
    const { store } = subject.machine;
    seen = () => detect(record, subject, () => subjectIn(openSession(scenario)));
    return () => {
      if (!record.isFull) record.after(store.actor as Actor);
    };
  });
  return (seen as (() => readonly DetectorReport[]) | null)?.() ?? [];
}
