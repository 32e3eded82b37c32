import test from 'ava';
import type { Exploration } from '../../src/explore/explore.ts';
import { exploreScenario, subjectOf } from '../../src/explore/scenario.ts';
import { atOnce } from '../../src/explore/turns.ts';
import { witnessReports } from '../../src/explore/witness.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { programs } from './helpers/scenario.ts';

function seenOn(scenario: Scenario, id: string) {
  const found: Exploration = atOnce(exploreScenario(scenario));
  const hazard = found.hazards.find(({ finding }) => finding.id === id);
  if (hazard === undefined) throw new Error(`${id} was not found`);
  const steps = hazard.schedule.reduce((sum, stretch) => sum + stretch.steps, 0);
  return { reports: witnessReports(() => subjectOf(scenario), hazard), steps };
}

test('the schedule of a race shows the accesses behind it, the last one at its last step', (t) => {
  const { reports, steps } = seenOn(
    programs({
      init: 'fork(forker)\nfork(forker)\npause()',
      forker: 'fork(worker)\npause()',
      worker: 'pause()',
    }),
    'P7',
  );
  t.deepEqual([...new Set(reports.map(({ kind }) => kind))], ['data-race', 'lost-update']);
  const update = reports.find(({ kind }) => kind === 'lost-update');
  t.is(update?.step, steps);
  t.is(update?.accesses[0]?.operation, 'last_pid.store');
});

test('a hazard that one task brings about by itself has no accesses behind it', (t) => {
  const { reports } = seenOn(
    programs({
      init: `nsd = open("/proc/self/task/$tid/next_syscall_data", O_RDWR)
        write(nsd, "LONG1 999", _)
        write(nsd, "LONG1 x", _)
        fork(worker)`,
      worker: 'exit(0)',
    }),
    'N4',
  );
  t.deepEqual(reports, []);
});
