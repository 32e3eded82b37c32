/** `thaw checkpoint`: runs a scenario until everybody waits, and writes what userspace can then see as an image. */

import { checkpoint as freeze } from '../restorer/checkpoint/checkpoint.ts';
import { type Image, imageText, UNKNOWN, validateImage, writeImage } from '../restorer/image/index.ts';
import { openSession } from '../scenario/session.ts';
import { DIFFERENT, endWith, tell } from './exit.ts';
import { runFreely } from './run.ts';
import { open, type ScenarioOptions } from './scenario-options.ts';
import { writeWhole } from './whole-file.ts';

interface Options extends ScenarioOptions {
  readonly output?: string;
  readonly seed?: number;
}

export async function checkpoint(file: string, options: Options): Promise<void> {
  const scenario = await open(file, options);
  if (scenario === null) return;
  const session = openSession(scenario);
  const { ending, steps } = await runFreely(session, options.seed, () => {});
  if (ending !== 'stuck') {
    const why = ending === 'finished' ? 'all of its tasks have ended' : `it was given up after ${steps} steps`;
    tell(
      `${file}: there is nothing to freeze: ${why}. A task that is to be in an image waits, in pause() for example.`,
    );
    endWith(DIFFERENT);
    return;
  }
  const image = withKnownLimits(
    freeze(session.k, { namespaces: { pid: 'own', ipc: 'own' }, outside: new Set([0]), ipc: true }),
  );
  const checked = validateImage(image);
  if (!checked.ok) throw new Error(`the image of ${file} is not valid: ${JSON.stringify(checked.problems)}`);
  const { output } = options;
  const format = output?.endsWith('.json') ? 'json' : 'yaml';
  if (output === undefined) process.stdout.write(imageText(image, format));
  else await writeWhole(output, writeImage(image, format));
  tell(`${file}: ${image.tasks.length} tasks after ${steps} steps`);
}

/** Limits that the kernel has no file for are unknown while it is read; a file leaves them out. */
function withKnownLimits(image: Image): Image {
  const { ipc } = image;
  if (ipc?.limits === undefined) return image;
  const known = Object.entries(ipc.limits).filter(([, limit]) => (limit as unknown) !== UNKNOWN);
  return { ...image, ipc: { ...ipc, limits: Object.fromEntries(known) } };
}
