import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { root, thaw } from './helpers/thaw.ts';

/** How many steps a call takes may change with the kernel; what it does may not. */
const withoutSteps = (text: string): string => text.replaceAll(/at step \d+/g, 'at step N');

for (const scenario of globSync('test/fixtures/trace/*.yaml', { cwd: root }).sort()) {
  test(`the trace of ${scenario} is the one that was kept, byte for byte but for step numbers`, async (t) => {
    const kept = readFileSync(join(root, scenario.replace(/yaml$/, 'strace')), 'utf8');
    const { stdout } = await thaw(['replay', scenario]);
    t.is(withoutSteps(`${stdout}\n`), withoutSteps(kept));
  });
}
