/** Scenarios as the detectors run them: by a seed, and by the shortest schedule to each of their hazards. */

import { globSync } from 'node:fs';
import { openScenario } from '../../../src/explore/open.ts';
import { exploreScenario } from '../../../src/explore/scenario.ts';
import { atOnce } from '../../../src/explore/turns.ts';
import { detect, reportsOf } from '../../../src/hazards/detectors/detect.ts';
import type { DetectorReport } from '../../../src/hazards/detectors/report.ts';
import { RunRecord } from '../../../src/hazards/detectors/run-record.ts';
import type { Subject } from '../../../src/hazards/detectors/subject.ts';
import { Runner, seededRandom } from '../../../src/kernel-sim/machine/schedule.ts';
import type { Scenario } from '../../../src/scenario/scenario.ts';
import { openSession } from '../../../src/scenario/session.ts';

export async function opened(file: string, fixes?: readonly string[] | 'all'): Promise<Scenario> {
  const found = await openScenario(file, fixes === undefined ? {} : { fixes });
  if (!found.ok) throw new Error(found.message);
  return found.scenario;
}

/** Makes a scenario the subject of a run. */
export const starts = (scenario: Scenario) => (): Subject => {
  const { k, interpreter } = openSession(scenario);
  return { machine: k.machine, label: (actor) => interpreter.labelOf(actor) };
};

/** What is seen in a run by chance. */
export function bySeed(scenario: Scenario, seed: number): DetectorReport[] {
  const open = starts(scenario);
  const subject = open();
  const record = new RunRecord(subject.machine);
  new Runner(subject.machine, seededRandom(seed)).run(20_000, (actor) => record.after(actor));
  return detect(record, subject, open);
}

/** What is seen on the way to each hazard of a scenario, by its id. */
export function byWitness(scenario: Scenario): Map<string, DetectorReport[]> {
  const { hazards } = atOnce(exploreScenario(scenario));
  return new Map(hazards.map(({ finding, schedule }) => [finding.id, reportsOf(starts(scenario), schedule)]));
}

/** The project's scenarios in some folders of `scenarios/`; images and the yardstick, whose states are many, are left out. */
export const scenarioFiles = (folders = '*'): string[] =>
  globSync(`scenarios/${folders}/*.yaml`)
    .filter((file) => !file.endsWith('.image.yaml'))
    .map((file) => file.replaceAll('\\', '/'))
    .sort();
