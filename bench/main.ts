/** Runs every bench, one after the other, each in a process of its own. */

import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

for (const [name, flags] of [
  ['restore', []],
  ['yardstick', []],
  ['shrink', []],
  ['debug', ['--expose-gc']],
  ['conform', []],
] as const) {
  console.log(`\n== ${name}`);
  const file = fileURLToPath(new URL(`${name}.ts`, import.meta.url));
  await execa(process.execPath, [...flags, file], { stdio: 'inherit', reject: false });
}
