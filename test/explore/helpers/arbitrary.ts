/** Random programs for toy kernels. */

import * as fc from 'fast-check';
import type { ToyStep } from './toy.ts';

const cell = fc.integer({ min: 0, max: 2 });
const plainStep: fc.Arbitrary<ToyStep> = fc.oneof(
  fc.record({ kind: fc.constantFrom('increment' as const, 'count' as const, 'own' as const, 'report' as const), cell }),
  fc.record({ kind: fc.constant('copy' as const), from: cell, to: cell }),
  fc.record({ kind: fc.constant('await' as const), cell, atLeast: fc.integer({ min: 1, max: 2 }) }),
  fc.record({ kind: fc.constant('locked' as const), cell }),
);
const step: fc.Arbitrary<ToyStep> = fc.oneof(
  { weight: 6, arbitrary: plainStep },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('spawn' as const), program: fc.array(plainStep, { maxLength: 1 }) }),
  },
);

/** Two or three actors of one to three steps each. */
export const toyPrograms = fc.array(fc.array(step, { minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 3 });
