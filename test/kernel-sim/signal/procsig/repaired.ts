import test from 'ava';
import { openScenario } from '../../../../src/explore/open.ts';
import { exploreScenario } from '../../../../src/explore/scenario.ts';
import { atOnce } from '../../../../src/explore/turns.ts';
import { CATALOGUE } from '../../../../src/hazards/catalogue/index.ts';
import { scenarios } from '../../../../src/hazards/scenarios.ts';

const fixes = CATALOGUE.map(({ id }) => id);

for (const [id, file] of Object.entries(scenarios).filter(([shown]) => shown.startsWith('G'))) {
  test(`with every defect repaired nothing is left of ${id}, nor does a fix bring another hazard`, async (t) => {
    const opened = await openScenario(file, { fixes });
    if (!opened.ok) throw new Error(opened.message);
    const found = atOnce(exploreScenario(opened.scenario));
    t.true(found.complete);
    t.deepEqual(
      found.hazards.map(({ finding }) => finding.id),
      [],
    );
  });
}
