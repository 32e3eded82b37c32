/** Whatever signals wait for whomever, they come back or it was said before that they do not: by each of the three interfaces. */

import test from 'ava';
import * as fc from 'fast-check';
import { profileOf } from '../../../src/kernel-sim/profile.ts';
import type { Image, SigInfo, Thread } from '../../../src/restorer/image/index.ts';
import { restoreImage } from '../../../src/restorer/run/restore.ts';
import { live, MODES, root, tree } from '../helpers/tree.ts';
import { thread } from '../image/_images.ts';

const profile = profileOf('2.6.26', [], 'x86-64', ['freezer-signals']);

const standard = fc.constantFrom(1, 10, 12, 15, 23);
const realTime = fc.constantFrom(34, 35, 64);
const signo = fc.oneof(standard, realTime);
const who = { pid: fc.integer({ min: 1, max: 9999 }), uid: fc.constantFrom(0, 1000) };

/** What the kernel and programs send. */
const info: fc.Arbitrary<SigInfo> = fc.oneof(
  fc.record({ signo, code: fc.constantFrom(0, -6), ...who }),
  fc.record({ signo, code: fc.constant(-1), ...who, value: fc.nat() }),
  fc.record({ signo: realTime, code: fc.constant(-2), timer: fc.nat(9), overrun: fc.nat(9), value: fc.nat() }),
  fc.record({ signo: fc.constantFrom(8, 11), code: fc.constantFrom(1, 2), address: fc.nat() }),
  fc.record({
    signo: fc.constant(17),
    code: fc.constant(1),
    ...who,
    status: fc.nat(255),
    utime: fc.nat(9),
    stime: fc.nat(9),
  }),
);

/** A queue: of a standard signal the first counts. */
const queue = fc.array(info, { maxLength: 4 }).map((all) => {
  const seen = new Set<number>();
  return all.filter(({ signo: n }) => n >= 32 || (!seen.has(n) && seen.add(n)));
});

const ALL = [1, 8, 10, 11, 12, 15, 17, 23, 34, 35, 64];
/** Most block everything that may be pending, so that much of it comes back. */
const blocked = fc.oneof({ weight: 3, arbitrary: fc.constant(ALL) }, fc.subarray(ALL));
const stack = fc.option(
  fc.record({ address: fc.nat(), size: fc.integer({ min: 2048, max: 65_536 }), flags: fc.constant(0) }),
);

const state = fc.record({ blocked, stack, pending: queue });

const process = fc.record({
  stopped: fc.boolean(),
  threads: fc.array(state, { minLength: 1, maxLength: 3 }),
  shared: queue,
});

type Process = typeof process extends fc.Arbitrary<infer T> ? T : never;

const threadOf = (tid: number, { blocked: mask, stack: altstack, pending }: Process['threads'][number]): Thread =>
  thread(tid, { blocked: mask, pending, ...(altstack !== null && { altstack }) });

/** Processes 1000, 2000 and so on below a root. */
const imageOf = (processes: readonly Process[]): Image =>
  tree([
    root(),
    ...processes.map(({ stopped, threads, shared }, i) => {
      const pid = 1000 * (i + 1);
      return live(
        { pid },
        {
          state: stopped ? 'stopped' : 'running',
          threads: threads.map((one, n) => threadOf(pid + n, one)),
          signals: { pending: shared, actions: [] },
        },
      );
    }),
  ]);

for (const signals of ['sending', 'procsig', 'freezer'] as const) {
  for (const mode of MODES) {
    test(`by ${signals}, ${mode}, what is not said to be lost is back`, (t) => {
      t.notThrows(() =>
        fc.assert(
          fc.property(fc.array(process, { minLength: 1, maxLength: 3 }), (processes) => {
            const { failure, losses, differences } = restoreImage(imageOf(processes), { profile, mode, signals });
            if (failure !== null) throw new Error(failure.message);
            const losing = new Set(losses.flatMap(({ tasks }) => tasks));
            const unsaid = differences.filter(
              ({ path }) => /pending|blocked|altstack/.test(path) && !losing.has(Number(path.split('/')[2])),
            );
            if (unsaid.length > 0) throw new Error(JSON.stringify(unsaid));
          }),
          { numRuns: 60 },
        ),
      );
    });
  }
}
