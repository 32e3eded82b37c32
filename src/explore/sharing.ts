/**
 * Which cells are shared, learned while a search runs.
 *
 * A step is private when it touches no cell that one actor changes and another touches: it then commutes with every step of
 * everybody else, and a search need not try it in any other order. Nobody declares which cells those are. A search starts from what
 * was seen so far, remembers which cells it took for private, and starts again when one of them turns out not to be. The search
 * that ends without such a surprise has checked its own assumption: every access it could have missed is equivalent to one it saw.
 */

import type { Actor } from '../kernel-sim/machine/machine.ts';
import type { Store } from '../kernel-sim/machine/store.ts';
import { Strides } from './strides.ts';
import type { Walker } from './walker.ts';

export const NOBODY = -1;
export const MANY = -2;

/** A growing array of small integers by cell. */
class ByCell {
  #items: Int16Array;
  readonly #initial: number;

  constructor(initial: number) {
    this.#initial = initial;
    this.#items = new Int16Array(4096).fill(initial);
  }

  get(cell: number): number {
    return cell < this.#items.length ? (this.#items[cell] as number) : this.#initial;
  }

  set(cell: number, value: number): void {
    if (cell >= this.#items.length) {
      const wider = new Int16Array(Math.max(cell + 1, this.#items.length * 2)).fill(this.#initial);
      wider.set(this.#items);
      this.#items = wider;
    }
    this.#items[cell] = value;
  }
}

/** Who accesses a cell once `actor` does as well. */
function join(known: number, actor: number): number {
  if (actor === NOBODY) return known;
  return known === NOBODY || known === actor ? actor : MANY;
}

/** Who reads, writes and counts a cell ({@link NOBODY}, an actor's index, {@link MANY}), and whether a search relies on its being private. */
export interface Accessors {
  readonly reader: number;
  readonly writer: number;
  readonly adder: number;
  readonly isAssumed: boolean;
}

export class Sharing {
  readonly #readers = new ByCell(NOBODY);
  readonly #writers = new ByCell(NOBODY);
  readonly #adders = new ByCell(NOBODY);
  #assumed = new ByCell(0);
  #strides: { walker: Walker; strides: Strides } | null = null;
  /** A cell taken for private has turned out to be shared: the search that took it so has to start again. */
  surprised = false;
  /** Searches begun so far with this knowledge. */
  searches = 0;
  /** Hears of each cell that a search relies on being private. */
  onAssumed: ((cell: number) => void) | null = null;

  /** Called before what was touched is looked up: who knows of cells that this process has not met may say so. */
  onLook: (() => void) | null = null;
  /** Called for each actor that comes to life, before anything is put down of it. */
  onBirth: ((index: number) => void) | null = null;

  /** Puts down what the step or the wait that the store has just seen touched, and says whether that was private. */
  learn(store: Store, actor: number): boolean {
    this.onLook?.();
    const { reads, writes, adds } = store;
    for (let i = 0; i < reads.length; i++) this.#touch(this.#readers, reads.at(i), actor);
    for (let i = 0; i < writes.length; i++) this.#touch(this.#writers, writes.at(i), actor);
    for (let i = 0; i < adds.length; i++) this.#touch(this.#adders, adds.at(i), actor);
    return this.isPrivate(store, actor);
  }

  /** Puts down that everybody looks at their own life: who ends an actor is noticed by it, even if it never made a step. */
  attend(walker: Walker): void {
    const { actors } = walker.machine;
    walker.onBirth = (index) => {
      this.onBirth?.(index);
      this.#touch(this.#readers, (actors[index] as Actor).life, index);
    };
    for (let i = 0; i < actors.length; i++) walker.onBirth(i);
  }

  /** Puts down what a step or wait touched of the cells that were taken for private before it, and of no others. */
  learnAssumed(store: Store, actor: number): void {
    this.onLook?.();
    const { reads, writes, adds } = store;
    const touch = (list: Store['reads'], accessors: ByCell): void => {
      for (let i = 0; i < list.length; i++) {
        if (this.#assumed.get(list.at(i)) === 1) this.#touch(accessors, list.at(i), actor);
      }
    };
    touch(reads, this.#readers);
    touch(writes, this.#writers);
    touch(adds, this.#adders);
  }

  /** Whether the step that the store has just seen is private as far as is known; puts nothing down. */
  isPrivate(store: Store, actor: number): boolean {
    this.onLook?.();
    const { reads, writes, adds } = store;
    const other = (accessors: ByCell, cell: number): boolean => {
      const known = accessors.get(cell);
      return known !== NOBODY && known !== actor;
    };
    const changed = (cell: number): boolean => other(this.#writers, cell) || other(this.#adders, cell);
    const looked = (cell: number): boolean => other(this.#readers, cell);
    for (let i = 0; i < reads.length; i++) if (changed(reads.at(i))) return false;
    for (let i = 0; i < writes.length; i++) if (changed(writes.at(i)) || looked(writes.at(i))) return false;
    for (let i = 0; i < adds.length; i++) if (other(this.#writers, adds.at(i)) || looked(adds.at(i))) return false;
    return true;
  }

  /** Remembers that a search relied on the step that the store has just seen being private. */
  assume(store: Store): void {
    for (const list of [store.reads, store.writes, store.adds]) {
      for (let i = 0; i < list.length; i++) {
        this.#assumed.set(list.at(i), 1);
        this.onAssumed?.(list.at(i));
      }
    }
  }

  /** Remembers the same of steps that an earlier search made; false, and nothing remembered, if they may not be private any more. */
  assumeAgain(cells: Iterable<number>): boolean {
    for (const cell of cells) if (this.isShared(cell)) return false;
    for (const cell of cells) this.#assumed.set(cell, 1);
    return true;
  }

  /** The strides known on a walker. */
  stridesOf(walker: Walker): Strides {
    if (this.#strides?.walker !== walker) this.#strides = { walker, strides: new Strides(walker, this) };
    return this.#strides.strides;
  }

  /** Forgets the assumptions of a search that is over or has to start again, but not what was learned. */
  restart(): void {
    if (this.surprised) this.#strides = null;
    this.surprised = false;
    this.#assumed = new ByCell(0);
    this.searches++;
  }

  /** What is known of a cell. */
  accessorsOf(cell: number): Accessors {
    return {
      reader: this.#readers.get(cell),
      writer: this.#writers.get(cell),
      adder: this.#adders.get(cell),
      isAssumed: this.#assumed.get(cell) === 1,
    };
  }

  /**
   * Puts down what somebody else knows of a cell. It is a surprise when what one of the two relied on was less than both know now,
   * and that is that the cell is shared.
   */
  hear(cell: number, told: Accessors): void {
    const known = this.accessorsOf(cell);
    this.#readers.set(cell, join(known.reader, told.reader));
    this.#writers.set(cell, join(known.writer, told.writer));
    this.#adders.set(cell, join(known.adder, told.adder));
    if (told.isAssumed) this.#assumed.set(cell, 1);
    const now = this.accessorsOf(cell);
    const isNew = (before: Accessors): boolean =>
      before.reader !== now.reader || before.writer !== now.writer || before.adder !== now.adder;
    const wasMistaken = (known.isAssumed && isNew(known)) || (told.isAssumed && isNew(told));
    if (wasMistaken && this.isShared(cell)) this.surprised = true;
  }

  /** Puts `actor` wherever `standIn` stood for it, up to a cell. */
  rename(standIn: number, actor: number, cells: number): void {
    for (const accessors of [this.#readers, this.#writers, this.#adders]) {
      for (let cell = 0; cell < cells; cell++) if (accessors.get(cell) === standIn) accessors.set(cell, actor);
    }
  }

  #touch(accessors: ByCell, cell: number, actor: number): void {
    const known = accessors.get(cell);
    if (known === actor || known === MANY) return;
    accessors.set(cell, join(known, actor));
    if (this.#assumed.get(cell) === 1 && this.isShared(cell)) this.surprised = true;
  }

  /** Whether one actor changes the cell in a way that another could notice. */
  isShared(cell: number): boolean {
    const writer = this.#writers.get(cell);
    const reader = this.#readers.get(cell);
    const adder = this.#adders.get(cell);
    if (writer !== NOBODY) return differs(writer, writer) || differs(writer, reader) || differs(writer, adder);
    return adder !== NOBODY && differs(adder, reader);
  }
}

/** Whether the two accessors are, or may be, two different actors. */
function differs(a: number, b: number): boolean {
  if (a === NOBODY || b === NOBODY) return false;
  return a === MANY || b === MANY || a !== b;
}
