/** `thaw diff`: what of two images differs. */

import { diffImages } from '../restorer/image/index.ts';
import { DIFFERENT, endWith } from './exit.ts';
import { openImage } from './image-file.ts';
import { printJson } from './output.ts';

export async function diff(first: string, second: string, { json = false }: { json?: boolean }): Promise<void> {
  const a = await openImage(first);
  const b = await openImage(second);
  if (a === null || b === null) return;
  const differences = diffImages(a, b);
  if (json) printJson(differences);
  else
    for (const { path, image, restored } of differences)
      process.stdout.write(`${path}: ${JSON.stringify(image)} -> ${JSON.stringify(restored)}\n`);
  if (differences.length > 0) endWith(DIFFERENT);
}
