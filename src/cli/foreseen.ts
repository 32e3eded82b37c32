/** What a restore foresees, for people and for scripts. */

import { findEntry } from '../hazards/catalogue/index.ts';
import type { Foreseen } from '../restorer/plan/foresight.ts';
import { listed } from '../restorer/plan/print.ts';

/** `P3 low-pids-refused: … (tasks 1, 2 and 3 more)`. */
export function foreseenText({ hazard, message, tasks }: Foreseen): string {
  const entry = hazard === null ? undefined : findEntry(hazard);
  return `${entry === undefined ? '' : `${entry.id} ${entry.name}: `}${message}${listed(tasks)}`;
}

/** With the hazard's name and fix where there is one. */
export function hazardJson({ hazard, message, tasks }: Foreseen): object {
  const entry = hazard === null ? undefined : findEntry(hazard);
  return { id: hazard, name: entry?.name ?? null, message, tasks, fix: entry?.fix ?? null };
}
