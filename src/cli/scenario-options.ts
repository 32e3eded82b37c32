/** Options that commands on scenarios share, and opening a scenario with them. */

import { openScenario } from '../explore/open.ts';
import type { Overrides } from '../scenario/reading.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { refuse, UsageError } from './exit.ts';
import { fixesIn } from './restore-options.ts';

export interface ScenarioOptions {
  readonly set?: readonly string[];
  readonly fixes?: string;
  readonly profile?: '2.6.26' | '6.x';
  readonly json?: boolean;
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

const fixesOf = (text: string): readonly string[] | 'all' => (text.trim() === 'all' ? 'all' : fixesIn(text));

/** Opens a scenario, or says what is wrong with it and gives null. */
export async function open(file: string, options: ScenarioOptions): Promise<Scenario | null> {
  const opened = await openScenario(file, overridesOf(options));
  if (opened.ok) return opened.scenario;
  refuse(opened.message);
  return null;
}

/** Opens all of some scenarios, or says what is wrong with any of them and gives null: nothing runs before everything is read. */
export async function openAll(files: readonly string[], options: ScenarioOptions): Promise<Scenario[] | null> {
  const opened = await Promise.all(files.map((file) => open(file, options)));
  const scenarios = opened.filter((scenario) => scenario !== null);
  return scenarios.length < opened.length ? null : scenarios;
}
