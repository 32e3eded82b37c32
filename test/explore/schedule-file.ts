import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { execa } from 'execa';

const scenario = 'scenarios/pids/p1-last-pid-rmw.yaml';

/** A saved schedule's text, with parts replaced. */
const saved = (parts: object): string =>
  JSON.stringify({
    version: 1,
    scenario: 'Another scenario',
    hazard: 'P1',
    task: 'neighbour',
    preemptions: 1,
    constraints: [],
    schedule: [{ actor: 'init', steps: 1 }],
    ...parts,
  });

/** Each is refused with exit 2 and a message that names the file. */
const refused: readonly (readonly [what: string, text: string, message: RegExp])[] = [
  ['a schedule of another scenario', saved({}), /:1:\d+: the schedule is of "Another scenario"/],
  [
    'a schedule with a step count below one',
    saved({ schedule: [{ actor: 'init', steps: 0 }] }),
    /:1:\d+: expected a whole number from 1, found 0/,
  ],
  ['a schedule with a broken constraint', saved({ constraints: ['init@fork'] }), /"init@fork" is no constraint/],
  ['a file that is no schedule', 'version: [', /\S/],
  ['a file of bytes', '\u0000\u0001\u0002', /\S/],
];

for (const [what, text, message] of refused) {
  test(`replay refuses ${what} with exit 2`, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'thaw-schedule-'));
    t.teardown(() => rm(folder, { recursive: true }));
    const file = join(folder, 'x.schedule.yaml');
    await writeFile(file, text);
    const { exitCode, stderr, stdout } = await execa(
      process.execPath,
      ['src/cli/main.ts', 'replay', scenario, '--schedule', file],
      { reject: false },
    );
    t.is(exitCode, 2);
    t.is(stdout, '');
    t.true(stderr.includes(file));
    t.regex(stderr, message);
  });
}
