import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { loadScenario } from '../../src/scenario/load.ts';
import { maxScenarioLength } from '../../src/scenario/read.ts';
import { race, vocabulary } from './helpers/scenario.ts';

const folder = mkdtempSync(join(tmpdir(), 'thaw-scenario-'));
test.after.always(() => rmSync(folder, { recursive: true }));

async function load(name: string, content?: string | Buffer): Promise<string> {
  const file = join(folder, name);
  if (content !== undefined) writeFileSync(file, content);
  const loaded = await loadScenario(file, vocabulary, { set: { pid: '600' } });
  return loaded.ok ? `pid ${loaded.value.params.get('pid') as number}` : loaded.diagnostics[0]!.message;
}

test('a scenario is loaded from its file, with settings', async (t) => {
  t.is(await load('race.yaml', race), 'pid 600');
});

test('a file that cannot be read is a mistake like any other', async (t) => {
  t.is(await load('none.yaml'), 'no such file');
  t.is(await load('.'), 'cannot be read: EISDIR');
  t.is(await load('latin1.yaml', Buffer.from('title: \xe9\n', 'latin1')), 'not a text in UTF-8');
  t.regex(await load('large.yaml', 'x'.repeat(maxScenarioLength + 1)), /^larger than/);
});
