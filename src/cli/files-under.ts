/** The files that a path on the command line stands for. */

import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from './exit.ts';

/** The path itself if it is a file; else the files below it whose names match, in order. */
export async function filesUnder(path: string, names: RegExp, except = /^$/): Promise<string[]> {
  const found = await stat(path).catch(() => null);
  if (found === null) throw new UsageError(`there is no ${path}`);
  if (!found.isDirectory()) return [path];
  const entries = await readdir(path, { withFileTypes: true });
  const below = await Promise.all(
    entries
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .filter((entry) => entry.isDirectory() || (names.test(entry.name) && !except.test(entry.name)))
      .map(({ name }) => filesUnder(join(path, name), names, except)),
  );
  return below.flat();
}
