/**
 * The explorer on scenarios/yardstick.yaml beside Spin on the same steps (yardstick.pml): states, transitions and seconds, for
 * (restorers, neighbours) from (2,1) up. `node bench/yardstick.ts [LARGEST]` with LARGEST such as 4,2; Spin where it is installed.
 *
 * Cold is a whole process: `thaw explore`, with its samples, proofs and explanations, or Spin's generate, compile and search; built
 * is the same from dist/, where there is one. Warm is the search alone: thaw's in a process that has made it before, Spin's `pan`.
 * All are the least of several, made in turn: other work on the machine only adds, and disturbs both alike.
 */

import { existsSync } from 'node:fs';
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
const REPEATS = 7;
/** Seconds after which a measurement is not made again. */
const LONG = 8;
/** More than the largest size has. */
const STATES = 20_000_000;

const here = fileURLToPath(new URL('.', import.meta.url));
const scenario = join(here, '../scenarios/yardstick.yaml');

async function timed(command: string, args: readonly string[], cwd?: string): Promise<number> {
  const start = performance.now();
  await execa(command, args, { reject: false, ...(cwd !== undefined && { cwd }) });
  return (performance.now() - start) / 1000;
}

/** The search alone, after one that is not counted. */
async function warmSearch(n: string, m: string) {
  const opened = await openScenario(scenario, { set: { restorers: n, neighbours: m } });
  if (!opened.ok) throw new Error(opened.message);
  const walker = new Walker(subjectOf(opened.scenario).machine);
  const sharing = atOnce(survey(walker, { random: new Random(1), steps: 100_000 }));
  const budget = { states: STATES, steps: 1e9, expired: () => false };
  const search = () => {
    for (;;) {
      sharing.restart();
      const start = performance.now();
      const { complete, states, transitions } = atOnce(new Search(walker, sharing, { budget }).run());
      if (complete) return { states, transitions, seconds: (performance.now() - start) / 1000 };
    }
  };
  const first = search();
  const times = first.seconds > LONG ? [first.seconds] : Array.from({ length: REPEATS }, () => search().seconds);
  return { states: first.states, transitions: first.transitions, search: Math.min(...times) };
}

/** A whole process of thaw's. */
const explore = (main: string, n: string, m: string): Promise<number> => {
  const sizes = ['--set', `restorers=${n}`, '--set', `neighbours=${m}`, '--states', String(STATES)];
  return timed(process.execPath, [main, 'explore', scenario, ...sizes, '--json']);
};

/** A whole process of each kind, in turn; the first time, in which compiled code is put by, is not counted. */
async function whole(kinds: Readonly<Record<string, () => Promise<number>>>): Promise<Record<string, number>> {
  const times: Record<string, number[]> = {};
  for (let i = 0; i <= REPEATS; i++) {
    for (const [kind, run] of Object.entries(kinds)) {
      const seconds = await run();
      if (i > 0 || seconds > LONG) times[kind] = [...(times[kind] ?? []), seconds];
    }
    if (Object.values(times).some(([seconds]) => (seconds ?? 0) > LONG)) break;
  }
  return Object.fromEntries(Object.entries(times).map(([kind, seconds]) => [kind, Math.min(...seconds)]));
}

/** Spin's model of a size in a folder of its own. */
class Model {
  readonly #folder: string;
  readonly #sizes: readonly string[];

  constructor(folder: string, n: string, m: string) {
    this.#folder = folder;
    this.#sizes = [`-DN=${n}`, `-DM=${m}`];
  }

  /** Generates, compiles and searches; gives the seconds. */
  async all(): Promise<number> {
    const generate = await timed('spin', ['-a', ...this.#sizes, 'yardstick.pml'], this.#folder);
    const compile = await timed('cc', ['-O2', '-DSAFETY', '-o', 'pan', 'pan.c'], this.#folder);
    return generate + compile + (await timed('./pan', PAN, this.#folder));
  }

  /** The search alone. */
  async search() {
    const seconds: number[] = [];
    let out = '';
    while (seconds.length < REPEATS && (seconds[0] ?? 0) <= LONG) {
      const start = performance.now();
      out = (await execa('./pan', PAN, { cwd: this.#folder, reject: false })).stdout;
      seconds.push((performance.now() - start) / 1000);
    }
    const number = (pattern: RegExp): number => Number(pattern.exec(out)?.[1]);
    return {
      states: number(/(\d+) states, stored/),
      transitions: number(/(\d+) transitions/),
      search: Math.min(...seconds),
    };
  }
}

const PAN = ['-c0', '-w22', '-m100000'];

const built = join(here, '../dist/cli/main.js');

async function measure(n: string, m: string) {
  const folder = await mkdtemp(join(tmpdir(), 'thaw-yardstick-'));
  try {
    await cp(join(here, 'yardstick.pml'), join(folder, 'yardstick.pml'));
    const model = hasSpin ? new Model(folder, n, m) : null;
    const times = await whole({
      cold: () => explore(join(here, '../src/cli/main.ts'), n, m),
      ...(existsSync(built) && { built: () => explore(built, n, m) }),
      ...(model !== null && { spin: () => model.all() }),
    });
    const { spin, ...own } = times;
    return {
      thaw: { ...(await warmSearch(n, m)), ...own },
      spin: model === null ? 'skipped: there is no spin here' : { ...(await model.search()), cold: spin },
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
  process.stdout.write(`${JSON.stringify({ size, ...(await measure(n, m)) })}\n`);
}
