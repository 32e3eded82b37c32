import test from 'ava';
import { openScenario } from '../../src/explore/open.ts';
import { exploreScenario } from '../../src/explore/scenario.ts';
import { atOnce } from '../../src/explore/turns.ts';
import { isHazard } from '../../src/hazards/finding.ts';
import { HazardMonitor } from '../../src/hazards/monitor/monitor.ts';
import { scenarios } from '../../src/hazards/scenarios.ts';
import { IPC_PRIVATE, SEM_UNDO } from '../../src/kernel-sim/abi/ipc.ts';
import type { UndoEntry } from '../../src/kernel-sim/ipc/undo-entry.ts';
import { lab } from '../kernel-sim/helpers/lab.ts';

/** Numbers that another task may not arm, and descriptors that exec gives away: no change of the kernel's logic repairs these. */
const BEYOND_REPAIR = new Set(['N22', 'N23']);

async function reachable(file: string, fixes: readonly string[] | 'all'): Promise<string[]> {
  const opened = await openScenario(file, { fixes });
  if (!opened.ok) throw new Error(opened.message);
  const { complete, hazards } = atOnce(exploreScenario(opened.scenario));
  if (!complete) throw new Error(`${file} was not searched to its end`);
  return [...new Set(hazards.map(({ finding }) => finding.id))].sort();
}

for (const [id, file] of Object.entries(scenarios).filter(([id]) => id.startsWith('N'))) {
  test(`with everything repaired ${file} has no hazard of its family that can be repaired`, async (t) => {
    const left = (await reachable(file, 'all')).filter((found) => /^[NI]/.test(found));
    t.deepEqual(left, BEYOND_REPAIR.has(id) ? [id] : []);
  });
}

test('N8 and N9 repaired together leave neither a stale nor a lost value', async (t) => {
  for (const id of ['N8', 'N9', 'F3']) {
    const left = await reachable(scenarios[id] as string, ['N8', 'N9']);
    t.deepEqual(
      left.filter((found) => ['N8', 'N9', 'F3'].includes(found)),
      [],
      id,
    );
  }
});

test('either repair alone leaves the other hazard', async (t) => {
  t.true((await reachable(scenarios.N9 as string, ['N8'])).includes('N9'));
  t.true((await reachable(scenarios.N8 as string, ['N9'])).includes('N8'));
});

test('an existing key that takes the value away is no retry with an ordinary id', async (t) => {
  t.deepEqual(await reachable(scenarios.I5 as string, ['I5']), ['I9']);
  t.deepEqual(await reachable(scenarios.I5 as string, 'all'), []);
});

test('a number outside is astray only when a stranger has forked there', async (t) => {
  const file = scenarios.P4 as string;
  t.deepEqual(await reachable(file, ['P7']), ['P4']);
  t.deepEqual(await reachable(file.replace('.yaml', '-control.yaml'), []), []);
});

test('a freed undo entry is K2 where exit_sem reads its id again, and nowhere else', (t) => {
  const { k, init, call } = lab('2.6.26');
  const { store } = k.machine;
  const monitor = new HazardMonitor(k);
  call(init, 'semget', IPC_PRIVATE, 1, 0o600);
  call(init, 'semop', 0, [{ sem_num: 0, sem_op: 1, sem_flg: SEM_UNDO }], 1);
  const entry = [...store.objects()].find(({ layout }) => layout.kind === 'sem_undo') as UndoEntry;
  store.free(entry);
  const touchedIn = (operation: string): string[] => {
    store.beginStep(init);
    store.read(entry.semid);
    monitor.observe(store, init, operation);
    return store.notes.map((note) => (isHazard(note) ? note.finding.id : note.type));
  };
  t.deepEqual(touchedIn('exit_sem.read_again'), ['fault', 'K2']);
  t.deepEqual(touchedIn('exit_sem.apply'), ['fault']);
});
