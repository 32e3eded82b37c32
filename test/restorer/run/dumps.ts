import { existsSync } from 'node:fs';
import test from 'ava';
import { profileOf } from '../../../src/kernel-sim/profile.ts';
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
