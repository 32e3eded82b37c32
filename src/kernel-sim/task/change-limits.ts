/** Reading and changing resource limits; kernel/sys.c:do_prlimit, prlimit(2). All threads of a process have the same. */

import { NR_OPEN } from '../abi/limits.ts';
import type { Kernel } from '../kernel.ts';
import { operation } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { findTask } from '../pid/pid.ts';
import { fail, ok, type Result } from '../result.ts';
import { capable } from './cred.ts';
import { type Limit, limitNames } from './limits.ts';
import type { Task } from './task.ts';

/** The number of resources: larger ones are EINVAL. */
export const RESOURCES = limitNames.length;

/**
 * Gives a limit of a process and, if `wanted` is not null, changes it; prlimit(2).
 *
 * @param pid 0 for the caller
 * @param resource RLIMIT_*
 * @returns the limit before; ESRCH, EPERM for a stranger's process or a higher hard limit, EINVAL for a resource that does not exist
 * or a soft limit above the hard one
 */
export const changeLimit = operation(
  'prlimit',
  (tx: Transaction, _k: Kernel, caller: Task, pid: number, resource: number, wanted: Limit | null): Result<Limit> => {
    const target = pid === 0 ? caller : findTask(tx, tx.read(caller.pidNs)!, pid);
    if (target === null) return fail('ESRCH');
    if (!mayChange(tx, caller, target)) return fail('EPERM');
    const name = limitNames[resource];
    if (name === undefined) return fail('EINVAL');
    const process = tx.read(target.process)!;
    const limits = tx.read(process.limits)!;
    const old = limits[name];
    if (wanted === null) return ok(old);
    if (wanted.soft > wanted.hard) return fail('EINVAL');
    if (name === 'RLIMIT_NOFILE' && wanted.hard > NR_OPEN) return fail('EPERM'); // no table can be that large
    if (wanted.hard > old.hard && !capable(tx.read(caller.cred), 'CAP_SYS_RESOURCE')) return fail('EPERM');
    tx.write(process.limits, { ...limits, [name]: wanted });
    return ok(old);
  },
);

/** The same user throughout, or the capability. */
function mayChange(tx: Transaction, caller: Task, target: Task): boolean {
  if (tx.read(caller.process) === tx.read(target.process)) return true;
  const { uid, gid, ...cred } = tx.read(caller.cred);
  const other = tx.read(target.cred);
  const users = [other.uid, other.euid, other.suid];
  const groups = [other.gid, other.egid, other.sgid];
  const same = users.every((id) => id === uid) && groups.every((id) => id === gid);
  return same || capable({ uid, gid, ...cred }, 'CAP_SYS_RESOURCE');
}
