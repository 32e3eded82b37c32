/** `thaw restore`: restores an image by the planned programs, reads the kernel back and says what differs. */

import type { Kernel } from '../kernel-sim/kernel.ts';
import type { Foreseen } from '../restorer/plan/foresight.ts';
import { type Restore, restoreImage } from '../restorer/run/restore.ts';
import { EventSource } from '../trace/event.ts';
import { coloursOf } from './colour.ts';
import { DIFFERENT, endWith, tell } from './exit.ts';
import { foreseenText, hazardJson } from './foreseen.ts';
import { openImage } from './image-file.ts';
import { printJson } from './output.ts';
import { Progress } from './progress.ts';
import { profileIn, type RestoreOptions } from './restore-options.ts';
import { TraceFile } from './trace-file.ts';

/** Steps between two looks at the clock. */
const STRIDE = 4096;

/** Differences that are listed for people; `--json` has all. */
const LISTED = 20;

interface Options extends RestoreOptions {
  readonly trace?: string;
  readonly width?: number;
}

export async function restore(path: string, options: Options): Promise<void> {
  const profile = profileIn(options);
  const image = await openImage(path);
  if (image === null) return;
  const trace = options.trace === undefined ? null : new TraceFile(options.trace, options.width ?? 64);
  const started = performance.now();
  const progress = new Progress();
  let result: Restore;
  try {
    result = restoreImage(image, {
      profile,
      mode: options.mode,
      ...(options.interface !== undefined && { interface: options.interface }),
      ...(options.signals !== undefined && { signals: options.signals }),
      onStep: following(trace, progress),
    });
  } catch (error) {
    trace?.drop();
    throw error;
  }
  if (result.obstacles.length > 0) trace?.drop();
  else await trace?.end();
  progress.clear();
  const seconds = (performance.now() - started) / 1000;
  if (options.json) printJson(toJson(result, seconds));
  else print(path, result, seconds);
  if (result.obstacles.length > 0 || result.failure !== null || result.differences.length > 0) endWith(DIFFERENT);
}

/** Writes each step to a trace, and shows how many there were. */
function following(trace: TraceFile | null, progress: Progress): (k: Kernel) => void {
  let source: EventSource | null = null;
  let steps = 0;
  return (k) => {
    if (++steps % STRIDE === 0) progress.tick(() => `restoring, ${steps} steps`);
    if (trace === null) return;
    source ??= new EventSource(k.machine.store, () => '');
    for (const event of source.afterStep()) trace.add(event);
  };
}

function toJson(result: Restore, seconds: number): object {
  const { restored, calls, steps, verified, differences, hazards, losses, obstacles, failure } = result;
  return {
    restored,
    calls,
    steps,
    verified,
    differences,
    hazards: hazards.map(hazardJson),
    losses: losses.map(hazardJson),
    obstacles: obstacles.map(hazardJson),
    failure,
    seconds,
  };
}

function print(path: string, result: Restore, seconds: number): void {
  const { bold, green, red, yellow } = coloursOf(process.stdout);
  const lines = [bold(`${path}: ${verdict(result)}`)];
  const list = (title: string, all: readonly Foreseen[], paint: (text: string) => string) => {
    for (const one of all) lines.push(`  ${paint(title)} ${foreseenText(one)}`);
  };
  list('cannot be restored:', result.obstacles, red);
  list('is lost:', result.losses, yellow);
  if (result.failure !== null) lines.push(`  ${red('failed:')} ${result.failure.message} (${result.failure.program})`);
  if (result.obstacles.length === 0 && result.failure === null) {
    lines.push(`  ${countsText(result)}`);
    lines.push(`  ${result.calls} calls in ${result.steps} steps, ${seconds.toFixed(2)} s`);
    if (result.verified) lines.push(`  ${green('verified:')} read back by system calls, and as in the image`);
  }
  for (const { path: where, image, restored } of result.differences.slice(0, LISTED))
    lines.push(
      `  ${red('differs:')} ${where}: ${JSON.stringify(image)} in the image, ${JSON.stringify(restored)} restored`,
    );
  const more = result.differences.length - LISTED;
  if (more > 0) lines.push(`  and ${more} more differences`);
  process.stdout.write(`${lines.join('\n')}\n`);
  if (result.obstacles.some(({ hazard }) => hazard !== null)) {
    const ids = new Set(result.obstacles.flatMap(({ hazard }) => (hazard === null ? [] : [hazard])));
    tell(`--fixes ${[...ids].join(',')} goes on as if the kernel had these repaired.`);
  }
}

function verdict({ obstacles, failure, verified, differences }: Restore): string {
  if (obstacles.length > 0) return 'not started';
  if (failure !== null) return 'failed; nothing is left behind';
  return verified ? 'restored' : `restored with ${differences.length} differences`;
}

/** `33 tasks with 5 threads, 12 msg, …` without what there is none of. */
function countsText({ restored }: Restore): string {
  const parts = Object.entries(restored).filter(([, count]) => count > 0);
  return parts.map(([what, count]) => `${count} ${what}`).join(', ');
}
