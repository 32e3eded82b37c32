/** All system calls, by name. */

import { itimerCalls } from './itimers.ts';
import { processCalls } from './process.ts';
import { signalCalls } from './signals.ts';
import type { Syscall } from './syscall.ts';
import { waitCalls } from './wait.ts';

export const syscalls: ReadonlyMap<string, Syscall> = new Map(
  [...processCalls, ...signalCalls, ...itimerCalls, ...waitCalls].map((call) => [call.name, call]),
);
