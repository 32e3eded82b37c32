import test from 'ava';
import * as fc from 'fast-check';
import { replay, stretches } from '../../src/explore/schedule.ts';
import { Walker } from '../../src/explore/walker.ts';
import { toyPrograms } from './helpers/arbitrary.ts';
import { toyMachine } from './helpers/toy.ts';

const schedule = fc.array(fc.nat(3), { maxLength: 25 });

/** Changes the store and takes it back: what was run before is then not brought again. */
function disturb(walker: Walker): void {
  const { place } = walker;
  walker.machine.advanceClock(5);
  walker.back(place);
}

test('a run that begins like the one before comes to the same as one that is made from the start', (t) => {
  fc.assert(
    fc.property(toyPrograms, fc.array(schedule, { minLength: 2, maxLength: 5 }), (toy, schedules) => {
      const [walker, other] = [new Walker(toyMachine(toy)), new Walker(toyMachine(toy))];
      const start = walker.machine.store.hashLo;
      for (const steps of schedules) {
        disturb(other);
        const [again, anew] = [replay(walker, stretches(steps)), replay(other, stretches(steps))];
        if (JSON.stringify(again) !== JSON.stringify(anew) || walker.machine.store.hashLo !== start) return false;
      }
      return walker.steps <= other.steps;
    }),
    { numRuns: 100, seed: 5 },
  );
  t.pass();
});

test('a run is made anew once something else has changed the store', (t) => {
  const walker = new Walker(toyMachine([[{ kind: 'increment', cell: 0 }], [{ kind: 'increment', cell: 0 }]]));
  const first = replay(walker, []);
  const { steps } = walker;
  t.deepEqual(replay(walker, []), first);
  t.is(walker.steps, steps);
  disturb(walker);
  t.deepEqual(replay(walker, []), first);
  t.is(walker.steps, steps * 2);
});
