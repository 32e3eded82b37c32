/** Opening an image: a file of thaw's, or the folder of a CRIU dump. */

import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Image } from '../restorer/image/index.ts';
import { readText } from '../scenario/load.ts';
import { refuse, tell } from './exit.ts';

/** Bytes of the largest image file that is read. */
const LARGEST = 400 * 1024 * 1024;

type Opened =
  | { readonly ok: true; readonly image: Image; readonly leftOut: readonly string[] }
  | { readonly ok: false; readonly message: string };

/** Reads an image file, or the folder of a CRIU dump. */
export async function readImageAt(path: string): Promise<Opened> {
  const found = await stat(path).catch(() => null);
  if (found === null) return { ok: false, message: `thaw: there is no ${path}` };
  if (found.isDirectory()) return readCriu(path);
  const text = await readText(path, LARGEST);
  if (!text.ok) return { ok: false, message: `${path}: ${text.message}` };
  const { readImage } = await import('../restorer/image/index.ts');
  const read = readImage(text.value, path);
  if (read.ok) return { ok: true, image: read.image, leftOut: [] };
  const messages = read.errors.map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`);
  return { ok: false, message: messages.join('\n') };
}

/** Reads a CRIU dump, or the folder around its `img` folder. */
async function readCriu(path: string): Promise<Opened> {
  const inside = await stat(join(path, 'img', 'inventory.img')).catch(() => null);
  const folder = inside === null ? path : join(path, 'img');
  const { importCriu } = await import('../import/criu/import.ts');
  const imported = await importCriu(folder);
  if (imported.ok) {
    return { ok: true, image: imported.image, leftOut: imported.leftOut.map(({ file, why }) => `${file}: ${why}`) };
  }
  const messages = imported.errors.map(({ file, offset, message }) => {
    const name = file === folder ? file : join(folder, file);
    return `${name}${offset === undefined ? '' : `:${offset}`}: ${message}`;
  });
  return { ok: false, message: messages.join('\n') };
}

/** Reads an image, or says what is wrong with it and gives null. */
export async function openImage(path: string): Promise<Image | null> {
  const opened = await readImageAt(path);
  if (opened.ok) return opened.image;
  refuse(opened.message);
  return null;
}

/** Reads a CRIU dump, telling what of it is left out. */
export async function openCriu(path: string): Promise<Image | null> {
  const opened = await readCriu(path);
  if (!opened.ok) {
    refuse(opened.message);
    return null;
  }
  for (const text of opened.leftOut) tell(`left out ${text}`);
  return opened.image;
}
