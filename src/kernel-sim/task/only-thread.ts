/**
 * execve leaves one thread, under the number of the leader; fs/exec.c:de_thread, SEMANTICS C4, N23.
 *
 * A thread that is not the leader takes the leader's struct pid, so what was opened under its own number before (procfs) finds
 * nobody any more.
 */

import { SIGCHLD } from '../abi/signal.ts';
import type { Kernel } from '../kernel.ts';
import { operation } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { groupMembers, releaseIfUnused, sessionMembers } from '../pid/pid.ts';
import { fail, ok, type Result } from '../result.ts';
import { killThreads } from '../signal/send.ts';
import { sleepIn } from './sleep.ts';
import { children, type Process, type Task, threads } from './task.ts';
import { isKilled } from './vfork.ts';

/** Tells every other thread to end; EAGAIN when the process is being ended or another thread is in execve. */
export const killOthers = operation('exec.kill_others', (tx: Transaction, task: Task): Result<'none' | 'some'> => {
  const process = tx.read(task.process)!;
  if (tx.read(process.threadsHead) === tx.read(process.threadsTail)) return ok('none');
  if (tx.read(process.groupExit) !== null || tx.read(process.execing) !== null) return fail('EAGAIN');
  tx.write(process.execing, task);
  killThreads(tx, process, task);
  sleepIn(tx, task, 'uninterruptible');
  return ok('some');
});

/** Waits until only the caller and a dead leader are left; false when the caller was killed meanwhile (6.x only). */
export const othersGone = operation(
  'exec.wait_others',
  (tx: Transaction, _k: Kernel, task: Task): boolean => {
    const process = tx.read(task.process)!;
    tx.write(process.execing, null);
    tx.write(task.state, 'running');
    return isLast(tx, process, task);
  },
  { when: (tx, k, task) => isLast(tx, tx.read(task.process)!, task) || (!k.is26 && isKilled(tx, task)) },
);

function isLast(tx: Transaction, process: Process, task: Task): boolean {
  const leader = tx.read(process.leader)!;
  for (const thread of threads.members(tx, process)) if (thread !== task && thread !== leader) return false;
  return leader === task || tx.read(leader.state) === 'zombie';
}

/** Makes the caller the leader of its process, in the place and under the number of the old one, which is to be released; null if it is. */
export const takeLeadership = operation(
  'exec.take_leadership',
  (tx: Transaction, k: Kernel, task: Task): Task | null => {
    const process = tx.read(task.process)!;
    const leader = tx.read(process.leader)!;
    if (leader === task) return null;
    takeNumber(tx, k, task, leader);
    takeMembership(tx, process, task, leader);
    tx.write(process.leader, task);
    const ns = tx.read(task.pidNs)!;
    if (tx.read(ns.reaper) === leader) tx.write(ns.reaper, task);
    tx.write(task.exitSignal, SIGCHLD);
    tx.write(leader.exitSignal, -1);
    tx.write(leader.state, 'dead'); // claimed: no wait will find it
    return leader;
  },
);

/** 2.6.26 gives the thread's own number back at once, 6.x with the release of the old leader, who gets it in exchange. */
function takeNumber(tx: Transaction, k: Kernel, task: Task, leader: Task): void {
  const own = tx.read(task.pid)!;
  const pid = tx.read(leader.pid)!;
  tx.write(task.pid, pid);
  tx.write(pid.task, task);
  tx.write(leader.pid, k.is26 ? null : own);
  tx.write(own.task, k.is26 ? null : leader);
  if (k.is26) releaseIfUnused(tx, own);
}

function takeMembership(tx: Transaction, process: Process, task: Task, leader: Task): void {
  const group = tx.read(process.group)!;
  const session = tx.read(process.session)!;
  groupMembers.remove(tx, group, leader);
  groupMembers.append(tx, group, task);
  sessionMembers.remove(tx, session, leader);
  sessionMembers.append(tx, session, task);
  const parent = tx.read(leader.parent);
  tx.write(task.parent, parent);
  if (parent === null) return;
  children.remove(tx, parent, leader);
  children.append(tx, parent, task);
}
