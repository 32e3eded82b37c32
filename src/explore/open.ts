/** Reading a scenario file with everything that its names may refer to: calls, interfaces, hazards. */

import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { findEntry, nearestIds } from '../hazards/catalogue/index.ts';
import { renderDiagnostics } from '../scenario/diagnostic.ts';
import { loadScenario } from '../scenario/load.ts';
import type { Overrides } from '../scenario/reading.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { kernelVocabulary } from '../scenario/vocabulary.ts';

/** The restorer interfaces a scenario may name. */
const interfaces: ReadonlySet<string> = new Set(['next_syscall_data']);

/** Every name that a scenario may use. */
export const vocabulary = kernelVocabulary({
  interfaces,
  hazardId: (word) => findEntry(word)?.id,
  hazardsLike: (word) => nearestIds(word),
});

type Opened = { ok: true; scenario: Scenario } | { ok: false; message: string };

/** Reads a scenario file, and the image it starts from; what is wrong with either is told as a compiler would. */
export async function openScenario(file: string, overrides: Overrides = {}): Promise<Opened> {
  const read = await loadScenario(file, vocabulary, overrides);
  if (!read.ok) return { ok: false, message: renderDiagnostics(read.diagnostics) };
  return read.value.image === undefined ? { ok: true, scenario: read.value } : withImage(read.value, read.value.image);
}

/** An image is named from the scenario's folder. What reads and restores images is loaded for this alone. */
async function withImage(scenario: Scenario, name: string): Promise<Opened> {
  const path = resolve(dirname(scenario.file), name);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => error);
  if (text instanceof Error)
    return { ok: false, message: `${scenario.file}: the image ${name} cannot be read: ${text.code}` };
  const [{ readImage }, { startFromImage }] = await Promise.all([
    import('../restorer/image/index.ts'),
    import('../scenario/from-image.ts'),
  ]);
  const read = readImage(text, name);
  if (!read.ok) {
    const messages = read.errors.map((error) => `${error.file}:${error.line}:${error.column}: ${error.message}`);
    return { ok: false, message: messages.join('\n') };
  }
  return startFromImage(scenario, read.image, vocabulary);
}
