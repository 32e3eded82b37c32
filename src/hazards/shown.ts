/** Which catalogued hazards a scenario of the project shows, and why the others are not shown. */

import { findEntry } from './catalogue/index.ts';
import { reasons } from './reasons.ts';
import { scenarios } from './scenarios.ts';

export interface Shown {
  readonly status: 'shown' | 'catalogued';
  /** The scenario that shows it, by its path in the project. */
  readonly scenario: string | null;
  /** Why it cannot be shown (yet). */
  readonly reason: string | null;
}

/** Whether a hazard is shown, by its id in upper case; another name of a hazard is shown with it. */
export function shownBy(id: string): Shown {
  const shown = findEntry(id)?.aliasOf ?? id;
  const scenario = Object.hasOwn(scenarios, shown) ? (scenarios[shown] as string) : null;
  if (scenario !== null) return { status: 'shown', scenario, reason: null };
  return { status: 'catalogued', scenario: null, reason: reasons(id) };
}
