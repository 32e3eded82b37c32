/** Numbers of processes, process groups and sessions; decode, delegate to kernel-sim/task/{numbers,session}.ts, encode. */

import type { Steps } from '../kernel-sim/machine/effect.ts';
import { ok, type Result } from '../kernel-sim/result.ts';
import { ownProcessNumber, parentNumber, threadNumber } from '../kernel-sim/task/numbers.ts';
import { createSession, membership, setProcessGroup } from '../kernel-sim/task/session.ts';
import type { Task } from '../kernel-sim/task/task.ts';
import { type Return, returning, returningZero } from './datum.ts';
import { int } from './parameter.ts';
import { type Syscall, syscall } from './syscall.ts';

function* show(task: Task, pid: number, of: 'group' | 'session'): Steps<Result<Return>> {
  return returning(yield* membership(task, pid, of));
}

/** Calls without arguments that cannot fail. */
const own: readonly (readonly [name: string, of: (task: Task) => Steps<number>])[] = [
  ['getpid', ownProcessNumber],
  ['gettid', threadNumber],
  ['getppid', parentNumber],
];

export const sessionCalls: readonly Syscall[] = [
  ...own.map(([name, of]) =>
    syscall({
      name,
      family: 'process',
      parameters: {},
      *run(_k, task) {
        return ok({ value: yield* of(task) });
      },
    }),
  ),
  syscall({ name: 'getpgrp', family: 'sessions', parameters: {}, run: (_k, task) => show(task, 0, 'group') }),
  syscall({
    name: 'getpgid',
    family: 'sessions',
    parameters: { pid: int('pid') },
    run: (_k, task, { pid }) => show(task, pid, 'group'),
  }),
  syscall({
    name: 'getsid',
    family: 'sessions',
    parameters: { pid: int('pid') },
    run: (_k, task, { pid }) => show(task, pid, 'session'),
  }),
  syscall({
    name: 'setpgid',
    family: 'sessions',
    parameters: { pid: int('pid'), pgid: int('pid') },
    *run(_k, task, { pid, pgid }) {
      return returningZero(yield* setProcessGroup(task, pid, pgid));
    },
  }),
  syscall({
    name: 'setsid',
    family: 'sessions',
    leavesOut: 'terminals',
    parameters: {},
    *run(_k, task) {
      return returning(yield* createSession(task));
    },
  }),
];
