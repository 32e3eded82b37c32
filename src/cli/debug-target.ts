/**
 * What `thaw debug` can debug: a scenario, or an image, whose plan is a scenario. The plan is debugged as the text that `thaw plan`
 * prints, so that its lines can be broken at and listed.
 */

import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { Debuggee } from '../debug/debuggee.ts';
import { openScenario } from '../explore/open.ts';
import { CATALOGUE, findEntry, nearestIds } from '../hazards/catalogue/index.ts';
import { profileOf } from '../kernel-sim/profile.ts';
import type { Image } from '../restorer/image/index.ts';
import { planImage } from '../restorer/plan/plan.ts';
import { printPlan } from '../restorer/plan/print.ts';
import { renderDiagnostics } from '../scenario/diagnostic.ts';
import { readScenario } from '../scenario/read.ts';
import type { Overrides } from '../scenario/reading.ts';
import { kernelVocabulary } from '../scenario/vocabulary.ts';
import { foreseenText } from './foreseen.ts';
import { readImageAt } from './image-file.ts';

/** Opens a scenario or an image; a text says what is wrong with it. */
export async function openDebuggee(file: string, overrides: Overrides): Promise<Debuggee | string> {
  if (await isImage(file)) {
    const image = await readImageAt(file);
    return image.ok ? debuggeeOf(image.image, file, overrides) : image.message;
  }
  const opened = await openScenario(file, overrides);
  return opened.ok ? new Debuggee(opened.scenario) : opened.message;
}

/** Whether a path is an image file, or a folder and so a CRIU dump if anything. */
async function isImage(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => null);
  return found !== null && (found.isDirectory() || (found.isFile() && (await beginsLikeImage(file))));
}

/** An image begins with its version, which no scenario has. */
async function beginsLikeImage(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4096), 0, 4096, 0);
    return /^(?:\s*#.*\n)*\s*(?:---\s*\n)?\s*\{?\s*"?version"?\s*:/.test(buffer.toString('utf8', 0, bytesRead));
  } finally {
    await handle.close();
  }
}

function debuggeeOf(image: Image, file: string, overrides: Overrides): Debuggee | string {
  const { fixes = [] } = overrides;
  const repaired = fixes === 'all' ? CATALOGUE.map(({ id }) => id) : fixes;
  const profile = profileOf(overrides.profile ?? '2.6.26', repaired);
  const plan = planImage(image, { profile });
  if (plan.obstacles.length > 0) {
    return plan.obstacles.map((obstacle) => `${file}: cannot be restored: ${foreseenText(obstacle)}`).join('\n');
  }
  const text = [...printPlan(plan, `Restore of ${basename(file)}`, profile)].join('');
  const vocabulary = kernelVocabulary({
    interfaces: new Set(['next_syscall_data']),
    hazardId: (word) => findEntry(word)?.id,
    hazardsLike: (word) => nearestIds(word),
  });
  const read = readScenario(text, file, vocabulary);
  return read.ok ? new Debuggee(read.value, text) : renderDiagnostics(read.diagnostics);
}
