/** What a search is asked, and what it answers. */

import type { Finding } from '../hazards/finding.ts';

/** How far a search may go. */
export interface Budget {
  readonly states: number;
  readonly steps: number;
  /** Says, now and then, whether time or patience is over. */
  readonly expired: () => boolean;
}

export interface SearchOptions {
  readonly budget: Budget;
  /** Only runs with at most this many preemptions; all runs without. */
  readonly bound?: number;
  /** Called for each step that makes hazards certain. */
  readonly onFindings?: (findings: readonly Finding[]) => void;
  /** Called at each state in which nobody will ever step again. */
  readonly onEnd?: () => void;
  /** Called for each state that is kept, or kept with another value; `edges` is null for one that is another search's. */
  readonly onKept?: (lo: number, hi: number, value: number, edges: number | null) => void;
}

/** A way down the tree of schedules: at each fork who is taken, and who was before it, by name. */
export type Branch = readonly { readonly actor: string; readonly tried: readonly string[] }[];

export interface SearchResult {
  /** Whether every schedule (within the bound) has been covered. */
  readonly complete: boolean;
  /** Whether some schedule was left out only because of the bound. */
  readonly bounded: boolean;
  readonly states: number;
  /** The state in which the schedules part. What is known of cells decides where that is. */
  readonly root: string;
  /** Steps that mattered, made from a state to a state. */
  readonly transitions: number;
  readonly ends: number;
  /** The steps that lead on from the states, whether or not the search had to make them. */
  readonly edges: number;
}
