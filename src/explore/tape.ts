/**
 * The last run from a place, kept so that one which begins the same way is not made again up to where it differs: the store brings
 * back what it took back, as long as nobody else has changed anything since.
 */

import type { Finding } from '../hazards/finding.ts';
import { CLOCK, type Place, type Walker } from './walker.ts';

interface Step {
  /** The actor's index, or {@link CLOCK}. */
  readonly who: number;
  readonly findings: readonly Finding[];
  readonly after: Place;
}

const tapes = new WeakMap<Walker, Tape>();

export class Tape {
  readonly #walker: Walker;
  #start: Place;
  readonly #steps: Step[] = [];
  #made = 0;
  /** How many changes the journal had seen when the run was where it ends. */
  #changes = -1;

  private constructor(walker: Walker) {
    this.#walker = walker;
    this.#start = walker.place;
  }

  /** The walker's tape, at the beginning of a run from the present place. */
  static begin(walker: Walker): Tape {
    const tape = tapes.get(walker) ?? new Tape(walker);
    tapes.set(walker, tape);
    tape.#begin();
    return tape;
  }

  #begin(): void {
    const { place, machine } = this.#walker;
    const isSame = place.mark === this.#start.mark && place.length === this.#start.length;
    if (!isSame || this.#changes !== machine.store.journal.count) this.#steps.length = 0;
    this.#start = place;
    this.#made = 0;
  }

  /** Makes an actor's step; gives the hazards that it makes certain. */
  step(index: number): readonly Finding[] {
    return this.#again(index) ?? this.#add(index, () => this.#walker.step(index));
  }

  /** Moves the clock to the next deadline; false when nobody waits for one. */
  passTime(): boolean {
    if (this.#again(CLOCK) !== null) return true;
    if (this.#walker.machine.nextDeadline() === null) return false;
    this.#add(CLOCK, () => this.#walker.passTime());
    return true;
  }

  /** Ends the run and goes back to where it began; gives who stepped. */
  end(): number[] {
    const who = this.#steps.slice(0, this.#made).map((step) => step.who);
    this.#walker.back(this.#start);
    return who;
  }

  /** Makes the step that the last run made here, if it is the same; gives what it found. */
  #again(who: number): readonly Finding[] | null {
    const step = this.#steps[this.#made];
    if (step === undefined || step.who !== who) return null;
    this.#made++;
    this.#walker.forward(step.after, who);
    return step.findings;
  }

  #add(who: number, make: () => void): readonly Finding[] {
    make();
    const findings = who === CLOCK ? [] : this.#walker.findings();
    this.#steps.length = this.#made++;
    this.#steps.push({ who, findings, after: this.#walker.place });
    this.#changes = this.#walker.machine.store.journal.count;
    return findings;
  }
}
