import test from 'ava';
import { expectHazards } from '../../src/explore/index.ts';

// An example of what a project keeps of a race: see docs/exploring.md.

const race = 'scenarios/pids/p1-last-pid-rmw.yaml';

test('a chosen pid and an ordinary fork take last_pid from each other as posted', async (t) => {
  const { hazards } = await expectHazards(t, race, ['P1', 'P2']);
  const lost = hazards.find(({ finding }) => finding.id === 'P1');
  t.is(lost?.preemptions, 1);
  t.true(lost?.minimal);
});

test('nothing is taken from anybody once last_pid is raised in one step and chosen pids leave it alone', async (t) => {
  await expectHazards(t, race, [], { fixes: ['P1', 'P2'] });
});
