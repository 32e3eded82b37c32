/**
 * How long it takes to make a long random failure small: a run of more than 10,000 steps on the simulated kernel in which a neighbour
 * forks between the look at a chosen pid and its use, by about as many preemptions as steps.
 *
 * Prints one line of JSON: steps and preemptions before and after, and seconds for the fewest preemptions, proved, and for shortening.
 */

import { keyOf } from '../src/explore/finding-key.ts';
import { vocabulary } from '../src/explore/open.ts';
import { Random } from '../src/explore/random.ts';
import { sample } from '../src/explore/sampling.ts';
import { subjectOf } from '../src/explore/scenario.ts';
import { stretches } from '../src/explore/schedule.ts';
import { Sharing } from '../src/explore/sharing.ts';
import { fewestPreemptions, reproduce, shorten } from '../src/explore/shrink.ts';
import { atOnce } from '../src/explore/turns.ts';
import { Walker } from '../src/explore/walker.ts';
import type { Finding } from '../src/hazards/finding.ts';
import { readScenario } from '../src/scenario/read.ts';

const text = `
title: Tasks that work on their own for long before they meet
kernel: { profile: 2.6.26 }
programs:
  init: |
    fork(restorer)
    fork(neighbour)
    fork(neighbour)
    pause()
  restorer: |
    repeat 1200 { getpid() }
    nsd = open("/proc/self/task/$tid/next_syscall_data", O_RDWR)
    write(nsd, "LONG1 5000", _)
    fork(worker)
    pause()
  neighbour: |
    repeat 1200 { getpid() }
    fork(worker)
    pause()
  worker: |
    pause()
`;

interface Failure {
  readonly steps: readonly number[];
  readonly key: string;
}

/** The first failure of random runs, up to where it happens. */
function randomFailure(walker: Walker): Failure {
  const random = new Random(1);
  const found: Failure[] = [];
  const onFindings = ([finding]: readonly Finding[]): void => {
    if (finding !== undefined) found.push({ steps: walker.schedule(), key: keyOf(finding) });
  };
  while (found.length === 0) sample(walker, new Sharing(), 'random', { random, steps: 1e6, onFindings });
  return found[0] as Failure;
}

function timed<T>(work: () => T): { seconds: number; result: T } {
  const start = performance.now();
  const result = work();
  return { seconds: (performance.now() - start) / 1000, result };
}

const read = readScenario(text, 'bench/shrink.ts', vocabulary);
if (!read.ok) throw new Error(JSON.stringify(read.diagnostics));
const walker = new Walker(subjectOf(read.value).machine);
const { steps, key } = randomFailure(walker);
const before = reproduce(walker, steps, key);
const budget = { states: 1e6, steps: 1e8, expired: () => false };
const fewest = timed(() => atOnce(fewestPreemptions(walker, new Sharing(), new Set([key]), budget)).get(key));
if (fewest.result === undefined) throw new Error('the failure was not found again');
const { result: witness } = fewest;
const short = timed(() => atOnce(shorten(walker, witness)));
process.stdout.write(
  `${JSON.stringify({
    hazard: key,
    steps: steps.length,
    preemptions: before?.preemptions,
    fewest: fewest.seconds,
    shortened: short.seconds,
    stretches: stretches(short.result.steps).length,
    preemptionsLeft: short.result.preemptions,
    proved: short.result.proved,
  })}\n`,
);
