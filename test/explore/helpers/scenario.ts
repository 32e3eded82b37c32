/** Scenarios from their text, for tests that explore the simulated kernel. */

import { vocabulary } from '../../../src/explore/open.ts';
import { renderDiagnostics } from '../../../src/scenario/diagnostic.ts';
import { readScenario } from '../../../src/scenario/read.ts';
import type { Scenario } from '../../../src/scenario/scenario.ts';

/** A scenario that is its programs. */
export const programs = (
  texts: Readonly<Record<string, string>>,
  kernel: object = {},
  schedule: readonly string[] = [],
): Scenario =>
  scenario(
    JSON.stringify({
      title: 'A test',
      kernel: { profile: '2.6.26', ...kernel },
      ...(schedule.length > 0 && { schedule }),
      programs: texts,
    }),
  );

/** The scenario that a text describes; throws when it has a mistake. */
export function scenario(text: string): Scenario {
  const read = readScenario(text, 'test.yaml', vocabulary);
  if (read.ok) return read.value;
  throw new Error(renderDiagnostics(read.diagnostics));
}
