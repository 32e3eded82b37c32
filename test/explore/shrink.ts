import test from 'ava';
import { keyOf } from '../../src/explore/finding-key.ts';
import { Random } from '../../src/explore/random.ts';
import { sample } from '../../src/explore/sampling.ts';
import { stretches } from '../../src/explore/schedule.ts';
import { Sharing } from '../../src/explore/sharing.ts';
import { fewestPreemptions, reproduce, shorten } from '../../src/explore/shrink.ts';
import { atOnce } from '../../src/explore/turns.ts';
import { Walker } from '../../src/explore/walker.ts';
import type { Finding } from '../../src/hazards/finding.ts';
import { type ToyStep, toyMachine } from './helpers/toy.ts';

const endless = { states: 1e6, steps: 1e8, expired: () => false };
const repeat = (step: ToyStep, times: number): ToyStep[] => Array.from({ length: times }, () => step);

/** Four that work on their own for long, two of which lose an update of each other's on the way. */
const long: readonly (readonly ToyStep[])[] = [
  [...repeat({ kind: 'own', cell: 0 }, 2200), { kind: 'increment', cell: 0 }, { kind: 'count', cell: 1 }],
  [...repeat({ kind: 'own', cell: 1 }, 2200), { kind: 'increment', cell: 0 }, { kind: 'count', cell: 1 }],
  repeat({ kind: 'own', cell: 2 }, 3500),
  [...repeat({ kind: 'own', cell: 3 }, 3500), { kind: 'await', cell: 1, atLeast: 2 }, { kind: 'report', cell: 0 }],
];

/** The schedule of a random run that fails, up to where it does. */
function failure(walker: Walker): { steps: number[]; key: string } {
  const random = new Random(1);
  const found: { steps: number[]; key: string }[] = [];
  const onFindings = ([finding]: readonly Finding[]): void => {
    if (finding !== undefined) found.push({ steps: walker.schedule(), key: keyOf(finding) });
  };
  while (found.length === 0) sample(walker, new Sharing(), 'random', { random, steps: 1e6, onFindings });
  return found[0] as { steps: number[]; key: string };
}

test('a failure of 10,000 steps shrinks to the one preemption that it takes, which is proved', (t) => {
  const walker = new Walker(toyMachine(long));
  const { steps, key } = failure(walker);
  t.true(steps.length >= 10_000);
  const random = reproduce(walker, steps, key);
  t.true((random?.preemptions ?? 0) > 1000);

  const shrunk = atOnce(fewestPreemptions(walker, new Sharing(), new Set([key]), endless)).get(key);
  if (shrunk === undefined) return t.fail('the failure was not found again');
  const short = atOnce(shorten(walker, shrunk));
  t.is(short.preemptions, 1);
  t.true(short.proved);
  t.true(stretches(short.steps).length <= 5);
  t.is(reproduce(walker, short.steps, key)?.preemptions, 1);
});
