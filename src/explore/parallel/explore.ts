/** Exploring by several processes, with the report that one would give. */

import type { Overrides } from '../../scenario/reading.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { type Exploration, type ExploreOptions, Explorer, explore, reportOf } from '../explore.ts';
import { subjectOf } from '../scenario.ts';
import { inTurns } from '../turns.ts';

/** States up to which one process is done before others have started. */
const FEW = 1_000_000;

/**
 * Explores a scenario exhaustively. What it reports does not depend on the number of processes, unless time ended it.
 *
 * @param overrides those the scenario was opened with
 * @param jobs processes to use
 * @param few states up to which one process is done before others have started
 */
export async function exploreInParallel(
  scenario: Scenario,
  overrides: Overrides,
  options: ExploreOptions,
  jobs: number,
  few = FEW,
): Promise<Exploration> {
  const open = () => subjectOf(scenario);
  const { budget, preemptions, seed = 1 } = options;
  const alone = (): Promise<Exploration> => inTurns(explore(open, options));
  if (jobs < 2 || budget.states <= few || !['auto', 'exhaustive'].includes(options.strategy)) return alone();
  const first = new Explorer(open(), { ...options, strategy: 'exhaustive', budget: { ...budget, states: few } });
  const effort = await inTurns(first.run());
  if (effort.complete || effort.states < few) return inTurns(reportOf(open, options, first.coverage, effort));
  const task = {
    file: scenario.file,
    overrides,
    budget: { states: budget.states, steps: budget.steps },
    seed,
    ...(preemptions !== undefined && { preemptions }),
  };
  const { SharedSearch } = await import('./shared-search.ts');
  const shared = await new SharedSearch(task, first.coverage, jobs, budget.expired).run();
  if (shared === null) return alone();
  // Time may be over before the processes have come as far as the first one did.
  const { complete, states, steps } = shared.complete || shared.states > effort.states ? shared : effort;
  const schedules = first.samples + first.coverage.finals;
  return inTurns(reportOf(open, options, first.coverage, { complete, states, steps, schedules }));
}
