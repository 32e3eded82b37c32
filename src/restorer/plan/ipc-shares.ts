/** What a task itself has to do about IPC objects: attach segments, and set semaphores that know who set them last. */

import type { PlanContext } from './context.ts';
import type { Script } from './script.ts';
import { flags, name, none, number } from './syntax.ts';

const ATTACH_FLAGS = { SHM_RDONLY: 0o10000, SHM_EXEC: 0o100000 };

/** shmat(2) for each of the task's attachments, at its address where that is known. */
export function attach(script: Script, { attachments }: PlanContext, pid: number): void {
  for (const { segment, address, flags: bits } of attachments.get(pid) ?? []) {
    const known = address !== 'unknown';
    const at = known ? number(address, 16) : none;
    script.call('shmat', [number(segment), at, flags(bits, ATTACH_FLAGS, 8)], { expect: known ? at : 'anything' });
  }
}

/** SETVAL makes the caller the sempid of a semaphore; semctl(2), SEMANTICS C9. */
export function changeSemaphores(script: Script, { changes }: PlanContext, pid: number): void {
  for (const { set, index, value } of changes.get(pid) ?? []) {
    script.call('semctl', [number(set), number(index), name('SETVAL'), number(value)]);
  }
}
