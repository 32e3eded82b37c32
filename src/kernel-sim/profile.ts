/**
 * Which kernel this is: a base, the posted series it carries, and which of their catalogued defects are repaired.
 * SEMANTICS sections B (names of defects) and D (where the two bases differ).
 */

export type Base = '2.6.26' | '6.x';

/** A posted series that a 2.6.26 kernel may carry. */
type Posted = 'next_syscall_data' | 'semundo' | 'procsig' | 'mqueue-ns';

/**
 * Alternatives of the threads, which a kernel carries only when asked: `netlink-cr` is checkpoint/restart by generic netlink
 * (SEMANTICS E11), `bind-ns` the numbers for namespaces by which its messages would say where their pids belong. `freezer` is the
 * control group freezer that 2.6.28 brought, `freezer-signals` that freezer with a file of its members' signals.
 */
export const ALTERNATIVES = ['netlink-cr', 'bind-ns', 'freezer', 'freezer-signals'] as const;
export type Alternative = (typeof ALTERNATIVES)[number];

export type Series = Posted | Alternative;

/** What the kernel was built for. Only the columns of posted signal masks depend on it (G1). */
export type Architecture = 'x86-64' | 'i386';

export interface Profile {
  readonly base: Base;
  readonly series: ReadonlySet<Series>;
  /** Ids of the repaired defects, upper case; `all` stands for every one. */
  readonly fixes: ReadonlySet<string>;
  readonly architecture: Architecture;
}

/** The profile of a base: 2.6.26 carries every posted series as posted, 6.x none; either carries the alternatives it is given. */
export function profileOf(
  base: Base,
  fixes: Iterable<string> = [],
  architecture: Architecture = 'x86-64',
  alternatives: Iterable<Alternative> = [],
): Profile {
  const posted: Posted[] = base === '2.6.26' ? ['next_syscall_data', 'semundo', 'procsig', 'mqueue-ns'] : [];
  return { base, series: new Set([...posted, ...alternatives]), fixes: new Set(fixes), architecture };
}
