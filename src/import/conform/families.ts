/** Counts by family of call, over many logs. */

import { syscalls } from '../../syscalls/table.ts';
import type { CallCount, LogReport } from './verdict.ts';

/** The family of a call: that of the table of system calls, `other` for what is not in it. */
export const familyOf = (name: string): string => syscalls.get(name)?.family ?? 'other';

const nothing = (): CallCount => ({ calls: 0, compared: 0, agreed: 0, skipped: 0 });

function add(to: CallCount, more: CallCount): void {
  to.calls += more.calls;
  to.compared += more.compared;
  to.agreed += more.agreed;
  to.skipped += more.skipped;
}

/** Counts by name of the call, in order of names. */
export function callsOf(reports: readonly LogReport[]): ReadonlyMap<string, CallCount> {
  const found = new Map<string, CallCount>();
  for (const { byCall } of reports) {
    for (const [name, counts] of Object.entries(byCall)) {
      const sum = found.get(name) ?? nothing();
      add(sum, counts);
      found.set(name, sum);
    }
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Counts by family, in order of names. */
export function familiesOf(reports: readonly LogReport[]): ReadonlyMap<string, CallCount> {
  const found = new Map<string, CallCount>();
  for (const [name, counts] of callsOf(reports)) {
    const family = familyOf(name);
    const sum = found.get(family) ?? nothing();
    add(sum, counts);
    found.set(family, sum);
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}
