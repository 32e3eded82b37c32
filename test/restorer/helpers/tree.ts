/** Small images of trees, and restoring them. */

import { profileOf } from '../../../src/kernel-sim/profile.ts';
import type { Image, LiveTask, Task, ZombieTask } from '../../../src/restorer/image/index.ts';
import { type Plan, planImage } from '../../../src/restorer/plan/plan.ts';
import { printPlanned } from '../../../src/restorer/plan/script.ts';
import { type Restore, type RestoreOptions, restoreImage } from '../../../src/restorer/run/restore.ts';
import { image, task } from '../image/_images.ts';

/** A descriptor: number and open file, and whether exec closes it. */
export type Fd = readonly [fd: number, file: number, cloexec?: boolean];

/** Where a task stands; the session is pid 1's and the group its parent's, unless said otherwise. */
export interface Place {
  readonly pid: number;
  readonly ppid?: number;
  readonly pgid?: number;
  readonly sid?: number;
}

/** A living task of a tree. */
export function live({ pid, ppid = 1, sid = 1, pgid = sid }: Place, rest: Partial<LiveTask> = {}): LiveTask {
  return task(pid, { ppid, pgid, sid, comm: `task ${pid}`, rlimits: 'unknown', descriptors: pid, ...rest });
}

/** Pid 1 of a tree with a namespace of its own. */
export const root = (rest: Partial<LiveTask> = {}): LiveTask => live({ pid: 1, ppid: 0 }, { comm: 'root', ...rest });

/** A zombie of a tree. */
export function zombie({ pid, ppid = 1, sid = 1, pgid = sid }: Place, status = 0): ZombieTask {
  return { state: 'zombie', pid, ppid, pgid, sid, comm: 'gone', status, credentials: 'unknown' };
}

/** An image of tasks that have a descriptor table each. */
export function tree(
  tasks: Task[],
  fds: Readonly<Record<number, readonly Fd[]>> = {},
  rest: Partial<Image> = {},
): Image {
  const pids = tasks.flatMap((one) => (one.state === 'zombie' ? [] : [one.pid]));
  return image(tasks, {
    descriptorTables: pids.map((pid) => ({
      id: pid,
      descriptors: (fds[pid] ?? []).map(([fd, file, cloexec = false]) => ({ fd, file, cloexec })),
    })),
    ...rest,
  });
}

export const FIXED = profileOf('2.6.26', ['P3']);

export const MODES = ['sequential', 'parallel'] as const;

/** Restores with low pids allowed. */
export const restore = (from: Image, options: Partial<RestoreOptions> = {}): Restore =>
  restoreImage(from, { profile: FIXED, ...options });

/** What is wrong with a restore; nothing if it is complete and verified. */
export const complaints = ({ failure, obstacles, differences, verified }: Restore): unknown[] => [
  ...(failure === null ? [] : [failure.message]),
  ...obstacles.map(({ message }) => message),
  ...differences,
  ...(verified ? [] : ['not verified']),
];

/** The plan of an image, with low pids allowed. */
export const plan = (from: Image, options = {}): Plan => planImage(from, { profile: FIXED, ...options });

/** The lines of one program of a plan, without remarks. */
export const lines = (of: Plan, name: string): string[] =>
  printPlanned(of.program(name)!, '')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
