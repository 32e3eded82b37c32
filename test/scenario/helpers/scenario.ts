import { renderDiagnostics } from '../../../src/scenario/diagnostic.ts';
import { readScenario } from '../../../src/scenario/read.ts';
import type { Overrides, Vocabulary } from '../../../src/scenario/reading.ts';
import type { Scenario } from '../../../src/scenario/scenario.ts';

/** A small world of names for these tests. */
export const vocabulary: Vocabulary = {
  calls: new Set(['exit', 'fork', 'kill', 'open', 'wait4', 'write']),
  fillsIn: (call, argument) => call === 'wait4' && argument === 1,
  interfaces: new Set(['next_syscall_data', 'ns_last_pid']),
  hazardId: (word) => (/^[np][1-9]$/i.test(word) ? word.toUpperCase() : undefined),
  hazardsLike: (word) => (word.startsWith('P') ? ['P6'] : []),
};

/** A whole scenario: its programs race for a pid. */
export const race = `title: A neighbour takes the pid
kernel:
  limits: { pid_max: 32768 }
params: { pid: 5000, neighbours: 1 }
programs:
  init: |
    fork(restorer)
    repeat \${neighbours} { fork(neighbour) }
    repeat \${neighbours} + 1 { wait4(-1, _, 0, NULL) }
  restorer: |
    nsd = open("/proc/self/task/$tid/next_syscall_data", O_RDWR)
    write(nsd, "LONG1 \${pid}", _)
    child = fork(worker) = \${pid}
  neighbour: fork(worker)
  worker: |
    exit(0)
expect:
  hazards: [p6, P6]
`;

/** The scenario that a text describes; throws when it has a mistake. */
export function scenario(text: string, overrides?: Overrides): Scenario {
  const read = readScenario(text, 'x.yaml', vocabulary, overrides);
  if (read.ok) return read.value;
  throw new Error(renderDiagnostics(read.diagnostics));
}

/** What is wrong with a text, each mistake on one line without the source. */
export function mistakes(text: string, overrides?: Overrides): string[] {
  const read = readScenario(text, 'x.yaml', vocabulary, overrides);
  return read.ok ? [] : read.diagnostics.map(({ line, column, message }) => `${line}:${column}: ${message}`);
}

/** A scenario of one line for each key that a test is not about. */
export function scenarioWith(keys: string): string {
  return `title: t\nprograms: { init: exit(0), worker: exit(0) }\n${keys}`;
}
