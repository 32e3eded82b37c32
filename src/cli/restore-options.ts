/** Options that `thaw restore` and `thaw plan` share. */

import { parseFixes } from '../hazards/catalogue/fixes.ts';
import { type Profile, profileOf } from '../kernel-sim/profile.ts';
import type { SignalInterface } from '../restorer/plan/signals-by-file.ts';
import { UsageError } from './exit.ts';

export interface RestoreOptions {
  readonly profile: '2.6.26' | '6.x';
  readonly fixes?: string;
  readonly interface?: 'next_syscall_data';
  readonly signals?: SignalInterface;
  readonly mode: 'sequential' | 'parallel';
  readonly json?: boolean;
}

/** The ids in the value of `--fixes`; a word that is none is a mistake of the user's. */
export function fixesIn(text: string): readonly string[] {
  const parsed = parseFixes(text);
  if (parsed.ok) return [...parsed.fixes];
  const hint = parsed.suggestion === undefined ? '' : `; did you mean ${parsed.suggestion}?`;
  throw new UsageError(`--fixes: unknown hazard "${parsed.unknown}"${hint}`);
}

/** The kernel that the options name; a 2.6.26 one gets the freezer when signals are to come back through it. */
export function profileIn({ profile, fixes = '', signals }: RestoreOptions): Profile {
  const wanted = profile === '2.6.26' && signals === 'freezer';
  return profileOf(profile, fixesIn(fixes), 'x86-64', wanted ? ['freezer-signals'] : []);
}
