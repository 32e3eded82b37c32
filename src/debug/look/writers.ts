/** Who wrote a location: read off the journal, without going anywhere. */

import type { Debuggee } from '../debuggee.ts';

export interface Write {
  readonly step: number;
  readonly before: unknown;
  readonly after: unknown;
}

/** The last changes of a cell up to the present state, the latest first; what was written before the start is none. */
export function writersOf({ session }: Debuggee, cell: number, most: number): readonly Write[] {
  const { machine, timeline, position } = session;
  const { store } = machine;
  const writes: Write[] = [];
  let after: unknown = store.peek(cell as never);
  for (let entry = timeline.mark(position) - 1; entry >= timeline.mark(0) && writes.length < most; entry--) {
    if (store.journal.cellAt(entry) !== cell) continue;
    const before = store.journal.valueAt(entry);
    if (!Object.is(before, after)) writes.push({ step: timeline.stepOfEntry(entry), before, after });
    after = before;
  }
  return writes;
}
