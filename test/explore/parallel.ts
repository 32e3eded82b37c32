import { readdir, readFile } from 'node:fs/promises';
import test from 'ava';
import type { ExploreOptions } from '../../src/explore/explore.ts';
import { openScenario } from '../../src/explore/open.ts';
import { exploreInParallel } from '../../src/explore/parallel/explore.ts';
import { explorationJson } from '../../src/explore/report.ts';
import { budgetOf } from '../../src/explore/scenario.ts';

/** The report of an exploration whose processes share the work from its first state on. */
async function report(file: string, jobs: number, options: Partial<ExploreOptions> = {}, set = {}): Promise<string> {
  const opened = await openScenario(file, { set });
  if (!opened.ok) throw new Error(opened.message);
  const all: ExploreOptions = { strategy: 'auto', budget: budgetOf(opened.scenario), ...options };
  return JSON.stringify(explorationJson(await exploreInParallel(opened.scenario, { set }, all, jobs, 1), 0));
}

/** The processes of this one that search. */
async function searchers(): Promise<number[]> {
  const found = await Promise.all(
    (await readdir('/proc'))
      .filter((name) => /^\d+$/.test(name))
      .map(async (pid) => {
        const [line, stat] = await Promise.all(
          ['cmdline', 'stat'].map((name) => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '')),
        );
        const parent = Number(stat?.slice(stat.lastIndexOf(')')).split(' ')[2]);
        return line?.includes('search-process') && parent === process.pid ? [Number(pid)] : [];
      }),
  );
  return found.flat();
}

const files = [
  'scenarios/yardstick.yaml',
  'scenarios/pids/p6-taken-by-neighbour.yaml',
  'scenarios/next-syscall-data/n10-signal-restart-loses-id.yaml',
];

for (const file of files) {
  test.serial(`${file} has the same report, to the byte, whatever the number of processes`, async (t) => {
    const one = await report(file, 1);
    t.is(await report(file, 2), one);
    t.is(await report(file, 3), one);
  });
}

test.serial('a search bounded by preemptions has the same report as well', async (t) => {
  const [file = ''] = files;
  for (const preemptions of [0, 1])
    t.is(await report(file, 2, { preemptions }), await report(file, 1, { preemptions }));
});

test.serial('more states than may be kept have the report of one process', async (t) => {
  const [file = ''] = files;
  const budget = { states: 300, steps: 5000, expired: () => false };
  t.is(await report(file, 2, { budget }), await report(file, 1, { budget }));
});

test.serial('what is known when time is over is reported, and not called complete', async (t) => {
  const [file = ''] = files;
  const started = performance.now();
  const budget = { states: 1e7, steps: 1e9, expired: () => performance.now() - started > 5000 };
  const { complete, states } = JSON.parse(await report(file, 2, { budget }, { restorers: '4', neighbours: '3' }));
  t.false(complete);
  t.true(states > 0);
});

const hasProc = process.platform === 'linux' ? test.serial : test.skip;

hasProc('a process that dies is replaced and its work done again', async (t) => {
  const [file = ''] = files;
  const set = { restorers: '3', neighbours: '1' };
  const running = report(file, 2, {}, set);
  let killed = 0;
  for (let i = 0; i < 4000 && killed === 0; i++) {
    for (const pid of (await searchers()).slice(0, 1)) {
      process.kill(pid, 'SIGKILL');
      killed++;
    }
    await new Promise((resolve) => {
      setTimeout(resolve, 5);
    });
  }
  t.is(killed, 1);
  t.is(await running, await report(file, 1, {}, set));
});
