import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { importCriu } from '../../../src/import/criu/import.ts';
import type { Image } from '../../../src/restorer/image/index.ts';

const fixtures = join(import.meta.dirname, '../../fixtures/criu');

/** The directory of a dump, or a file that belongs to it. */
export const fixture = (name: string, ...rest: string[]) => join(fixtures, name, ...rest);

/** A JSON file that belongs to a dump. */
// biome-ignore lint/suspicious/noExplicitAny: the shape is that of the recording, which the assertions are about
export async function recorded(name: string, ...rest: string[]): Promise<any> {
  return JSON.parse(await readFile(fixture(name, ...rest), 'utf8'));
}

/** The image of a dump that imports without errors. */
export async function imported(t: ExecutionContext, name: string): Promise<Image> {
  const result = await importCriu(fixture(name, 'img'));
  if (!result.ok) return t.fail(JSON.stringify(result.errors, null, 1));
  return result.image;
}

/** A copy of a dump that a test may break. */
export async function scratchCopy(t: ExecutionContext, name: string): Promise<string> {
  const directory = await scratchDirectory(t);
  await cp(fixture(name, 'img'), directory, { recursive: true });
  return directory;
}

/** An empty directory that goes away with the test. */
export async function scratchDirectory(t: ExecutionContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'thaw-criu-'));
  t.teardown(() => rm(directory, { recursive: true }));
  return directory;
}
