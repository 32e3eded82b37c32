/** pidfd_open, pidfd_send_signal, pidfd_getfd; delegates to kernel-sim/task/pidfd.ts and kernel-sim/signal/pidfd-signal.ts. */

import type { Kernel } from '../kernel-sim/kernel.ts';
import { fail, ok } from '../kernel-sim/result.ts';
import { signalDescribed } from '../kernel-sim/signal/pidfd-signal.ts';
import type { SigInfo } from '../kernel-sim/signal/siginfo.ts';
import { openPid, shareFile } from '../kernel-sim/task/pidfd.ts';
import { FAULT, integerOf, type Struct } from './datum.ts';
import { give } from './file-data.ts';
import { int, struct } from './parameter.ts';
import { decodeInfo } from './signal-data.ts';
import { syscall } from './syscall.ts';

/** The details of a signal say themselves which it is. */
const infoOf = (info: Struct | null | typeof FAULT): SigInfo | null | 'unreadable' => {
  if (info === FAULT) return 'unreadable';
  return info && decodeInfo(integerOf(info.si_signo), info);
};

/** None of these is known to 2.6.26. */
const isThere = (k: Kernel): boolean => !k.is26;

export const pidfdCalls = [
  syscall({
    name: 'pidfd_open',
    family: 'process',
    parameters: { pid: int('pid'), flags: int('pidfd_flags') },
    *run(k, task, { pid, flags }) {
      return isThere(k) ? yield* give(openPid(k, task, pid, flags)) : fail('ENOSYS');
    },
  }),
  syscall({
    name: 'pidfd_send_signal',
    family: 'signals',
    leavesOut: 'PIDFD_SELF',
    parameters: { pidfd: int('fd'), sig: int('signal'), info: struct('siginfo'), flags: int('pidfd_signal_flags') },
    *run(k, task, { pidfd, sig, info, flags }) {
      if (!isThere(k)) return fail('ENOSYS');
      const sent = yield* signalDescribed(k, task, pidfd, sig, infoOf(info), flags);
      return sent.ok ? ok({ value: 0 }) : sent;
    },
  }),
  syscall({
    name: 'pidfd_getfd',
    family: 'descriptors',
    parameters: { pidfd: int('fd'), targetfd: int('fd'), flags: int('hex') },
    *run(k, task, { pidfd, targetfd, flags }) {
      return isThere(k) ? yield* give(shareFile(k, task, pidfd, targetfd, flags)) : fail('ENOSYS');
    },
  }),
];
