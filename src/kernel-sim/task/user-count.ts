/** How many processes each user has, for RLIMIT_NPROC; kernel/user.c, getrlimit(2). */

import type { Kernel } from '../kernel.ts';
import { operation } from '../machine/effect.ts';
import { type Handle, layout, type TableOf, table } from '../machine/layout.ts';
import type { Transaction } from '../machine/store.ts';
import { capable } from './cred.ts';
import type { Task } from './task.ts';

interface UserCountsFields {
  /** Threads by real user id, zombies included. */
  processes: TableOf<number>;
  /** Queued signals by the real user id of who they were sent to, for RLIMIT_SIGPENDING; see signal/pending.ts. */
  signals: TableOf<number>;
  /** Bytes of POSIX queues by the real user id of who made them, for RLIMIT_MSGQUEUE; see mqueue/open.ts. */
  queueBytes: TableOf<number>;
  /** Pages of pipes by the real user id of who made them; see fs/pipe-limits.ts. */
  pipePages: TableOf<number>;
}

export type UserCounts = Handle<UserCountsFields>;

export const UserCounts = layout<UserCountsFields>('user_counts', {
  processes: table(0),
  signals: table(0),
  queueBytes: table(0),
  pipePages: table(0),
});

/** Counts one more process of the caller's user; false, counting nothing, when that is over the limit. */
export const chargeProcess = operation('user.charge_process', (tx: Transaction, k: Kernel, caller: Task): boolean => {
  const cred = tx.read(caller.cred);
  const cell = k.users.processes.at(cred.uid);
  const limit = tx.read(tx.read(caller.process)!.limits)!.RLIMIT_NPROC.soft;
  const exempt = cred.uid === 0 || capable(cred, 'CAP_SYS_ADMIN') || capable(cred, 'CAP_SYS_RESOURCE');
  if (!exempt && tx.read(cell) >= limit) return false;
  tx.add(cell, 1);
  return true;
});

/** Takes one process off the count of the task's user. */
export const unchargeProcess = operation('user.uncharge_process', (tx: Transaction, k: Kernel, task: Task): void => {
  tx.add(k.users.processes.at(tx.read(task.cred).uid), -1);
});
