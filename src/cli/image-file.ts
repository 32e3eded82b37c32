/** Opening an image: a file of thaw's, or the folder of a CRIU dump. */

import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Image } from '../restorer/image/index.ts';
import { refuse, tell, UsageError } from './exit.ts';

/** Bytes of the largest image file that is read. */
const LARGEST = 400 * 1024 * 1024;

/** Reads an image, or says what is wrong with it and gives null. */
export async function openImage(path: string): Promise<Image | null> {
  const found = await stat(path).catch(() => null);
  if (found === null) refuse(`thaw: there is no ${path}`);
  else if (found.isDirectory()) return openCriu(path);
  else if (found.size > LARGEST) refuse(`${path}: larger than ${LARGEST} bytes, the most that is read`);
  else {
    const { readImage } = await import('../restorer/image/index.ts');
    const read = readImage(await readFile(path, 'utf8'), path);
    if (read.ok) return read.image;
    refuse(read.errors.map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`).join('\n'));
  }
  return null;
}

/** Reads a CRIU dump, or the folder around its `img` folder, telling what of it is left out. */
export async function openCriu(path: string, quiet = true): Promise<Image | null> {
  const inside = await stat(join(path, 'img', 'inventory.img')).catch(() => null);
  const { importCriu } = await import('../import/criu/import.ts');
  const imported = await importCriu(inside === null ? path : join(path, 'img'));
  if (!imported.ok) {
    refuse(
      imported.errors
        .map(({ file, offset, message }) => `${file}${offset === undefined ? '' : `:${offset}`}: ${message}`)
        .join('\n'),
    );
    return null;
  }
  if (!quiet) for (const { file, why } of imported.leftOut) tell(`left out ${file}: ${why}`);
  return imported.image;
}

/** Writes a whole file or nothing: beside it first, then under its name. A file that cannot be written is the user's mistake. */
export async function writeWhole(file: string, chunks: Iterable<string>): Promise<void> {
  const beside = join(dirname(file), `.${randomUUID()}.tmp`);
  try {
    await writeFile(beside, chunks);
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw new UsageError(`${file} cannot be written: ${(error as NodeJS.ErrnoException).code}`);
  }
}
