/** Who takes part in a restore: the tasks of the image, and helpers that stand in for the dead and go away again. */

import type { OpenFile, Pipe, Task } from '../image/index.ts';

/**
 * What a member is for: `init` is pid 1; a `task` is one of the image; a `leader` takes the place of a dead session leader, so that
 * its session can be had; a `courier` forks one orphan and dies, which hands the orphan to init; a `clerk` has the pid of somebody
 * dead who was the last to change a semaphore.
 */
export type Role = 'init' | 'task' | 'leader' | 'courier' | 'clerk';

/** What is opened at once: a file, or a pipe with all its ends. */
export type Opening =
  | { readonly kind: 'file'; readonly file: Extract<OpenFile, { kind: 'regular' | 'null' }> }
  | { readonly kind: 'pipe'; readonly pipe: Pipe; readonly ends: readonly OpenFile[] };

/** How a task comes into its process group. */
export type GroupStep =
  /** It is born in it, or leads its session. */
  | { readonly kind: 'born' }
  /** It makes the group. */
  | { readonly kind: 'found' }
  /** It makes the group of a leader who is dead, with the help of a child of that number. */
  | { readonly kind: 'refound'; readonly group: number }
  /** It joins once everybody is there. */
  | { readonly kind: 'join'; readonly group: number };

export class Member {
  readonly number: number;
  readonly role: Role;
  /** The task of the image; null for a helper, and for an init that the image does not have. */
  readonly task: Task | null;
  creator: Member | null = null;
  /** Made by CLONE_PARENT: a child of its creator's parent. */
  asSibling = false;
  /** Made before its creator has made its session. */
  bornBefore = false;
  /** Children in the end that are not simply there: zombies, and tasks that are stopped. */
  readonly watched: Member[] = [];
  /** Those of them that it waits for before it says that it is there, and behind the gate. */
  readonly watchedEarly: Member[] = [];
  readonly watchedLate: Member[] = [];
  /** The last of its state comes when everybody is there. */
  waits = false;
  /** Whom it creates before and after it has made its session, in order. */
  readonly before: Member[] = [];
  readonly after: Member[] = [];
  /** Position in the order of creation, and number of creators above. */
  order = -1;
  depth = 0;
  /** The process group that it is in when it is born, and when it has done what it does before everybody is there. */
  groupAtBirth = 0;
  group = 0;
  groupStep: GroupStep = { kind: 'born' };
  /** Ids of the open files that it is born with, for itself or for those it creates. */
  readonly carries = new Set<number>();
  /** What it opens: the lowest member that all users come from. */
  readonly opens: Opening[] = [];

  constructor(number: number, role: Role, task: Task | null) {
    this.number = number;
    this.role = role;
    this.task = task;
  }

  get children(): readonly Member[] {
    return this.before.length === 0 ? this.after : [...this.before, ...this.after];
  }

  /** Whether it makes a session of its own; pid 1 is born with one. */
  get makesSession(): boolean {
    return this.role === 'leader' || (this.role === 'task' && this.task!.sid === this.task!.pid);
  }

  /** Whether it is gone before everybody is there: helpers, and zombies that have nothing to wait for. */
  get leavesEarly(): boolean {
    if (this.role === 'init') return false;
    if (this.role !== 'task') return true;
    return this.task!.state === 'zombie' && this.groupStep.kind !== 'join';
  }

  /** Whether it is no task of the image, and is reaped by its creator. */
  get isHelper(): boolean {
    return this.role !== 'init' && this.role !== 'task';
  }

  /** Whether it says so when it and all that it creates are there; of those that leave early their end tells as much. */
  get tells(): boolean {
    return this.role === 'task' && !this.leavesEarly;
  }
}
