/** What the debugger asks of the explorer: which hazards lie ahead of a state, and why one happens. */

import type { Debuggee } from '../debug/debuggee.ts';
import type { Outlook } from '../debug/repl/console.ts';
import { explore } from '../explore/explore.ts';
import { explanationOf } from '../explore/report.ts';
import { budgetOf, exploreScenario } from '../explore/scenario.ts';
import type { Subject } from '../explore/subject.ts';
import { inTurns } from '../explore/turns.ts';
import { openSession } from '../scenario/session.ts';

/** A question asked at a prompt is answered within this time, as far as it goes. */
const PATIENCE_MS = 10_000;

/** Whether it is over, for that reason or another. */
function patience(isOver: () => boolean): () => boolean {
  const deadline = performance.now() + PATIENCE_MS;
  return () => isOver() || performance.now() > deadline;
}

/** The steps of a session made again in a fresh kernel. */
function subjectFrom({ scenario, session }: Debuggee): Subject {
  const fresh = openSession(scenario);
  const { machine } = fresh.k;
  for (let step = 1; step <= session.position; step++) {
    const name = session.actorAt(session.timeline.actor(step))?.name;
    const actor = machine.actors.find((other) => other.name === name);
    if (name === undefined) machine.advanceClock(machine.nextDeadline() ?? machine.store.peek(machine.clock.now));
    else if (actor === undefined) throw new Error(`step ${step} was made by ${name}, which the same run does not have`);
    else machine.step(actor);
  }
  return { machine, label: (actor) => fresh.interpreter.labelOf(actor) };
}

/** Explores from the present state of a session. */
export async function exploreFrom(debuggee: Debuggee, isOver: () => boolean): Promise<Outlook> {
  const { scenario, session } = debuggee;
  const budget = budgetOf(scenario, patience(isOver));
  const found = await inTurns(explore(() => subjectFrom(debuggee), { strategy: 'auto', budget }));
  const exposed = found.hazards.map((hazard) => ({
    id: hazard.finding.id,
    name: hazard.finding.name,
    explanation: explanationOf(hazard),
    from: session.position,
    schedule: hazard.schedule,
  }));
  return { exposed, complete: found.complete };
}

/** The explanation that `thaw explore` gives of a hazard; null when it finds no schedule that leads to it. */
export async function explainHazard({ scenario }: Debuggee, id: string, isOver: () => boolean): Promise<string | null> {
  const found = await inTurns(exploreScenario(scenario, { budget: budgetOf(scenario, patience(isOver)) }));
  const hazard = found.hazards.find(({ finding }) => finding.id === id);
  return hazard === undefined ? null : explanationOf(hazard);
}
