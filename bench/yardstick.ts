/**
 * The explorer on scenarios/yardstick.yaml beside Spin on the same steps (yardstick.pml): states, transitions and seconds, for
 * (restorers, neighbours) from (2,1) up. `node bench/yardstick.ts [LARGEST]` with LARGEST such as 4,2; Spin where it is installed.
 *
 * Cold is a whole process: `thaw explore`, with its samples, proofs and explanations, or Spin's generate, compile and search.
 * Warm is the search alone, the median of several: thaw's in a process that has made it before, Spin's `pan`. Processor seconds are
 * given too, which other work on the machine does not change.
 */

import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { openScenario } from '../src/explore/open.ts';
import { Random } from '../src/explore/random.ts';
import { survey } from '../src/explore/sampling.ts';
import { subjectOf } from '../src/explore/scenario.ts';
import { Search } from '../src/explore/search.ts';
import { atOnce } from '../src/explore/turns.ts';
import { Walker } from '../src/explore/walker.ts';

const SIZES = ['2,1', '3,1', '2,2', '3,2', '4,2', '5,2'];
const REPEATS = 5;

const here = fileURLToPath(new URL('.', import.meta.url));
const scenario = join(here, '../scenarios/yardstick.yaml');

const median = (numbers: readonly number[]): number => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] as number;

async function timed(
  command: string,
  args: readonly string[],
  cwd?: string,
): Promise<{ seconds: number; out: string }> {
  const start = performance.now();
  const { stdout } = await execa(command, args, { reject: false, ...(cwd !== undefined && { cwd }) });
  return { seconds: (performance.now() - start) / 1000, out: stdout };
}

async function thaw(n: string, m: string) {
  const opened = await openScenario(scenario, { set: { restorers: n, neighbours: m } });
  if (!opened.ok) throw new Error(opened.message);
  const walker = new Walker(subjectOf(opened.scenario).machine);
  const sharing = atOnce(survey(walker, { random: new Random(1), steps: 100_000 }));
  const runs = [];
  for (let i = 0; i <= REPEATS; i++) {
    sharing.restart();
    const [start, cpu] = [performance.now(), process.cpuUsage()];
    const budget = { states: 2_000_000, steps: 1e9, expired: () => performance.now() - start > 60_000 };
    const { complete, states, transitions } = atOnce(new Search(walker, sharing, { budget }).run());
    const used = process.cpuUsage(cpu);
    const seconds = (performance.now() - start) / 1000;
    if (complete) runs.push({ states, transitions, seconds, cpu: (used.user + used.system) / 1e6 });
    if (seconds > 10) break;
  }
  const warm = runs.slice(1);
  const cli = join(here, '../src/cli/main.ts');
  const sizes = ['--set', `restorers=${n}`, '--set', `neighbours=${m}`];
  const cold = await timed(process.execPath, [cli, 'explore', scenario, ...sizes, '--json']);
  return {
    states: runs[0]?.states ?? null,
    transitions: runs[0]?.transitions ?? null,
    search: warm.length === 0 ? null : median(warm.map(({ seconds }) => seconds)),
    cpu: warm.length === 0 ? null : median(warm.map(({ cpu }) => cpu)),
    cold: cold.seconds,
  };
}

async function spin(n: string, m: string) {
  const folder = await mkdtemp(join(tmpdir(), 'thaw-yardstick-'));
  try {
    await cp(join(here, 'yardstick.pml'), join(folder, 'yardstick.pml'));
    const generate = await timed('spin', ['-a', `-DN=${n}`, `-DM=${m}`, 'yardstick.pml'], folder);
    const compile = await timed('cc', ['-O2', '-DSAFETY', '-o', 'pan', 'pan.c'], folder);
    const runs: Awaited<ReturnType<typeof timed>>[] = [];
    for (let i = 0; i < REPEATS; i++) runs.push(await timed('./pan', ['-c0', '-w22', '-m100000'], folder));
    const search = median(runs.map(({ seconds }) => seconds));
    const number = (pattern: RegExp): number => Number(pattern.exec(runs[0]?.out ?? '')?.[1]);
    return {
      states: number(/(\d+) states, stored/),
      transitions: number(/(\d+) transitions/),
      search,
      cold: generate.seconds + compile.seconds + search,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const hasSpin = await execa('spin', ['-V']).then(
  () => true,
  () => false,
);
const largest = SIZES.indexOf(process.argv[2] ?? '4,2');
for (const size of SIZES.slice(0, largest + 1)) {
  const [n = '', m = ''] = size.split(',');
  const row = { size, thaw: await thaw(n, m), spin: hasSpin ? await spin(n, m) : 'skipped: there is no spin here' };
  process.stdout.write(`${JSON.stringify(row)}\n`);
}
