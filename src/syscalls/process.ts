/** fork, vfork, clone, clone3, execve, exit, exit_group; decode, delegate to kernel-sim/task, encode. */

import { CLONE_VFORK, CLONE_VM } from '../kernel-sim/abi/clone.ts';
import { SIGCHLD } from '../kernel-sim/abi/signal.ts';
import type { Steps } from '../kernel-sim/machine/effect.ts';
import type { Kernel } from '../kernel-sim/kernel.ts';
import { ok, type Result } from '../kernel-sim/result.ts';
import { clone } from '../kernel-sim/task/fork.ts';
import type { Task } from '../kernel-sim/task/task.ts';
import type { Return } from './datum.ts';
import { long, raw } from './parameter.ts';
import { syscall } from './syscall.ts';

function* make(k: Kernel, task: Task, flags: number, entry: unknown): Steps<Result<Return>> {
  const made = yield* clone(k, task, { flags, entry, setTid: [] });
  return made.ok ? ok({ value: made.value }) : made;
}

export const processCalls = [
  syscall({
    name: 'fork',
    family: 'process',
    parameters: { program: raw('program') },
    run: (k, task, { program }) => make(k, task, SIGCHLD, program),
  }),
  syscall({
    name: 'vfork',
    family: 'process',
    parameters: { program: raw('program') },
    run: (k, task, { program }) => make(k, task, CLONE_VFORK | CLONE_VM | SIGCHLD, program),
  }),
  syscall({
    name: 'clone',
    family: 'process',
    parameters: { flags: long('clone_flags'), program: raw('program') },
    run: (k, task, { flags, program }) => make(k, task, flags, program),
  }),
];
