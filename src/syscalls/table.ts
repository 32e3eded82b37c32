/** All system calls, by name. */

import { processCalls } from './process.ts';
import type { Syscall } from './syscall.ts';

export const syscalls: ReadonlyMap<string, Syscall> = new Map([...processCalls].map((call) => [call.name, call]));
