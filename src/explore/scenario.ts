/** Exploring scenarios, and judging what was found against what a scenario expects. */

import type { Scenario } from '../scenario/scenario.ts';
import { openSession } from '../scenario/session.ts';
import { Expectations } from '../userland/expectations.ts';
import { type Exploration, type ExploreOptions, explore, type Outcome } from './explore.ts';
import type { Budget } from './search-terms.ts';
import type { Subject } from './subject.ts';
import type { Turns } from './turns.ts';

/** A scenario at its start, as something to explore. */
export function subjectOf(scenario: Scenario): Subject {
  const { k, interpreter } = openSession(scenario);
  const subject: Subject = { machine: k.machine, label: (actor) => interpreter.labelOf(actor) };
  const { outcome } = scenario.expect;
  if (outcome !== 'sometimes' && outcome !== 'never') return subject;
  const expectations = new Expectations(k.machine.store);
  interpreter.expectations = expectations;
  return { ...subject, isAsExpected: () => expectations.areMet };
}

const STATES = 5_000_000;
const STEPS = 200_000_000;

/** The budget of a scenario: its own limits on states and steps, and a time of the caller's. */
export function budgetOf({ budget }: Scenario, expired: () => boolean = () => false): Budget {
  return { states: budget.states ?? STATES, steps: budget.steps ?? STEPS, expired };
}

/** Explores a scenario from its start. */
export function exploreScenario(scenario: Scenario, options: Partial<ExploreOptions> = {}): Turns<Exploration> {
  return explore(() => subjectOf(scenario), { strategy: 'auto', budget: budgetOf(scenario), ...options });
}

/** What an exploration says of a scenario's expectations. */
export interface Verdict {
  readonly ok: boolean;
  /** One line for each thing that is not as expected. */
  readonly complaints: readonly string[];
}

/** Tasks in these calls wait because their program says so. */
const IDLE = /in (pause|rt_sigsuspend|rt_sigtimedwait) /;

/** Whether a run ended with somebody waiting who is not idle on purpose. */
const isDeadlock = ({ ending, waiting }: Outcome): boolean =>
  ending === 'stuck' && waiting.some((who) => !IDLE.test(who));

/** Compares what was found with the scenario's `expect`: exactly its hazards, and nothing left open. */
export function judge({ expect }: Scenario, found: Exploration): Verdict {
  const complaints: string[] = [];
  const ids = new Set(found.hazards.map(({ finding }) => finding.id));
  if (expect.hazards !== undefined) {
    const expected = new Set(expect.hazards);
    for (const id of [...ids].filter((id) => !expected.has(id)).sort())
      complaints.push(`${id} is reachable and not expected`);
    for (const id of [...expected].filter((id) => !ids.has(id)).sort()) {
      complaints.push(found.complete ? `${id} is expected and not reachable` : `${id} is expected and was not found`);
    }
    if (!found.complete) complaints.push('the search ended at its budget before everything was covered');
  }
  if (expect.deadlock !== undefined && expect.deadlock !== found.outcomes.some(isDeadlock)) {
    complaints.push(expect.deadlock ? 'no schedule ends in a deadlock' : 'some schedule ends in a deadlock');
  }
  for (const mistake of found.mistakes) complaints.push(`a program goes wrong at ${mistake}`);
  const failures = found.unexpected.join(', ');
  if (expect.outcome === 'always' && failures !== '')
    complaints.push(`calls do not return what is expected: ${failures}`);
  if (found.complete && (expect.outcome === 'sometimes' || expect.outcome === 'never')) {
    const isMet = found.outcomes.some(({ asExpected }) => asExpected === true);
    const isMissed = found.outcomes.some(({ asExpected }) => asExpected === false);
    if (!isMissed) complaints.push('every call returns what is expected in every schedule');
    else if (expect.outcome === 'never' && isMet)
      complaints.push('in some schedule every call returns what is expected');
    else if (expect.outcome === 'sometimes' && !isMet)
      complaints.push('in no schedule every call returns what is expected');
  }
  return { ok: complaints.length === 0, complaints };
}
