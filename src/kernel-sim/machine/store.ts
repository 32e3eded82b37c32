/**
 * The journalled store: all state of the simulated kernel and of the programs that run on it.
 *
 * State is a row of cells. Only operations (effect.ts) get hold of the store; every read and write of theirs is recorded as the
 * step's footprint, every change goes to the journal, and the hash of the whole state is kept up to date as cells change.
 *
 * A store that does not track (bulk restores) keeps values only: no journal, no hash, no footprints.
 */

import { Changes } from './change.ts';
import { IntList } from './growable.ts';
import { hashHi, hashLo, mix } from './hash.ts';
import { Journal, type Mark } from './journal.ts';
import {
  type Cell,
  type Handle,
  type KernelObject,
  type Layout,
  layout,
  Table,
  type TableOf,
  table,
} from './layout.ts';
import type { Fault, Note } from './note.ts';

/** What the cells of a freed heap object hold. */
export const POISON: unique symbol = Symbol('poison');

/** What the cells of a new heap object hold until they are written. */
export const UNINITIALISED: unique symbol = Symbol('uninitialised');

/** What an operation reads as a number when the memory holds garbage; recognisable in a report. */
export const GARBAGE = 0x6b6b6b6b;

/** How far a count is from a limit when it does not matter who counts first. */
const FAR = 4096;

interface Root {
  /** How many objects of each kind an allocator has made, by kind. */
  made: TableOf<number>;
}

const rootLayout = layout<Root>('kernel', { made: table(0) });
const countsLayout = layout<Root>('counts', { made: table(0) });

/** What an operation sees of the store. */
export type Transaction = Store;

export class Store {
  readonly tracking: boolean;
  /** Whether reads and writes are put down in {@link reads} and {@link writes}. */
  recording: boolean;
  /** The object that allocates what the kernel itself makes at boot. */
  readonly root: Handle<Root>;
  /**
   * Cells read and written by the operation under way, in order, with repeats; `adds` are those only counted up or down.
   * Objects that no other actor can have heard of yet (they were never stored in an object that is known) are left out.
   */
  readonly reads = new IntList();
  readonly writes = new IntList();
  readonly adds = new IntList();
  /** What the operation under way had to say; see note.ts. */
  notes: Note[] = [];
  /** The actor whose step is under way; it names what is allocated. */
  actor: KernelObject;
  /** Called on a change of a cell that was registered in {@link watched}. */
  onChange: ((cell: number) => void) | null = null;
  readonly watched = new Set<number>();

  hashLo = 0;
  hashHi = 0;

  readonly #values: unknown[] = [];
  /** For each cell, the cell that says whether its object is known to others. */
  readonly #knownCells = new IntList();
  readonly #seedLo = new IntList();
  readonly #seedHi = new IntList();
  readonly #owners: (KernelObject | Table<unknown>)[] = [];
  readonly #keys: (number | string)[] = [];
  readonly #journal = new Journal();
  /** What stretches of steps did, to be done again. */
  readonly changes = new Changes(this, this.#values, this.#journal, this.#seedLo, this.#seedHi);
  readonly #interned = new Map<KernelObject, Map<string, KernelObject>>();
  readonly #counts = new Map<KernelObject, Handle<Root>>();
  /** The table cells of an object. */
  readonly #tableCells = new Map<KernelObject, number[]>();

  constructor({ tracking = true } = {}) {
    this.tracking = tracking;
    this.recording = tracking;
    this.root = this.#place(rootLayout, null, 0);
    this.actor = this.root;
  }

  // --- for operations ---

  /** The value of a cell. Touching freed or never written heap memory is noted as a fault and reads as {@link GARBAGE}. */
  read<T>(cell: Cell<T>): T {
    if (this.recording && this.#isKnown(cell)) this.reads.push(cell);
    const value = this.#valueOf(cell);
    if (value === POISON || value === UNINITIALISED) return this.#fault(cell, value, 'read') as T;
    return value as T;
  }

  /** Changes a cell. */
  write<T>(cell: Cell<T>, value: T): void {
    if (this.recording) this.#recordWrite(this.writes, cell, value);
    const old = this.#valueOf(cell);
    if (old === value) return;
    if (old === POISON) {
      this.#fault(cell, old, 'write');
      return;
    }
    this.#set(cell, old, value);
  }

  /** Reads, changes and returns the new value: one atomic read-modify-write. */
  update<T>(cell: Cell<T>, change: (value: T) => T): T {
    const value = change(this.read(cell));
    this.write(cell, value);
    return value;
  }

  /** Counts a cell up or down without looking at it; two such changes can be made in either order. */
  add(cell: Cell<number>, amount: number): void {
    if (this.recording) this.#recordWrite(this.adds, cell, amount);
    const old = this.#values[cell] as number;
    this.changes.recorder?.count(cell, old);
    this.#set(cell, old, old + amount);
  }

  /**
   * Whether a counted cell is below a limit. Far below it this is no look at the count: the few steps that a search puts in another
   * order cannot make up {@link FAR}.
   */
  isBelow(cell: Cell<number>, limit: number): boolean {
    return limit - (this.#values[cell] as number) > FAR || this.read(cell) < limit;
  }

  /**
   * Makes an object, named after the actor whose step this is.
   *
   * @param first values of fields that do not start as the layout says
   */
  create<F>(kind: Layout<F>, first: Partial<{ [K in keyof F]: F[K] }> = {}): Handle<F> {
    const made = this.#countsOf(this.actor).made.at(kind.index);
    const ordinal = this.#valueOf(made) as number;
    this.#set(made, ordinal, ordinal + 1);
    const object = this.#place(kind, this.actor, ordinal);
    if (this.tracking && this.actor !== this.root)
      this.#set(knownCell(object), this.#valueOf(knownCell(object)), false);
    if (kind.heap) this.#fill(object, UNINITIALISED);
    for (const field in first) {
      const cell = (object as Record<string, unknown>)[field] as Cell<unknown>;
      this.#set(cell, this.#valueOf(cell), first[field]);
    }
    return object;
  }

  /** Gives an object back: a heap object is poisoned, any other is as if it had never been. A second free is noted as a fault. */
  free(object: KernelObject): void {
    const { heap, fields, initial } = object.layout;
    for (let i = 0; i < fields.length; i++) {
      const cell = object.base + i;
      const old = this.#valueOf(cell);
      if (this.recording && this.#isKnown(cell)) this.writes.push(cell);
      if (heap && old === POISON) {
        this.#fault(cell as Cell<unknown>, POISON, 'free');
        return;
      }
      this.#set(cell, old, heap ? POISON : initial[i]);
    }
    if (this.tracking && !heap) this.#set(knownCell(object), this.#valueOf(knownCell(object)), true);
  }

  /** Makes what a value refers to known to others, as storing it in a known object does. */
  publish(value: object): void {
    if (this.tracking) this.#makeKnown(value);
  }

  /** Says something about the step under way that is no state: for traces and detectors. */
  note(note: Note): void {
    this.notes.push(note);
  }

  // --- for the machine ---

  /** The value of a cell, for people who look: no footprint, no fault. */
  peek<T>(cell: Cell<T>): T {
    return this.#valueOf(cell) as T;
  }

  /** Changes a cell of the machine's own, which only its actor's steps look at: no footprint. */
  setOwn<T>(cell: Cell<T>, value: T): void {
    this.#set(cell, this.#valueOf(cell), value);
  }

  /** Forgets the footprint and notes of the step before. */
  beginStep(actor: KernelObject): void {
    this.actor = actor;
    this.reads.length = 0;
    this.writes.length = 0;
    this.adds.length = 0;
    if (this.notes.length > 0) this.notes = [];
  }

  /** Where the journal stands. */
  mark(): Mark {
    return this.#journal.end;
  }

  /** Takes every change after `mark` back; {@link redo} can bring them again until something else is written. */
  undo(mark: Mark): void {
    if (mark >= this.#journal.end) return;
    this.#journal.undo(mark, this.#values, this.hashLo, this.hashHi);
    this.#takeHashAt(mark);
  }

  /** Brings changes back that {@link undo} took, up to `mark`. */
  redo(mark: Mark): void {
    this.#journal.redo(mark, this.#values);
    this.#takeHashAt(mark);
  }

  /** What was changed, entry by entry: the cell, and what it held before if the entry was not taken back. */
  get journal(): Pick<Journal, 'cellAt' | 'valueAt' | 'count'> {
    return this.#journal;
  }

  #takeHashAt(mark: Mark): void {
    const { lo, hi } = this.#journal.hashAt(mark);
    this.hashLo = lo;
    this.hashHi = hi;
  }

  /** Forgets the journal: what happened so far cannot be undone. */
  forget(): void {
    this.#journal.clear();
  }

  /** How many cells there are. */
  get size(): number {
    return this.#values.length;
  }

  /** The name of a cell: `init/task#0.exit_code`, `kernel/pid_namespace#0.map[5000]`. Only a tracking store knows names. */
  cellName(cell: number): string {
    const owner = this.#owners[cell];
    if (owner === undefined) return `cell ${cell}`;
    if (owner instanceof Table) return `${owner.owner.name}.${owner.field}[${this.#keys[cell]}]`;
    return `${owner.name}.${owner.layout.fields[cell - owner.base] ?? 'known'}`;
  }

  /** Every object that was ever made, freed ones included, in the order in which the store first met them. */
  *objects(): Generator<KernelObject> {
    for (const [allocator, siblings] of this.#interned) {
      const { made } = this.#countsOf(allocator);
      for (const object of siblings.values()) {
        if (object.ordinal < (this.#values[made.at(object.layout.index)] as number)) yield object;
      }
    }
  }

  /** What the cells of an object hold now, those of its tables included. */
  contents(object: KernelObject): unknown[] {
    const fields = object.layout.fields.map((_, i) => this.#valueOf(object.base + i));
    return [...fields, ...(this.#tableCells.get(object) ?? []).map((cell) => this.#valueOf(cell))];
  }

  /** The object a cell belongs to. */
  cellOwner(cell: number): KernelObject | undefined {
    const owner = this.#owners[cell];
    return owner instanceof Table ? owner.owner : owner;
  }

  /** Makes a table's cell for a key that was not used before; called by {@link Table.at}. */
  addTableCell<T>(of: Table<T>, key: number | string): number {
    const cell = this.#values.push(of.initial) - 1;
    if (this.tracking) {
      this.#seedLo.push(mix(of.lo, hashLo(key)));
      this.#seedHi.push(mix(of.hi, hashHi(key)));
      this.#knownCells.push(knownCell(of.owner));
      this.#owners[cell] = of;
      const cells = this.#tableCells.get(of.owner);
      if (cells === undefined) this.#tableCells.set(of.owner, [cell]);
      else cells.push(cell);
      this.#keys[cell] = key;
    }
    return cell;
  }

  // --- inside ---

  #valueOf(cell: number): unknown {
    const value = this.#values[cell];
    if (this.changes.recorder !== null) this.changes.recorder.touch(cell, value);
    return value;
  }

  /** Without tracking nobody keeps book of what is known, and a wait has to hear of every change. */
  #isKnown(cell: number): boolean {
    return !this.tracking || (this.#valueOf(this.#knownCells.at(cell)) as boolean);
  }

  #recordWrite(list: IntList, cell: number, value: unknown): void {
    if (!this.#isKnown(cell)) return;
    list.push(cell);
    if (typeof value === 'object' && value !== null) this.#makeKnown(value);
  }

  /** Marks every object that can be reached from a value as one that other actors may have heard of. */
  #makeKnown(value: object): void {
    if ('base' in value) {
      const object = value as KernelObject;
      const known = knownCell(object);
      if (this.#valueOf(known) === true) return;
      this.#set(known, false, true);
      for (const held of this.contents(object)) {
        if (typeof held === 'object' && held !== null) this.#makeKnown(held);
      }
      return;
    }
    // Values that hash by a name of their own (frames, programs, tables) hold no object that they do not share anyway.
    if ('lo' in value) return;
    for (const part of Object.values(value)) if (typeof part === 'object' && part !== null) this.#makeKnown(part);
  }

  #set(cell: number, old: unknown, value: unknown): void {
    this.#values[cell] = value;
    if (this.tracking) {
      this.#journal.record(cell, old, this.hashLo, this.hashHi);
      this.#rehash(cell, old, value);
    }
    if (this.watched.size > 0 && this.watched.has(cell)) this.onChange?.(cell);
  }

  #rehash(cell: number, from: unknown, to: unknown): void {
    const lo = this.#seedLo.at(cell);
    const hi = this.#seedHi.at(cell);
    this.hashLo = (this.hashLo - mix(lo, hashLo(from)) + mix(lo, hashLo(to))) | 0;
    this.hashHi = (this.hashHi - mix(hi, hashHi(from)) + mix(hi, hashHi(to))) | 0;
  }

  #fill(object: KernelObject, value: unknown): void {
    for (let i = 0; i < object.layout.fields.length; i++)
      this.#set(object.base + i, this.#valueOf(object.base + i), value);
  }

  #countsOf(allocator: KernelObject): Handle<Root> {
    if (allocator === this.root) return this.root;
    let counts = this.#counts.get(allocator);
    if (counts === undefined) {
      counts = this.#place(countsLayout, allocator, 0);
      this.#counts.set(allocator, counts);
    }
    return counts;
  }

  #place<F>(kind: Layout<F>, allocator: KernelObject | null, ordinal: number): Handle<F> {
    if (!this.tracking || allocator === null) return this.#addCells(kind, allocator, ordinal);
    let siblings = this.#interned.get(allocator);
    if (siblings === undefined) {
      siblings = new Map();
      this.#interned.set(allocator, siblings);
    }
    const key = `${kind.index}#${ordinal}`;
    let object = siblings.get(key);
    if (object === undefined) {
      object = this.#addCells(kind, allocator, ordinal);
      siblings.set(key, object);
    }
    return object as Handle<F>;
  }

  #addCells<F>(kind: Layout<F>, allocator: KernelObject | null, ordinal: number): Handle<F> {
    const base = this.#values.length;
    const object = kind.instantiate(this, base, allocator, ordinal);
    for (const first of kind.initial) this.#values.push(first);
    if (!this.tracking) return object;
    this.#values.push(true);
    for (let i = 0; i <= kind.initial.length; i++) {
      this.#seedLo.push(mix(object.lo, i));
      this.#seedHi.push(mix(object.hi, i));
      this.#knownCells.push(knownCell(object));
      this.#owners[base + i] = object;
    }
    return object;
  }

  #fault(cell: Cell<unknown>, found: symbol, access: Fault['access']): unknown {
    const owner = this.cellOwner(cell);
    const kind = access === 'free' ? 'double-free' : found === POISON ? 'use-after-free' : 'uninitialised-read';
    this.note({ type: 'fault', kind, access, cell, object: owner ?? null });
    return GARBAGE;
  }
}

/** The cell behind an object's fields that says whether others may have heard of it. */
const knownCell = (object: KernelObject): Cell<boolean> => (object.base + object.layout.fields.length) as Cell<boolean>;
