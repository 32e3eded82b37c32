import test from 'ava';
import { type Exploration, explore } from '../../src/explore/explore.ts';
import { atOnce } from '../../src/explore/turns.ts';
import { type ToyStep, toyMachine } from './helpers/toy.ts';

const endless = { states: 1e6, steps: 1e8, expired: () => false };

function exploreToy(programs: readonly (readonly ToyStep[])[], options = {}): Exploration {
  const open = () => {
    const machine = toyMachine(programs);
    return { machine, label: (actor: object) => `t${machine.actors.indexOf(actor as never)}` };
  };
  return atOnce(explore(open, { strategy: 'auto', budget: endless, ...options }));
}

const lostUpdate: readonly (readonly ToyStep[])[] = [
  [{ kind: 'increment', cell: 0 }],
  [
    { kind: 'increment', cell: 0 },
    { kind: 'await', cell: 1, atLeast: 1 },
    { kind: 'report', cell: 0 },
  ],
  [
    { kind: 'await', cell: 0, atLeast: 1 },
    { kind: 'count', cell: 1 },
  ],
];

test('a lost update is found with the one preemption that it takes', (t) => {
  const { complete, hazards } = exploreToy([
    [
      { kind: 'increment', cell: 0 },
      { kind: 'count', cell: 1 },
    ],
    [
      { kind: 'increment', cell: 0 },
      { kind: 'count', cell: 1 },
    ],
    [
      { kind: 'await', cell: 1, atLeast: 2 },
      { kind: 'report', cell: 0 },
    ],
  ]);
  t.true(complete);
  t.is(hazards.length, 1);
  t.is(hazards[0]?.preemptions, 1);
  t.true(hazards[0]?.minimal);
  t.true((hazards[0]?.reasons.length ?? 0) > 0);
  t.regex(hazards[0]?.reasons[0]?.location ?? '', /board#0\.cells\[0\]/);
});

test('an order that needs no preemption is proved to need none', (t) => {
  const { hazards } = exploreToy(lostUpdate);
  t.deepEqual(
    hazards.map(({ finding, preemptions, minimal }) => ({ id: finding.id, preemptions, minimal })),
    [{ id: 'saw-one-t1', preemptions: 0, minimal: true }],
  );
});

test('the same exploration gives the same report twice', (t) => {
  t.is(JSON.stringify(exploreToy(lostUpdate)), JSON.stringify(exploreToy(lostUpdate)));
});

test('a search that its budget ends says that it is not complete', (t) => {
  t.false(exploreToy(lostUpdate, { strategy: 'exhaustive', budget: { ...endless, states: 2 } }).complete);
  t.false(exploreToy(lostUpdate, { budget: { ...endless, states: 2, steps: 20 } }).complete);
});

test('where there are more states than may be kept, it goes on without keeping them', (t) => {
  const { complete, hazards } = exploreToy(lostUpdate, { budget: { ...endless, states: 15 } });
  t.true(complete);
  t.deepEqual(
    hazards.map(({ finding }) => finding.id),
    exploreToy(lostUpdate).hazards.map(({ finding }) => finding.id),
  );
});

test('source-DPOR on its own is complete, and finds the same hazards and ends', (t) => {
  const [dpor, search] = [exploreToy(lostUpdate, { strategy: 'dpor' }), exploreToy(lostUpdate)];
  t.true(dpor.complete);
  t.deepEqual(dpor.outcomes, search.outcomes);
  t.deepEqual(dpor.hazards, search.hazards);
});

test('a bound on preemptions that leaves schedules out is not complete', (t) => {
  const race: ToyStep[] = [{ kind: 'increment', cell: 0 }];
  t.false(exploreToy([race, race], { preemptions: 0, strategy: 'exhaustive' }).complete);
});

test('mutual waiting ends stuck, with everybody who waits named', (t) => {
  const { outcomes } = exploreToy([[{ kind: 'await', cell: 0, atLeast: 1 }], [{ kind: 'await', cell: 1, atLeast: 1 }]]);
  t.deepEqual(outcomes, [{ ending: 'stuck', waiting: ['t0 in t0 (await)', 't1 in t1 (await)'], states: 1 }]);
});
