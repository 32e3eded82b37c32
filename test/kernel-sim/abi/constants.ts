import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { constants } from '../../../src/kernel-sim/abi/constants.ts';

const folder = join(import.meta.dirname, '../../../src/kernel-sim/abi');

const samples: readonly (readonly [string, number | bigint])[] = [
  ['IPC_CREAT', 0o1000],
  ['IPC_NOWAIT', 0o4000],
  ['O_CLOEXEC', 0o2000000],
  ['AT_FDCWD', -100],
  ['CLONE_NEWPID', 0x20000000],
  ['SIGRT_2', 34],
  ['SA_RESETHAND', 0x80000000],
  ['SI_TKILL', -6],
  ['__WALL', 0x40000000],
  ['RLIM_INFINITY', 0xffff_ffff_ffff_ffffn],
];

for (const [name, value] of samples) {
  test(`${name} is ${value}`, (t) => {
    t.is(constants.get(name), value);
  });
}

test('no name has different numbers in two files', async (t) => {
  const seen = new Map<string, unknown>();
  for (const file of readdirSync(folder)) {
    const names: Record<string, unknown> = await import(join(folder, file));
    for (const [name, value] of Object.entries(names)) {
      if (typeof value !== 'number' && typeof value !== 'bigint') continue;
      t.is(seen.get(name) ?? value, value, `${name} in ${file}`);
      seen.set(name, value);
    }
  }
  for (const [name, value] of seen) if (/^_*[A-Z]/.test(name)) t.is(constants.get(name), value as number, name);
});

test('a constant never looks like a variable', (t) => {
  t.deepEqual(
    [...constants.keys()].filter((name) => /[a-z]/.test(name)),
    [],
  );
});
