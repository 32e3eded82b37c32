/** How two branches end: what differs between their last known states. */

import { hashHi, hashLo } from '../../kernel-sim/machine/hash.ts';
import type { Branch } from '../branches.ts';
import type { Debuggee } from '../debuggee.ts';
import { INNER } from './difference.ts';
import { cellText, valueText } from './value.ts';

/** Steps that are made again for a comparison; more take too long to wait for. */
const MOST_AGAIN = 200_000;

/** At most this many differences are told. */
const LINES = 20;

/** The contents of every cell in words, where a branch is known to its last step. */
function lastState(debuggee: Debuggee): { values: unknown[]; texts: string[] } {
  const { session, k } = debuggee;
  const { position, timeline } = session;
  session.jump(timeline.length);
  const values = Array.from({ length: k.machine.store.size }, (_, cell) =>
    k.machine.store.peek<unknown>(cell as never),
  );
  const texts = values.map((value) => valueText(debuggee, value));
  session.jump(position);
  return { values, texts };
}

const isSame = (a: unknown, b: unknown): boolean =>
  Object.is(a, b) || (hashLo(a) === hashLo(b) && hashHi(a) === hashHi(b));

/** What differs at the ends of this branch and of another; one stands where one stood afterwards, in both. */
export function branchDifferenceText(debuggee: Debuggee, other: Branch): string {
  const { session, k } = debuggee;
  const here = session.branches.current.name;
  const common = session.timeline.commonWith(other.timeline);
  if (session.timeline.length + other.timeline.length - 2 * common > MOST_AGAIN) {
    return 'The two ways are too long to compare their ends.';
  }
  session.switchTo(other.name);
  const theirs = lastState(debuggee);
  session.switchTo(here);
  const ours = lastState(debuggee);
  const lines: string[] = [];
  for (const [cell, value] of theirs.values.entries()) {
    const name = k.machine.store.cellName(cell);
    if (isSame(value, ours.values[cell]) || INNER.test(name)) continue;
    lines.push(`  ${cellText(debuggee, cell)}: ${ours.texts[cell]} here, ${theirs.texts[cell]} there`);
  }
  if (lines.length === 0) return 'Both come to the same state.';
  const more = lines.length - LINES;
  return [
    'At the last steps known of both, these differ:',
    ...lines.slice(0, LINES),
    ...(more > 0 ? [`  … and ${more} more`] : []),
  ].join('\n');
}
