/** signalfd, signalfd4; delegates to kernel-sim/signal/signalfd.ts. */

import { SFD_CLOEXEC, SFD_NONBLOCK } from '../kernel-sim/abi/descriptor.ts';
import { openAnonymous } from '../kernel-sim/fs/anonymous.ts';
import type { Kernel } from '../kernel-sim/kernel.ts';
import type { Steps } from '../kernel-sim/machine/effect.ts';
import { fail, ok, type Result } from '../kernel-sim/result.ts';
import { changeSignals, createSignalFile } from '../kernel-sim/signal/signalfd.ts';
import type { Task } from '../kernel-sim/task/task.ts';
import type { FAULT, Return } from './datum.ts';
import { give } from './file-data.ts';
import { int, long } from './parameter.ts';
import { isReadable, SIGSET_SIZE, signalSet } from './signal-data.ts';
import { syscall } from './syscall.ts';

type Mask = bigint | null | typeof FAULT;

function* readSignals(
  k: Kernel,
  task: Task,
  fd: number,
  mask: Mask,
  sizemask: number,
  flags: number,
): Steps<Result<Return>> {
  if (sizemask !== SIGSET_SIZE) return fail('EINVAL');
  if (!isReadable(mask)) return fail(k.is26 ? 'EINVAL' : 'EFAULT'); // 2.6.26 has one answer for both
  if ((flags & ~(SFD_CLOEXEC | SFD_NONBLOCK)) !== 0) return fail('EINVAL');
  if (fd === -1) {
    return yield* give(openAnonymous(k, task, createSignalFile(mask, flags), (flags & SFD_CLOEXEC) !== 0));
  }
  const changed = yield* changeSignals(task, fd, mask);
  return changed.ok ? ok({ value: fd }) : changed;
}

export const signalfdCalls = [
  syscall({
    name: 'signalfd',
    family: 'descriptors',
    parameters: { fd: int('fd'), mask: signalSet(), sizemask: long('size') },
    run: (k, task, { fd, mask, sizemask }) => readSignals(k, task, fd, mask, sizemask, 0),
  }),
  syscall({
    name: 'signalfd4',
    family: 'descriptors',
    parameters: { fd: int('fd'), mask: signalSet(), sizemask: long('size'), flags: int('signalfd_flags') },
    *run(k, task, { fd, mask, sizemask, flags }) {
      if (k.is26) return fail('ENOSYS'); // came with 2.6.27
      return yield* readSignals(k, task, fd, mask, sizemask, flags);
    },
  }),
];
