/** Whether a task may look into another; kernel/ptrace.c:ptrace_may_attach (2.6.26), ptrace_may_access (6.x). For operations. */

import type { Transaction } from '../../machine/store.ts';
import { type CapabilitySet, type Credentials, capable } from '../../task/cred.ts';
import type { Task } from '../../task/task.ts';

/** Whether every capability of one set is in the other. */
const covers = (all: CapabilitySet, some: CapabilitySet): boolean =>
  all === 'all' || (some !== 'all' && some.every((capability) => all.includes(capability)));

const sameIds = (viewer: Credentials, target: Credentials): boolean =>
  [target.uid, target.euid, target.suid].every((uid) => uid === viewer.uid) &&
  [target.gid, target.egid, target.sgid].every((gid) => gid === viewer.gid);

/**
 * Threads of one process always may; others need the same ids, a dumpable target with no more rights, or CAP_SYS_PTRACE.
 *
 * @param by whether the caller's effective rights count, as for files of /proc, or what it may make effective (PTRACE_MODE_REALCREDS)
 */
export function mayInspect(
  tx: Transaction,
  viewer: Task,
  target: Task,
  by: 'capabilities' | 'permitted' = 'capabilities',
): boolean {
  if (tx.read(viewer.process) === tx.read(target.process)) return true;
  const cred = tx.read(viewer.cred);
  if (capable(cred, 'CAP_SYS_PTRACE')) return true;
  const theirs = tx.read(target.cred);
  const process = tx.read(target.process);
  return sameIds(cred, theirs) && covers(cred[by], theirs[by]) && process !== null && tx.read(process.dumpable) === 1;
}
