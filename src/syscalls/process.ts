/** fork, vfork, clone, clone3, unshare, setns, exit, exit_group; decode, delegate to kernel-sim/task, encode. */

import { CLONE_PARENT_SETTID, CLONE_PIDFD, CLONE_VFORK, CLONE_VM } from '../kernel-sim/abi/clone.ts';
import { SIGCHLD } from '../kernel-sim/abi/signal.ts';
import { exitedStatus } from '../kernel-sim/abi/wait.ts';
import type { Kernel } from '../kernel-sim/kernel.ts';
import type { Steps } from '../kernel-sim/machine/effect.ts';
import { fail, ok, type Result } from '../kernel-sim/result.ts';
import { exitGroup, exitTask } from '../kernel-sim/task/exit.ts';
import { clone } from '../kernel-sim/task/fork.ts';
import { threadNumber } from '../kernel-sim/task/numbers.ts';
import { enterNamespaces } from '../kernel-sim/task/set-namespace.ts';
import type { Task } from '../kernel-sim/task/task.ts';
import { unshare } from '../kernel-sim/task/unshare.ts';
import { decodeClone } from './clone-arguments.ts';
import { OUT, type Return } from './datum.ts';
import { int, long, out, raw } from './parameter.ts';
import { syscall } from './syscall.ts';

function* make(k: Kernel, task: Task, flags: number, entry: unknown): Steps<Result<Return>> {
  const made = yield* clone(k, task, { flags, entry, setTid: [], pidfd: 'unwanted' });
  return made.ok ? ok({ value: made.value.number }) : made;
}

const has = (flags: number, flag: number): boolean => (flags & flag) !== 0;

/** Bytes of the head of a robust list. */
const ROBUST_LIST_HEAD = 24;

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
  // strace prints child_stack=…, flags=…, parent_tid=…, tls=…, child_tidptr=…: all named, so that their order here is free.
  syscall({
    name: 'clone',
    family: 'process',
    leavesOut: 'thread-local storage, what is stored at child_tidptr',
    parameters: {
      flags: long('clone_flags'),
      program: raw('program'),
      child_stack: raw('address'),
      parent_tid: out('pid[]'),
      tls: raw('address'),
      child_tidptr: raw('address'),
    },
    *run(k, task, { flags, program, parent_tid }) {
      const wantsPidfd = !k.is26 && has(flags, CLONE_PIDFD);
      // A descriptor and a number cannot be stored at the same address.
      if (wantsPidfd && has(flags, CLONE_PARENT_SETTID)) return fail('EINVAL');
      const pidfd = !wantsPidfd ? 'unwanted' : parent_tid === OUT ? 'wanted' : 'nowhere';
      const made = yield* clone(k, task, { flags, entry: program, setTid: [], pidfd });
      if (!made.ok) return made;
      const { number } = made.value;
      const stores = (wantsPidfd || has(flags, CLONE_PARENT_SETTID)) && parent_tid === OUT;
      return ok({ value: number, ...(stores && { out: { parent_tid: [made.value.pidfd ?? number] } }) });
    },
  }),
  syscall({
    name: 'clone3',
    family: 'process',
    leavesOut: 'cgroups, thread-local storage, what is stored at parent_tid and child_tid',
    parameters: { cl_args: raw('clone_args'), size: long(), program: raw('program') },
    *run(k, task, { cl_args, size, program }) {
      if (k.is26) return fail('ENOSYS'); // of 5.3
      const request = decodeClone(cl_args, size, program);
      if (!request.ok) return request;
      const made = yield* clone(k, task, request.value);
      if (!made.ok) return made;
      const { number, pidfd } = made.value;
      return ok({ value: number, ...(pidfd !== null && { out: { cl_args: { pidfd: [pidfd] } } }) });
    },
  }),
  syscall({
    name: 'unshare',
    family: 'namespaces',
    leavesOut: 'namespaces but those of IPC and pids',
    parameters: { flags: int('unshare_flags') },
    *run(k, task, { flags }) {
      const unshared = yield* unshare(k, task, flags);
      return unshared.ok ? ok({ value: 0 }) : unshared;
    },
  }),
  syscall({
    name: 'setns',
    family: 'namespaces',
    leavesOut: 'namespaces but those of IPC and pids: entering the only one of another kind changes nothing',
    parameters: { fd: int('fd'), nstype: int('unshare_flags') },
    *run(k, task, { fd, nstype }) {
      if (k.is26) return fail('ENOSYS'); // of 3.0
      const entered = yield* enterNamespaces(k, task, fd, nstype);
      return entered.ok ? ok({ value: 0 }) : entered;
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
  syscall({
    name: 'set_tid_address',
    family: 'process',
    leavesOut: 'what is stored there at exit: there is no user memory',
    parameters: { tidptr: raw('address') },
    *run(_k, task) {
      return ok({ value: yield* threadNumber(task) });
    },
  }),
  syscall({
    name: 'set_robust_list',
    family: 'process',
    leavesOut: 'futexes',
    parameters: { head: raw('address'), len: long() },
    *run(_k, _task, { len }) {
      return len === ROBUST_LIST_HEAD ? ok({ value: 0 }) : fail('EINVAL');
    },
  }),
];
