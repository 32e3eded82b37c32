/** What differs between two states of a run: told by the journal between them, in which every change stands. */

import type { Debuggee } from '../debuggee.ts';
import { cellText, valueText } from './value.ts';

/** Fields that change with every step, and say nothing that `backtrace` does not. */
export const INNER = /\.(?:frame|known|made)(?:\[[^\]]*\])?$/;

/** At most this many lines are printed. */
const LINES = 200;

/** The cells that have another value in state `to` than in state `from`, with both; stands where it stood afterwards. */
export function differenceText(debuggee: Debuggee, from: number, to: number): string {
  const { session, k } = debuggee;
  const { store } = k.machine;
  const { timeline, position } = session;
  if (position < to) session.jump(to);
  const first = new Map<number, unknown>();
  for (let entry = timeline.mark(from); entry < timeline.mark(to); entry++) {
    const cell = store.journal.cellAt(entry);
    if (!first.has(cell)) first.set(cell, store.journal.valueAt(entry));
  }
  session.jump(to);
  const lines: string[] = [];
  for (const [cell, before] of first) {
    const after = store.peek(cell as never) as unknown;
    if (Object.is(before, after) || INNER.test(store.cellName(cell))) continue;
    lines.push(`${cellText(debuggee, cell)}: ${valueText(debuggee, before)} -> ${valueText(debuggee, after)}`);
  }
  session.jump(position);
  if (lines.length === 0) return 'Nothing differs that a program or the kernel could see.';
  const more = lines.length - LINES;
  return [...lines.slice(0, LINES), ...(more > 0 ? [`… and ${more} more`] : [])].join('\n');
}
