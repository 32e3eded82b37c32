/**
 * The way of a search from its first state to the present one, on the sketch at every moment and on the walker when somebody asks.
 */

import type { Change } from '../kernel-sim/machine/change.ts';
import { type Move, Sketch } from './sketch.ts';
import type { Place, Walker } from './walker.ts';

/** A way from a state to a state. */
export interface Edge {
  readonly change: Change;
  /** What it adds to the path. */
  readonly path: readonly number[];
  /** The change in the terms of the present search's sketch. */
  move: Move;
  /** Whose ability to step it may change, as a mask, and as of when that is known. */
  wakes: number;
  wakesAsOf: number;
}

const STILL: Move = { parts: new Int32Array(), counts: new Int32Array(), lo: 0, hi: 0 };

/** An edge that no search knows yet. */
export const edgeOf = (change: Change, path: readonly number[]): Edge => ({
  change,
  path,
  move: STILL,
  wakes: 0,
  wakesAsOf: -1,
});

export class Trail {
  readonly sketch: Sketch;
  readonly #walker: Walker;
  readonly #edges: Edge[] = [];
  /** Where the walker was at each of the first states of the way. */
  readonly #places: Place[];
  /** Edges from the first state to the present one, and how many of them the walker has made. */
  #length = 0;
  #walked = 0;

  constructor(walker: Walker) {
    this.#walker = walker;
    this.sketch = new Sketch(walker.machine.store);
    this.#places = [walker.place];
  }

  /** Goes on along an edge. */
  push(edge: Edge): void {
    this.sketch.make(edge.move);
    this.#edges[this.#length++] = edge;
  }

  /** Goes on along an edge that the walker, having caught up, has just walked. */
  pushWalked(edge: Edge): void {
    this.push(edge);
    this.#walked = this.#length;
    this.#places[this.#walked] = this.#walker.place;
  }

  /** Goes back along the last edge. */
  pop(): void {
    this.sketch.takeBack((this.#edges[--this.#length] as Edge).move);
    if (this.#walked > this.#length) this.#walked = this.#length;
  }

  /** Brings the walker and its store to the present state. */
  catchUp(): void {
    const { path, machine } = this.#walker;
    this.#walker.back(this.#places[this.#walked] as Place);
    while (this.#walked < this.#length) {
      const edge = this.#edges[this.#walked++] as Edge;
      machine.store.changes.repeat(edge.change);
      for (const entry of edge.path) path.push(entry);
      this.#places[this.#walked] = this.#walker.place;
    }
  }
}
