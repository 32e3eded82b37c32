import test from 'ava';
import * as fc from 'fast-check';
import { Dpor } from '../../src/explore/dpor.ts';
import { Search } from '../../src/explore/search.ts';
import type { SearchOptions } from '../../src/explore/search-terms.ts';
import { Sharing } from '../../src/explore/sharing.ts';
import { atOnce } from '../../src/explore/turns.ts';
import { Walker } from '../../src/explore/walker.ts';
import type { Finding } from '../../src/hazards/finding.ts';
import { toyPrograms } from './helpers/arbitrary.ts';
import { Naive } from './helpers/naive.ts';
import { type ToyStep, toyMachine } from './helpers/toy.ts';

const endless = { states: 1e6, steps: 1e8, expired: () => false };

/** What a search finds: final states and hazards. */
function found(
  toy: readonly (readonly ToyStep[])[],
  options: Partial<SearchOptions> | 'dpor' | 'naive',
): { ends: string[]; hazards: string[]; states: number } {
  const sharing = new Sharing();
  const machine = toyMachine(toy);
  for (;;) {
    const walker = new Walker(machine);
    const { store } = walker.machine;
    const ends = new Set<string>();
    const hazards = new Set<string>();
    const watch = {
      budget: endless,
      onEnd: () => void ends.add(`${store.hashLo}:${store.hashHi}`),
      onFindings: (findings: readonly Finding[]) => {
        for (const { id } of findings) hazards.add(id);
      },
    };
    const result =
      options === 'dpor'
        ? atOnce(new Dpor(walker, sharing, watch).run())
        : options === 'naive'
          ? atOnce(new Naive(walker, watch).run())
          : atOnce(new Search(walker, sharing, { ...watch, ...options }).run());
    const { complete } = result;
    const states = 'states' in result ? result.states : 0;
    if (complete) return { ends: [...ends].sort(), hazards: [...hazards].sort(), states };
    sharing.restart();
  }
}

const same = (a: ReturnType<typeof found>, b: ReturnType<typeof found>): boolean =>
  a.ends.join() === b.ends.join() && a.hazards.join() === b.hazards.join();

test('the reduced search finds the final states and hazards of naive enumeration', (t) => {
  let saved = 0;
  fc.assert(
    fc.property(toyPrograms, (toy) => {
      const naive = found(toy, 'naive');
      const reduced = found(toy, {});
      saved += naive.states - reduced.states;
      return same(naive, reduced);
    }),
    { numRuns: 100, seed: 1 },
  );
  t.true(saved > 0);
});

test('a bound that leaves nothing out finds the final states and hazards of naive enumeration', (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(toyPrograms, (toy) => {
        const naive = found(toy, 'naive');
        return same(naive, found(toy, { bound: 100 }));
      }),
      { numRuns: 100, seed: 2 },
    ),
  );
});

test('source-DPOR finds the final states and hazards of naive enumeration', (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(toyPrograms, (toy) => same(found(toy, 'naive'), found(toy, 'dpor'))),
      { numRuns: 100, seed: 3 },
    ),
  );
});
