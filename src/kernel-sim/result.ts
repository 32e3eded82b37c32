/** Results of kernel code: a value, or an errno. An errno is never thrown. */

import type { ErrnoName } from './abi/errno.ts';

export interface Ok<T> {
  readonly ok: true;
  readonly value: T;
}

export interface Failure {
  readonly ok: false;
  readonly errno: ErrnoName;
}

export type Result<T> = Ok<T> | Failure;

/** Success with a value. */
export const ok = <T>(value: T): Ok<T> => ({ ok: true, value });

/** Failure with an errno. */
export const fail = (errno: ErrnoName): Failure => ({ ok: false, errno });

/** Success with nothing to say. */
export const done: Ok<undefined> = ok(undefined);
