/** A hazard as a block of its own in a trace, in the manner of a kernel sanitizer's report. */

import type { Finding } from '../hazards/finding.ts';

const RULE = '='.repeat(66);

/** The lines of a hazard block. */
export function hazardBlock(
  { id, name, task, at, accesses, intended, happened, fix }: Finding,
  step: number,
): string[] {
  return [
    RULE,
    `HAZARD: ${id} ${name} in ${task}, ${at.call} (step ${step})`,
    '',
    ...accesses.map(
      (access) =>
        `  ${access.task} in ${access.call}${access.step === undefined ? '' : ` at step ${access.step}`}: ${access.what}`,
    ),
    '',
    `  intended:  ${intended}`,
    `  happened:  ${happened}`,
    `  fix:       ${fix}`,
    RULE,
  ];
}
