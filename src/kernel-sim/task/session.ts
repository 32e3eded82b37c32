/** Process groups and sessions; kernel/sys.c:sys_setpgid, sys_setsid, SEMANTICS C6; setpgid(2), setsid(2). No session has a terminal. */

import { operation } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { findPid, findTask, groupMembers, numberIn, type Pid, releaseIfUnused, sessionMembers } from '../pid/pid.ts';
import { done, fail, ok, type Result } from '../result.ts';
import type { Process, Task } from './task.ts';

/**
 * Moves the caller or a child of its process to a process group; setpgid(2).
 *
 * @param number 0 for the caller
 * @param wanted 0 for a group of its own
 * @returns EINVAL, ESRCH, EPERM, and EACCES for a child that has called execve
 */
export const setProcessGroup = operation(
  'setpgid',
  (tx: Transaction, caller: Task, number: number, wanted: number): Result<undefined> => {
    const ns = tx.read(caller.pidNs)!;
    const self = tx.read(caller.process)!;
    const own = numberIn(tx, tx.read(tx.read(self.leader)!.pid)!, ns);
    const pid = number === 0 ? own : number;
    const group = wanted === 0 ? pid : wanted;
    if (group < 0) return fail('EINVAL');
    const task = findTask(tx, ns, pid);
    if (task === null) return fail('ESRCH');
    const process = tx.read(task.process)!;
    if (tx.read(process.leader) !== task) return fail('EINVAL'); // a thread
    const parent = tx.read(task.parent);
    if (parent !== null && tx.read(parent.process) === self) {
      if (tx.read(process.session) !== tx.read(self.session)) return fail('EPERM');
      if (tx.read(process.didExec)) return fail('EACCES'); // its program is to find what it was started with
    } else if (process !== self) return fail('ESRCH'); // neither the caller nor a child
    if (tx.read(process.sessionLeader)) return fail('EPERM'); // it would leave its own session's group
    const target = group === pid ? tx.read(task.pid)! : groupInSession(tx, self, findPid(tx, ns, group));
    if (target === null) return fail('EPERM');
    joinGroup(tx, task, process, target);
    return done;
  },
);

/** The group, if it has a member in the caller's session. */
function groupInSession(tx: Transaction, self: Process, group: Pid | null): Pid | null {
  const member = group === null ? null : groupMembers.first(tx, group);
  if (member === null) return null;
  return tx.read(tx.read(member.process)!.session) === tx.read(self.session) ? group : null;
}

function joinGroup(tx: Transaction, leader: Task, process: Process, group: Pid): void {
  const old = tx.read(process.group)!;
  if (old === group) return;
  groupMembers.remove(tx, old, leader);
  tx.write(process.group, group);
  groupMembers.append(tx, group, leader);
  releaseIfUnused(tx, old);
}

/**
 * Makes the caller's process the leader of a new session and a new group; setsid(2).
 *
 * @returns the number of the session; EPERM when the process leads one, or its number is that of a group already
 */
export const createSession = operation('setsid', (tx: Transaction, caller: Task): Result<number> => {
  const process = tx.read(caller.process)!;
  const leader = tx.read(process.leader)!;
  const pid = tx.read(leader.pid)!;
  if (tx.read(process.sessionLeader) || !groupMembers.isEmpty(tx, pid)) return fail('EPERM');
  tx.write(process.sessionLeader, true);
  const old = tx.read(process.session)!;
  sessionMembers.remove(tx, old, leader);
  tx.write(process.session, pid);
  sessionMembers.append(tx, pid, leader);
  joinGroup(tx, leader, process, pid);
  releaseIfUnused(tx, old);
  return ok(numberIn(tx, pid, tx.read(caller.pidNs)!));
});

/**
 * The process group or session of a task as the caller sees it; getpgid(2), getsid(2).
 *
 * @param number 0 for the caller
 * @returns 0 for one outside the caller's pid namespace; ESRCH
 */
export const membership = operation(
  'getpgid',
  (tx: Transaction, caller: Task, number: number, of: 'group' | 'session'): Result<number> => {
    const ns = tx.read(caller.pidNs)!;
    const task = number === 0 ? caller : findTask(tx, ns, number);
    const pid = task === null ? null : tx.read(tx.read(task.process)![of]);
    return pid === null ? fail('ESRCH') : ok(numberIn(tx, pid, ns));
  },
);
