import test from 'ava';
import type { DetectorReport } from '../../../src/hazards/detectors/report.ts';
import { bySeed, byWitness, opened, scenarioFiles } from './_runs.ts';

/** What the detectors see in all scenarios together: the kind, the kind of place, the hazard behind it; and why each is real. */
const real: Readonly<Record<string, string>> = {
  'data-race file.position -': 'two processes write through one open file, and 2.6.26 has no lock around its position',
  'data-race next_syscall_data.data N1': 'the structure is freed under a reader that has followed the pointer',
  'data-race next_syscall_data.data N2': 'the value is stored after the structure is attached',
  'data-race next_syscall_data.ndata N1': 'the structure is freed under a reader that has followed the pointer',
  'data-race next_syscall_data.ndata N2': 'the count is stored after the structure is attached',
  'data-race pid_namespace.lastPid P1': 'a chosen pid is put in by a read and a write',
  'data-race pid_namespace.lastPid P7': 'ordinary pids are, too',
  'data-race sem_undo.semid K2': 'exit reads the id once more outside of the section',
  'data-race shared_signals.pending G2': 'the mask of a queue is printed without its lock',
  'data-race shared_signals.pending G3': 'the mask of a queue is written without its lock',
  'data-race shared_signals.queueHead G2': 'a queue is walked without its lock',
  'data-race sig_file.leftover G8': 'two writers share what a write has left',
  'data-race sig_leftover.text G8': 'both of them free it',
  'data-race sighand.actions G13': 'actions are written field by field without their lock',
  'data-race sigqueue.info G2': 'an entry is freed while it is printed',
  'data-race sigqueue.next G2': 'an entry is freed while the walk goes on from it',
  'data-race sigqueue.user G2': 'an entry is freed while it is printed',
  'data-race task.nsd N1': 'the pointer is cleared while a reader follows it',
  'data-race task.nsd N2': 'the pointer is there before what it points to',
  'data-race thread_signals.blocked G12': 'a mask is replaced without the lock',
  'data-race thread_signals.pending G2': 'the mask of a queue is printed without its lock',
  'data-race thread_signals.queueHead G2': 'a queue is walked without its lock',
  'double-free sig_leftover.text G8': 'both writers free what the write before has left',
  'lost-update pid_namespace.lastPid P1': 'the store for a chosen pid takes a later pid back',
  'lost-update pid_namespace.lastPid P7': 'the store of a slow fork takes a later pid back',
  'lost-update sig_file.leftover G8': 'what one writer leaves is taken for what was there before',
  'lost-wakeup task.state G12': 'a signal is no longer blocked and its task sleeps on',
  'memory-leak sig_leftover G8': 'of two writers that leave something one is forgotten',
  'memory-leak sigqueue G6': 'the entry of a line that cannot be read back is dropped',
  'out-of-bounds sighand.actions G10': 'index 64 is behind the table',
  'uninitialised-read msg_queue.stime I7': 'the old layout leaves times and pids as the stack was',
  'uninitialised-read next_syscall_data.data N2': 'a reader comes before the value',
  'use-after-free next_syscall_data.data N1': 'a reader goes on after the structure was freed',
  'use-after-free sem_undo.semid K2': 'exit reads an entry that the removal of its set has freed',
  'use-after-free sig_leftover.text G8': 'the second writer reads what the first has freed',
  'use-after-free sigqueue.next G2': 'the walk goes on from an entry that was taken',
};

const keyOf = ({ kind, locationKind, hazard }: DetectorReport): string => [kind, locationKind, hazard ?? '-'].join(' ');

/** Runs by chance: what can be seen in any of them is seen in these. */
const SEEDS = [1, 2, 3, 4];

/** What is seen in some runs of each file by chance and on the way to each of its hazards. */
async function seenIn(files: readonly string[], fixes?: 'all'): Promise<string[]> {
  const seen = new Set<string>();
  for (const file of files) {
    const scenario = await opened(file, fixes);
    const runs = [...SEEDS.map((seed) => bySeed(scenario, seed)), ...byWitness(scenario).values()];
    for (const report of runs.flat()) seen.add(keyOf(report));
  }
  return [...seen].sort();
}

test('the detectors see in the scenarios of the project what is wrong there, and nothing else', async (t) => {
  t.deepEqual(await seenIn(scenarioFiles()), Object.keys(real).sort());
});

test('with everything repaired nothing is seen of pids, armed values, ids and what lies below them', async (t) => {
  t.deepEqual(await seenIn(scenarioFiles('{pids,next-syscall-data,ipc-ids,descriptors,base}'), 'all'), []);
});

test('the repair of a hazard takes the races away that are its symptoms', async (t) => {
  for (const [id, file] of [
    ['P1', 'scenarios/pids/p1-last-pid-rmw.yaml'],
    ['P7', 'scenarios/pids/p7-last-pid-store.yaml'],
    ['K2', 'scenarios/base/k2-exit-sem-stale-entry.yaml'],
    ['G2', 'scenarios/procsig/g2-unlocked-queue-walk.yaml'],
  ] as const) {
    const seen = async (fixes: readonly string[]): Promise<boolean> => {
      const scenario = await opened(file, fixes);
      const reports = SEEDS.flatMap((seed) => bySeed(scenario, seed));
      return [...reports, ...[...byWitness(scenario).values()].flat()].some(({ hazard }) => hazard === id);
    };
    t.true(await seen([]), `${id} as posted`);
    t.false(await seen([id]), `${id} repaired`);
  }
});
