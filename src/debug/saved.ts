/** A run as a schedule to keep: who stepped how often, by name, in the form that `thaw replay --schedule` reads. */

import { stringify } from 'yaml';
import { type Finding, isHazard } from '../hazards/finding.ts';
import type { Debuggee } from './debuggee.ts';

interface Stretch {
  readonly actor: string;
  steps: number;
}

/** Whether whoever made a step could have made the next one too. Goes there to find out. */
function couldGoOn({ session }: Debuggee, step: number): boolean {
  const actor = session.actorAt(session.timeline.actor(step));
  session.jump(step);
  return actor !== null && session.machine.canStep(actor);
}

/** The steps up to the present state as text, with the last hazard that became certain in them. */
export function savedText(debuggee: Debuggee): { readonly text: string; readonly hazard: string } {
  const { session, scenario } = debuggee;
  const { timeline, position } = session;
  const stretches: Stretch[] = [];
  let finding: Finding | undefined;
  let preemptions = 0;
  for (let step = 1; step <= position; step++) {
    const actor = debuggee.labelOf(session.actorAt(timeline.actor(step)));
    const last = stretches.at(-1);
    if (last?.actor === actor) last.steps++;
    else {
      if (step > 1 && couldGoOn(debuggee, step - 1)) preemptions++;
      stretches.push({ actor, steps: 1 });
    }
    if (timeline.hasNotes(step)) finding = timeline.notes(step).find((note) => isHazard(note))?.finding ?? finding;
  }
  session.jump(position);
  const saved = {
    version: 1,
    scenario: scenario.title,
    hazard: finding?.id ?? '',
    task: finding?.task ?? '',
    preemptions,
    constraints: [],
    schedule: stretches,
  };
  return { text: stringify(saved, { lineWidth: 0 }), hazard: finding?.id ?? '' };
}
