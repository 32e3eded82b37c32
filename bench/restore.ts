/**
 * Restoring generated trees of 1,000, 10,000 and 100,000 tasks with 1,000 IPC objects each, one task after the other and all at once:
 * seconds, tasks, calls and steps a second, how long it takes to read the kernel back and compare, and the most memory taken. Each runs
 * in a process of its own, so that memory is its own.
 *
 * node bench/restore.ts [tasks …]
 */

import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { profileOf } from '../src/kernel-sim/profile.ts';
import type { Mode } from '../src/restorer/plan/context.ts';
import { restoreImage } from '../src/restorer/run/restore.ts';
import { verify } from '../src/restorer/run/verify.ts';
import { generateImage } from './tree.ts';

const OBJECTS = 1000;

function measure(tasks: number, mode: Mode): void {
  const image = generateImage(tasks, OBJECTS);
  const started = performance.now();
  const idle = process.cpuUsage();
  const restored = restoreImage(image, { profile: profileOf('2.6.26', ['P3']), mode, tracking: false, verify: false });
  const built = performance.now();
  const busy = process.cpuUsage(idle).user / 1e6;
  const differences = restored.kernel === null ? [] : verify(restored.kernel, image);
  const seconds = (built - started) / 1000;
  const reading = (performance.now() - built) / 1000;
  const per = (count: number): string => Math.round(count / seconds).toLocaleString('en');
  const megabytes = process.resourceUsage().maxRSS / 1024;
  console.log(
    `${tasks} tasks, ${mode}: ${seconds.toFixed(2)} s (${busy.toFixed(1)} s of CPU), ${per(tasks)} tasks/s, ${per(restored.calls)} calls/s, ` +
      `${per(restored.steps)} steps/s; read back in ${reading.toFixed(2)} s; ${megabytes.toFixed(0)} MiB at most`,
  );
  const complaint = restored.failure ?? differences[0];
  if (complaint !== undefined) {
    console.error(JSON.stringify(complaint));
    process.exitCode = 1;
  }
}

const [size, mode] = process.argv.slice(2);
if (mode === 'sequential' || mode === 'parallel') measure(Number(size), mode);
else {
  const sizes = process.argv.slice(2).map(Number);
  for (const tasks of sizes.length === 0 ? [1000, 10_000, 100_000] : sizes) {
    for (const each of ['sequential', 'parallel']) {
      const args = [
        '--max-old-space-size=4000',
        '--max-semi-space-size=64',
        fileURLToPath(import.meta.url),
        String(tasks),
        each,
      ];
      await execa(process.execPath, args, { stdio: 'inherit' });
    }
  }
}
