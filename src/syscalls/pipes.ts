/** Descriptors that no path leads to: pipes and event counters; delegates to kernel-sim/fs. */

import { EFD_CLOEXEC, EFD_NONBLOCK, EFD_SEMAPHORE } from '../kernel-sim/abi/descriptor.ts';
import { O_CLOEXEC, O_DIRECT, O_NONBLOCK } from '../kernel-sim/abi/open.ts';
import { installPair, openAnonymous } from '../kernel-sim/fs/anonymous.ts';
import { createEventFile } from '../kernel-sim/fs/event-counter.ts';
import { createPipe } from '../kernel-sim/fs/fifo.ts';
import type { Kernel } from '../kernel-sim/kernel.ts';
import type { Steps } from '../kernel-sim/machine/effect.ts';
import { fail, ok, type Result } from '../kernel-sim/result.ts';
import type { Task } from '../kernel-sim/task/task.ts';
import { type FAULT, OUT, type Return } from './datum.ts';
import { give } from './file-data.ts';
import { int, out } from './parameter.ts';
import { syscall } from './syscall.ts';

type Buffer = null | typeof OUT | typeof FAULT;

function* makePipe(k: Kernel, task: Task, buffer: Buffer, flags: number): Steps<Result<Return>> {
  if ((flags & ~(O_CLOEXEC | O_NONBLOCK | O_DIRECT)) !== 0) return fail('EINVAL');
  const ends = yield* installPair(k, task, createPipe(k, task, flags), (flags & O_CLOEXEC) !== 0, buffer === OUT);
  return ends.ok ? ok({ value: 0, out: { pipefd: ends.value } }) : ends;
}

function* makeCounter(k: Kernel, task: Task, initial: number, flags: number): Steps<Result<Return>> {
  if ((flags & ~(EFD_CLOEXEC | EFD_NONBLOCK | EFD_SEMAPHORE)) !== 0) return fail('EINVAL');
  return yield* give(openAnonymous(k, task, createEventFile(initial, flags), (flags & EFD_CLOEXEC) !== 0));
}

export const pipeCalls = [
  syscall({
    name: 'pipe',
    family: 'descriptors',
    parameters: { pipefd: out('fd[2]') },
    run: (k, task, { pipefd }) => makePipe(k, task, pipefd, 0),
  }),
  syscall({
    name: 'pipe2',
    family: 'descriptors',
    parameters: { pipefd: out('fd[2]'), flags: int('open_flags') },
    *run(k, task, { pipefd, flags }) {
      if (k.is26) return fail('ENOSYS'); // came with 2.6.27
      return yield* makePipe(k, task, pipefd, flags);
    },
  }),
  syscall({
    name: 'eventfd',
    family: 'descriptors',
    parameters: { initval: int() },
    run: (k, task, { initval }) => makeCounter(k, task, initval, 0),
  }),
  syscall({
    name: 'eventfd2',
    family: 'descriptors',
    parameters: { initval: int(), flags: int('eventfd_flags') },
    *run(k, task, { initval, flags }) {
      if (k.is26) return fail('ENOSYS'); // came with 2.6.27
      return yield* makeCounter(k, task, initval, flags);
    },
  }),
];
