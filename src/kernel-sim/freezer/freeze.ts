/**
 * Freezing and thawing the threads of a group; kernel/cgroup_freezer.c and kernel/freezer.c of 2.6.28.
 *
 * A thread is told by a signal that is none: its flag is set and an interruptible sleep ends, and on its way back to user mode it
 * finds that it is to freeze (deliver.ts). So a call that waits is interrupted: most are made again after the thaw, and semop and
 * sigtimedwait say EINTR. A thread that waits uninterruptibly, as a vfork parent does, freezes when that is over; until then the
 * group stays FREEZING. A stopped thread counts as frozen, since it freezes before anything else when it goes on. While a thread is
 * frozen no signal wakes it, SIGKILL included.
 *
 * The locks: whoever changes a state walks the members under freezer->lock, so each change is one step.
 * Note: `freezer.frozen` {task} when a thread has frozen.
 */

import type { Kernel } from '../kernel.ts';
import { operation } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { findTask } from '../pid/pid.ts';
import { done, fail, type Result } from '../result.ts';
import { recalculate } from '../signal/mask.ts';
import { signalWake } from '../signal/send.ts';
import { sleepIn, wake } from '../task/sleep.ts';
import type { Task } from '../task/task.ts';
import { type Cgroup, cgroupOf, type FreezerState, join, leave, members, progressOf } from './cgroup.ts';

/** Whether a thread does not run, and will not before it is thawed: is_task_frozen_enough(). For operations. */
export function isFrozenEnough(tx: Transaction, task: Task): boolean {
  const progress = progressOf(tx, task);
  return progress === 'frozen' || (progress === 'freezing' && tx.read(task.state) === 'stopped');
}

/** Tells a thread to freeze; freeze_task(). */
function freezeTask(tx: Transaction, task: Task): void {
  const { progress } = tx.read(task.membership)!;
  if (tx.read(progress) === 'frozen') return;
  tx.write(progress, 'freezing');
  const own = tx.read(task.signals)!;
  if (!tx.read(own.flagged)) signalWake(tx, task, false);
}

/** Lets a thread go on; one that had not frozen yet keeps the flag, and its call may be interrupted for nothing. thaw_process(). */
function thawTask(tx: Transaction, task: Task): void {
  const { progress } = tx.read(task.membership)!;
  if (tx.read(progress) === 'frozen') wake(tx, task, ['uninterruptible']);
  tx.write(progress, 'none');
}

/** The state of a group as it is now; one that was FREEZING is FROZEN once every member is. For operations. */
export function stateOf(tx: Transaction, cgroup: Cgroup): FreezerState {
  const state = tx.read(cgroup.state);
  if (state !== 'FREEZING') return state;
  for (const { task } of members.members(tx, cgroup)) if (!isFrozenEnough(tx, tx.read(task)!)) return state;
  tx.write(cgroup.state, 'FROZEN');
  return 'FROZEN';
}

/** Freezes a group, or tries again, or thaws it; for operations. */
export function changeState(tx: Transaction, cgroup: Cgroup, goal: Exclude<FreezerState, 'FREEZING'>): void {
  if (stateOf(tx, cgroup) === goal) return;
  tx.write(cgroup.state, goal === 'FROZEN' ? 'FREEZING' : goal);
  for (const { task } of members.members(tx, cgroup)) (goal === 'FROZEN' ? freezeTask : thawTask)(tx, tx.read(task)!);
}

/** A new thread is in its maker's group, and is told to freeze if that group is about to; for operations. */
export function inheritCgroup(tx: Transaction, maker: Task, child: Task): void {
  const cgroup = cgroupOf(tx, maker);
  if (cgroup === null) return;
  join(tx, cgroup, child);
  if (tx.read(cgroup.state) === 'FREEZING') freezeTask(tx, child);
}

/**
 * Moves one thread to a group, null for the root; for operations. The rule for what is frozen is that of 2.6.29: before, a thread
 * could leave a group that was about to freeze and freeze where nobody thaws.
 *
 * @param number its number as the mover sees it, 0 for the mover itself
 * @returns ESRCH for nobody and for one that exits, EACCES for another user's, EBUSY while either group is not THAWED
 */
export function moveTask(tx: Transaction, k: Kernel, mover: Task, cgroup: Cgroup, number: number): Result<undefined> {
  const task = number === 0 ? mover : findTask(tx, tx.read(mover.pidNs)!, number);
  if (task === null || tx.read(task.exiting)) return fail('ESRCH');
  const { euid } = tx.read(mover.cred);
  const { uid, suid } = tx.read(task.cred);
  if (number !== 0 && euid !== 0 && euid !== uid && euid !== suid) return fail('EACCES');
  const from = cgroupOf(tx, task) ?? k.cgroups;
  if (from === cgroup) return done; // even if it is frozen
  if (tx.read(from.state) !== 'THAWED' || tx.read(cgroup.state) !== 'THAWED') return fail('EBUSY');
  leave(tx, task);
  if (cgroup !== k.cgroups) join(tx, cgroup, task);
  return done;
}

/** The thread freezes, if it has been told to: it takes no step before it is thawed. For operations; refrigerator(). */
export function enterRefrigerator(tx: Transaction, task: Task): boolean {
  if (progressOf(tx, task) !== 'freezing') return false;
  tx.write(tx.read(task.membership)!.progress, 'frozen');
  recalculate(tx, task); // the signal that is none is over
  sleepIn(tx, task, 'uninterruptible');
  tx.note({ type: 'freezer.frozen', task });
  return true;
}

/** Waits until the thread is thawed. */
export const awaitThaw = operation(
  'freezer.thawed',
  (tx: Transaction, task: Task): void => tx.write(task.state, 'running'),
  { when: (tx, task) => progressOf(tx, task) !== 'frozen' },
);
