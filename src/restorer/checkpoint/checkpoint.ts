/**
 * Taking a checkpoint: what a kernel holds as an image, found out by system calls and procfs alone. A visitor with all rights reads
 * what anybody may be shown; what only a task itself can ask is asked in its place.
 *
 * Reading comes in an order, because some of it leaves traces: messages and pending signals are taken, and attaching a segment changes
 * its times. Who goes on with the kernel takes the journal back to before.
 */

import type { Kernel } from '../../kernel-sim/kernel.ts';
import { type Attach, IMAGE_VERSION, type Image } from '../image/index.ts';
import { Probe } from './probe.ts';
import { DescriptorReader } from './read-descriptors.ts';
import { readIpc } from './read-ipc.ts';
import { TaskReader } from './read-tasks.ts';

export interface CheckpointOptions {
  readonly namespaces: Image['namespaces'];
  /** Tasks that are no part of the tree: its parents are none. */
  readonly outside: ReadonlySet<number>;
  /** Whether IPC objects belong to it. */
  readonly ipc: boolean;
  /** Whether the limits of tasks are asked for; they are unknown otherwise. */
  readonly limits?: boolean;
  /** Places where segments may be attached, by segment: procfs does not tell. */
  readonly attaches?: ReadonlyMap<number, readonly Attach[]>;
}

/** The image of everything that runs in a kernel, but for what is outside. All of it has to wait. */
export function checkpoint(k: Kernel, options: CheckpointOptions): Image {
  const { namespaces, outside, ipc, limits = true, attaches = new Map() } = options;
  const probe = new Probe(k);
  const pids = probe.numbers('/proc').filter((pid) => pid !== probe.number && !outside.has(pid));
  const tasks = new TaskReader(probe, limits);
  const descriptors = new DescriptorReader(probe);
  const image: Image = {
    version: IMAGE_VERSION,
    namespaces,
    tasks: pids.map((pid) => {
      const task = tasks.read(pid, (handle, ppid) => descriptors.read(pid, handle, ppid));
      return outside.has(task.ppid) ? { ...task, ppid: 0 } : task;
    }),
    descriptorTables: descriptors.tables,
    openFiles: descriptors.openFiles,
    pipes: descriptors.pipes,
    ...(ipc && { ipc: readIpc(probe, attaches) }),
  };
  for (const task of image.tasks) if (task.state !== 'zombie') tasks.takePending(task);
  return image;
}
