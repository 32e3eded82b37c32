/** `thaw plan`: the programs that restore an image, as a scenario. */

import { basename } from 'node:path';
import { planImage } from '../restorer/plan/plan.ts';
import { printPlan } from '../restorer/plan/print.ts';
import { DIFFERENT, endWith, tell } from './exit.ts';
import { foreseenText, hazardJson } from './foreseen.ts';
import { openImage } from './image-file.ts';
import { printJson } from './output.ts';
import { profileIn, type RestoreOptions } from './restore-options.ts';

export async function plan(path: string, options: RestoreOptions): Promise<void> {
  const profile = profileIn(options);
  const image = await openImage(path);
  if (image === null) return;
  const planned = planImage(image, {
    profile,
    mode: options.mode,
    ...(options.interface !== undefined && { interface: options.interface }),
    ...(options.signals !== undefined && { signals: options.signals }),
  });
  for (const obstacle of planned.obstacles) tell(`${path}: cannot be restored: ${foreseenText(obstacle)}`);
  const text = printPlan(planned, `Restore of ${basename(path)}`, profile);
  if (options.json) {
    const { obstacles, losses } = planned;
    printJson({ plan: [...text].join(''), obstacles: obstacles.map(hazardJson), losses: losses.map(hazardJson) });
  } else for (const chunk of text) process.stdout.write(chunk);
  if (planned.obstacles.length > 0) endWith(DIFFERENT);
}
