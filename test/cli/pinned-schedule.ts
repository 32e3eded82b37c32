import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { folder, thaw } from './helpers/thaw.ts';

const P6 = 'scenarios/demo/taken-by-neighbour.yaml';
const TITLE = 'A neighbour takes the pid between the look and the fork';

/** The race with its schedule in a file: the restorer is through before the neighbour begins. */
async function pinned(t: ExecutionContext, title = TITLE): Promise<string> {
  const directory = await folder(t);
  const text = (await readFile(P6, 'utf8')).replace(/^schedule:\n(?: {2}- .*\n)+/m, 'schedule: kept/order.yaml\n');
  await mkdir(join(directory, 'kept'));
  await writeFile(
    join(directory, 'kept', 'order.yaml'),
    [
      'version: 1',
      `scenario: ${title}`,
      'hazard: P6',
      'task: restorer',
      'preemptions: 0',
      'constraints: ["restorer@pause#1 before neighbour@fork#1"]',
      'schedule: []',
      '',
    ].join('\n'),
  );
  const scenario = join(directory, 'scenario.yaml');
  await writeFile(
    scenario,
    text.replace('hazards: [P6, P9]', 'hazards: [P1, P2]').replace('outcome: never', 'outcome: always'),
  );
  return scenario;
}

test('the constraints of a schedule file that a scenario names hold in every search', async (t) => {
  const scenario = await pinned(t);
  const explored = await thaw(['explore', '--json', scenario]);
  const { complete, hazards } = JSON.parse(explored.stdout) as { complete: boolean; hazards: { id: string }[] };
  t.true(complete);
  t.deepEqual(new Set(hazards.map(({ id }) => id)), new Set(['P1', 'P2']));
  t.is((await thaw(['test', scenario])).code, 0);
});

test('the constraints of a schedule file hold in the debugger and at a seed', async (t) => {
  const scenario = await pinned(t);
  const words = ['--batch', '--ex', 'continue', '--ex', 'info hazards'];
  const debugged = await thaw(['debug', scenario, ...words]);
  t.regex(debugged.stdout, /P2/);
  t.notRegex(debugged.stdout, /P6/);
  for (const seed of ['1', '2', '3']) {
    t.regex((await thaw(['replay', '--quiet', '--seed', seed, scenario])).stderr, /hazards: (none|P2)$/m);
  }
});

test('replay says that the hazard of the file does not happen any more', async (t) => {
  const { code, stderr } = await thaw(['replay', '--quiet', await pinned(t)]);
  t.is(code, 1);
  t.regex(stderr, /the hazard of the schedule does not happen/);
});

for (const words of [['replay'], ['explore'], ['test'], ['checkpoint'], ['debug', '--batch']]) {
  test(`${words.join(' ')} refuses a schedule file that is not there or of another scenario, at its place`, async (t) => {
    const other = await pinned(t, 'Another');
    const refused = await thaw([...words, other]);
    t.is(refused.code, 2);
    const said = `${refused.stdout}\n${refused.stderr}`;
    const line = (await readFile(other, 'utf8')).split('\n').indexOf('schedule: kept/order.yaml') + 1;
    t.true(said.includes(`${other}:${line}:11: the schedule kept/order.yaml cannot be followed`), said);
    t.true(said.includes(`order.yaml:2:11: the schedule is of "Another", not of "${TITLE}"`), said);
    await writeFile(other, (await readFile(other, 'utf8')).replace('kept/order.yaml', 'lost.yaml'));
    const missing = await thaw([...words, other]);
    t.is(missing.code, 2);
    t.regex(`${missing.stdout}\n${missing.stderr}`, /lost\.yaml: no such file/);
  });
}

test('a constraint on a task that there would be with another parameter is no drift', async (t) => {
  const { code, stderr } = await thaw(['replay', '--quiet', 'scenarios/yardstick.yaml']);
  t.is(code, 0);
  t.notRegex(stderr, /drift/);
});
