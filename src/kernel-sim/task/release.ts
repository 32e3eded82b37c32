/**
 * The end of a zombie: out of every list, numbers given back, counted no more; kernel/exit.c:release_task, SEMANTICS C5.
 *
 * The task object outlives its release until the task's own last step, as the task_struct does until the last schedule().
 */

import type { Kernel } from '../kernel.ts';
import { operation, type Steps } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { groupMembers, type Pid, releaseIfUnused, sessionMembers } from '../pid/pid.ts';
import { exitSighand } from '../signal/inherit.ts';
import { notifyOfDeath } from '../signal/notify.ts';
import { children, type Process, type Task, threads } from './task.ts';

/** Releases a task that nobody will wait for any more, and after its last thread a leader that nobody waits for either. */
export function* release(k: Kernel, task: Task): Steps<void> {
  for (let next: Task | null = task; next !== null; ) {
    const leader: Task | null = yield* unlink(k, next);
    yield* exitSighand(k, next);
    yield* putTask(next);
    next = leader;
  }
}

/** Takes a task out of all lists, under tasklist_lock; returns its leader if that is now to be released as well. */
const unlink = operation('release.unlink', (tx: Transaction, k: Kernel, task: Task): Task | null => {
  const process = tx.read(task.process)!;
  tx.add(k.system.threads, -1);
  tx.add(k.users.processes.at(tx.read(task.cred).uid), -1);
  threads.remove(tx, process, task);
  if (tx.read(process.leader) === task) leaveLists(tx, process, task);
  const pid = tx.read(task.pid);
  if (pid !== null) {
    tx.write(pid.task, null);
    releaseIfUnused(tx, pid);
  }
  return leaderLeftAlone(tx, k, process, task);
});

function leaveLists(tx: Transaction, process: Process, leader: Task): void {
  const parent = tx.read(leader.parent);
  if (parent !== null) children.remove(tx, parent, leader);
  leaveGroups(tx, process, leader);
}

/** Takes the leader of a process out of its process group and session, whose numbers go when nothing else uses them. */
export function leaveGroups(tx: Transaction, process: Process, leader: Task): void {
  const group = tx.read(process.group);
  const session = tx.read(process.session);
  if (group !== null) groupMembers.remove(tx, group, leader);
  if (session !== null) sessionMembers.remove(tx, session, leader);
  releaseEach(tx, group, session);
}

function releaseEach(tx: Transaction, ...pids: readonly (Pid | null)[]): void {
  for (const pid of new Set(pids)) if (pid !== null) releaseIfUnused(tx, pid);
}

/** The parent of a dead leader hears of it only now that its last thread is gone. */
function leaderLeftAlone(tx: Transaction, k: Kernel, process: Process, gone: Task): Task | null {
  const leader = tx.read(process.leader)!;
  if (leader === gone || tx.read(leader.state) !== 'zombie') return null;
  if (!isAlone(tx, leader)) return null;
  const unwanted = notifyOfDeath(tx, k, leader, tx.read(leader.exitSignal), reportedStatus(tx, k, leader));
  if (!unwanted) return null;
  tx.write(leader.state, 'dead');
  return leader;
}

/** Whether the task is the only thread left of its process. */
export const isAlone = (tx: Transaction, task: Task): boolean => {
  const process = tx.read(task.process)!;
  return tx.read(process.threadsHead) === task && tx.read(process.threadsTail) === task;
};

/** What the signal to the parent says of a dead leader: its own status; on 6.x what waiting for it reports. */
export const reportedStatus = (tx: Transaction, k: Kernel, leader: Task): number =>
  k.is26 ? tx.read(leader.exitStatus) : deathStatus(tx, leader);

/** What waiting for a dead leader reports: the status of the group exit if there was one, else its own. */
export function deathStatus(tx: Transaction, leader: Task): number {
  return tx.read(tx.read(leader.process)!.groupExit) ?? tx.read(leader.exitStatus);
}

/** Drops the list's reference to a task, and its process with the last thread. */
const putTask = operation('release.put_task', (tx: Transaction, task: Task): void => {
  const process = tx.read(task.process)!;
  if (tx.read(process.threadsHead) === null) tx.free(process);
  if (tx.read(task.life) === 'dead') tx.free(task);
  else tx.write(task.released, true);
});
