import test from 'ava';
import * as fc from 'fast-check';
import { Sharing } from '../../src/explore/sharing.ts';
import { Stands } from '../../src/explore/stands.ts';
import { Trail } from '../../src/explore/trail.ts';
import { Walker } from '../../src/explore/walker.ts';
import { toyPrograms } from './helpers/arbitrary.ts';
import { toyMachine } from './helpers/toy.ts';

/** What to do next: go back, or take the stride of whoever comes at this place among those who can step. */
const moves = fc.array(fc.oneof(fc.constant('back' as const), fc.nat(5)), { maxLength: 60 });

test('on any way there and back, the sketch has the hash of the machine and knows who can step', (t) => {
  fc.assert(
    fc.property(toyPrograms, moves, (toy, ways) => {
      const walker = new Walker(toyMachine(toy));
      const { store, actors } = walker.machine;
      const sharing = new Sharing();
      const trail = new Trail(walker, sharing.stridesOf(walker).sketch);
      const stands = new Stands(walker, sharing, trail, () => {});
      let length = 0;
      for (const way of ways) {
        const able = actors.flatMap((_, i) => (stands.canStep(i) ? [i] : []));
        trail.catchUp();
        if (able.join() !== walker.enabled().join()) return false;
        if (trail.sketch.lo !== store.hashLo || trail.sketch.hi !== store.hashHi) return false;
        if (way === 'back' ? length === 0 : able.length === 0) continue;
        if (way === 'back') trail.pop();
        else stands.take(able[way % able.length] as number);
        length += way === 'back' ? -1 : 1;
      }
      return true;
    }),
    { numRuns: 200, seed: 4 },
  );
  t.pass();
});
