/** Reading the file of a saved schedule. */

import { renderDiagnostics } from '../scenario/diagnostic.ts';
import { readText } from '../scenario/load.ts';
import { readSavedSchedule, type SavedSchedule } from './saved-schedule.ts';

/** Bytes of the largest file that is read: a million stretches take less. */
const LARGEST = 64 * 1024 * 1024;

export type OpenedSchedule =
  | { readonly ok: true; readonly saved: SavedSchedule }
  | { readonly ok: false; readonly message: string };

/**
 * Reads a saved schedule, or says why it is none.
 *
 * @param title of the scenario that it has to be of
 */
export async function openSchedule(file: string, title?: string): Promise<OpenedSchedule> {
  const text = await readText(file, LARGEST);
  if (!text.ok) return { ok: false, message: `${file}: ${text.message}` };
  const read = readSavedSchedule(text.value, file, title);
  return read.ok ? { ok: true, saved: read.value } : { ok: false, message: renderDiagnostics(read.diagnostics) };
}
