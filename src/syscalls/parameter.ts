/** Kinds of parameters: how an argument is decoded for a handler, and (by its kind) how strace prints it. */

import { type Datum, FAULT, integerOf, OUT, type Struct } from './datum.ts';

export interface Parameter<T> {
  /** Chooses the printer, see trace/. */
  readonly kind: string;
  /** Which way the contents go; an `out` argument is never evaluated as a value, only compared or bound afterwards. */
  readonly direction: 'in' | 'out' | 'inout';
  readonly decode: (argument: Datum | undefined) => T;
}

const input = <T>(kind: string, decode: (argument: Datum | undefined) => T): Parameter<T> => ({
  kind,
  direction: 'in',
  decode,
});

/** A C int: the low 32 bits, signed. */
export const int = (kind = 'int'): Parameter<number> =>
  input(kind, (argument) =>
    typeof argument === 'bigint'
      ? Number(BigInt.asIntN(32, argument))
      : Number(BigInt.asIntN(32, BigInt(Math.trunc(integerOf(argument))))),
  );

/** A long or a size_t, kept as a number; sizes are compared as signed longs where the kernel does so. */
export const long = (kind = 'long'): Parameter<number> => input(kind, integerOf);

/** A NUL-terminated string. */
export const path = (kind = 'path'): Parameter<string | null | typeof FAULT> => input(kind, textOrFault);

/** Bytes that the kernel reads. */
export const bytes = (kind = 'bytes'): Parameter<string | null | typeof FAULT> => input(kind, textOrFault);

function textOrFault(argument: Datum | undefined): string | null | typeof FAULT {
  if (typeof argument === 'string') return argument;
  return argument === null || argument === undefined ? null : FAULT;
}

/** A structure, or an array of structures, that the kernel reads. */
export const struct = (kind: string): Parameter<Struct | null | typeof FAULT> =>
  input(kind, (argument) => {
    if (typeof argument === 'object' && !Array.isArray(argument)) return argument as Struct | null;
    return argument === undefined ? null : FAULT;
  });

export const structs = (kind: string): Parameter<readonly Datum[] | null | typeof FAULT> =>
  input(kind, (argument) => {
    if (Array.isArray(argument)) return argument as readonly Datum[];
    return argument === null || argument === undefined ? null : FAULT;
  });

/** Anything, as the program gave it: programs for fork and exec, union arguments. */
export const raw = (kind: string): Parameter<Datum | undefined> => input(kind, (argument) => argument);

/** Memory that the kernel writes: null, a good buffer, or an address that faults. */
export const out = (kind: string): Parameter<null | typeof OUT | typeof FAULT> => ({
  kind,
  direction: 'out',
  decode: (argument) => (argument === null || argument === undefined ? null : argument === OUT ? OUT : FAULT),
});
