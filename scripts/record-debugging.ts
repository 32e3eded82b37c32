/**
 * Records the session of docs/debugging.md: carries out docs/find-n10.thaw and puts what a terminal would show between the two
 * marks. `node scripts/record-debugging.ts`; a test compares what is recorded with what would be now.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hostOf } from '../src/cli/debug.ts';
import { Console } from '../src/debug/repl/console.ts';
import { promptText } from '../src/debug/repl/place-text.ts';

const root = join(import.meta.dirname, '..');
const scenario = 'scenarios/next-syscall-data/n10-signal-restart-loses-id.yaml';
const page = join(root, 'docs/debugging.md');
const BEGIN = '<!-- recorded by scripts/record-debugging.ts -->';
const END = '<!-- end of the recording -->';

/** What a terminal shows of the session, prompts and typed lines included. */
export async function record(): Promise<string> {
  const shown: string[] = [];
  const console = new Console(hostOf(join(root, scenario), {}), (text) => shown.push(text.replaceAll(`${root}/`, '')));
  await console.load();
  for (const line of readFileSync(join(root, 'docs/find-n10.thaw'), 'utf8').trimEnd().split('\n')) {
    shown.push(line.startsWith('#') ? `\n${line}` : `${promptText(console)}${line}`);
    await console.execute(line);
  }
  return `$ thaw debug ${scenario}\n${shown.join('\n')}`;
}

/** The page with a recording in its place. */
export function withRecording(text: string, recording: string): string {
  const [before, rest] = text.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`${page} has no place for the recording`);
  return `${before}${BEGIN}\n\n\`\`\`text\n${recording}\n\`\`\`\n\n${END}${after}`;
}

if (import.meta.main) writeFileSync(page, withRecording(readFileSync(page, 'utf8'), await record()));
