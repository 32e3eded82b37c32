/** Which tasks have a part in restoring IPC objects: those that have them attached, and those that were the last to set semaphores. */

import type { Image } from '../image/index.ts';
import type { Attachment, SemaphoreChange } from './context.ts';
import type { Foresight } from './foresight.ts';
import { Member } from './member.ts';

export interface Shares {
  readonly changes: ReadonlyMap<number, readonly SemaphoreChange[]>;
  readonly clerks: readonly Member[];
  readonly attachments: ReadonlyMap<number, readonly Attachment[]>;
}

/** Gives the parts out. For a pid that nobody has any more, somebody is made who sets the semaphores and is gone. */
export function planShares({ ipc, tasks }: Image, byPid: ReadonlyMap<number, Member>, foresight: Foresight): Shares {
  const threads = new Set(tasks.flatMap((task) => (task.state === 'zombie' ? [] : task.threads.map(({ tid }) => tid))));
  const changes = new Map<number, SemaphoreChange[]>();
  for (const { id, values, pids } of ipc?.sem ?? []) {
    if (pids === 'unknown') continue;
    for (const [index, pid] of pids.entries()) {
      if (pid === 0) continue;
      // A process had this number once, and a thread has it now.
      if (threads.has(pid) && !byPid.has(pid)) foresight.loss('who was the last to set a semaphore');
      else append(changes, pid, { set: id, index, value: values[index]! });
    }
  }
  const attachments = new Map<number, Attachment[]>();
  for (const { id, attaches } of ipc?.shm ?? []) {
    if (attaches === 'unknown') continue;
    for (const { pid, address, flags } of attaches) {
      append(attachments, pid, { segment: id, address, flags: flags === 'unknown' ? 0 : flags });
    }
  }
  const dead = [...changes.keys()].filter((pid) => pid !== 1 && !byPid.has(pid)).sort((a, b) => a - b);
  const clerks = dead.map((pid) => {
    const clerk = new Member(pid, 'clerk', null);
    clerk.depth = 1;
    return clerk;
  });
  return { changes, attachments, clerks };
}

function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [value]);
  else known.push(value);
}
