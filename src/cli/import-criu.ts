/** `thaw import criu`: makes an image of a CRIU dump. */

import { writeImage } from '../restorer/image/index.ts';
import { openCriu } from './image-file.ts';
import { writeWhole } from './whole-file.ts';

export async function importCriuDump(directory: string, { output }: { output?: string }): Promise<void> {
  const image = await openCriu(directory);
  if (image === null) return;
  const format = output?.endsWith('.json') ? 'json' : 'yaml';
  if (output === undefined) for (const chunk of writeImage(image, format)) process.stdout.write(chunk);
  else await writeWhole(output, writeImage(image, format));
}
