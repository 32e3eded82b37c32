import test from 'ava';
import { Explorer } from '../../src/explore/explore.ts';
import { openScenario } from '../../src/explore/open.ts';
import { budgetOf, subjectOf } from '../../src/explore/scenario.ts';
import { Search } from '../../src/explore/search.ts';
import { atOnce } from '../../src/explore/turns.ts';

/** How a search goes through the tree of schedules. */
const ways = {
  /** Nobody sleeps: every step is made at every state. */
  'with nobody asleep': (search: Search) => atOnce(search.run()),
  'at one go': (search: Search) => atOnce(search.run()),
  'branch by branch, the last first': (search: Search) => {
    for (const branch of search.branches(16).reverse()) atOnce(search.runBelow(branch));
    search.leave();
  },
};

/** The states that a search comes to, its root being settled; by half of their hashes, which leaves out who ran last. */
async function statesOf(file: string, way: keyof typeof ways): Promise<number[]> {
  const opened = await openScenario(file);
  if (!opened.ok) throw new Error(opened.message);
  const budget = budgetOf(opened.scenario);
  const explorer = new Explorer(subjectOf(opened.scenario), { strategy: 'auto', budget });
  const sharing = atOnce(explorer.survey());
  for (let settled: string | null = null; ; ) {
    sharing.restart();
    const states = new Set<number>();
    const search = new Search(explorer.walker, sharing, {
      budget,
      ...(way === 'with nobody asleep' && { bound: 1000 }),
      onKept: (_lo, hi) => void states.add(hi),
    });
    const { root } = search;
    ways[way](search);
    if (!sharing.surprised && settled === root) return [...states].sort((a, b) => a - b);
    settled = sharing.surprised ? null : root;
  }
}

const files = [
  'scenarios/base/k10-fork-signal-control.yaml',
  'scenarios/base/k10-fork-signal.yaml',
  'scenarios/netlink/newer-version.yaml',
  'scenarios/next-syscall-data/n1-reader-uaf.yaml',
  'scenarios/pids/p1-last-pid-rmw.yaml',
  'scenarios/ipc-ids/i1-slot-not-id.yaml',
  'scenarios/yardstick.yaml',
];

for (const file of files) {
  test(`sleep sets and the order of branches leave out steps of ${file}, never states`, async (t) => {
    const all = await statesOf(file, 'with nobody asleep');
    t.true(all.length > 1);
    t.deepEqual(await statesOf(file, 'at one go'), all);
    t.deepEqual(await statesOf(file, 'branch by branch, the last first'), all);
  });
}
