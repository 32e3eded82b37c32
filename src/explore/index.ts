/**
 * Exploring scenarios from tests: what ava tests of races are written with; docs/exploring.md.
 * Files that cannot be read are thrown as errors whose message names file, line and column.
 */

import { readFile } from 'node:fs/promises';
import { renderDiagnostics } from '../scenario/diagnostic.ts';
import type { Overrides } from '../scenario/reading.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Exploration, ExploreOptions } from './explore.ts';
import { openScenario } from './open.ts';
import { explanationOf } from './report.ts';
import { readSavedSchedule, replaySaved, type SavedReplay } from './saved-schedule.ts';
import { exploreScenario } from './scenario.ts';
import { inTurns } from './turns.ts';

export type { Exploration, ExploreOptions, FoundHazard } from './explore.ts';
export { explanationOf } from './report.ts';
export type { SavedReplay } from './saved-schedule.ts';

/** What of ava's `t` is needed to assert. */
export interface Assertions {
  deepEqual(actual: unknown, expected: unknown, message?: string): unknown;
  true(actual: unknown, message?: string): unknown;
}

async function open(file: string, overrides: Overrides): Promise<Scenario> {
  const opened = await openScenario(file, overrides);
  if (opened.ok) return opened.scenario;
  throw new Error(opened.message);
}

/**
 * Explores a scenario.
 *
 * @param overrides the repairs and parameters to explore it with instead of the file's: `{ fixes: ['P1'], set: { pid: '7' } }`
 */
export async function explore(
  file: string,
  overrides: Overrides = {},
  options: Partial<ExploreOptions> = {},
): Promise<Exploration> {
  return inTurns(exploreScenario(await open(file, overrides), options));
}

/** Runs a scenario by a schedule that `thaw explore --save` wrote; says whether the hazard came again, or what has drifted. */
export async function replay(file: string, schedule: string, overrides: Overrides = {}): Promise<SavedReplay> {
  const scenario = await open(file, overrides);
  const read = readSavedSchedule(await readFile(schedule, 'utf8'), schedule, scenario.title);
  if (!read.ok) throw new Error(renderDiagnostics(read.diagnostics));
  return replaySaved(scenario, read.value);
}

/**
 * Asserts that over all schedules of a scenario exactly these hazards can be reached; none by default.
 * The search has to be complete: what was not covered is no proof.
 */
export async function expectHazards(
  t: Assertions,
  file: string,
  hazards: readonly string[] = [],
  overrides: Overrides = {},
): Promise<Exploration> {
  const found = await explore(file, overrides);
  const ids = [...new Set(found.hazards.map(({ finding }) => finding.id))].sort();
  t.true(found.complete, 'the search ended at its budget before everything was covered');
  t.deepEqual(ids, [...hazards].sort(), found.hazards.map(explanationOf).join('\n'));
  return found;
}
