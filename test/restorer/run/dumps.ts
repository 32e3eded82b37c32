import { existsSync } from 'node:fs';
import test from 'ava';
import { profileOf } from '../../../src/kernel-sim/profile.ts';
import type { Image } from '../../../src/restorer/image/index.ts';
import { planImage } from '../../../src/restorer/plan/plan.ts';
import { restoreImage } from '../../../src/restorer/run/restore.ts';
import { fixture, imported, recorded } from '../../import/criu/_fixtures.ts';
import { complaints, MODES } from '../helpers/tree.ts';
import { ipcOf, procOf, read, recordedIpc, recordedProc } from './_recorded.ts';

const dumps: readonly [name: string, fixes: readonly string[]][] = [
  ['small', ['P3']],
  ['ipc-small', ['P3']],
  ['host-3', []],
  ['medium', ['P3']],
  ['quirk-bigmsg', ['P3']],
  ['quirk-cuid', ['P3']],
  ['quirk-deepsess', ['P3']],
  ['quirk-qbytes_high', ['P3']],
  ['quirk-shmdest', ['P3']],
  ['quirk-zombies', ['P3']],
];

for (const [name, fixes] of dumps) {
  test(`${name} is restored and is then what the dump says`, async (t) => {
    const image = await imported(t, name);
    for (const mode of MODES) {
      for (const tracking of [false, true]) {
        const restore = restoreImage(image, { profile: profileOf('2.6.26', fixes), mode, tracking });
        t.deepEqual(complaints(restore), [], `${mode}, ${tracking ? 'with' : 'without'} a journal`);
      }
    }
  });

  if (existsSync(fixture(name, 'proc.before.json'))) {
    test(`${name} is restored and looks as /proc showed it before the dump`, async (t) => {
      const image = await imported(t, name);
      const { kernel } = restoreImage(image, { profile: profileOf('2.6.26', fixes), verify: false });
      t.deepEqual(procOf(read(kernel!, image)), recordedProc(await recorded(name, 'proc.before.json')));
    });
  }

  if (existsSync(fixture(name, 'ipc.before.json'))) {
    test(`${name} is restored and its IPC objects are as they were before the dump`, async (t) => {
      const image = await imported(t, name);
      const { kernel } = restoreImage(image, { profile: profileOf('2.6.26', fixes), verify: false });
      t.deepEqual(ipcOf(read(kernel!, image).ipc!), recordedIpc(await recorded(name, 'ipc.before.json')));
    });
  }
}

test('a young container is refused before anything starts, by the name of the defect', async (t) => {
  const image = await imported(t, 'small');
  const { obstacles, hazards, steps, kernel } = restoreImage(image, { profile: profileOf('2.6.26') });
  t.deepEqual(obstacles, [
    { hazard: 'P3', message: 'pids below 300, which the posted interface refuses', tasks: [2, 3, 4, 5, 6, 7, 8] },
  ]);
  t.deepEqual(hazards, obstacles);
  t.is(steps, 0);
  t.is(kernel, null);
});

// --- signals by each interface ---

const frozen = profileOf('2.6.26', ['P3'], 'x86-64', ['freezer-signals']);

/** What is said of signals before a restore starts. */
const ABOUT_SIGNALS = /pending signal|pending SIG|stack|siginfo|sender/;

for (const name of ['small', 'medium']) {
  for (const signals of ['sending', 'procsig', 'freezer'] as const) {
    test(`${name} has its masks, pending signals and stacks back by ${signals}, as /proc showed them before the dump`, async (t) => {
      const image = await imported(t, name);
      for (const mode of MODES) {
        const { kernel, failure } = restoreImage(image, { profile: frozen, mode, signals, verify: false });
        t.is(failure, null);
        const restored = read(kernel!, image);
        t.deepEqual(procOf(restored), recordedProc(await recorded(name, 'proc.before.json')));
        t.deepEqual(stacksOf(restored), stacksOf(image));
      }
    });

    test(`${name} has every siginfo back by ${signals}, or the loss was said before`, async (t) => {
      const image = await imported(t, name);
      const said = planImage(image, { profile: frozen, signals }).losses.filter(({ message }) =>
        ABOUT_SIGNALS.test(message),
      );
      const { differences } = restoreImage(image, { profile: frozen, signals });
      const lost = differences.filter(({ path }) => /pending|blocked|altstack/.test(path));
      if (signals === 'procsig') {
        t.deepEqual(
          said.map(({ message }) => message),
          ['the value that came with a pending signal'],
        );
        t.true(lost.length > 0 && lost.every(({ path }) => path.endsWith('/value')));
        t.deepEqual(said[0]!.tasks, [...new Set(lost.map(({ path }) => Number(path.split('/')[2])))]);
      } else {
        t.deepEqual(said, []);
        t.deepEqual(lost, []);
      }
    });
  }
}

/** The alternate stack of each thread, by its number. */
const stacksOf = ({ tasks }: Image): Record<string, unknown> =>
  Object.fromEntries(
    tasks.flatMap((task) => (task.state === 'zombie' ? [] : task.threads.map(({ tid, altstack }) => [tid, altstack]))),
  );
