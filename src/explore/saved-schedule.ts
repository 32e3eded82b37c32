/**
 * Schedules kept as regression tests: named constraints, which survive edits of the programs, beside the full schedule.
 *
 * The constraints are orders of named steps that together lead an otherwise plain run (everybody runs until they wait) to the
 * hazard; they are tried before they are saved. A replay that no longer passes one of the named points reports drift by its name.
 */

import { stringify } from 'yaml';
import { z } from 'zod';
import { checkDocument } from '../scenario/check.ts';
import { type Constraint, type Point, parseConstraint, printConstraint, printPoint } from '../scenario/constraint.ts';
import type { Diagnostic, Parsed } from '../scenario/diagnostic.ts';
import { YamlDocument } from '../scenario/document.ts';
import { expected } from '../scenario/expected.ts';
import { pinnedConstraints, type Scenario } from '../scenario/scenario.ts';
import { ScheduleGate } from '../scenario/schedule-gate.ts';
import { openSession } from '../scenario/session.ts';
import type { StepName } from './explanation.ts';
import type { FoundHazard } from './explore.ts';
import { indexNamed, replay } from './schedule.ts';
import { Walker } from './walker.ts';

const schema = z.strictObject(
  {
    version: z.literal(1, expected('1, the version of the format')),
    scenario: z.string(expected('the title of its scenario')).max(1024),
    hazard: z.string(expected('a hazard id')).max(8),
    task: z.string(expected('the task that suffers it')).max(256),
    preemptions: z.int(expected('a whole number from 0')).min(0, expected('a whole number from 0')),
    constraints: z.array(z.string(expected('an order of two points')).max(1024), expected('a list')).max(1000),
    schedule: z
      .array(
        z.strictObject({
          actor: z.string(expected('who steps')).max(1024),
          steps: z.int(expected('a whole number from 1')).min(1, expected('a whole number from 1')),
        }),
        expected('a list of stretches'),
      )
      .max(1_000_000),
  },
  expected('a saved schedule, a mapping that begins with version:'),
);

export type SavedSchedule = z.infer<typeof schema>;

/**
 * Reads a saved schedule; every mistake comes with its place.
 *
 * @param title of the scenario that it has to be of
 */
export function readSavedSchedule(text: string, file: string, title?: string): Parsed<SavedSchedule> {
  const document = YamlDocument.read(text, file);
  if (!document.ok) return document;
  const checked = checkDocument(document.value, schema);
  if (!checked.ok) return checked;
  const saved = checked.value;
  const mistakes: Diagnostic[] = saved.constraints.flatMap((constraint, i) =>
    parseConstraint(constraint).ok
      ? []
      : [document.value.problem(['constraints', i], `"${constraint}" is no constraint`)],
  );
  if (title !== undefined && saved.scenario !== title) {
    mistakes.push(document.value.problem(['scenario'], `the schedule is of "${saved.scenario}", not of "${title}"`));
  }
  return mistakes.length === 0 ? checked : { ok: false, diagnostics: mistakes };
}

export const printSavedSchedule = (saved: SavedSchedule): string => stringify(saved, { lineWidth: 0 });

/** What a saved schedule came to in a scenario. */
export interface SavedReplay {
  readonly reproduced: boolean;
  /** Named points that no step of the run passed: the programs have changed there. */
  readonly drift: readonly string[];
}

function pointOf({ task, call, occurrence, effect }: StepName): Point {
  const [program = '', number = '1'] = (task.split('.').at(-1) ?? '').split('/');
  return {
    program,
    task: Number(number),
    call,
    occurrence,
    ...(effect !== 'user' && effect !== 'return' && { effect }),
  };
}

/** Makes a found hazard into a schedule to keep, with the fewest of its reasons that lead to it again. */
export function saveSchedule(scenario: Scenario, found: FoundHazard): SavedSchedule {
  const { finding } = found;
  const all = found.reasons.map(({ first, second }) => ({ earlier: pointOf(first), later: pointOf(second) }));
  const few = all.map((_, i) => all.slice(0, i + 1)).find((some) => run(scenario, some, finding.id).reproduced);
  return {
    version: 1,
    scenario: scenario.title,
    hazard: finding.id,
    task: finding.task,
    preemptions: found.preemptions,
    constraints: (few ?? all).map(printConstraint),
    schedule: [...found.schedule],
  };
}

/** Runs a scenario by the constraints of a saved schedule and, if they do not lead to the hazard, by the full schedule. */
export function replaySaved(scenario: Scenario, saved: SavedSchedule): SavedReplay {
  const constraints = saved.constraints.map((text) => parseConstraint(text)).filter((parsed) => parsed.ok);
  const byName = run(
    scenario,
    constraints.map(({ constraint }) => constraint),
    saved.hazard,
  );
  if (byName.reproduced) return byName;
  return byName.drift.length > 0 ? byName : { ...byName, reproduced: runFull(scenario, saved) };
}

function run(scenario: Scenario, constraints: readonly Constraint[], hazard: string): SavedReplay {
  const { k, interpreter } = openSession(scenario);
  const gate = new ScheduleGate(k.machine.store, [...pinnedConstraints(scenario), ...constraints], (actor) =>
    interpreter.labelOf(actor),
  );
  k.machine.gate = gate;
  const walker = new Walker(k.machine);
  const named = new Set(constraints.flatMap(({ earlier, later }) => [printPoint(earlier), printPoint(later)]));
  let drift: readonly string[] = [...named];
  const { findings } = replay(walker, [], (now) => {
    drift = gate
      .unreached(k.machine.store, k.machine.actors)
      .map(printPoint)
      .filter((point) => named.has(point));
    return now.some(({ id }) => id === hazard);
  });
  return { reproduced: findings.some(({ id }) => id === hazard), drift: [...new Set(drift)] };
}

function runFull(scenario: Scenario, saved: SavedSchedule): boolean {
  const { k, interpreter } = openSession(scenario);
  const walker = new Walker(k.machine);
  const indexOf = indexNamed(k.machine.actors, (actor) => interpreter.labelOf(actor));
  const { findings } = replay(walker, saved.schedule, (now) => now.some(({ id }) => id === saved.hazard), indexOf);
  return findings.some(({ id }) => id === saved.hazard);
}
