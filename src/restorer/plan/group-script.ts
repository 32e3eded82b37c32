/** Making a process group; setpgid(2). */

import type { GroupStep } from './member.ts';
import type { ArmedNumbers } from './numbers.ts';
import type { Script } from './script.ts';
import { none, number } from './syntax.ts';

/** The program of a child that is there to give its number, and ends at once. */
export const GONE = 'gone';

/** What a task does about its group before the others come. */
export function makeGroup(script: Script, numbers: ArmedNumbers, step: GroupStep): void {
  if (step.kind === 'found') script.call('setpgid', [number(0), number(0)]);
  if (step.kind !== 'refound') return;
  const leader = number(step.group);
  script.say(`group ${step.group} without its leader`);
  numbers.fork(step.group, GONE);
  script.call('setpgid', [leader, leader]);
  script.call('setpgid', [number(0), leader]);
  script.call('wait4', [leader, none, number(0), none], { expect: step.group });
}
