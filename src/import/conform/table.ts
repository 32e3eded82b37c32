/** The table of system calls in docs/conformance.md: support, what is left out, and how many recorded calls agree. */

import { syscalls } from '../../syscalls/table.ts';
import { callsOf, familiesOf } from './families.ts';
import type { CallCount, LogReport } from './verdict.ts';

const row = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;

const head = (...names: string[]): string[] => [row(names), row(names.map(() => '---'))];

/** The counts of every family, as a Markdown table. */
export function familyTable(reports: readonly LogReport[]): string {
  const families = [...familiesOf(reports)];
  const rows = families.map(([name, { calls, compared, agreed, skipped }]) =>
    row([name, calls, compared, agreed, skipped]),
  );
  return [...head('family', 'calls', 'compared', 'agreed', 'skipped'), ...rows].join('\n');
}

/** Every system call that thaw has or the logs make, as a Markdown table. */
export function callTable(reports: readonly LogReport[]): string {
  const counts = callsOf(reports);
  const names = [...new Set([...syscalls.keys(), ...counts.keys()])].toSorted();
  const rows = names.map((name) => callRow(name, counts.get(name)));
  return [...head('call', 'family', 'support', 'left out', 'agreed / compared', 'skipped'), ...rows].join('\n');
}

function callRow(name: string, counts: CallCount | undefined): string {
  const call = syscalls.get(name);
  const [support, leavesOut] = call === undefined ? ['not modelled', ''] : [call.support, call.leavesOut ?? ''];
  const agreed = counts === undefined || counts.compared === 0 ? '' : `${counts.agreed} / ${counts.compared}`;
  return row([`\`${name}\``, call?.family ?? '', support, leavesOut, agreed, counts?.skipped || '']);
}

/** Why calls were not compared, the most frequent reason first. */
export function reasonTable(reports: readonly LogReport[]): string {
  const sums = new Map<string, number>();
  for (const { reasons } of reports) {
    for (const [reason, count] of Object.entries(reasons)) sums.set(reason, (sums.get(reason) ?? 0) + count);
  }
  const rows = [...sums].toSorted(([, a], [, b]) => b - a).map((cells) => row(cells));
  return [...head('reason', 'calls'), ...rows].join('\n');
}
