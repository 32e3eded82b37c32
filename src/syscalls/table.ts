/** All system calls, by name. */

import { itimerCalls } from './itimers.ts';
import { msgCalls } from './msg.ts';
import { processCalls } from './process.ts';
import { semCalls } from './sem.ts';
import { shmCalls } from './shm.ts';
import { signalCalls } from './signals.ts';
import type { Syscall } from './syscall.ts';
import { waitCalls } from './wait.ts';

export const syscalls: ReadonlyMap<string, Syscall> = new Map(
  [...processCalls, ...signalCalls, ...itimerCalls, ...waitCalls, ...msgCalls, ...semCalls, ...shmCalls].map((call) => [
    call.name,
    call,
  ]),
);
