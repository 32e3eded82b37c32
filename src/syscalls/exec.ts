/** execve; decode, delegate to kernel-sim/task/exec.ts. */

import { ok } from '../kernel-sim/result.ts';
import { execve, type Strings } from '../kernel-sim/task/exec.ts';
import type { Datum } from './datum.ts';
import { type Parameter, path } from './parameter.ts';
import { syscall } from './syscall.ts';

/** A list of strings that a NULL ends; a null in it stands for an address that leads nowhere. */
const strings = (kind: string): Parameter<Strings> => ({
  kind,
  direction: 'in',
  decode: (argument) => {
    if (argument === null || argument === undefined) return null;
    return Array.isArray(argument) ? argument.map((item: Datum) => (typeof item === 'string' ? item : null)) : [null];
  },
});

export const execCalls = [
  syscall({
    name: 'execve',
    family: 'process',
    leavesOut: 'scripts, file capabilities, what arguments and environment say',
    parameters: { pathname: path(), argv: strings('argv'), envp: strings('envp') },
    *run(k, task, { pathname, argv, envp }) {
      const executed = yield* execve(k, task, { path: typeof pathname === 'string' ? pathname : null, argv, envp });
      return executed.ok ? ok({ value: 0 }) : executed;
    },
  }),
];
