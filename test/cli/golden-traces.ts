import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { root, thaw } from './helpers/thaw.ts';

for (const scenario of globSync('test/fixtures/trace/*.yaml', { cwd: root }).sort()) {
  test(`the trace of ${scenario} is, byte for byte, the one that was kept`, async (t) => {
    const kept = readFileSync(join(root, scenario.replace(/yaml$/, 'strace')), 'utf8');
    const { stdout } = await thaw(['replay', scenario]);
    t.is(`${stdout}\n`, kept);
  });
}
