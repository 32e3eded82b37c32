/**
 * The hazard catalogue: every race and defect that thaw has a name for, as data. SEMANTICS section B, in its order. It
 * leaves out how a hazard is detected and which scenario shows it.
 */

import { suggest } from '../../userland/language/suggest.ts';
import { BASE } from './base.ts';
import { DESCRIPTORS } from './descriptors.ts';
import type { Entry } from './entry.ts';
import { IPC_IDS } from './ipc-ids.ts';
import { MQUEUE } from './mqueue.ts';
import { NEXT_SYSCALL_DATA } from './next-syscall-data.ts';
import { PIDS } from './pids.ts';
import { PROCSIG } from './procsig.ts';
import { SEMUNDO } from './semundo.ts';

/** All 124 entries, family by family in the order of FAMILIES, each family by number. SEMANTICS B. */
export const CATALOGUE: readonly Entry[] = [
  ...NEXT_SYSCALL_DATA,
  ...PIDS,
  ...IPC_IDS,
  ...DESCRIPTORS,
  ...SEMUNDO,
  ...PROCSIG,
  ...MQUEUE,
  ...BASE,
];

const BY_ID: ReadonlyMap<string, Entry> = new Map(CATALOGUE.map((entry) => [entry.id, entry]));

/** The entry with this id in upper or lower case; undefined when there is none. */
export function findEntry(id: string): Entry | undefined {
  return BY_ID.get(id.toUpperCase());
}

/** The ids, at most three and the nearest first, that an unknown word may have meant by an id or by a name. */
export function nearestIds(word: string): readonly string[] {
  const words = new Set(CATALOGUE.flatMap((entry) => [entry.id, entry.name]));
  const near: string[] = [];
  while (near.length < 3) {
    const best = suggest(word, words);
    if (best === undefined) break;
    words.delete(best);
    near.push(...CATALOGUE.filter((entry) => entry.id === best || entry.name === best).map((entry) => entry.id));
  }
  return near.slice(0, 3);
}
