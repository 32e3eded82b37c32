/**
 * A worker process: takes jobs, one JSON line each, on standard input and answers each with one JSON line on standard output.
 * A job names a scenario file and what to do with it, so that any process can do it and do it again.
 */

import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import type { Overrides } from '../scenario/reading.ts';
import { openScenario } from './open.ts';
import { explorationJson } from './report.ts';
import { exploreScenario, judge } from './scenario.ts';
import { atOnce } from './turns.ts';

export interface Job {
  readonly file: string;
  readonly overrides: Overrides;
}

export interface Answer {
  readonly file: string;
  readonly ok: boolean;
  /** What is not as expected, or why the file cannot be read; empty when all is well. */
  readonly message: string;
  /** Whether the file itself is at fault. */
  readonly invalid: boolean;
  readonly exploration: object | null;
}

/** Explores one scenario and judges it. */
export async function answer({ file, overrides }: Job): Promise<Answer> {
  const opened = await openScenario(file, overrides);
  if (!opened.ok) return { file, ok: false, message: opened.message, invalid: true, exploration: null };
  const found = atOnce(exploreScenario(opened.scenario));
  const { ok, complaints } = judge(opened.scenario, found);
  return { file, ok, message: complaints.join('; '), invalid: false, exploration: explorationJson(found, 0) };
}

async function serve(): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line) as Job))}\n`);
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) await serve();
