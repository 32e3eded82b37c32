/** One run of a scenario from its start to its end, by the schedule that it pins or that the command line gives. */

import { dirname, resolve } from 'node:path';
import type { SavedSchedule } from '../explore/saved-schedule.ts';
import { isHazard } from '../hazards/finding.ts';
import { type Policy, Runner, seededRandom } from '../kernel-sim/machine/schedule.ts';
import { parseConstraint, printPoint } from '../scenario/constraint.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { ScheduleGate } from '../scenario/schedule-gate.ts';
import { followStretches, oldestFirst, pinnedPolicy } from '../scenario/schedule-policy.ts';
import { openSession, type Session } from '../scenario/session.ts';
import { breathe } from './output.ts';

/** Steps after which a run is given up. */
const LIMIT = 50_000_000;

/** Steps between two breaths. */
const SLICE = 100_000;

export interface Run {
  readonly ending: 'finished' | 'stuck' | 'out-of-steps';
  readonly steps: number;
  /** Points that the schedule names and the run never passed. */
  readonly drift: readonly string[];
}

/** Runs a session by a policy until nobody can step any more. */
async function drive(session: Session, policy: Policy, onStep: () => void): Promise<Omit<Run, 'drift'>> {
  const { machine } = session.k;
  const runner = new Runner(machine, policy);
  let steps = 0;
  const observe = (): void => {
    steps++;
    onStep();
  };
  let ending: Run['ending'] = 'out-of-steps';
  for (let left = LIMIT; left > 0 && ending === 'out-of-steps'; left -= SLICE) {
    ending = runner.run(SLICE, observe);
    await breathe();
  }
  return { ending, steps };
}

/** Runs a session by chance if there is a seed, else by what the scenario pins, else plainly. */
export async function runFreely(session: Session, seed: number | undefined, onStep: () => void): Promise<Run> {
  const { scenario, k } = session;
  const policy = seed === undefined ? pinnedPolicy(scenario, k.machine) : seededRandom(seed);
  const run = await drive(session, policy, onStep);
  const { gate, store, actors } = k.machine;
  const drift = gate instanceof ScheduleGate ? gate.unreachedOfTasks(store, actors) : [];
  return { ...run, drift: drift.map(printPoint) };
}

/** What a run by a saved schedule came to. */
export interface SavedRun extends Run {
  readonly reproduced: boolean;
}

/**
 * Runs a scenario by a saved schedule: by its constraints and, where they no longer lead to the hazard although all of them were
 * met, by the full schedule.
 *
 * @param watch gets the session before the run begins, and gives what is to be called after each step
 */
export async function runSaved(
  scenario: Scenario,
  saved: SavedSchedule,
  watch: (session: Session) => () => void,
): Promise<SavedRun> {
  const trial = await runByConstraints(gated(scenario, saved), saved.hazard, () => {});
  if (trial.reproduced || trial.drift.length > 0) {
    const session = gated(scenario, saved);
    return runByConstraints(session, saved.hazard, watch(session));
  }
  // What a file pins was just met, and the full schedule of that file is followed without it.
  const session = openSession(withoutFile(scenario));
  const { k, interpreter } = session;
  const policy = followStretches(k.machine, saved.schedule, (actor) => interpreter.labelOf(actor));
  return lookingFor(saved.hazard, session, policy, watch(session));
}

const runByConstraints = (session: Session, hazard: string, onStep: () => void): Promise<SavedRun> =>
  lookingFor(hazard, session, oldestFirst, onStep);

async function lookingFor(hazard: string, session: Session, policy: Policy, onStep: () => void): Promise<SavedRun> {
  const { store } = session.k.machine;
  let reproduced = false;
  const run = await drive(session, policy, () => {
    onStep();
    reproduced ||= store.notes.some((note) => isHazard(note) && note.finding.id === hazard);
  });
  return { ...run, drift: driftOf(session), reproduced };
}

/** A session in which the constraints of a saved schedule hold. */
function gated(scenario: Scenario, { constraints }: SavedSchedule): Session {
  const session = openSession(scenario);
  const { k, interpreter } = session;
  const parsed = constraints.map((text) => parseConstraint(text)).filter((one) => one.ok);
  k.machine.gate = new ScheduleGate(
    k.machine.store,
    parsed.map(({ constraint }) => constraint),
    (actor) => interpreter.labelOf(actor),
  );
  return session;
}

function driftOf({ k }: Session): readonly string[] {
  const { gate, store } = k.machine;
  return gate instanceof ScheduleGate ? gate.unreached(store).map(printPoint) : [];
}

/** A scenario without what a file pins. */
function withoutFile(scenario: Scenario): Scenario {
  const { schedule, ...rest } = scenario;
  return schedule?.kind === 'file' ? rest : scenario;
}

/** The file of the schedule that a scenario pins, if it does; it is named from the scenario's folder. */
export const pinnedFile = ({ file, schedule }: Scenario): string | undefined =>
  schedule?.kind === 'file' ? resolve(dirname(file), schedule.file) : undefined;
