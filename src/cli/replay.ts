/** `thaw replay`: one run of a scenario, printed as strace would, with hazards where they become certain. */

import { readFile } from 'node:fs/promises';
import { readSavedSchedule, replaySaved } from '../explore/saved-schedule.ts';
import { type Finding, isHazard } from '../hazards/finding.ts';
import { type Policy, Runner, runToBlock, seededRandom } from '../kernel-sim/machine/schedule.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { openSession } from '../scenario/session.ts';
import { StraceWriter } from '../trace/strace-writer.ts';
import { coloursOf } from './colour.ts';
import { DIFFERENT, endWith, refuse, tell } from './exit.ts';
import { open, type ScenarioOptions } from './scenario-options.ts';

/** Steps after which a run is given up. */
const LIMIT = 10_000_000;

interface Ran {
  readonly file: string;
  readonly ending: string;
  readonly steps: number;
  readonly hazards: readonly Finding[];
  readonly unexpected: readonly string[];
  readonly trace: readonly string[];
}

export async function replay(files: readonly string[], options: ScenarioOptions): Promise<void> {
  const ran: Ran[] = [];
  for (const file of files) {
    const scenario = await open(file, options);
    if (scenario === null) continue;
    if (options.schedule !== undefined) await replayFile(scenario, options.schedule);
    else ran.push(runOnce(scenario, options));
  }
  if (options.json) process.stdout.write(`${JSON.stringify({ runs: ran }, null, 2)}\n`);
}

function runOnce(scenario: Scenario, options: ScenarioOptions): Ran {
  const { k, interpreter } = openSession(scenario);
  const policy: Policy = options.seed === undefined ? runToBlock : seededRandom(options.seed);
  const colours = coloursOf(process.stdout);
  const paint = { call: (text: string) => text, signal: colours.cyan, end: colours.dim, hazard: colours.yellow, unexpected: colours.red };
  const trace: string[] = [];
  const writer = new StraceWriter(
    k,
    (line, kind) => {
      trace.push(line);
      if (!options.json) process.stdout.write(`${paint[kind](line)}\n`);
    },
    { width: options.width ?? 64, labelOf: (task) => interpreter.labelOf(task) },
  );
  const hazards: Finding[] = [];
  const unexpected: string[] = [];
  let steps = 0;
  const ending = new Runner(k.machine, policy).run(LIMIT, () => {
    steps++;
    writer.onStep();
    for (const note of k.machine.store.notes) {
      if (isHazard(note)) hazards.push({ ...note.finding, at: { ...note.finding.at, step: steps } });
      if (note.type === 'program.unexpected' || note.type === 'program.mistake')
        unexpected.push(complaint(scenario, note));
    }
  });
  writer.end();
  for (const line of unexpected) tell(line);
  const expected = scenario.expect.hazards;
  const strange = expected === undefined ? [] : hazards.filter(({ id }) => !expected.includes(id));
  for (const { id, task } of strange) tell(`${scenario.file}: ${id} in ${task} is not expected`);
  if (unexpected.length > 0 || strange.length > 0 || ending === 'out-of-steps') endWith(DIFFERENT);
  tell(`${scenario.file}: ${steps} steps, ${ending}, hazards: ${hazards.map(({ id }) => id).join(' ') || 'none'}`);
  return { file: scenario.file, ending, steps, hazards, unexpected, trace };
}

function complaint({ file }: Scenario, note: { readonly [key: string]: unknown }): string {
  const { line, column } = note.span as { line: number; column: number };
  const what = typeof note.message === 'string' ? note.message : 'the call did not return what the program expects';
  return `${file}:${line}:${column}: ${what}`;
}

async function replayFile(scenario: Scenario, file: string): Promise<void> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => error);
  if (text instanceof Error) return refuse(`${file}: ${text.message}`);
  const read = readSavedSchedule(text);
  if (!read.ok) return refuse(`${file}: ${read.message}`);
  if (read.saved.scenario !== scenario.title) {
    return refuse(`${file}: the schedule is of "${read.saved.scenario}", not of "${scenario.title}"`);
  }
  const { reproduced, drift } = replaySaved(scenario, read.saved);
  if (reproduced) tell(`${scenario.file}: ${read.saved.hazard} reproduced`);
  else {
    for (const point of drift) tell(`${scenario.file}: drift: the run never comes to ${point}`);
    tell(`${scenario.file}: ${read.saved.hazard} not reproduced`);
    endWith(DIFFERENT);
  }
}
