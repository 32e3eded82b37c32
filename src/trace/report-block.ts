/** What the detectors have seen as blocks of their own, in the manner of a kernel sanitizer's report. DESIGN "The trace". */

/** One of the accesses that a report is about. */
export interface ReportedAccess {
  /** What people call the task; unique in a run. */
  readonly task: string;
  readonly call: string;
  /** The operation of the kernel. */
  readonly operation: string;
  /** Its number in the run, from 1; 0 when the run was not recorded. */
  readonly step: number;
  readonly access: string;
  /** The locks held, by name. */
  readonly locks: readonly string[];
}

/** What is reported. */
export interface Sighting {
  readonly kind: string;
  /** The cell or object, by name. */
  readonly location: string;
  /** The step at which it became certain. */
  readonly step: number;
  /** The one that made it certain first. */
  readonly accesses: readonly ReportedAccess[];
  /** Every lock that was held. */
  readonly locks: readonly string[];
  /** Id of the catalogued hazard behind it, null when none is known; and its name. */
  readonly hazard: string | null;
  readonly hazardName: string | null;
  /** One line. */
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
