/** The file systems that can be mounted, by name; /proc/filesystems. Other rooms add theirs here. */

import { hasFreezer } from '../freezer/cgroup.ts';
import { makeCgroupRoot } from '../freezer/directory.ts';
import type { Kernel } from '../kernel.ts';
import type { Transaction } from '../machine/store.ts';
import { makeQueueRoot } from '../mqueue/directory.ts';
import type { Task } from '../task/task.ts';
import type { Mount } from './mount.ts';
import type { Node, VirtualNode } from './node.ts';
import { procRoot } from './proc/root.ts';

/** Where a file system is mounted: what its root has to know. */
export interface MountPlace {
  readonly mount: Mount;
  /** The directory that `..` leads to. */
  readonly parent: Node;
  readonly name: string;
}

/** Makes the root of a mount; `task` is who mounts it, null at boot. For operations. */
export type MakeRoot = (tx: Transaction, k: Kernel, task: Task | null, place: MountPlace) => VirtualNode;

/** procfs for the pid namespace of whoever mounts it. */
export const makeProcRoot: MakeRoot = (tx, k, task, place) =>
  procRoot(place, task === null ? k.initPidNs : tx.read(task.pidNs)!);

const types: Readonly<Record<string, MakeRoot>> = { proc: makeProcRoot, mqueue: makeQueueRoot };
const withFreezer: typeof types = { ...types, cgroup: makeCgroupRoot };

/** What a kernel can mount. */
export const fileSystemTypes = (k: Kernel): Readonly<Record<string, MakeRoot>> => (hasFreezer(k) ? withFreezer : types);
