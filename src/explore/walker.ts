/**
 * Walking about in the states of one machine: forward by a step of a chosen actor, back to any state on the way here.
 * The path says who stepped; everything else is in the store's journal.
 */

import { type Finding, isHazard } from '../hazards/finding.ts';
import type { Mark } from '../kernel-sim/machine/journal.ts';
import type { Actor, Machine } from '../kernel-sim/machine/machine.ts';
import type { Remark } from '../kernel-sim/machine/note.ts';

/** What stands in a path for the clock being moved on, which no actor does. */
export const CLOCK = -1;

/** How a path says that an actor's private step was made ahead of its turn: it can be put off until the actor's next step. */
export const ahead = (index: number): number => -2 - index;

/** A state on the way: where the journal and the path stood. */
export interface Place {
  readonly mark: Mark;
  readonly length: number;
}

/** Steps between two looks at the time. */
const LOOK = 256;

export class Walker {
  readonly machine: Machine;
  /** Who stepped, from the start: indices into `machine.actors`, {@link CLOCK}, or {@link ahead} of an index. */
  readonly path: number[] = [];
  /** The actors that came to life in the last step. */
  births: number[] = [];
  /** Called for each actor that comes to life. */
  onBirth: (index: number) => void = () => {};
  /** Called when a call did not return what its program expects, or a program asked for what it cannot have. */
  onProgram: (note: Remark) => void = () => {};
  /** Says whether time or patience is over: who walks far asks now and then, see {@link isTimeToStop}. */
  isOver: () => boolean = () => false;
  /** Steps made in all, those taken back included. */
  steps = 0;

  constructor(machine: Machine) {
    this.machine = machine;
    machine.remembering = true;
    machine.onBirth = (actor) => {
      const index = machine.actors.indexOf(actor);
      this.births.push(index);
      this.onBirth(index);
    };
  }

  get place(): Place {
    return { mark: this.machine.store.mark(), length: this.path.length };
  }

  /** Whether to stop here; cheap enough to be asked at every step, since it looks at every so many only. */
  isTimeToStop(): boolean {
    return this.steps % LOOK === 0 && this.isOver();
  }

  /** Steps the actor with this index. */
  step(index: number, isAhead = false): void {
    this.births.length = 0;
    this.machine.step(this.machine.actors[index] as Actor);
    this.path.push(isAhead ? ahead(index) : index);
    this.steps++;
    if (isAhead && this.births.length > 0) this.#settle(index);
  }

  /** Makes an actor's steps so far steps of their own time: somebody born in them may step before the actor does again. */
  #settle(index: number): void {
    for (let i = this.path.length - 1; i >= 0; i--) if (this.path[i] === ahead(index)) this.path[i] = index;
  }

  /** The hazards that the last step made certain. */
  findings(): Finding[] {
    const { notes } = this.machine.store;
    if (notes.length === 0) return [];
    for (const note of notes) if (note.type.startsWith('program.')) this.onProgram(note as Remark);
    return notes.filter((note) => isHazard(note)).map((note) => note.finding);
  }

  /** The path in an order that runs: steps made ahead of their turn are put where their actor steps next, or left out. */
  schedule(): number[] {
    const put: number[] = [];
    const waiting = new Map<number, number>();
    for (const entry of this.path) {
      if (entry < CLOCK) {
        const actor = -2 - entry;
        waiting.set(actor, (waiting.get(actor) ?? 0) + 1);
        continue;
      }
      for (let left = waiting.get(entry) ?? 0; left > 0; left--) put.push(entry);
      waiting.delete(entry);
      put.push(entry);
    }
    return put;
  }

  /** Moves the clock to the next deadline; false when nobody waits for one. */
  passTime(): boolean {
    const time = this.machine.nextDeadline();
    if (time === null) return false;
    this.machine.advanceClock(time);
    this.path.push(CLOCK);
    return true;
  }

  /** Goes back to a state that was passed on the way here. */
  back({ mark, length }: Place): void {
    this.machine.store.undo(mark);
    this.path.length = length;
  }

  /** Goes on to a state that was left by {@link back}, by a step of this actor or of the clock; nothing has changed since. */
  forward({ mark, length }: Place, who: number): void {
    this.machine.store.redo(mark);
    this.path.length = length - 1;
    this.path.push(who);
  }

  /**
   * The indices of the actors that can step now, ascending.
   *
   * @param onWaiting called for each actor that cannot, while the store still knows what its wait looked at
   */
  enabled(onWaiting: (index: number) => void = () => {}): number[] {
    const { machine } = this;
    const able: number[] = [];
    for (let i = 0; i < machine.actors.length; i++) {
      const actor = machine.actors[i] as Actor;
      if (!machine.isAlive(actor)) continue;
      machine.store.beginStep(actor);
      if (machine.canStep(actor)) able.push(i);
      else onWaiting(i);
    }
    return able;
  }
}
