// Loads scenario files: the one place of this room that reads from a disk.

import { open } from 'node:fs/promises';
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
  const text = await readText(file, maxScenarioLength);
  if (text.ok) return readScenario(text.value, file, vocabulary, overrides);
  return { ok: false, diagnostics: [{ file, line: 1, column: 1, length: 1, message: text.message, sourceLine: '' }] };
}

/** A text, or why there is none. */
export type TextRead = { readonly ok: true; readonly value: string } | { readonly ok: false; readonly message: string };

/** Reads a file as UTF-8, at most `most` bytes of it, for pipes and devices tell no size beforehand. */
export async function readText(file: string, most: number): Promise<TextRead> {
  try {
    const bytes = await readBytes(file, most);
    if (bytes === null) return { ok: false, message: `larger than ${most} bytes, the most that is read` };
    return { ok: true, value: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return { ok: false, message: 'not a text in UTF-8' };
    return { ok: false, message: code === 'ENOENT' ? 'no such file' : `cannot be read: ${code}` };
  }
}

/** Bytes that are read at a time. */
const PIECE = 1 << 20;

/** The bytes of a file; null when there are more than `most`. */
async function readBytes(file: string, most: number): Promise<Buffer | null> {
  const handle = await open(file);
  try {
    const stats = await handle.stat();
    if (stats.isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR' });
    if (stats.size > most) return null;
    const pieces: Buffer[] = [];
    let length = 0;
    for await (const piece of handle.createReadStream({ autoClose: false, highWaterMark: PIECE })) {
      length += pieces[pieces.push(piece as Buffer) - 1]!.length;
      if (length > most) return null;
    }
    return Buffer.concat(pieces, length);
  } finally {
    await handle.close();
  }
}
