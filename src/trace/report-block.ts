/** What the detectors have seen as blocks of their own, in the manner of a kernel sanitizer's report. DESIGN "The trace". */

/** What is reported; hazards/detectors/report.ts is one. */
export interface Sighting {
  readonly kind: string;
  readonly location: string;
  readonly step: number;
  readonly accesses: readonly {
    readonly task: string;
    readonly call: string;
    readonly operation: string;
    readonly step: number;
    readonly access: string;
    readonly locks: readonly string[];
  }[];
  readonly locks: readonly string[];
  readonly hazard: string | null;
  readonly hazardName: string | null;
  readonly message: string;
}

const RULE = '='.repeat(66);

/** The block of a report, line by line. */
export function reportBlock(sighting: Sighting): string[] {
  const { kind, location, accesses, hazard, hazardName, message } = sighting;
  return [
    RULE,
    `BUG: ${kind}${inCalls(sighting)}`,
    ...(location === '' ? [] : [`at ${location}`]),
    '',
    ...accesses.flatMap(({ task, call, operation, step, access, locks }) => [
      `${access} by ${task} in ${call}, ${operation}${step === 0 ? '' : `, at step ${step}`}`,
      ...(locks.length === 0 ? [] : [`  holding ${locks.join(', ')}`]),
    ]),
    ...(accesses.length === 0 ? [] : ['']),
    message,
    ...(hazard === null ? [] : [`hazard: ${hazard} ${hazardName ?? ''}`.trimEnd()]),
    RULE,
  ];
}

/** Between which calls it is, each once: ` in fork / fork` for a race of two of the same. */
function inCalls({ kind, accesses }: Sighting): string {
  const both = accesses.map(({ call }) => call);
  const calls = kind === 'data-race' ? both : [...new Set(both)];
  return calls.length === 0 ? '' : ` in ${calls.join(' / ')}`;
}

/** A report as the data that `--json` prints. */
export function reportJson({ kind, location, step, accesses, locks, hazard, message }: Sighting): object {
  return { kind, location, step, accesses, locks, hazard, message };
}
