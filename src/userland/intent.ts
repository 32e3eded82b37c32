/** Which kind of taker of an armed value a call is; SEMANTICS A7. */

import type { Consumer } from '../kernel-sim/task/next-syscall-data.ts';
import type { Expr } from './language/ast.ts';

const consumers: Readonly<Record<string, Consumer>> = {
  fork: 'fork',
  vfork: 'fork',
  clone: 'fork',
  clone3: 'fork',
  msgget: 'msgget',
  semget: 'semget',
  shmget: 'shmget',
  open: 'open',
  openat: 'open',
  creat: 'open',
  ipc_set: 'ipc_set',
};

const setters = new Set(['msgctl', 'semctl', 'shmctl']);

const isSet = (arg: Expr): boolean => arg.kind === 'name' && arg.name === 'IPC_SET';

/** What a program says an armed value is for, `fork` or `fork#2` for its second fork, in the kernel's own words; null if it is no taker. */
export function intentOf(said: string): string | null {
  const [name = '', ordinal] = said.split('#');
  const consumer = consumerOf(name, []);
  return consumer === null || ordinal === undefined ? consumer : `${consumer}#${ordinal}`;
}

/** The kind of taker that a call of this name and these arguments is; null if it takes nothing. */
export function consumerOf(callee: string, args: readonly Expr[]): Consumer | null {
  if (setters.has(callee)) return args.length === 0 || args.some(isSet) ? 'ipc_set' : null;
  return Object.hasOwn(consumers, callee) ? (consumers[callee] as Consumer) : null;
}
