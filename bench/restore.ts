/**
 * Restoring generated trees of 1,000, 10,000 and 100,000 tasks with 1,000 IPC objects each: seconds, tasks, calls and steps a second,
 * and the most memory taken. Each size runs in a process of its own, so that memory is that size's.
 *
 * node bench/restore.ts [tasks …]
 */

import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { profileOf } from '../src/kernel-sim/profile.ts';
import { restoreImage } from '../src/restorer/run/restore.ts';
import { generateImage } from './tree.ts';

const OBJECTS = 1000;

function measure(tasks: number): void {
  const image = generateImage(tasks, OBJECTS);
  const started = performance.now();
  const restored = restoreImage(image, { profile: profileOf('2.6.26', ['P3']), tracking: false, verify: false });
  const seconds = (performance.now() - started) / 1000;
  const per = (count: number): string => Math.round(count / seconds).toLocaleString('en');
  const megabytes = process.resourceUsage().maxRSS / 1024;
  const failure = restored.failure === null ? '' : ` FAILED: ${JSON.stringify(restored.failure)}`;
  console.log(
    `${tasks} tasks, ${OBJECTS} IPC objects: ${seconds.toFixed(2)} s, ${per(tasks)} tasks/s, ${per(restored.calls)} calls/s, ` +
      `${per(restored.steps)} steps/s, ${megabytes.toFixed(0)} MiB at most${failure}`,
  );
}

const sizes = process.argv.slice(2).map(Number);
if (sizes.length === 1) measure(sizes[0] as number);
else {
  for (const tasks of sizes.length === 0 ? [1000, 10_000, 100_000] : sizes) {
    await execa(
      process.execPath,
      ['--max-old-space-size=4000', '--max-semi-space-size=64', fileURLToPath(import.meta.url), String(tasks)],
      {
        stdio: 'inherit',
      },
    );
  }
}
