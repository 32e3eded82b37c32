/** What the replay says of each call, and the report of a log. */

/** A call that the simulation answered otherwise than the recorded kernel. */
export interface Divergence {
  readonly line: number;
  readonly call: string;
  readonly recorded: string;
  readonly simulated: string;
}

export type Verdict =
  | { readonly kind: 'agreed' }
  | { readonly kind: 'diverged'; readonly divergence: Divergence }
  | { readonly kind: 'skipped'; readonly reason: string };

export const AGREED: Verdict = { kind: 'agreed' };

export const skipped = (reason: string): Verdict & { readonly kind: 'skipped' } => ({ kind: 'skipped', reason });

/** How often calls of one name agreed, and why others were not compared. */
export interface CallCount {
  calls: number;
  compared: number;
  agreed: number;
  skipped: number;
}

/** What conform reports of one log; docs/conformance.md. */
export interface LogReport {
  readonly file: string;
  readonly calls: number;
  readonly compared: number;
  readonly agreed: number;
  /** Calls that were not compared, by name. */
  readonly skipped: Readonly<Record<string, number>>;
  /** The same by reason. */
  readonly reasons: Readonly<Record<string, number>>;
  /** The first call that differed; null when all agreed. */
  readonly divergence: Divergence | null;
  readonly divergences: readonly Divergence[];
  /** Deliveries of signals and ends of tasks, which have lines of their own. */
  readonly deliveries: { readonly compared: number; readonly agreed: number };
  readonly ends: { readonly compared: number; readonly agreed: number };
  /** Counts by name of the call. */
  readonly byCall: Readonly<Record<string, CallCount>>;
  readonly unreadable: number;
  /** Why the rest of the log was not read; null when all was. */
  readonly cut: string | null;
}
