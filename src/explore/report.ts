/** An exploration as the JSON that scripts rely on (DESIGN "The command line"), and its reasons in words. */

import type { DetectorReport } from '../hazards/detectors/report.ts';
import { reportJson } from '../trace/report-block.ts';
import type { Reason, StepName } from './explanation.ts';
import type { Exploration, FoundHazard } from './explore.ts';

const stepText = ({ task, call, occurrence, effect, step }: StepName): string =>
  `${task}'s ${call}${occurrence > 1 ? ` #${occurrence}` : ''} at ${effect} (step ${step})`;

/** One reason in words. */
export const reasonText = ({ first, second, location }: Reason): string =>
  `${stepText(first)} comes before ${stepText(second)}${location === '' ? '' : `; both touch ${location}`}`;

/** Why a hazard happens, in a few sentences. */
export function explanationOf({ finding, reasons, preemptions, minimal }: FoundHazard): string {
  const bound = minimal ? 'no schedule with fewer shows it' : 'fewer were not ruled out';
  const count = preemptions === 1 ? '1 preemption' : `${preemptions} preemptions`;
  const why =
    reasons.length === 0
      ? 'No order of two steps decides it: it happens in program order.'
      : `What decides it: ${reasons.map(reasonText).join('. Also: ')}. The other way round, ${finding.id} does not happen.`;
  return `${finding.happened} (intended: ${finding.intended}). It takes ${count}; ${bound}. ${why} Fix: ${finding.fix}`;
}

/**
 * The JSON of an exploration.
 *
 * @param reports for each hazard, what detectors see on its schedule; see witness.ts
 */
export function explorationJson(
  exploration: Exploration,
  seconds: number,
  reports: readonly (readonly DetectorReport[])[] = [],
): object {
  const { complete, states, schedules, steps, hazards, outcomes, unexpected, mistakes } = exploration;
  return {
    complete,
    states,
    schedules,
    steps,
    seconds,
    hazards: hazards.map((found, i) => ({
      id: found.finding.id,
      name: found.finding.name,
      task: found.finding.task,
      at: { step: found.schedule.reduce((sum, stretch) => sum + stretch.steps, 0), call: found.finding.at.call },
      schedule: found.schedule,
      preemptions: found.preemptions,
      minimal: found.minimal,
      explanation: explanationOf(found),
      reasons: found.reasons,
      reports: (reports[i] ?? []).map(reportJson),
    })),
    outcomes,
    unexpected,
    mistakes,
  };
}
