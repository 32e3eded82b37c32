import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { conform } from '../../../src/import/conform/conform.ts';
import { familiesOf } from '../../../src/import/conform/families.ts';
import type { LogReport } from '../../../src/import/conform/verdict.ts';
import { readLog } from '../../../src/import/strace/read-log.ts';

const fixtures = fileURLToPath(new URL('../../fixtures/traces/', import.meta.url));
const shared = fileURLToPath(new URL('../../../../shared/traces/ltp/', import.meta.url));

/** Families that have to agree in full; the others are reported as they stand. */
const SETTLED = ['process', 'ids', 'sysvipc', 'descriptors', 'sessions', 'wait', 'signals'] as const;

const logsIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder))
    .filter((name) => name.endsWith('.strace'))
    .sort()
    .map((name) => join(folder, name));

async function reports(files: readonly string[]): Promise<LogReport[]> {
  const all: LogReport[] = [];
  for (const file of files) {
    const conformed = await conform(file);
    if (!conformed.ok) throw new Error(conformed.message);
    all.push(conformed.report);
  }
  return all;
}

for (const folder of ['random', 'threads']) {
  test(`every line of ${folder}/ is read`, async (t) => {
    for (const file of await logsIn(join(fixtures, folder))) {
      const read = await readLog(file);
      t.is(read.ok ? read.value.unreadable.count : -1, 0, file);
      if (read.ok) for (const event of read.value.events) if (event.kind === 'enter') t.not(event.call.args, null);
    }
  });

  test(`every call of ${folder}/ that is compared agrees with the recorded kernel`, async (t) => {
    for (const report of await reports(await logsIn(join(fixtures, folder)))) {
      t.deepEqual(report.divergences, [], report.file);
      t.is(report.agreed, report.compared);
      t.deepEqual([report.deliveries.agreed, report.ends.agreed], [report.deliveries.compared, report.ends.compared]);
    }
  });
}

const there = existsSync(shared);

(there ? test : test.skip)(
  `the logs of LTP agree in the settled families${there ? '' : ' (they are not beside this checkout)'}`,
  async (t) => {
    t.timeout(120_000);
    const started = performance.now();
    const families = familiesOf(await reports(await logsIn(shared)));
    const seconds = (performance.now() - started) / 1000;
    for (const name of SETTLED) {
      const family = families.get(name);
      if (family === undefined) continue;
      t.true(
        family.agreed >= family.compared - (name === 'sysvipc' ? 4 : 0),
        `${name}: ${family.agreed} of ${family.compared}`,
      );
    }
    t.log(`${seconds.toFixed(1)} s`, Object.fromEntries(families));
  },
);
