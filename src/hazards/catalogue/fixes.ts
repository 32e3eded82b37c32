/** Reads what a scenario says under `fixes:` and what `--fixes` is given: which hazards the kernel has repaired. */

import type { Entry } from './entry.ts';
import { CATALOGUE, findEntry, nearestIds } from './index.ts';

/** The repaired ids, or the first word that is none, with the id it may have meant. */
export type ParsedFixes =
  | { readonly ok: true; readonly fixes: ReadonlySet<string> }
  | { readonly ok: false; readonly unknown: string; readonly suggestion?: string };

/**
 * Reads a list of hazard ids, or a text of ids separated by commas or blanks, in upper or lower case; `all` stands for
 * every id. Two names of one hazard (K1 is P7, K5 is F2) come together: the set has both when either is given.
 */
export function parseFixes(given: string | Iterable<string>): ParsedFixes {
  const words = typeof given === 'string' ? given.split(/[\s,]+/).filter((word) => word !== '') : [...given];
  const fixes = new Set<string>();
  for (const word of words) {
    const entries = word.toLowerCase() === 'all' ? CATALOGUE : namesOf(word);
    if (entries.length === 0) return unknownFix(word);
    for (const entry of entries) fixes.add(entry.id);
  }
  return { ok: true, fixes };
}

/** The entry with this id and its other names; none when the id is unknown. */
function namesOf(id: string): readonly Entry[] {
  const entry = findEntry(id);
  if (entry === undefined) return [];
  const original = entry.aliasOf ?? entry.id;
  return CATALOGUE.filter((other) => other.id === original || other.aliasOf === original);
}

function unknownFix(unknown: string): ParsedFixes {
  const suggestion = nearestIds(unknown)[0];
  return suggestion === undefined ? { ok: false, unknown } : { ok: false, unknown, suggestion };
}
