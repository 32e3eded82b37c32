/** How much of what a restore brings back; the keys that scripts read. DESIGN, "The command line". */

import type { Image } from '../image/index.ts';

export interface Counts {
  readonly tasks: number;
  /** Beside the leaders of the tasks. */
  readonly threads: number;
  readonly msg: number;
  readonly sem: number;
  readonly shm: number;
  readonly mqueue: number;
  /** Descriptors of all tasks. */
  readonly fds: number;
  /** Pending signals. */
  readonly signals: number;
}

export const NOTHING: Counts = { tasks: 0, threads: 0, msg: 0, sem: 0, shm: 0, mqueue: 0, fds: 0, signals: 0 };

/** What there is in an image of what can be restored. */
export function countsOf({ tasks, descriptorTables, openFiles, ipc }: Image): Counts {
  const others = new Set(openFiles.filter(({ kind }) => kind === 'other').map(({ id }) => id));
  const descriptors = new Map(
    descriptorTables.map(({ id, descriptors }) => [id, descriptors.filter(({ file }) => !others.has(file)).length]),
  );
  let [threads, fds, signals] = [0, 0, 0];
  for (const task of tasks) {
    if (task.state === 'zombie') continue;
    threads += task.threads.length - 1;
    fds += descriptors.get(task.descriptors) ?? 0;
    signals += task.signals.pending.length;
    for (const { pending } of task.threads) signals += pending.length;
  }
  return {
    tasks: tasks.length,
    threads,
    msg: ipc?.msg.length ?? 0,
    sem: ipc?.sem.length ?? 0,
    shm: ipc?.shm.length ?? 0,
    mqueue: 0,
    fds,
    signals,
  };
}
