/**
 * A debugging session: one run of a machine, and where in it one stands.
 *
 * Forward past what is recorded the machine steps; everything else is the journal taken back and brought again, so that going to any
 * step costs no more than the changes on the way. The future is always known one step ahead: to say who steps next, the step is made
 * and taken back. Choosing another for a step whose future was seen keeps that future as a branch.
 *
 * The session knows no terminal, no breakpoints and no names for things; those are in motion.ts, breakpoints.ts and look/.
 */

import type { Mark } from '../kernel-sim/machine/journal.ts';
import type { Actor, Machine } from '../kernel-sim/machine/machine.ts';
import type { Policy } from '../kernel-sim/machine/schedule.ts';
import { type Branch, BranchList } from './branches.ts';
import { type Driver, OldestFirst, RunnerDriver } from './driver.ts';
import { Names, type Step, TIME, Timeline } from './timeline.ts';

/** At most this many steps are kept: with their journal they take two or three gigabytes. */
export const MOST_STEPS = 5_000_000;

/** Why a task cannot be chosen to step next. */
export type Refusal = 'gone' | 'waiting';

export class DebugSession {
  readonly machine: Machine;
  readonly branches: BranchList;
  readonly #names = new Names();
  readonly #indices = new Map<Actor, number>();
  #timeline: Timeline;
  #driver: Driver;
  #position = 0;
  /** The furthest state of this timeline that anybody has been shown. */
  #seen = 0;
  #over = false;

  /**
   * @param machine at the start of its run; what was journalled before is not gone back over
   * @param policy drives the first run
   */
  constructor(machine: Machine, policy?: Policy) {
    this.machine = machine;
    machine.remembering = false;
    this.#timeline = new Timeline(this.#names, machine.store.mark());
    this.#driver = new RunnerDriver(machine, policy);
    this.branches = new BranchList();
  }

  /** The run as far as it is known. */
  get timeline(): Timeline {
    return this.#timeline;
  }

  /** The state one stands in: how many steps led to it. */
  get position(): number {
    return this.#position;
  }

  /** Whether the run is recorded to its end. */
  get isComplete(): boolean {
    return this.#over;
  }

  /** Whether as many steps are recorded as are kept: the run goes on, the session does not. */
  get isFull(): boolean {
    return this.#timeline.length >= MOST_STEPS;
  }

  /** The index of an actor in `machine.actors`. */
  indexOf(actor: Actor): number {
    let index = this.#indices.get(actor);
    if (index === undefined) {
      index = this.machine.actors.indexOf(actor);
      this.#indices.set(actor, index);
    }
    return index;
  }

  actorAt(index: number): Actor | null {
    return index === TIME ? null : (this.machine.actors[index] as Actor);
  }

  /** The step that comes next, null at the end of the run. */
  upcoming(): Step | null {
    const here = this.#position;
    if (here === this.#timeline.length) {
      if (!this.#extend()) return null;
      this.#moveTo(here);
    }
    return this.#timeline.at(here + 1);
  }

  /** Goes one step on; false at the end of the run. */
  forward(): boolean {
    if (this.#position === this.#timeline.length) {
      const next = this.#position + 1;
      if (!this.#extend()) return false;
      if (this.#position > next) this.#moveTo(next);
    } else this.#moveTo(this.#position + 1);
    this.#seen = Math.max(this.#seen, this.#position);
    return true;
  }

  /** Goes one step back; false at the start. */
  back(): boolean {
    if (this.#position === 0) return false;
    this.#moveTo(this.#position - 1);
    return true;
  }

  /** Goes to a state that is recorded; what lies between is passed over at once. */
  jump(step: number): void {
    if (step < 0 || step > this.#timeline.length) throw new Error(`no state ${step} is recorded`);
    this.#moveTo(step);
    this.#seen = Math.max(this.#seen, step);
  }

  /**
   * Makes an actor the next to step. If another was to step, the run goes a new way from here on; what is known of the old way is kept
   * as a branch if anybody has seen it.
   *
   * @returns why it cannot be, or the branch that was kept, or null if none was needed
   */
  choose(actor: Actor): Refusal | Branch | null {
    if (!this.machine.isAlive(actor)) return 'gone';
    if (!this.machine.canStep(actor)) return 'waiting';
    if (this.upcoming()?.actor === this.indexOf(actor)) return null;
    const here = this.#position;
    const kept = this.#seen > here ? this.branches.fork(this.#snapshot(), here) : null;
    if (kept === null) this.#timeline.truncate(here);
    else this.#timeline = this.#timeline.prefix(here);
    this.#seen = here;
    this.#over = false;
    this.#driver = new OldestFirst(this.machine, actor);
    return kept;
  }

  /** Goes over to another branch, to where one last stood in it: the steps after the fork are made again. */
  switchTo(name: string): boolean {
    const target = this.branches.find(name);
    if (target === undefined) return false;
    this.branches.exchange(this.#snapshot(), target);
    this.#rerun(target.timeline);
    this.#seen = this.#timeline.length;
    this.#moveTo(target.position);
    return true;
  }

  /**
   * Goes another way from a recorded state by a given schedule, as far as it can be followed; what was seen of the run so far is kept
   * as a branch.
   *
   * @param schedule who steps, by index, {@link TIME} for the clock; asked for one at a time, when the steps before were made
   * @returns how many steps could be followed
   */
  follow(schedule: Iterable<number>, from = 0): number {
    if (this.#seen > from) this.branches.fork(this.#snapshot(), from);
    this.#moveTo(from);
    this.#timeline = this.#timeline.prefix(from);
    const followed = this.#repeat(schedule);
    this.#seen = from + followed;
    return followed;
  }

  /** Makes the steps of a timeline again where they differ from the present one. */
  #rerun(target: Timeline): void {
    const common = this.#timeline.commonWith(target);
    this.#moveTo(common);
    this.#timeline = target.prefix(common);
    this.#repeat(target.schedule().subarray(common));
  }

  #repeat(schedule: Iterable<number>): number {
    let last: Actor | null = null;
    let made = 0;
    for (const index of schedule) {
      const actor = this.machine.actors[index] ?? null;
      const before = this.machine.store.mark();
      if (index === TIME) {
        const time = this.machine.nextDeadline();
        if (time === null) break;
        this.machine.advanceClock(time);
      } else {
        if (actor === null || !this.machine.canStep(actor)) break;
        this.machine.step(actor);
        last = actor;
      }
      this.#record(before, actor ?? 'time');
      made++;
    }
    this.#driver = new OldestFirst(this.machine, last);
    this.#over = false;
    return made;
  }

  #snapshot(): Pick<Branch, 'timeline' | 'position' | 'complete'> {
    return { timeline: this.#timeline, position: this.#position, complete: this.#over };
  }

  /** Makes a step at the end of what is recorded. Stands there afterwards. */
  #extend(): boolean {
    if (this.#over || this.isFull) return false;
    const before = this.machine.store.mark();
    const actor = this.#driver.advance();
    if (actor === null) this.#over = true;
    else this.#record(before, actor);
    return actor !== null;
  }

  /** Puts down what has just been done since `before`; moving the clock is a step of its own. */
  #record(before: Mark, who: Actor | 'time'): void {
    const { store, clock } = this.machine;
    const end = store.mark();
    let from = before;
    while (from < end && store.journal.cellAt(from) === clock.now) {
      from++;
      this.#timeline.push({ actor: TIME, call: 'time', effect: 'advance' }, from, []);
    }
    if (who !== 'time') {
      this.#timeline.push(this.#describe(who, from, end), end, store.notes);
    }
    this.#position = this.#timeline.length;
  }

  /** What a step was: told by the frame that its actor had before it. */
  #describe(actor: Actor, from: Mark, end: Mark): Step {
    const { store } = this.machine;
    const now = store.peek(actor.frame);
    let before = now;
    for (let entry = from; entry < end; entry++) {
      if (store.journal.cellAt(entry) !== actor.frame) continue;
      before = store.journal.valueAt(entry) as typeof now;
      break;
    }
    const index = this.indexOf(actor);
    if (before === null) return { actor: index, call: now?.call.name ?? 'user', effect: 'enter' };
    return { actor: index, call: before.call.name, effect: before.next?.op.name ?? 'return' };
  }

  #moveTo(step: number): void {
    const { store } = this.machine;
    const mark = this.#timeline.mark(step);
    if (mark < store.mark()) store.undo(mark);
    else if (mark > store.mark()) store.redo(mark);
    this.#position = step;
  }
}
