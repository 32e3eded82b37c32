/** Options that commands on scenarios share, and opening a scenario with them. */

import { openScenario } from '../explore/open.ts';
import { parseFixes } from '../hazards/catalogue/fixes.ts';
import type { Overrides } from '../scenario/reading.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { refuse, UsageError } from './exit.ts';

export interface ScenarioOptions {
  readonly set?: readonly string[];
  readonly fixes?: string;
  readonly profile?: '2.6.26' | '6.x';
  readonly json?: boolean;
  readonly schedule?: string;
  readonly seed?: number;
  readonly width?: number;
  readonly strategy?: 'auto' | 'exhaustive' | 'random' | 'pct';
  readonly preemptions?: number;
  readonly budget?: number;
  readonly states?: number;
  readonly save?: string;
}

/** What the command line changes in a scenario. */
export function overridesOf({ set = [], fixes, profile }: ScenarioOptions): Overrides {
  const pairs = set.map((pair) => {
    const equals = pair.indexOf('=');
    if (equals < 1) throw new UsageError(`--set takes name=value, not "${pair}"`);
    return [pair.slice(0, equals), pair.slice(equals + 1)] as const;
  });
  return {
    set: Object.fromEntries(pairs),
    ...(fixes !== undefined && { fixes: fixesOf(fixes) }),
    ...(profile !== undefined && { profile }),
  };
}

function fixesOf(text: string): readonly string[] | 'all' {
  if (text.trim() === 'all') return 'all';
  const parsed = parseFixes(text);
  if (parsed.ok) return [...parsed.fixes];
  const hint = parsed.suggestion === undefined ? '' : `; did you mean ${parsed.suggestion}?`;
  throw new UsageError(`--fixes: unknown hazard "${parsed.unknown}"${hint}`);
}

/** Opens a scenario, or says what is wrong with it and gives null. */
export async function open(file: string, options: ScenarioOptions): Promise<Scenario | null> {
  const opened = await openScenario(file, overridesOf(options));
  if (opened.ok) return opened.scenario;
  refuse(opened.message);
  return null;
}
