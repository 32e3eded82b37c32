/**
 * The way of a search from its first state to the present one, on the sketch at every moment and on the walker when somebody asks.
 */

import type { Change } from '../kernel-sim/machine/change.ts';
import type { Move, Sketch } from './sketch.ts';
import type { Place, Walker } from './walker.ts';

/** A way from a state to a state. */
export interface Edge {
  readonly change: Change;
  /** What it adds to the path. */
  readonly path: readonly number[];
  /** The change in the terms of the sketch. */
  move: Move;
  /** Whose ability to step it may change, as a mask, and as of when that is known. */
  wakes: number;
  wakesAsOf: number;
}

const STILL: Move = { version: -1, parts: new Int32Array(), counts: new Int32Array(), lo: 0, hi: 0 };

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

  constructor(walker: Walker, sketch: Sketch) {
    this.#walker = walker;
    this.sketch = sketch;
    sketch.begin();
    this.#places = [walker.place];
  }

  /** Goes on along an edge. */
  push(edge: Edge): void {
    this.#draw(edge);
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
    const edge = this.#edges[--this.#length] as Edge;
    this.#draw(edge);
    this.sketch.takeBack(edge.move);
    if (this.#walked > this.#length) this.#walked = this.#length;
  }

  /** Sees to it that the edge's move belongs to the sketch as it is. */
  #draw(edge: Edge): void {
    if (edge.move.version !== this.sketch.version) edge.move = this.sketch.moveOf(edge.change);
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
