/** What the runs of an exploration have shown so far: hazards, ends, and calls that did not return what was expected. */

import type { Finding } from '../hazards/finding.ts';
import type { Actor } from '../kernel-sim/machine/machine.ts';
import { keyOf } from './finding-key.ts';
import { namedStretches, type Stretch } from './schedule.ts';
import { callOf, nextStep, type Subject } from './subject.ts';
import type { Walker } from './walker.ts';

/** How runs end: everybody done, or who waits in which call for ever. */
export interface Outcome {
  readonly ending: 'finished' | 'stuck';
  readonly waiting: readonly string[];
  /** Whether every call of these runs returned what its program expects, where that was asked for. */
  readonly asExpected?: boolean;
  /** Different final states that end so. */
  readonly states: number;
}

/** A hazard and a run that came to it: who stepped how often, by the names of the actors; `time` for the clock. */
export interface Sighting {
  readonly finding: Finding;
  readonly schedule: readonly Stretch<string>[];
}

/** What can be told to another process; each list in an order of its own. */
export interface Seen {
  readonly sightings: readonly Sighting[];
  readonly ends: readonly { readonly outcome: Omit<Outcome, 'states'>; readonly states: readonly string[] }[];
  readonly unexpected: readonly string[];
  readonly mistakes: readonly string[];
}

export class Coverage {
  readonly #sightings = new Map<string, Sighting>();
  readonly #ends = new Map<string, { outcome: Omit<Outcome, 'states'>; states: Set<string> }>();
  readonly #unexpected = new Set<string>();
  readonly #mistakes = new Set<string>();

  /** The first sighting of each finding, by its key. */
  get sightings(): ReadonlyMap<string, Sighting> {
    return this.#sightings;
  }

  get outcomes(): Outcome[] {
    return [...this.#ends]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, { outcome, states }]) => ({ ...outcome, states: states.size }));
  }

  /** How many different final states there are. */
  get finals(): number {
    let count = 0;
    for (const { states } of this.#ends.values()) count += states.size;
    return count;
  }

  /** The calls that did not return what their program expects, as `program:line`. */
  get unexpected(): string[] {
    return [...this.#unexpected].sort();
  }

  /** What programs ask for and cannot have, as `program:line: message`. */
  get mistakes(): string[] {
    return [...this.#mistakes].sort();
  }

  /** Hears from here on what a walker's steps return to their programs. */
  attend(walker: Walker): void {
    walker.onProgram = ({ type, program, span, message }) => {
      const place = `${String(program)}:${(span as { line: number }).line}`;
      if (type === 'program.unexpected') this.#unexpected.add(place);
      else if (type === 'program.mistake') this.#mistakes.add(`${place}: ${String(message)}`);
    };
  }

  /** Puts down the hazards that the walker's last step made certain. */
  note(walker: Walker, findings: readonly Finding[]): void {
    for (const finding of findings) {
      const key = keyOf(finding);
      if (!this.#sightings.has(key))
        this.#sightings.set(key, {
          finding,
          schedule: namedStretches(walker.schedule(), walker.machine.actors, nameOf),
        });
    }
  }

  /** Puts the present state down as one in which nobody will ever step again. */
  end(subject: Subject): void {
    const { machine } = subject;
    const waiting = machine.actors
      .filter((actor) => machine.isAlive(actor))
      .map((actor) => `${subject.label(actor)} in ${callOf(machine, actor)} (${nextStep(machine, actor)})`)
      .sort();
    const outcome = {
      ending: waiting.length === 0 ? ('finished' as const) : ('stuck' as const),
      waiting,
      ...(subject.isAsExpected !== undefined && { asExpected: subject.isAsExpected() }),
    };
    this.#addEnds(outcome, [`${machine.store.hashLo}:${machine.store.hashHi}`]);
  }

  /** Forgets the ends: a search begins again, and those of its states may be others. */
  restart(): void {
    this.#ends.clear();
  }

  /** Everything, to be told to another process. */
  get seen(): Seen {
    return {
      sightings: [...this.#sightings.values()],
      ends: [...this.#ends.values()].map(({ outcome, states }) => ({ outcome, states: [...states] })),
      unexpected: [...this.#unexpected],
      mistakes: [...this.#mistakes],
    };
  }

  /** Adds what another process has seen. */
  add({ sightings, ends, unexpected, mistakes }: Seen): void {
    for (const sighting of sightings) {
      const key = keyOf(sighting.finding);
      if (!this.#sightings.has(key)) this.#sightings.set(key, sighting);
    }
    for (const { outcome, states } of ends) this.#addEnds(outcome, states);
    for (const call of unexpected) this.#unexpected.add(call);
    for (const mistake of mistakes) this.#mistakes.add(mistake);
  }

  #addEnds(outcome: Omit<Outcome, 'states'>, states: readonly string[]): void {
    const key = `${outcome.ending} ${outcome.asExpected ?? ''} ${outcome.waiting.join()}`;
    const known = this.#ends.get(key) ?? { outcome, states: new Set<string>() };
    for (const state of states) known.states.add(state);
    this.#ends.set(key, known);
  }
}

const nameOf = ({ name }: Actor): string => name;
