/**
 * Which kernel this is: a base, the posted series it carries, and which of their catalogued defects are repaired.
 * SEMANTICS sections B (names of defects) and D (where the two bases differ).
 */

export type Base = '2.6.26' | '6.x';

/** A posted series that a 2.6.26 kernel may carry. */
export type Series = 'next_syscall_data' | 'semundo' | 'procsig' | 'mqueue-ns';

/** What the kernel was built for. Only the columns of posted signal masks depend on it (G1). */
export type Architecture = 'x86-64' | 'i386';

export interface Profile {
  readonly base: Base;
  readonly series: ReadonlySet<Series>;
  /** Ids of the repaired defects, upper case; `all` stands for every one. */
  readonly fixes: ReadonlySet<string>;
  readonly architecture: Architecture;
}

/** The profile of a base: 2.6.26 carries every posted series as posted, 6.x none. */
export function profileOf(base: Base, fixes: Iterable<string> = [], architecture: Architecture = 'x86-64'): Profile {
  const series: Series[] = base === '2.6.26' ? ['next_syscall_data', 'semundo', 'procsig', 'mqueue-ns'] : [];
  return { base, series: new Set(series), fixes: new Set(fixes), architecture };
}
