// Loads scenario files: the one place of this room that reads from a disk.

import { readFile, stat } from 'node:fs/promises';
import { TextDecoder } from 'node:util';
import type { Parsed } from './diagnostic.ts';
import { maxScenarioLength, readScenario } from './read.ts';
import type { Overrides, Vocabulary } from './reading.ts';
import type { Scenario } from './scenario.ts';

/** Loads a scenario file; a file that cannot be read is a diagnostic like any other mistake. */
export async function loadScenario(
  file: string,
  vocabulary: Vocabulary,
  overrides: Overrides = {},
): Promise<Parsed<Scenario>> {
  const text = await readText(file);
  if (text.ok) return readScenario(text.value, file, vocabulary, overrides);
  return { ok: false, diagnostics: [{ file, line: 1, column: 1, length: 1, message: text.message, sourceLine: '' }] };
}

async function readText(file: string): Promise<{ ok: true; value: string } | { ok: false; message: string }> {
  try {
    const { size } = await stat(file);
    if (size > maxScenarioLength)
      return { ok: false, message: `larger than ${maxScenarioLength} bytes, the most that is read` };
    const bytes = await readFile(file);
    return { ok: true, value: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch (error) {
    if (error instanceof TypeError) return { ok: false, message: 'not a text in UTF-8' };
    const { code } = error as NodeJS.ErrnoException;
    return { ok: false, message: code === 'ENOENT' ? 'no such file' : `cannot be read: ${code}` };
  }
}
