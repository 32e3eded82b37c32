/**
 * Orphaned process groups: those with nobody left outside who could make them go on; kernel/exit.c:will_become_orphaned_pgrp,
 * kill_orphaned_pgrp, SEMANTICS C5 and C6. For use inside operations: the real code holds tasklist_lock.
 */

import { SIGCONT, SIGHUP } from '../abi/signal.ts';
import type { Kernel } from '../kernel.ts';
import type { Transaction } from '../machine/store.ts';
import { groupMembers, type Pid } from '../pid/pid.ts';
import type { Task } from '../task/task.ts';
import { sendFromKernel } from './send.ts';

/**
 * Whether no member of a group has a parent in another group of the same session.
 *
 * @param leaving a member that does not count any more
 */
export function isOrphaned(tx: Transaction, k: Kernel, group: Pid, leaving: Task | null = null): boolean {
  for (const member of groupMembers.members(tx, group)) {
    const process = tx.read(member.process)!;
    const parent = tx.read(member.parent);
    const gone = member === leaving || (isDead(tx, member) && tx.read(process.liveThreads) === 0);
    if (gone || parent === null || isGlobalInit(tx, k, parent)) continue;
    const above = tx.read(parent.process)!;
    if (tx.read(above.group) !== group && tx.read(above.session) === tx.read(process.session)) return false;
  }
  return true;
}

/** Whether some process of a group is stopped. */
export function hasStopped(tx: Transaction, group: Pid): boolean {
  for (const member of groupMembers.members(tx, group)) {
    if (tx.read(tx.read(tx.read(member.process)!.signals)!.stopped)) return true;
  }
  return false;
}

/**
 * Sends SIGHUP and SIGCONT to the group of `task` if it becomes orphaned and somebody in it is stopped.
 *
 * @param parent null when `task` itself is leaving (exit); else its parent so far, who is leaving (reparenting)
 */
export function hangUpOrphaned(tx: Transaction, k: Kernel, task: Task, parent: Task | null): void {
  const process = tx.read(task.process)!;
  const group = tx.read(process.group);
  const above = parent ?? tx.read(task.parent);
  if (group === null || above === null) return;
  const aboveProcess = tx.read(above.process)!;
  if (tx.read(aboveProcess.group) === group || tx.read(aboveProcess.session) !== tx.read(process.session)) return;
  if (!isOrphaned(tx, k, group, parent === null ? task : null) || !hasStopped(tx, group)) return;
  for (const signo of [SIGHUP, SIGCONT]) {
    for (const member of groupMembers.members(tx, group)) sendFromKernel(tx, k, signo, member);
  }
}

const isDead = (tx: Transaction, task: Task): boolean => ['zombie', 'dead'].includes(tx.read(task.state));

const isGlobalInit = (tx: Transaction, k: Kernel, task: Task): boolean => {
  const init = tx.read(k.initPidNs.reaper);
  return init !== null && tx.read(init.process) === tx.read(task.process);
};
