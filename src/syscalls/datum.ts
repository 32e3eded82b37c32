/**
 * Data that crosses the boundary between user mode and the kernel.
 *
 * There is no user memory: a structure or a buffer is passed as its contents. Bytes are strings with one character (U+0000..U+00FF)
 * for each byte. A pointer argument is its contents, null, {@link OUT} for a good buffer that the kernel fills in, or {@link FAULT}
 * for an address that is not mapped (programs write such a one as a number).
 */

import { type Failure, ok, type Result } from '../kernel-sim/result.ts';

/** A good user buffer that is only written to. */
export const OUT: unique symbol = Symbol('out');

/** A user address that leads nowhere: touching it is EFAULT. */
export const FAULT: unique symbol = Symbol('fault');

export type Datum =
  | number
  | bigint
  | string
  | boolean
  | null
  | typeof OUT
  | typeof FAULT
  | readonly Datum[]
  | { readonly [field: string]: Datum };

/** A structure in user memory. */
export type Struct = { readonly [field: string]: Datum };

/** What the kernel gives back to a call that did not fail. */
export interface Return {
  readonly value: number | bigint;
  /** What it wrote to user memory, by the name of the parameter that points there. */
  readonly out?: Readonly<Record<string, Datum>>;
}

/** What a call returns that gives a number. */
export const returning = (result: Result<number>): Result<Return> => (result.ok ? ok({ value: result.value }) : result);

/** What a call returns that gives nothing but its success. */
export const returningZero = (result: Result<unknown>): Result<Return> => (result.ok ? ok({ value: 0 }) : result);

/** A call that failed and wrote to user memory all the same: an interrupted sleep says how much of it was left. */
export interface FailedReturn extends Failure {
  readonly out: Readonly<Record<string, Datum>>;
}

/** The integer in a field or argument, 0 when it is anything else: a C program always has some integer there. */
export const integerOf = (datum: Datum | undefined): number =>
  typeof datum === 'number' ? datum : typeof datum === 'bigint' ? Number(BigInt.asIntN(64, datum)) : 0;
