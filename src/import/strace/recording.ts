/** What a log of strace says, line by line put together: calls, signals, stops and ends, in the order of the lines. */

import type { ErrnoName } from '../../kernel-sim/abi/errno.ts';
import type { Expr } from '../../userland/language/ast.ts';

/** What a call came to, as printed. */
export type RecordedResult =
  | { readonly kind: 'value'; readonly value: number | bigint; readonly remark: string }
  | { readonly kind: 'errno'; readonly errno: ErrnoName }
  /** `= ?`, or no second line at all: the task did not come back from the call. */
  | { readonly kind: 'none' };

/** One call of one task. The interval in which its effect happened is that from `line` to `endLine`. */
export interface RecordedCall {
  readonly task: number;
  readonly name: string;
  /** The arguments; null when they are written in a way that thaw does not read. */
  readonly args: readonly Expr[] | null;
  /** The call as it would stand on one line, without times. */
  readonly text: string;
  readonly result: RecordedResult;
  /** For restart_syscall: the call that goes on. */
  readonly resumes: string | null;
  readonly line: number;
  /** null when the log ends first. */
  readonly endLine: number | null;
}

interface At {
  readonly task: number;
  readonly line: number;
  /** seconds, on whatever clock the log uses; null when lines carry no time. */
  readonly time: number | null;
}

export type RecordedEvent = At &
  (
    | { readonly kind: 'enter' | 'leave'; readonly call: RecordedCall }
    | { readonly kind: 'signal'; readonly signal: string; readonly info: Expr | null; readonly text: string }
    | { readonly kind: 'stopped'; readonly signal: string }
    | { readonly kind: 'exited'; readonly status: number }
    | { readonly kind: 'killed'; readonly signal: string; readonly core: boolean }
    /** execve by a thread that was not the leader: the task goes on under the leader's number. */
    | { readonly kind: 'superseded'; readonly by: number }
  );

/** A line, or a part of one, that is not strace's. */
export interface Unreadable {
  readonly line: number;
  readonly message: string;
}

export interface Recording {
  readonly file: string;
  readonly events: readonly RecordedEvent[];
  readonly lines: number;
  /** How many lines could not be read, and the first few of them. */
  readonly unreadable: { readonly count: number; readonly first: readonly Unreadable[] };
  /** Why reading stopped before the end of the file; null when it did not. */
  readonly cut: string | null;
}
