/** `thaw explore`: searches the schedules of a scenario, and says for each hazard what decides it. */

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Exploration, Strategy } from '../explore/explore.ts';
import { exploreInParallel } from '../explore/parallel/explore.ts';
import { explanationOf, explorationJson } from '../explore/report.ts';
import { printSavedSchedule, saveSchedule } from '../explore/saved-schedule.ts';
import { budgetOf, judge, subjectOf } from '../explore/scenario.ts';
import { statesIn } from '../explore/visited.ts';
import type { DetectorReport } from '../hazards/detectors/report.ts';
import { printable } from '../scenario/diagnostic.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { coloursOf } from './colour.ts';
import { DIFFERENT, endWith, tell, UsageError } from './exit.ts';
import { Interrupt } from './interrupt.ts';
import { printJson } from './output.ts';
import { Progress } from './progress.ts';
import { open, overridesOf, type ScenarioOptions } from './scenario-options.ts';
import { writeWhole } from './whole-file.ts';

export interface ExploreOptions extends ScenarioOptions {
  readonly strategy?: Strategy;
  readonly preemptions?: number;
  /** Seconds. */
  readonly budget?: number;
  readonly states?: number;
  /** Megabytes. */
  readonly memory?: number;
  readonly jobs?: number;
  readonly seed?: number;
  readonly save?: string;
}

export async function explore(file: string, options: ExploreOptions): Promise<void> {
  const scenario = await open(file, options);
  if (scenario === null) return;
  const started = performance.now();
  const deadline = options.budget === undefined ? Number.POSITIVE_INFINITY : started + options.budget * 1000;
  const progress = new Progress();
  const interrupt = new Interrupt();
  const budget = budgetOf(scenario, () => {
    progress.tick(() => `exploring ${file}`);
    return interrupt.came || performance.now() > deadline;
  });
  const states = Math.min(options.states ?? budget.states, statesIn(options.memory));
  const found = await exploreInParallel(
    scenario,
    overridesOf(options),
    {
      strategy: options.strategy ?? 'auto',
      budget: { ...budget, states },
      ...(options.preemptions !== undefined && { preemptions: options.preemptions }),
      ...(options.seed !== undefined && { seed: options.seed }),
    },
    options.jobs ?? 1,
  );
  progress.clear();
  const seconds = (performance.now() - started) / 1000;
  if (options.save !== undefined) await save(scenario, found, options.save);
  const reports = await reportsBehind(scenario, found);
  if (options.json) printJson(explorationJson(found, seconds, reports));
  else print(scenario, found, reports, seconds);
  const expected = scenario.expect.hazards;
  const strange = found.hazards.filter(({ finding }) => expected !== undefined && !expected.includes(finding.id));
  if (strange.length > 0 || (found.complete && !judge(scenario, found).ok)) endWith(DIFFERENT);
}

/** What the detectors see on the schedule of each hazard; they are loaded when there is one. */
async function reportsBehind(scenario: Scenario, { hazards }: Exploration): Promise<DetectorReport[][]> {
  if (hazards.length === 0) return [];
  const { witnessReports } = await import('../explore/witness.ts');
  return hazards.map((hazard) => witnessReports(() => subjectOf(scenario), hazard));
}

function print(
  scenario: Scenario,
  found: Exploration,
  reports: readonly (readonly DetectorReport[])[],
  seconds: number,
): void {
  const colours = coloursOf(process.stdout);
  const lines = [
    colours.bold(printable(scenario.title)),
    `${found.states} states, ${found.schedules} schedules, ${found.steps} steps in ${seconds.toFixed(2)} s${found.complete ? ', complete' : ', not complete'}`,
  ];
  for (const [i, hazard] of found.hazards.entries()) {
    const { finding, schedule } = hazard;
    lines.push('', colours.yellow(`${finding.id} ${finding.name} in ${finding.task}, ${finding.at.call}`));
    lines.push(`  ${explanationOf(hazard)}`);
    lines.push(`  schedule: ${schedule.map(({ actor, steps }) => `${actor} ${steps}`).join(', ')}`);
    for (const { kind, location, accesses } of reports[i] ?? []) {
      const pair = accesses.map(({ access, task, call, step }) => `${access} by ${task} in ${call} (step ${step})`);
      lines.push(`  ${kind} at ${location}: ${pair.join(', ')}`);
    }
  }
  if (found.hazards.length === 0) lines.push('no hazards');
  lines.push('', 'ends:');
  for (const { ending, waiting, states } of found.outcomes) {
    lines.push(`  ${states} × ${ending}${waiting.length === 0 ? '' : `: ${waiting.join(', ')}`}`);
  }
  process.stdout.write(`${lines.join('\n')}\n`);
  for (const complaint of judge(scenario, found).complaints) tell(`${scenario.file}: ${complaint}`);
}

async function save(scenario: Scenario, found: Exploration, directory: string): Promise<void> {
  await mkdir(directory, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`${directory} cannot be made: ${error.code}`);
  });
  const names = found.hazards.map(({ finding: { id, task } }) => `${id.toLowerCase()}-${fileName(task)}`);
  for (const [i, hazard] of found.hazards.entries()) {
    const name = names[i] as string;
    const isAlone = names.indexOf(name) === names.lastIndexOf(name);
    const file = join(directory, `${isAlone ? name : `${name}-${fileName(hazard.finding.at.call)}`}.schedule.yaml`);
    await writeWhole(file, [printSavedSchedule(saveSchedule(scenario, hazard))]);
    tell(`saved ${file}`);
  }
}

/** A name with what file names had better not hold left out. */
const fileName = (name: string): string => name.replaceAll(/[^A-Za-z0-9_]+/g, '-');
