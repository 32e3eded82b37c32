/** Reading a scenario file with everything that its names may refer to: calls, interfaces, hazards. */

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

/** Reads a scenario file; what is wrong with it is told as a compiler would. */
export async function openScenario(
  file: string,
  overrides: Overrides = {},
): Promise<{ ok: true; scenario: Scenario } | { ok: false; message: string }> {
  const read = await loadScenario(file, vocabulary, overrides);
  if (!read.ok) return { ok: false, message: renderDiagnostics(read.diagnostics) };
  const { image } = read.value;
  if (image === undefined) return { ok: true, scenario: read.value };
  return { ok: false, message: `${file}: a scenario cannot start from an image yet; run thaw restore ${image}` };
}
