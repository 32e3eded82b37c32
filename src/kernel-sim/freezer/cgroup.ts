/**
 * Control groups of the freezer's hierarchy: a tree of named groups, and which tasks are in which; kernel/cgroup.c and
 * kernel/cgroup_freezer.c of 2.6.28, Documentation/cgroups/freezer-subsystem.txt. A kernel has them when its profile names `freezer`
 * or `freezer-signals`; `cgroup` file systems show them, and one is on /cgroup/freezer from boot.
 *
 * A thread that nobody has moved is in the root, of which no list is kept: it cannot be frozen. Any other has a membership, which
 * also says how far freezing has come. Files: freeze.ts is what freezes, state-file.ts and tasks-file.ts what people write to,
 * signals-file.ts the file of signals, which was only proposed.
 *
 * Left out on purpose: other subsystems, notify_on_release and release_agent, /proc/<pid>/cgroup, kernel threads (the only ones that
 * cannot be frozen at all, for which a write says EBUSY).
 */

import type { Kernel } from '../kernel.ts';
import { type Handle, layout } from '../machine/layout.ts';
import { LinkedList } from '../machine/list.ts';
import type { Transaction } from '../machine/store.ts';
import type { Task } from '../task/task.ts';

/** What a group is: freezer.state says so. */
export type FreezerState = 'THAWED' | 'FREEZING' | 'FROZEN';

interface CgroupFields {
  /** False once it has been removed; open files and working directories may still lead to it. */
  live: boolean;
  /** What its directory is called. */
  label: string;
  /** Null for the root. */
  parent: Cgroup | null;
  /** Oldest first. */
  children: readonly Cgroup[];
  /** Permission bits of the directory, and who made it. */
  mode: number;
  uid: number;
  gid: number;
  /** The last one known: FREEZING becomes FROZEN when somebody looks. */
  state: FreezerState;
  firstMember: Membership | null;
  lastMember: Membership | null;
}

export type Cgroup = Handle<CgroupFields>;

export const Cgroup = layout<CgroupFields>('cgroup', {
  live: false,
  label: '',
  parent: null,
  children: [],
  mode: 0o755,
  uid: 0,
  gid: 0,
  state: 'THAWED',
  firstMember: null,
  lastMember: null,
});

/** How far the freezing of a thread has come: `freezing` is TIF_FREEZE, `frozen` PF_FROZEN. */
export type Progress = 'none' | 'freezing' | 'frozen';

interface MembershipFields {
  cgroup: Cgroup | null;
  task: Task | null;
  progress: Progress;
  next: Membership | null;
  previous: Membership | null;
}

/** A thread's place in a group other than the root. */
export type Membership = Handle<MembershipFields>;

export const Membership = layout<MembershipFields>('membership', {
  cgroup: null,
  task: null,
  progress: 'none',
  next: null,
  previous: null,
});

/** The members of a group, in the order in which they came. */
export const members = new LinkedList<Cgroup, Membership>({
  head: (cgroup) => cgroup.firstMember,
  tail: (cgroup) => cgroup.lastMember,
  next: (membership) => membership.next,
  previous: (membership) => membership.previous,
});

/** Whether a kernel has the freezer. */
export const hasFreezer = ({ profile: { series } }: Pick<Kernel, 'profile'>): boolean =>
  series.has('freezer') || series.has('freezer-signals');

/** How far the freezing of a thread has come; for operations. */
export function progressOf(tx: Transaction, task: Task): Progress {
  const membership = tx.read(task.membership);
  return membership === null ? 'none' : tx.read(membership.progress);
}

/** The group that a thread is in, null for the root; for operations. */
export function cgroupOf(tx: Transaction, task: Task): Cgroup | null {
  const membership = tx.read(task.membership);
  return membership === null ? null : tx.read(membership.cgroup);
}

/** Puts a thread that is in the root into a group; for operations. */
export function join(tx: Transaction, cgroup: Cgroup, task: Task): void {
  const membership = tx.create(Membership, { cgroup, task });
  members.append(tx, cgroup, membership);
  tx.write(task.membership, membership);
}

/** Takes a thread out of its group, as its exit does; for operations. */
export function leave(tx: Transaction, task: Task): void {
  const membership = tx.read(task.membership);
  if (membership === null) return;
  members.remove(tx, tx.read(membership.cgroup)!, membership);
  tx.write(task.membership, null);
  tx.free(membership);
}
