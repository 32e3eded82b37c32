/**
 * tasks: the numbers of a group's threads, ascending, as they were when the file was opened; writing a number moves that thread
 * here, 0 the writer. kernel/cgroup.c:cgroup_tasks_open, attach_task_by_pid. A write does not move the position.
 */

import {
  type Destination,
  type File,
  fileOperations,
  type Put,
  readable,
  type Source,
  type Taken,
} from '../fs/file.ts';
import type { Kernel } from '../kernel.ts';
import { operation } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import type { PidNamespace } from '../pid/namespace.ts';
import { numberIn } from '../pid/pid.ts';
import { done, fail, ok, type Result } from '../result.ts';
import { strtol0 } from '../task/armed-text.ts';
import { asInt } from '../task/next-syscall-data.ts';
import { children, type Process, type Task, threads } from '../task/task.ts';
import { type Cgroup, members } from './cgroup.ts';
import { moveTask } from './freeze.ts';
import { liveGroupOf } from './node.ts';
import { slice, wordIn } from './text.ts';

/** The threads of a group; those of the root are found by going through all processes. */
export function threadsIn(tx: Transaction, k: Kernel, cgroup: Cgroup): readonly Task[] {
  if (cgroup !== k.cgroups) return [...members.members(tx, cgroup)].map(({ task }) => tx.read(task)!);
  const init = tx.read(k.initPidNs.reaper);
  const found: Task[] = [];
  const left: Process[] = init === null ? [] : [tx.read(init.process)!];
  while (left.length > 0) {
    for (const thread of threads.members(tx, left.pop()!)) {
      if (tx.read(thread.membership) === null && !tx.read(thread.exiting)) found.push(thread);
      for (const child of children.members(tx, thread)) left.push(tx.read(child.process)!);
    }
  }
  return found;
}

/** A thread's number, 0 where it cannot be seen. */
export function numberOf(tx: Transaction, task: Task, ns: PidNamespace): number {
  const pid = tx.read(task.pid);
  return pid === null ? 0 : numberIn(tx, pid, ns);
}

const open = operation('cgroup.open_tasks', (tx: Transaction, k: Kernel, task: Task, file: File): Result<undefined> => {
  if (!readable(tx.read(file.flags))) return done;
  const cgroup = liveGroupOf(tx, file);
  if (!cgroup.ok) return cgroup;
  const ns = tx.read(task.pidNs)!;
  const numbers = threadsIn(tx, k, cgroup.value).map((thread) => numberOf(tx, thread, ns));
  const text = numbers
    .filter((number) => number !== 0)
    .sort((a, b) => a - b)
    .map((number) => `${number}\n`);
  tx.write(file.data, text.join(''));
  return done;
});

const read = operation(
  'cgroup.read_tasks',
  (tx: Transaction, file: File, into: Destination, position: number): Result<Taken> =>
    slice(tx.read(file.data) as string, into, position),
);

const write = operation(
  'cgroup.attach_task',
  (tx: Transaction, k: Kernel, task: Task, file: File, from: Source, position: number): Result<Put> => {
    if (from.count === 0) return fail('EINVAL');
    const word = wordIn(from);
    if (!word.ok) return word;
    const { value, length } = strtol0(word.value);
    if (!/^\w*$/.test(word.value) || length !== word.value.length) return fail('EINVAL');
    const cgroup = liveGroupOf(tx, file);
    if (!cgroup.ok) return cgroup;
    const moved = moveTask(tx, k, task, cgroup.value, asInt(value));
    return moved.ok ? ok({ count: from.count, position }) : moved;
  },
);

export const tasksFile = fileOperations('cgroup.tasks', {
  seeking: 'moves',
  open: (k, task, file) => open(k, task, file),
  read: (_k, _task, file, into, position) => read(file, into, position),
  write: (k, task, file, from, position) => write(k, task, file, from, position),
});
