/**
 * What the replay knows of a task: which recorded call it is in and what that came to. It lives in the store, so that taking steps
 * of the kernel back takes this back as well.
 */

import { type Handle, layout } from '../../kernel-sim/machine/layout.ts';
import type { Transaction } from '../../kernel-sim/machine/store.ts';
import type { Result } from '../../kernel-sim/result.ts';
import type { SigInfo } from '../../kernel-sim/signal/siginfo.ts';
import type { Task } from '../../kernel-sim/task/task.ts';
import type { Return } from '../../syscalls/datum.ts';
import type { RecordedCall } from '../strace/recording.ts';

/** A handler that is under way: the mask to go back to, and what the interrupted call will then seem to have returned. */
export interface HandlerLevel {
  readonly mask: readonly number[];
  readonly interrupted: Result<Return> | null;
  readonly restarts: boolean;
}

interface FollowerFields {
  /** The recorded call that is under way. */
  call: RecordedCall | null;
  /** What it came to in the simulation; null while it has not returned. */
  outcome: Result<Return> | null;
  /** What the call before came to: what a handler interrupts. */
  last: Result<Return> | null;
  /** Signals are being looked at, on the way to user mode. */
  delivering: boolean;
  /** A signal that was taken and whose line has not come yet. */
  taken: SigInfo | null;
  /** SA_RESTART of the action that was taken with it. */
  levels: readonly HandlerLevel[];
  /** The call that restart_syscall goes on with. */
  resumable: RecordedCall | null;
  /** The status with which the task ended; null while it lives. */
  status: number | null;
  /** It is in a user namespace of its own. */
  inUserNamespace: boolean;
  /** The call under way leads into one: its child, or the task itself. */
  leavesUserNamespace: boolean;
  /** What the task has begun goes on only when its next line needs it. */
  late: boolean;
}

export type Follower = Handle<FollowerFields>;

export const Follower = layout<FollowerFields>('follower', {
  call: null,
  outcome: null,
  last: null,
  delivering: false,
  taken: null,
  levels: [],
  resumable: null,
  status: null,
  inUserNamespace: false,
  leavesUserNamespace: false,
  late: false,
});

/** The follower of a task, made when it is first asked for. */
export function followerOf(tx: Transaction, task: Task): Follower {
  const known = tx.peek(task.user) as Follower | null;
  if (known !== null) return known;
  const made = tx.create(Follower);
  tx.setOwn(task.user, made);
  return made;
}
