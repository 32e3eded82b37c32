// The functions that may stand in an expression: the macros of wait(2) in predicates, and makedev(3) in a recorded stat.

import {
  WCOREDUMP,
  WEXITSTATUS,
  WIFCONTINUED,
  WIFEXITED,
  WIFSIGNALED,
  WIFSTOPPED,
  WSTOPSIG,
  WTERMSIG,
} from '../../kernel-sim/abi/wait.ts';

/** A function of integers; `arity` is how many it takes. */
export type IntegerFunction = {
  readonly arity: number;
  readonly apply: (...args: readonly number[]) => number | boolean;
};

/** A device number as makedev(3) and stat(2) have it: the low byte of the minor, the major, the rest of the minor. */
function makedev(major = 0, minor = 0): number {
  return (minor % 0x100) + (major % 0x1000) * 0x100 + Math.floor(minor / 0x100) * 0x10_0000;
}

const macros = { WCOREDUMP, WEXITSTATUS, WIFCONTINUED, WIFEXITED, WIFSIGNALED, WIFSTOPPED, WSTOPSIG, WTERMSIG };

/** Every function by name. */
export const functions: ReadonlyMap<string, IntegerFunction> = new Map<string, IntegerFunction>([
  ...Object.entries(macros).map(([name, macro]): [string, IntegerFunction] => [
    name,
    { arity: 1, apply: (status = 0) => macro(status) },
  ]),
  ['makedev', { arity: 2, apply: makedev }],
]);
