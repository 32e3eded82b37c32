import { existsSync } from 'node:fs';
import test from 'ava';
import type { Exploration } from '../../src/explore/explore.ts';
import { openScenario } from '../../src/explore/open.ts';
import { exploreScenario, judge } from '../../src/explore/scenario.ts';
import { atOnce } from '../../src/explore/turns.ts';
import { CATALOGUE } from '../../src/hazards/catalogue/index.ts';
import { scenarios } from '../../src/hazards/scenarios.ts';
import { shownBy } from '../../src/hazards/shown.ts';

/** Hazards that no change of the kernel's logic repairs: what helps is another way of using the interface. */
const BEYOND_REPAIR = new Set(['N22', 'N23', 'P4', 'P6', 'P9', 'I1', 'F1', 'F2', 'F4', 'K7', 'K8']);

const idsIn = ({ hazards }: Exploration): string[] => [...new Set(hazards.map(({ finding }) => finding.id))];

async function exploreFile(
  file: string,
  fixes?: readonly string[],
): Promise<{ found: Exploration; complaints: readonly string[] }> {
  const opened = await openScenario(file, fixes === undefined ? {} : { fixes });
  if (!opened.ok) throw new Error(opened.message);
  const found = atOnce(exploreScenario(opened.scenario));
  return { found, complaints: judge(opened.scenario, found).complaints };
}

for (const [id, file] of Object.entries(scenarios)) {
  test(`${id} is reachable in ${file}, with what else the scenario names`, async (t) => {
    const { found, complaints } = await exploreFile(file);
    t.deepEqual(complaints, []);
    t.true(found.complete);
    t.true(idsIn(found).includes(id));
  });

  const control = file.replace('.yaml', '-control.yaml');
  if (existsSync(control)) {
    test(`${id} is not reachable in its control`, async (t) => {
      const { found, complaints } = await exploreFile(control);
      t.deepEqual(complaints, []);
      t.true(found.complete);
      t.false(idsIn(found).includes(id));
      t.deepEqual(found.unexpected, []);
    });
  }

  if (!BEYOND_REPAIR.has(id)) {
    test(`${id} is gone from all schedules with its fix`, async (t) => {
      const { found } = await exploreFile(file, [id]);
      t.true(found.complete);
      t.false(idsIn(found).includes(id));
    });
  }
}

test('every hazard is shown by a scenario or says why it is not', (t) => {
  for (const { id } of CATALOGUE) {
    const { status, scenario, reason } = shownBy(id);
    t.is(status === 'shown', scenario !== null, id);
    t.is(status === 'catalogued', reason !== null, id);
  }
});

test('another name of a hazard is shown by the same scenario', (t) => {
  t.is(shownBy('K1').scenario, scenarios.P7 ?? null);
  t.is(shownBy('K5').scenario, scenarios.F2 ?? null);
  t.is(shownBy('K1').status, 'shown');
});

test('repairing a hazard by its other name repairs it', async (t) => {
  for (const [id, other] of [
    ['P7', 'K1'],
    ['F2', 'K5'],
  ] as const) {
    const ofOther = await exploreFile(scenarios[id] as string, [other]);
    const ofId = await exploreFile(scenarios[id] as string, [id]);
    t.deepEqual(idsIn(ofOther.found), idsIn(ofId.found));
  }
});
