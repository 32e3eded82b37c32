/** What the table of system calls holds of each one. */

import type { Kernel } from '../kernel-sim/kernel.ts';
import type { Steps } from '../kernel-sim/machine/effect.ts';
import type { Result } from '../kernel-sim/result.ts';
import type { Task } from '../kernel-sim/task/task.ts';
import type { Return } from './datum.ts';
import type { Parameter } from './parameter.ts';

export type Family =
  | 'process'
  | 'ids'
  | 'sysvipc'
  | 'descriptors'
  | 'signals'
  | 'mqueue'
  | 'sessions'
  | 'wait'
  | 'namespaces'
  | 'memory'
  | 'sockets'
  | 'time';

/** How much of the real call is modelled. */
export type Support = 'full' | 'partial';

type Parameters = Readonly<Record<string, Parameter<unknown>>>;
type Arguments<P extends Parameters> = { readonly [K in keyof P]: P[K] extends Parameter<infer T> ? T : never };

export interface Syscall {
  readonly name: string;
  readonly family: Family;
  readonly support: Support;
  /** What is left out, when support is partial. */
  readonly leavesOut?: string;
  /** In the order of the C prototype, as strace prints them. */
  readonly parameters: Parameters;
  readonly run: (k: Kernel, task: Task, args: Readonly<Record<string, never>>) => Steps<Result<Return>>;
}

/** Declares a system call: its parameters decode themselves, `run` delegates to a room of the kernel and encodes what it says. */
export function syscall<P extends Parameters>(declaration: {
  name: string;
  family: Family;
  leavesOut?: string;
  parameters: P;
  run: (k: Kernel, task: Task, args: Arguments<P>) => Steps<Result<Return>>;
}): Syscall {
  return {
    ...declaration,
    support: declaration.leavesOut === undefined ? 'full' : 'partial',
    run: declaration.run as unknown as Syscall['run'],
  };
}
