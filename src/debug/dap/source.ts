/** The text whose lines are stopped at: the scenario's file, or the plan of an image, which is in no file and is asked for. */

import { basename, resolve } from 'node:path';
import type { Debuggee } from '../debuggee.ts';
import { Refused } from './debugging.ts';

/** A source as the protocol names it. */
export interface Source {
  readonly name?: string;
  readonly path?: string;
  readonly sourceReference?: number;
}

/** The number of the plan: there is one text at most that is in no file. */
const PLAN = 1;

export function sourceOf({ scenario, plan }: Debuggee): Source {
  const name = basename(scenario.file);
  return plan === null
    ? { name, path: resolve(scenario.file) }
    : { name: `the plan of ${name}`, sourceReference: PLAN };
}

/** Whether a source is the one under way; none is taken for it. */
export function isUnderWay({ path, sourceReference }: Source, debuggee: Debuggee): boolean {
  const own = sourceOf(debuggee);
  if (own.path === undefined) return sourceReference === PLAN || path === undefined;
  return path === undefined || resolve(path) === own.path;
}

/** The text of a source that is in no file. */
export function contentOf({ plan }: Debuggee, reference: number | undefined): { readonly content: string } {
  if (plan === null || reference !== PLAN) throw new Refused('there is no such source');
  return { content: plan };
}
