import test from 'ava';
import { endReports, reportsOf } from '../../../src/hazards/detectors/detect.ts';
import type { DetectorReport, ReportKind } from '../../../src/hazards/detectors/report.ts';
import { RunRecord } from '../../../src/hazards/detectors/run-record.ts';
import type { Subject } from '../../../src/hazards/detectors/subject.ts';
import { watch } from '../../../src/hazards/monitor/monitor.ts';
import { scenarios } from '../../../src/hazards/scenarios.ts';
import { IPC_PRIVATE } from '../../../src/kernel-sim/abi/ipc.ts';
import { getUndoList, putUndoList } from '../../../src/kernel-sim/ipc/undo.ts';
import { Frame } from '../../../src/kernel-sim/machine/frame.ts';
import type { Actor } from '../../../src/kernel-sim/machine/machine.ts';
import { Runner } from '../../../src/kernel-sim/machine/schedule.ts';
import { invoke } from '../../../src/syscalls/invoke.ts';
import { lab } from '../../kernel-sim/helpers/lab.ts';
import { byWitness, opened, starts } from './_runs.ts';

/** What is seen on the way to a hazard of a scenario: the kind of report, the place, and who made which access. */
const shown: readonly [file: string, hazard: string, kind: ReportKind, place: string, accesses: readonly string[]][] = [
  [
    'scenarios/next-syscall-data/n1-reader-uaf.yaml',
    'N1',
    'use-after-free',
    'next_syscall_data.data',
    ['read by reader in read', 'free by owner in write'],
  ],
  [
    'scenarios/next-syscall-data/n2-torn-read.yaml',
    'N2',
    'uninitialised-read',
    'next_syscall_data.data',
    ['read by reader in read'],
  ],
  [
    'scenarios/pids/p1-last-pid-rmw.yaml',
    'P1',
    'lost-update',
    'pid_namespace.lastPid',
    ['plain write by neighbour in fork', 'write that is lost by restorer in fork', 'plain read by neighbour in fork'],
  ],
];

for (const [file, hazard, kind, place, accesses] of shown) {
  test(`${kind} of ${place} is seen on the way to ${hazard}`, async (t) => {
    const reports = byWitness(await opened(file)).get(hazard) ?? [];
    const report = reports.find((one) => one.kind === kind && one.locationKind === place);
    t.is(report?.hazard, hazard);
    t.deepEqual(
      report?.accesses.map(({ access, task, call }) => `${access} by ${task} in ${call}`),
      accesses,
    );
  });
}

/** Runs a scenario plainly to its end. */
async function atEnd(file: string, fixes: readonly string[] = []): Promise<DetectorReport[]> {
  const subject = starts(await opened(file, fixes))();
  new Runner(subject.machine).run();
  return endReports(subject, new Set(), 0);
}

test('an undo list that nobody puts is leaked, and is not with S2 repaired', async (t) => {
  const file = 'test/fixtures/detectors/undo-list.yaml';
  t.deepEqual(
    (await atEnd(file)).map(({ kind, locationKind, hazard }) => [kind, locationKind, hazard]),
    [['memory-leak', 'undo_list', 'S2']],
  );
  t.deepEqual(await atEnd(file, ['S2']), []);
});

test('whatever is still in use at the end of a run does not leak', async (t) => {
  t.deepEqual(await atEnd('scenarios/next-syscall-data/n20-world-readable.yaml'), []);
});

/** A task in its first semop beside another who opens its undo list; both in one machine. */
function undoRace(): Subject & { readonly actors: readonly Actor[] } {
  const { k, init, call } = lab('2.6.26');
  const { machine } = k;
  watch(k);
  call(init, 'semget', IPC_PRIVATE, 1, 0o600);
  machine.store.setOwn(
    init.frame,
    Frame.begin(invoke(k, init, 'semop', [0, [{ sem_num: 0, sem_op: 1, sem_flg: 0 }], 1])),
  );
  machine.launchThread(machine.store, {
    name: 'open',
    args: [],
    *start() {
      yield* putUndoList(k, init, yield* getUndoList(k, init));
    },
  });
  const opener = machine.actors.at(-1) as Actor;
  return { machine, label: (actor) => (actor === init ? 'target' : 'opener'), actors: [init, opener] };
}

test('a failed assertion of the kernel is a report of its own (S16)', (t) => {
  const { machine, label, actors } = undoRace();
  const [target, opener] = actors as [Actor, Actor];
  const record = new RunRecord(machine);
  const until = (actor: Actor, operation: string): void => {
    while (machine.store.peek(actor.frame)?.next?.op.name !== operation) record.step(actor);
  };
  until(opener, 'undo.install');
  until(target, 'undo.install');
  for (const actor of [opener, target])
    while (machine.isAlive(actor) && machine.store.peek(actor.frame) !== null) record.step(actor);
  const found = reportsOf(
    undoRace,
    record.steps.map((step) => ({ actor: label(step.actor), steps: 1 })),
  );
  t.deepEqual(
    found.map(({ kind, hazard, message }) => [kind, hazard, message]),
    [['assertion', 'S16', 'semtimedop gave the last reference to an undo list back']],
  );
});

test('a schedule that names nobody, or somebody who cannot step, is passed over', async (t) => {
  const open = starts(await opened('scenarios/pids/p7-last-pid-store.yaml'));
  t.deepEqual(
    reportsOf(open, [
      { actor: 'nobody', steps: 3 },
      { actor: 'time', steps: 1 },
    ]),
    [],
  );
});

test('what happens to a chosen number is told by a hazard of its own, in a run of the kernel', async (t) => {
  const protocol = {
    stolen: 'N12',
    stale: 'N8',
    lost: 'N9',
    'wrong kind': 'N13',
    'wrong task': 'N22',
    taken: 'P6',
  };
  for (const [what, id] of Object.entries(protocol)) {
    const found = byWitness(await opened(scenarios[id] as string));
    t.true(found.has(id), what);
  }
});
