/** All system calls, by name. */

import { clockCalls } from './clocks.ts';
import { descriptorCalls } from './descriptors.ts';
import { execCalls } from './exec.ts';
import { fileCalls } from './files.ts';
import { idCalls } from './ids.ts';
import { itimerCalls } from './itimers.ts';
import { limitCalls } from './limits.ts';
import { mountCalls } from './mounts.ts';
import { mqueueCalls } from './mqueue.ts';
import { msgCalls } from './msg.ts';
import { pathCalls } from './paths.ts';
import { pidfdCalls } from './pidfds.ts';
import { pipeCalls } from './pipes.ts';
import { prctlCalls } from './prctl.ts';
import { processCalls } from './process.ts';
import { readinessCalls } from './readiness.ts';
import { semCalls } from './sem.ts';
import { sessionCalls } from './sessions.ts';
import { shmCalls } from './shm.ts';
import { signalfdCalls } from './signalfd.ts';
import { signalCalls } from './signals.ts';
import { socketOptionCalls } from './socket-options.ts';
import { socketCalls } from './sockets.ts';
import type { Syscall } from './syscall.ts';
import { timeCalls } from './time.ts';
import { waitCalls } from './wait.ts';

export const syscalls: ReadonlyMap<string, Syscall> = new Map(
  [
    ...processCalls,
    ...signalCalls,
    ...itimerCalls,
    ...clockCalls,
    ...waitCalls,
    ...timeCalls,
    ...prctlCalls,
    ...limitCalls,
    ...sessionCalls,
    ...idCalls,
    ...execCalls,
    ...msgCalls,
    ...semCalls,
    ...shmCalls,
    ...fileCalls,
    ...descriptorCalls,
    ...pidfdCalls,
    ...pipeCalls,
    ...signalfdCalls,
    ...pathCalls,
    ...readinessCalls,
    ...mountCalls,
    ...mqueueCalls,
    ...socketCalls,
    ...socketOptionCalls,
  ].map((call) => [call.name, call]),
);
