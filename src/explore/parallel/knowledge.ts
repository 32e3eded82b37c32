/**
 * What processes that search parts of the same tree tell each other of who touches which cells.
 *
 * Each numbers cells and actors in the order in which it meets them, so they speak by names. What is told of a cell that a process
 * has not met yet waits until it does; an actor that it has not met has a stand-in until then.
 */

import type { Actor } from '../../kernel-sim/machine/machine.ts';
import { type Accessors, NOBODY, Sharing } from '../sharing.ts';
import type { Walker } from '../walker.ts';

/** Accessors by cell name; those that are actors are indices into `actors`. */
export interface Told {
  readonly actors: readonly string[];
  readonly cells: readonly (readonly [cell: string, Accessors])[];
}

/** Stand-ins for actors not met are numbered from here, above all indices of real ones. */
const STAND_INS = 16_384;

/** What one of the processes knows. */
export class Knowledge {
  readonly #sharing: Sharing;
  readonly #walker: Walker;
  /** What was told of cells not met, by name. */
  readonly #awaited = new Map<string, Accessors>();
  readonly #standIns = new Map<string, number>();
  /** How many of the store's cells have been met. */
  #met = 0;
  /** What was last told of a cell, by number. */
  readonly #told: string[] = [];

  /** What the sharing knows already is taken to be known to everybody. */
  constructor(sharing: Sharing, walker: Walker) {
    this.#sharing = sharing;
    this.#walker = walker;
    sharing.onLook = () => this.#meet();
    sharing.onBirth = (index) => this.#greet(index);
    this.tell();
  }

  /** What has been learned since this was last asked. */
  tell(): Told {
    const { store, actors } = this.#walker.machine;
    const cells: [string, Accessors][] = [];
    for (let cell = 0; cell < store.size; cell++) {
      const accessors = this.#sharing.accessorsOf(cell);
      const now = textOf(accessors);
      if (now === (this.#told[cell] ?? UNTOUCHED)) continue;
      this.#told[cell] = now;
      cells.push([store.cellName(cell), accessors]);
    }
    const names = actors.map(({ name }) => name);
    for (const [name, standIn] of this.#standIns) names[standIn] = name;
    return { actors: names, cells };
  }

  /** Adds what the others have learned, before another round of searches in which nothing is assumed yet. */
  hear({ actors, cells }: Told): void {
    this.#sharing.restart();
    const { store } = this.#walker.machine;
    const wanted = new Map(cells);
    const translate = (actor: number): number => this.#numberOf(actors[actor] as string);
    for (let cell = 0; cell < store.size; cell++) {
      const name = store.cellName(cell);
      const accessors = wanted.get(name);
      if (accessors !== undefined) this.#sharing.hear(cell, mapped(accessors, translate));
      wanted.delete(name);
      if (this.#told[cell] !== undefined) this.#told[cell] = textOf(this.#sharing.accessorsOf(cell));
    }
    this.#met = store.size;
    for (const [name, accessors] of wanted) this.#awaited.set(name, mapped(accessors, translate));
  }

  /** Looks whether cells that the store has made since were told of. */
  #meet(): void {
    const { store } = this.#walker.machine;
    for (; this.#met < store.size; this.#met++) {
      if (this.#awaited.size === 0) continue;
      const name = store.cellName(this.#met);
      const accessors = this.#awaited.get(name);
      if (accessors === undefined) continue;
      this.#awaited.delete(name);
      this.#sharing.hear(this.#met, accessors);
    }
  }

  #numberOf(name: string): number {
    const index = this.#walker.machine.actors.findIndex((actor) => actor.name === name);
    if (index !== -1) return index;
    const standIn = this.#standIns.get(name) ?? STAND_INS + this.#standIns.size;
    this.#standIns.set(name, standIn);
    return standIn;
  }

  /** Puts an actor that has come to life in the place of its stand-in. */
  #greet(index: number): void {
    const { machine } = this.#walker;
    const { name } = machine.actors[index] as Actor;
    const standIn = this.#standIns.get(name);
    if (standIn === undefined) return;
    this.#standIns.set(name, index);
    if (standIn === index) return;
    const renamed = (actor: number): number => (actor === standIn ? index : actor);
    this.#sharing.rename(standIn, index, machine.store.size);
    for (const [cell, accessors] of this.#awaited) this.#awaited.set(cell, mapped(accessors, renamed));
  }
}

/** The same accessors in other numbers; who is nobody or many stays so. */
function mapped({ reader, writer, adder, isAssumed }: Accessors, translate: (actor: number) => number): Accessors {
  const number = (actor: number): number => (actor < 0 ? actor : translate(actor));
  return { reader: number(reader), writer: number(writer), adder: number(adder), isAssumed };
}

const textOf = ({ reader, writer, adder, isAssumed }: Accessors): string => `${reader} ${writer} ${adder} ${isAssumed}`;

const UNTOUCHED = textOf({ reader: NOBODY, writer: NOBODY, adder: NOBODY, isAssumed: false });

/** What all of the processes know together. */
export class Gathered {
  readonly #sharing = new Sharing();
  readonly #cells = new Map<string, number>();
  readonly #actors = new Map<string, number>();

  /** Whether a cell that one of them took for private is shared. */
  get surprised(): boolean {
    return this.#sharing.surprised;
  }

  add({ actors, cells }: Told): void {
    const translate = (actor: number): number => numbered(this.#actors, actors[actor] as string);
    for (const [name, accessors] of cells) {
      this.#sharing.hear(numbered(this.#cells, name), mapped(accessors, translate));
    }
  }

  /** Forgets what was assumed, and gives all that is known. */
  restart(): Told {
    this.#sharing.restart();
    return {
      actors: [...this.#actors.keys()],
      cells: [...this.#cells].map(([name, cell]) => [name, this.#sharing.accessorsOf(cell)]),
    };
  }
}

/** The number of a name, in the order in which names come up. */
function numbered(numbers: Map<string, number>, name: string): number {
  const number = numbers.get(name) ?? numbers.size;
  numbers.set(name, number);
  return number;
}
