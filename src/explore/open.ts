/** Reading a scenario file with everything that its names may refer to: calls, interfaces, hazards. */

import { dirname, resolve } from 'node:path';
import { findEntry, nearestIds } from '../hazards/catalogue/index.ts';
import { parseConstraint } from '../scenario/constraint.ts';
import { renderDiagnostic, renderDiagnostics } from '../scenario/diagnostic.ts';
import { loadScenario, readText } from '../scenario/load.ts';
import type { Overrides } from '../scenario/reading.ts';
import type { Place, Scenario } from '../scenario/scenario.ts';
import { kernelVocabulary } from '../scenario/vocabulary.ts';

/** The restorer interfaces a scenario may name. */
const interfaces: ReadonlySet<string> = new Set(['next_syscall_data']);

/** Bytes of the largest image that a scenario starts from. */
const LARGEST = 16 * 1024 * 1024;

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
  const pinned = await withSchedule(read.value);
  if (!pinned.ok || pinned.scenario.image === undefined) return pinned;
  return withImage(pinned.scenario, pinned.scenario.image);
}

/** Takes in the constraints of a schedule file, which is named from the scenario's folder. */
async function withSchedule(scenario: Scenario): Promise<Opened> {
  const { schedule: pin, file, title, places } = scenario;
  if (pin?.kind !== 'file') return { ok: true, scenario };
  const { openSchedule } = await import('./schedule-file.ts');
  const opened = await openSchedule(resolve(dirname(file), pin.file), title);
  if (!opened.ok) return refused(places.schedule, `the schedule ${pin.file} cannot be followed`, opened.message);
  const constraints = opened.saved.constraints.map((text) => parseConstraint(text)).filter((parsed) => parsed.ok);
  const schedule = { ...pin, constraints: constraints.map(({ constraint }) => constraint) };
  return { ok: true, scenario: { ...scenario, schedule } };
}

/** What is wrong with a file that a scenario names: where it is named, then the file's own mistakes. */
function refused(place: Place | undefined, message: string, why: string): Opened {
  const named = place === undefined ? message : renderDiagnostic({ ...place, message });
  return { ok: false, message: `${named}\n${why}` };
}

/** An image is named from the scenario's folder. What reads and restores images is loaded for this alone. */
async function withImage(scenario: Scenario, name: string): Promise<Opened> {
  const path = resolve(dirname(scenario.file), name);
  const { image: place } = scenario.places;
  const text = await readText(path, LARGEST);
  if (!text.ok) return refused(place, `the image ${name} cannot be restored`, `${path}: ${text.message}`);
  const [{ readImage }, { startFromImage }] = await Promise.all([
    import('../restorer/image/index.ts'),
    import('../scenario/from-image.ts'),
  ]);
  const read = readImage(text.value, path);
  if (!read.ok) {
    const messages = read.errors.map((error) => `${error.file}:${error.line}:${error.column}: ${error.message}`);
    return refused(place, `the image ${name} cannot be restored`, messages.join('\n'));
  }
  return startFromImage(scenario, read.image, vocabulary);
}
