import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { assert, asyncProperty, integer, nat } from 'fast-check';
import { openScenario } from '../../src/explore/open.ts';
import { Random } from '../../src/explore/random.ts';
import { Walker } from '../../src/explore/walker.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { openSession } from '../../src/scenario/session.ts';

const folders = ['next-syscall-data', 'pids', 'ipc-ids', 'descriptors'].map((name) => join('scenarios', name));
const files = folders.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));

async function scenarioAt(index: number): Promise<Scenario> {
  const opened = await openScenario(files[index % files.length] as string);
  if (!opened.ok) throw new Error(opened.message);
  return opened.scenario;
}

/** What a step leaves behind that must come back: the state's hash and what the step had to say. */
interface Print {
  readonly hash: string;
  readonly notes: string;
}

function printOf({ machine: { store } }: Walker): Print {
  const notes = JSON.stringify(store.notes, (_key, value: unknown) =>
    typeof value === 'bigint' ? `${value}n` : value,
  );
  return { hash: `${store.hashLo}:${store.hashHi}`, notes };
}

/** Runs up to `limit` steps by a seed; the prints of the states it passed, and who stepped. */
function run(walker: Walker, seed: number, limit: number): { prints: Print[]; steps: number[] } {
  const random = new Random(seed);
  const prints: Print[] = [];
  const steps: number[] = [];
  while (steps.length < limit) {
    const enabled = walker.enabled();
    if (enabled.length === 0 && !walker.passTime()) break;
    if (enabled.length === 0) continue;
    const index = enabled[random.below(enabled.length)] as number;
    walker.step(index);
    steps.push(index);
    prints.push(printOf(walker));
  }
  return { prints, steps };
}

test('going back step by step to the start and forward again passes the same states and says the same', async (t) => {
  await assert(
    asyncProperty(nat(files.length - 1), integer(), async (index, seed) => {
      const { k } = openSession(await scenarioAt(index));
      const walker = new Walker(k.machine);
      const { store } = k.machine;
      const start = `${store.hashLo}:${store.hashHi}`;
      const marks = [walker.place];
      const first: Print[] = [];
      const steps: number[] = [];
      const random = new Random(seed);
      while (steps.length < 300) {
        const enabled = walker.enabled();
        if (enabled.length === 0) break;
        const actor = enabled[random.below(enabled.length)] as number;
        walker.step(actor);
        steps.push(actor);
        first.push(printOf(walker));
        marks.push(walker.place);
      }
      for (let i = steps.length - 1; i >= 0; i--) {
        walker.back(marks[i] as (typeof marks)[number]);
        const before = i === 0 ? start : first[i - 1]?.hash;
        if (`${store.hashLo}:${store.hashHi}` !== before) return false;
      }
      return steps.every((actor, i) => {
        walker.step(actor);
        const again = printOf(walker);
        return again.hash === first[i]?.hash && again.notes === first[i]?.notes;
      });
    }),
    { numRuns: 40, seed: 11 },
  );
  t.pass();
});

test('the same scenario and the same choices give the same states in two kernels', async (t) => {
  for (let index = 0; index < files.length; index += 5) {
    const scenario = await scenarioAt(index);
    const [a, b] = [1, 2].map(() => run(new Walker(openSession(scenario).k.machine), 7, 400));
    t.deepEqual(a, b, scenario.file);
  }
});
