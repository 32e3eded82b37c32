/** Branches of a session: runs that were seen and then left for another choice, kept so that one can go back to them and compare. */

import type { Timeline } from './timeline.ts';

export interface Branch {
  readonly name: string;
  readonly timeline: Timeline;
  /** Where one stood in it when it was left. */
  readonly position: number;
  /** Whether it is recorded to the end of the run. */
  readonly complete: boolean;
  /** The state in which another way was taken from it; for the one under way, where it left its parent. */
  readonly fork: number;
  /** The branch it left, null for the first. */
  readonly parent: string | null;
}

type Snapshot = Pick<Branch, 'timeline' | 'position' | 'complete'>;

export class BranchList {
  /** The branch under way. */
  current: Pick<Branch, 'name' | 'fork' | 'parent'> = { name: 'main', fork: 0, parent: null };
  #kept: Branch[] = [];
  #made = 0;

  /** Those that are kept, oldest first; the one under way is not among them. */
  get kept(): readonly Branch[] {
    return this.#kept;
  }

  find(name: string): Branch | undefined {
    return this.#kept.find((branch) => branch.name === name);
  }

  /** Keeps the run under way and begins a new branch at a state of it. */
  fork(left: Snapshot, at: number): Branch {
    const kept = { ...this.current, ...left };
    this.#kept.push(kept);
    this.current = { name: `branch${++this.#made}`, fork: at, parent: kept.name };
    return kept;
  }

  /** Keeps the run under way and goes over to one that was kept. */
  exchange(left: Snapshot, target: Branch): void {
    this.#kept = this.#kept.filter((branch) => branch !== target);
    this.#kept.push({ ...this.current, ...left });
    const { name, fork, parent } = target;
    this.current = { name, fork, parent };
  }

  /** Forgets a branch that is kept. */
  drop(name: string): boolean {
    const before = this.#kept.length;
    this.#kept = this.#kept.filter((branch) => branch.name !== name);
    return this.#kept.length < before;
  }
}
