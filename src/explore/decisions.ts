/**
 * What follows from the values of some cells, as a tree: each of its forks looks at one group of a sketch.
 *
 * Whoever decided something looked at cells one after the other, and which one came next depended on those before alone. So all
 * that was decided the same way shares its forks. Cells that hold the same in all states of a search are no forks.
 */

import type { Reliant, Sketch } from './sketch.ts';

/** A decision, and the cells that it looked at, in order. */
export interface Decision<T> {
  readonly seen: readonly number[];
  readonly seenValues: readonly unknown[];
  readonly outcome: T;
}

interface Fork<T> {
  /** -1 at an outcome. */
  group: number;
  /** By the number of what the group holds. */
  next: (Fork<T> | undefined)[];
  outcome: T | undefined;
}

export class Decisions<T> implements Reliant {
  isStale = true;
  readonly #sketch: Sketch;
  #version = -1;
  readonly #all: Decision<T>[];
  #root: Fork<T> | undefined;

  /** @param all those known so far, which may grow and shrink by this tree's doing only */
  constructor(sketch: Sketch, all: Decision<T>[] = []) {
    this.#sketch = sketch;
    this.#all = all;
  }

  /** How many are known. */
  get size(): number {
    return this.#all.length;
  }

  /** What was decided where everything looked at was as it is in the sketch now. */
  find(): T | undefined {
    if (this.isStale || this.#version !== this.#sketch.version) this.#grow();
    const { now } = this.#sketch;
    let fork = this.#root;
    while (fork !== undefined && fork.group !== -1) fork = fork.next[now[fork.group] as number];
    return fork?.outcome;
  }

  add(decision: Decision<T>): void {
    this.#all.push(decision);
    if (!this.isStale && this.#version === this.#sketch.version) this.#insert(decision);
  }

  remove(outcome: T): void {
    const at = this.#all.findIndex((decision) => decision.outcome === outcome);
    if (at !== -1) this.#all.splice(at, 1);
    this.isStale = true;
  }

  #grow(): void {
    this.isStale = false;
    this.#version = this.#sketch.version;
    this.#root = undefined;
    for (const decision of this.#all) this.#insert(decision);
  }

  /** Where a decision has looked at fewer cells or others than those before it, what is known by now is different: it replaces them. */
  #insert({ seen, seenValues, outcome }: Decision<T>): void {
    const looks: number[] = [];
    const looked = new Map<number, number>();
    for (let i = 0; i < seen.length; i++) {
      const cell = seen[i] as number;
      const group = this.#sketch.groupOf(cell);
      if (group === -1) {
        if (this.#sketch.constantOf(cell, this) !== seenValues[i]) return;
        continue;
      }
      const number = this.#sketch.numberOf(cell, seenValues[i]);
      if (number === undefined || (looked.get(group) ?? number) !== number) return;
      if (!looked.has(group)) looks.push(group, number);
      looked.set(group, number);
    }
    if (this.#root === undefined) {
      this.#root = branch(looks, 0, outcome);
      return;
    }
    let fork = this.#root;
    for (let i = 0; ; i += 2) {
      if (i === looks.length || fork.group !== looks[i]) {
        Object.assign(fork, branch(looks, i, outcome));
        return;
      }
      const next: Fork<T> | undefined = fork.next[looks[i + 1] as number];
      if (next === undefined) {
        fork.next[looks[i + 1] as number] = branch(looks, i + 2, outcome);
        return;
      }
      fork = next;
    }
  }
}

/** The forks of all looks from one on. */
function branch<T>(looks: readonly number[], from: number, outcome: T): Fork<T> {
  let fork: Fork<T> = { group: -1, next: [], outcome };
  for (let i = looks.length - 2; i >= from; i -= 2) {
    const next: (Fork<T> | undefined)[] = [];
    next[looks[i + 1] as number] = fork;
    fork = { group: looks[i] as number, next, outcome: undefined };
  }
  return fork;
}
