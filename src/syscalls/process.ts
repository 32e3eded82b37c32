/** fork, vfork, clone, exit, exit_group; decode, delegate to kernel-sim/task, encode. */

import { CLONE_PARENT_SETTID, CLONE_PIDFD, CLONE_VFORK, CLONE_VM } from '../kernel-sim/abi/clone.ts';
import { SIGCHLD } from '../kernel-sim/abi/signal.ts';
import { exitedStatus } from '../kernel-sim/abi/wait.ts';
import type { Kernel } from '../kernel-sim/kernel.ts';
import type { Steps } from '../kernel-sim/machine/effect.ts';
import { fail, ok, type Result } from '../kernel-sim/result.ts';
import { exitGroup, exitTask } from '../kernel-sim/task/exit.ts';
import { type CloneRequest, clone } from '../kernel-sim/task/fork.ts';
import type { Task } from '../kernel-sim/task/task.ts';
import { OUT, type Return } from './datum.ts';
import { int, long, out, raw } from './parameter.ts';
import { syscall } from './syscall.ts';

function* make(k: Kernel, task: Task, flags: number, entry: unknown): Steps<Result<Return>> {
  const made = yield* clone(k, task, { flags, entry, setTid: [], pidfd: 'unwanted' });
  return made.ok ? ok({ value: made.value }) : made;
}

const has = (flags: number, flag: number): boolean => (flags & flag) !== 0;

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
  // strace prints the arguments as child_stack=…, flags=…, parent_tid=…, tls=…, child_tidptr=…: named, and in another order.
  syscall({
    name: 'clone',
    family: 'process',
    leavesOut: 'pidfds, thread-local storage, what is stored at child_tidptr',
    parameters: {
      flags: long('clone_flags'),
      program: raw('program'),
      child_stack: raw('address'),
      parent_tid: out('int[]'),
      tls: raw('address'),
      child_tidptr: raw('address'),
    },
    *run(k, task, { flags, program, parent_tid }) {
      const wantsPidfd = !k.is26 && has(flags, CLONE_PIDFD);
      // Both are stored at the same address.
      if (wantsPidfd && has(flags, CLONE_PARENT_SETTID)) return fail('EINVAL');
      if (wantsPidfd && parent_tid === OUT) return fail('EINVAL');
      const request: CloneRequest = { flags, entry: program, setTid: [], pidfd: wantsPidfd ? 'nowhere' : 'unwanted' };
      const made = yield* clone(k, task, request);
      if (!made.ok) return made;
      const stores = has(flags, CLONE_PARENT_SETTID) && parent_tid === OUT;
      return ok({ value: made.value, ...(stores && { out: { parent_tid: [made.value] } }) });
    },
  }),
  syscall({
    name: 'exit',
    family: 'process',
    parameters: { status: int('exit_status') },
    run: (k, task, { status }) => exitTask(k, task, exitedStatus(status)),
  }),
  syscall({
    name: 'exit_group',
    family: 'process',
    parameters: { status: int('exit_status') },
    run: (k, task, { status }) => exitGroup(k, task, exitedStatus(status)),
  }),
];
