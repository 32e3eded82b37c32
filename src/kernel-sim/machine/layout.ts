/**
 * Layouts of kernel objects: which fields a kind of object has, and what each holds before it is written.
 *
 * An object holds no state itself. Each of its fields is a cell of the store, and the object's properties are the cells' numbers,
 * so code that wants a field's value has to go through an operation (see effect.ts). An object is named by who allocated it,
 * its kind, and how many of that kind its allocator had made before: two orders of independent allocations give the same names.
 */

import { type Hashed, hashHi, hashLo, mix } from './hash.ts';
import type { Store } from './store.ts';

declare const holds: unique symbol;

/** The number of a cell that holds a `T`. */
export type Cell<T> = number & { readonly [holds]: T };

/** A sparse array of cells, each made when its key is first used. */
export class Table<T> implements Hashed {
  readonly owner: KernelObject;
  readonly field: string;
  readonly initial: T;
  readonly lo: number;
  readonly hi: number;
  readonly #cells = new Map<number | string, Cell<T>>();

  constructor(owner: KernelObject, field: string, initial: T) {
    this.owner = owner;
    this.field = field;
    this.initial = initial;
    this.lo = mix(owner.lo, hashLo(field));
    this.hi = mix(owner.hi, hashHi(field));
  }

  /** The cell at `key`; naming a cell touches no state. */
  at(key: number | string): Cell<T> {
    let cell = this.#cells.get(key);
    if (cell === undefined) {
      cell = this.owner.store.addTableCell(this, key) as Cell<T>;
      this.#cells.set(key, cell);
    }
    return cell;
  }
}

/** What every kernel object has beside its fields. */
export interface KernelObject extends Hashed {
  readonly store: Store;
  /** The number of the first of its cells. */
  readonly base: number;
  readonly layout: Layout<unknown>;
  readonly allocator: KernelObject | null;
  readonly ordinal: number;
  /** The object's name, unique in a run: `init/task#1/msg_queue#0`. */
  readonly name: string;
}

/** An object of a layout with fields `F`: one cell for each field, or a table for a field declared with {@link table}. */
export type Handle<F> = KernelObject & {
  readonly [K in keyof F]: F[K] extends TableOf<infer V> ? Table<V> : Cell<F[K]>;
};

/** A field that is a table of `V`. */
export interface TableOf<V> {
  readonly table: true;
  readonly initial: V;
}

/** Declares a table field whose cells hold `initial` until they are written. */
export function table<V>(initial: V): TableOf<V> {
  return { table: true, initial };
}

/** A kind of kernel object. */
export interface Layout<F> {
  readonly kind: string;
  readonly index: number;
  readonly fields: readonly string[];
  readonly initial: readonly unknown[];
  /** Whether objects come from the tracked heap: uninitialised when made, poisoned when freed. */
  readonly heap: boolean;
  /** What of it no kernel code looks at, all or some fields: whoever watches the kernel keeps it there. */
  readonly shadow: boolean | readonly string[];
  instantiate(store: Store, base: number, allocator: KernelObject | null, ordinal: number): Handle<F>;
}

const isTable = (value: unknown): value is TableOf<unknown> =>
  typeof value === 'object' && value !== null && (value as { table?: unknown }).table === true;

let layouts = 0;

/**
 * Declares a kind of kernel object by its fields and their first values.
 *
 * @param heap true for memory whose life is watched: reading a field before it was written, or touching it after `free`, is reported.
 * @param shadow true, or the names of fields, for what no kernel code looks at
 */
export function layout<F>(
  kind: string,
  fields: { [K in keyof F]: F[K] },
  { heap = false, shadow = false }: { heap?: boolean; shadow?: boolean | readonly (keyof F & string)[] } = {},
): Layout<F> {
  const names = Object.keys(fields);
  const values = Object.values(fields);
  const cells = names.filter((_, i) => !isTable(values[i]));
  const index = layouts++;

  class Instance implements KernelObject {
    readonly store: Store;
    readonly base: number;
    readonly allocator: KernelObject | null;
    readonly ordinal: number;
    readonly lo: number;
    readonly hi: number;

    constructor(store: Store, base: number, allocator: KernelObject | null, ordinal: number) {
      this.store = store;
      this.base = base;
      this.allocator = allocator;
      this.ordinal = ordinal;
      this.lo = mix(mix(allocator?.lo ?? 1, hashLo(kind)), ordinal);
      this.hi = mix(mix(allocator?.hi ?? 2, hashHi(kind)), ordinal);
    }

    get layout(): Layout<unknown> {
      return self;
    }

    get name(): string {
      return this.allocator === null ? kind : `${this.allocator.name}/${kind}#${this.ordinal}`;
    }

    toJSON(): string {
      return this.name;
    }
  }

  cells.forEach((field, offset) => {
    Object.defineProperty(Instance.prototype, field, {
      get(this: Instance) {
        return this.base + offset;
      },
    });
  });
  names.forEach((field, i) => {
    const declared = values[i];
    if (!isTable(declared)) return;
    Object.defineProperty(Instance.prototype, field, {
      get(this: Instance) {
        const made = new Table(this, field, declared.initial);
        Object.defineProperty(this, field, { value: made });
        return made;
      },
    });
  });

  const self: Layout<F> = {
    kind,
    index,
    fields: cells,
    initial: cells.map((field) => fields[field as keyof F]),
    heap,
    shadow,
    instantiate: (store, base, allocator, ordinal) =>
      new Instance(store, base, allocator, ordinal) as unknown as Handle<F>,
  };
  return self;
}
