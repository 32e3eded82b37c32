import test from 'ava';
import * as fc from 'fast-check';
import {
  printSavedSchedule,
  readSavedSchedule,
  replaySaved,
  type SavedSchedule,
  saveSchedule,
} from '../../src/explore/saved-schedule.ts';
import { exploreScenario } from '../../src/explore/scenario.ts';
import { atOnce } from '../../src/explore/turns.ts';
import { renderDiagnostics } from '../../src/scenario/diagnostic.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { programs } from './helpers/scenario.ts';

const restorer = `nsd = open("/proc/self/task/$tid/next_syscall_data", O_RDWR)
write(nsd, "LONG1 5000", _)
fork(worker)
pause()`;

/** Restorer and neighbour go on when init has made both. */
const race = (texts: Readonly<Record<string, string>> = {}, kernel: object = {}): Scenario =>
  programs(
    {
      init: 'fork(restorer); fork(neighbour); pause()',
      restorer,
      neighbour: 'fork(worker); pause()',
      worker: 'pause()',
      ...texts,
    },
    kernel,
    ['init@pause#1 before restorer@open#1', 'init@pause#1 before neighbour@fork#1'],
  );

function savedOf(scenario: Scenario, id: string): SavedSchedule {
  const found = atOnce(exploreScenario(scenario)).hazards.find(({ finding }) => finding.id === id);
  if (found === undefined) throw new Error(`${id} was not found`);
  return saveSchedule(scenario, found);
}

test('a saved schedule comes through its text and leads to the hazard again', (t) => {
  const saved = savedOf(race(), 'P1');
  const read = readSavedSchedule(printSavedSchedule(saved), 'a.yaml');
  t.deepEqual(read, { ok: true, value: saved });
  t.deepEqual(replaySaved(race(), saved), { reproduced: true, drift: [] });
  t.true(saved.constraints.length > 0);
});

test('a saved schedule still leads to the hazard after an unrelated edit of its programs', (t) => {
  const saved = savedOf(race(), 'P1');
  const edited = race({
    restorer: `getpid(); q = msgget(IPC_PRIVATE, 0600)\n${restorer}`,
    neighbour: 'getppid(); fork(worker); getpid(); pause()',
  });
  t.deepEqual(replaySaved(edited, saved), { reproduced: true, drift: [] });
});

test('a saved schedule one of whose points is gone reports drift by the name of the point', (t) => {
  const saved = savedOf(race(), 'P1');
  const { reproduced, drift } = replaySaved(race({ neighbour: 'pause()' }), saved);
  t.false(reproduced);
  t.true(drift.length > 0);
  for (const point of drift) t.regex(point, /^neighbour@fork#1/);
});

test('a saved schedule does not lead to a hazard that was repaired', (t) => {
  const saved = savedOf(race(), 'P1');
  t.deepEqual(replaySaved(race({}, { fixes: ['P1', 'P2'] }), saved).reproduced, false);
});

test('what is no saved schedule is refused with a message, whatever it is', (t) => {
  const good = printSavedSchedule(savedOf(race(), 'P1'));
  const damaged = fc.tuple(fc.nat(good.length), fc.nat(20), fc.string({ maxLength: 8 }));
  fc.assert(
    fc.property(damaged, ([at, cut, put]) => {
      const read = readSavedSchedule(good.slice(0, at) + put + good.slice(at + cut), 'a.yaml');
      return read.ok || read.diagnostics.every(({ message, line }) => message.length > 0 && line > 0);
    }),
    { seed: 1, numRuns: 300 },
  );
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      const read = readSavedSchedule(text, 'a.yaml');
      return !read.ok && read.diagnostics.length > 0;
    }),
    { seed: 2, numRuns: 200 },
  );
  t.pass();
});

test('a saved schedule names what is wrong with it', (t) => {
  const message = (text: string): string => {
    const read = readSavedSchedule(text, 'a.yaml');
    return read.ok ? '' : renderDiagnostics(read.diagnostics);
  };
  const saved = savedOf(race(), 'P1');
  t.regex(
    message(printSavedSchedule({ ...saved, preemptions: -1 })),
    /^a\.yaml:5:14: expected a whole number from 0, found -1/,
  );
  t.regex(message(printSavedSchedule({ ...saved, constraints: ['a b'] })), /^a\.yaml:7:5: "a b" is no constraint/);
  t.regex(message('a: ['), /^a\.yaml:1:5: /);
});
