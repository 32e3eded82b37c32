/**
 * A run as it was made, step by step: who stepped, in which call, what the effect was, where the journal stood after it, and what the
 * step had to say. Step `n` leads from state `n - 1` to state `n`; state 0 is the start.
 *
 * A step takes 20 bytes here, in typed arrays. What it changed is in the store's journal, which this only points into.
 */

import { IntList } from '../kernel-sim/machine/growable.ts';
import type { Mark } from '../kernel-sim/machine/journal.ts';
import type { Note } from '../kernel-sim/machine/note.ts';

/** What stands in place of an actor's index when the clock moved on. */
export const TIME = -1;

/** One step of a run. */
export interface Step {
  /** Index into `machine.actors`, or {@link TIME}. */
  readonly actor: number;
  /** The call it belongs to; `user` between calls, `time` for the clock. */
  readonly call: string;
  /** The operation; `enter` where the call was made, `return` where its result was handed over. */
  readonly effect: string;
}

/** Numbers for names, the same for all timelines of a session. */
export class Names {
  readonly #numbers = new Map<string, number>();
  readonly #names: string[] = [];

  numberOf(name: string): number {
    let number = this.#numbers.get(name);
    if (number === undefined) {
      number = this.#names.push(name) - 1;
      this.#numbers.set(name, number);
    }
    return number;
  }

  nameOf(number: number): string {
    return this.#names[number] as string;
  }
}

export class Timeline {
  readonly #names: Names;
  readonly #actors: IntList;
  readonly #calls: IntList;
  readonly #effects: IntList;
  readonly #marks: IntList;
  readonly #noteEnds: IntList;
  readonly #notes: Note[];

  /**
   * @param start where the journal stands in state 0
   */
  constructor(names: Names, start: Mark) {
    this.#names = names;
    [this.#actors, this.#calls, this.#effects, this.#marks, this.#noteEnds] = Array.from(
      { length: 5 },
      () => new IntList(),
    ) as [IntList, IntList, IntList, IntList, IntList];
    this.#notes = [];
    this.#actors.push(TIME);
    this.#calls.push(names.numberOf('start'));
    this.#effects.push(names.numberOf('start'));
    this.#marks.push(start);
    this.#noteEnds.push(0);
  }

  /** How many steps there are. */
  get length(): number {
    return this.#actors.length - 1;
  }

  push(step: Step, mark: Mark, notes: readonly Note[]): void {
    this.#actors.push(step.actor);
    this.#calls.push(this.#names.numberOf(step.call));
    this.#effects.push(this.#names.numberOf(step.effect));
    this.#marks.push(mark);
    for (const note of notes) this.#notes.push(note);
    this.#noteEnds.push(this.#notes.length);
  }

  /** Forgets every step after `length`. */
  truncate(length: number): void {
    for (const list of [this.#actors, this.#calls, this.#effects, this.#marks, this.#noteEnds])
      list.length = length + 1;
    this.#notes.length = this.#noteEnds.at(length);
  }

  /** A timeline of its own with the first `length` steps of this one. */
  prefix(length: number): Timeline {
    const copy = new Timeline(this.#names, this.mark(0));
    for (let n = 1; n <= length; n++) copy.push(this.at(n), this.mark(n), this.notes(n));
    return copy;
  }

  at(step: number): Step {
    return { actor: this.actor(step), call: this.call(step), effect: this.effect(step) };
  }

  actor(step: number): number {
    return this.#actors.at(step);
  }

  call(step: number): string {
    return this.#names.nameOf(this.#calls.at(step));
  }

  effect(step: number): string {
    return this.#names.nameOf(this.#effects.at(step));
  }

  /** Where the journal stood after a step. */
  mark(step: number): Mark {
    return this.#marks.at(step);
  }

  /** Whether a step said anything. */
  hasNotes(step: number): boolean {
    return this.#noteEnds.at(step) > this.#noteEnds.at(step - 1);
  }

  /** What a step said, in order. */
  notes(step: number): readonly Note[] {
    return step === 0 ? [] : this.#notes.slice(this.#noteEnds.at(step - 1), this.#noteEnds.at(step));
  }

  /** The step that an entry of the journal belongs to; 0 for one made before the start. */
  stepOfEntry(entry: Mark): number {
    let [low, high] = [0, this.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#marks.at(middle) > entry) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** How many first steps two timelines have in common: as long as the same actors step, everything else is the same too. */
  commonWith(other: Timeline): number {
    const shorter = Math.min(this.length, other.length);
    let same = 0;
    while (same < shorter && this.actor(same + 1) === other.actor(same + 1)) same++;
    return same;
  }

  /** Who stepped, in order. */
  schedule(): Int32Array {
    return this.#actors.items.slice(1, this.#actors.length);
  }
}
