/**
 * A sketch of the machine: what the states of a search differ in, as small integers.
 *
 * Most cells hold the same in all states of a search. The others fall into groups: cells that always change together, so that the
 * value of one tells those of all. Each combination of values of a group has a number. A change that is made again is then a handful
 * of integers, and the store need not hear of it. When a change turns out to take a group apart, the sketch is drawn anew.
 */

import type { Change } from '../kernel-sim/machine/change.ts';
import type { Cell } from '../kernel-sim/machine/layout.ts';
import type { Store } from '../kernel-sim/machine/store.ts';

/** A change in the terms of a sketch. */
export interface Move {
  /** The sketch's version that it belongs to. */
  readonly version: number;
  /** For each changed group three numbers: the group, what it held, what it holds then. */
  readonly parts: Int32Array;
  /** For each group that was only counted two: the group, and by how much. */
  readonly counts: Int32Array;
  readonly lo: number;
  readonly hi: number;
}

/** Whoever took a cell for one that holds the same in all states. */
export interface Reliant {
  isStale: boolean;
}

/** A cell in its group. */
interface Member {
  readonly cell: number;
  group: Group;
  /** By number, and the numbers by value. */
  readonly values: unknown[];
  readonly numbers: Map<unknown, number>;
  /** For a cell that is counted: by number, what it adds to the lanes of the hash. */
  readonly terms: { lo: number; hi: number }[];
}

interface Group {
  readonly index: number;
  readonly members: Member[];
  /** How many numbers are given out. */
  count: number;
}

export class Sketch {
  /** By group: the number of what its cells hold now. */
  now = new Int32Array(256);
  /** The hash of the present state. */
  lo = 0;
  hi = 0;
  /** Counts how often groups were taken apart. Numbers stay, the groups they belong to do not. */
  version = 0;
  readonly #store: Store;
  readonly #groups: Group[] = [];
  readonly #members: (Member | undefined)[] = [];
  readonly #reliants = new Map<number, Set<Reliant>>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** Draws the store's present state, in which a search begins. */
  begin(): void {
    this.lo = this.#store.hashLo;
    this.hi = this.#store.hashHi;
    for (const reliants of this.#reliants.values()) for (const reliant of reliants) reliant.isStale = true;
    this.#reliants.clear();
    for (const { members } of this.#groups) {
      const values = members.map(({ cell }) => this.#store.peek(cell as Cell<unknown>));
      for (const [part, number] of this.#numbered([...members], values)) this.now[part.index] = number;
    }
  }

  /** The group of a cell, -1 if it holds the same in all states so far. */
  groupOf(cell: number): number {
    return this.#members[cell]?.group.index ?? -1;
  }

  /** The number that a cell's group has when the cell holds a value; undefined if it never did. */
  numberOf(cell: number, value: unknown): number | undefined {
    return this.#members[cell]?.numbers.get(value);
  }

  /** The value of a cell that has a group. */
  valueOf(cell: number): unknown {
    const { group, values } = this.#members[cell] as Member;
    return values[this.now[group.index] as number];
  }

  /** The value that a cell has in all states; only for cells without a group. Whoever relies on it hears when it gets one. */
  constantOf(cell: number, reliant: Reliant): unknown {
    const reliants = this.#reliants.get(cell);
    if (reliants === undefined) this.#reliants.set(cell, new Set([reliant]));
    else reliants.add(reliant);
    return this.#store.peek(cell as Cell<unknown>);
  }

  /**
   * Gives cells that have no group one, all the same.
   *
   * @param constants what they held in all states so far
   */
  vary(cells: readonly number[], constants: readonly unknown[]): void {
    const group = this.#newGroup(1);
    this.now[group.index] = 0;
    for (const [i, cell] of cells.entries()) {
      const member = { cell, group, values: [constants[i]], numbers: new Map([[constants[i], 0]]), terms: [] };
      group.members.push(member);
      this.#members[cell] = member;
      for (const reliant of this.#reliants.get(cell) ?? []) reliant.isStale = true;
      this.#reliants.delete(cell);
    }
  }

  /**
   * A change in terms of groups. What it is the first to change held the same in all states before.
   *
   * @param isMade whether the store has just made it
   */
  moveOf({ changed, before, values, counted, amounts, lo, hi }: Change, isMade = false): Move {
    const isFresh = (cell: number): boolean => this.#members[cell] === undefined;
    const fresh = changed.filter(isFresh);
    if (fresh.length > 0)
      this.vary(
        fresh,
        before.filter((_, i) => isFresh(changed[i] as number)),
      );
    const parts: number[] = [];
    const after = new Map(changed.map((cell, i) => [this.#members[cell] as Member, values[i]]));
    for (const [group, touched] of Map.groupBy(after.keys(), (member) => member.group)) {
      if (touched.length < group.members.length) this.#part(touched);
      const [first] = touched as [Member];
      const from = first.numbers.get(before[changed.indexOf(first.cell)]) as number;
      const to = touched.map((member) => after.get(member));
      for (const [part, number] of this.#numbered(touched, to)) parts.push(part.index, from, number);
    }
    const counts = counted.flatMap((cell, i) => {
      const [held, amount] = [this.#store.peek(cell as Cell<number>), amounts[i] as number];
      if (isFresh(cell)) this.vary([cell], [isMade ? held - amount : held]);
      const member = this.#members[cell] as Member;
      return [(member.group.members.length === 1 ? member.group : this.#part([member])).index, amount];
    });
    return { version: this.version, parts: Int32Array.from(parts), counts: Int32Array.from(counts), lo, hi };
  }

  /** Makes a move. */
  make({ parts, counts, lo, hi }: Move): void {
    const { now } = this;
    for (let i = 0; i < parts.length; i += 3) now[parts[i] as number] = parts[i + 2] as number;
    this.lo = (this.lo + lo) | 0;
    this.hi = (this.hi + hi) | 0;
    for (let i = 0; i < counts.length; i += 2) this.#count(counts[i] as number, counts[i + 1] as number);
  }

  /** Takes the last move back. */
  takeBack({ parts, counts, lo, hi }: Move): void {
    const { now } = this;
    for (let i = 0; i < counts.length; i += 2) this.#count(counts[i] as number, -(counts[i + 1] as number));
    for (let i = 0; i < parts.length; i += 3) now[parts[i] as number] = parts[i + 1] as number;
    this.lo = (this.lo - lo) | 0;
    this.hi = (this.hi - hi) | 0;
  }

  #count(index: number, amount: number): void {
    const { members } = this.#groups[index] as Group;
    const [member] = members as [Member];
    const from = this.now[index] as number;
    const count = (member.values[from] as number) + amount;
    const to = member.numbers.get(count) ?? this.#number(members, [count]);
    this.now[index] = to;
    const [before, after] = [this.#termOf(member, from), this.#termOf(member, to)];
    this.lo = (this.lo + after.lo - before.lo) | 0;
    this.hi = (this.hi + after.hi - before.hi) | 0;
  }

  #termOf({ cell, values, terms }: Member, number: number): { lo: number; hi: number } {
    const { changes } = this.#store;
    terms[number] ??= { lo: changes.termLo(cell, values[number]), hi: changes.termHi(cell, values[number]) };
    return terms[number];
  }

  /** The number of what all members of a group hold, or those of the groups into which it falls because of that. */
  #numbered(members: readonly Member[], values: readonly unknown[]): [Group, number][] {
    const byNumber = Map.groupBy(members.keys(), (i) => (members[i] as Member).numbers.get(values[i]));
    return [...byNumber.values()].map((places) => {
      const some = places.map((i) => members[i] as Member);
      const group = byNumber.size === 1 ? (some[0] as Member).group : this.#part(some);
      return [
        group,
        this.#number(
          some,
          places.map((i) => values[i]),
        ),
      ];
    });
  }

  /** The number of what all members of a group hold, which they have held together before, or none of them ever has. */
  #number(members: readonly Member[], values: readonly unknown[]): number {
    const [{ group, numbers }] = members as [Member];
    const known = numbers.get(values[0]);
    if (known !== undefined) return known;
    const number = group.count++;
    for (const [i, member] of members.entries()) {
      member.values[number] = values[i];
      member.numbers.set(values[i], number);
    }
    return number;
  }

  /** Makes some members of a group one of their own. */
  #part(members: readonly Member[]): Group {
    const { group: old } = members[0] as Member;
    const group = this.#newGroup(old.count);
    this.now[group.index] = this.now[old.index] as number;
    this.version++;
    for (const member of members) {
      old.members.splice(old.members.indexOf(member), 1);
      group.members.push(member);
      member.group = group;
    }
    return group;
  }

  #newGroup(count: number): Group {
    const group = { index: this.#groups.length, members: [], count };
    this.#groups.push(group);
    if (group.index >= this.now.length) {
      const wider = new Int32Array(this.now.length * 2);
      wider.set(this.now);
      this.now = wider;
    }
    return group;
  }
}
