import test from 'ava';
import type { Strategy } from '../../src/explore/explore.ts';
import { exploreScenario } from '../../src/explore/scenario.ts';
import { atOnce } from '../../src/explore/turns.ts';
import { programs } from './helpers/scenario.ts';

/** Forks without end, beside loops whose steps nobody else notices. */
const endless = programs({
  init: 'fork(forker); fork(looper); pause()',
  forker: 'repeat 100000 { fork(looper); wait4(-1, _, WNOHANG, NULL) }',
  looper: 'repeat 1000 { repeat 1000 { repeat 1000 { getpid() } } }',
});

for (const strategy of ['auto', 'exhaustive', 'dpor', 'random', 'pct'] satisfies Strategy[]) {
  for (const preemptions of [undefined, 1]) {
    const bound = preemptions === undefined ? '' : ' with a bound on preemptions';
    test(`${strategy}${bound} asks for the time often enough to end where states and private steps have no end`, (t) => {
      let asked = 0;
      const budget = { states: 1e9, steps: 1e12, expired: () => ++asked > 40 };
      const { complete } = atOnce(
        exploreScenario(endless, { strategy, budget, ...(preemptions !== undefined && { preemptions }) }),
      );
      t.false(complete);
      t.true(asked < 100_000);
    });
  }
}
