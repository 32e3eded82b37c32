/**
 * Strides: a step that matters together with the private steps that follow it, remembered.
 *
 * A search comes to the same step of the same actor in many states that differ elsewhere. What the step did once it does again
 * wherever everything that it looked at is the same, so it is not run but its changes are made: the store has put both down.
 */

import type { Finding } from '../hazards/finding.ts';
import type { Decision } from './decisions.ts';
import { footprintOf, Prints } from './footprint.ts';
import { runPrivately } from './prefix.ts';
import type { Sharing } from './sharing.ts';
import { Sketch } from './sketch.ts';
import { type Edge, edgeOf } from './trail.ts';
import type { Walker } from './walker.ts';

export interface Stride extends Edge {
  /** What the first step touched, by its number among the {@link Prints}. */
  readonly print: number;
  /** Findings at places of the path. */
  readonly findings: readonly { readonly at: number; readonly findings: readonly Finding[] }[];
  /** Cells that it relies on being private. */
  readonly assumed: ReadonlySet<number>;
  /** The last search in which that was put down. */
  search: number;
}

export class Strides {
  readonly prints = new Prints();
  readonly sketch: Sketch;
  readonly #walker: Walker;
  readonly #sharing: Sharing;
  readonly #known = new Map<unknown, Decision<Stride>[]>();

  constructor(walker: Walker, sharing: Sharing) {
    this.#walker = walker;
    this.#sharing = sharing;
    this.sketch = new Sketch(walker.machine.store);
  }

  /** The strides known from a frame on, or from an actor that has none. */
  from(frame: unknown): Decision<Stride>[] {
    let known = this.#known.get(frame);
    if (known === undefined) {
      known = [];
      this.#known.set(frame, known);
    }
    return known;
  }

  /**
   * Makes an actor's next step and the private ones after it, its own and those of the actors born in it.
   *
   * @param onFindings called while the walker is where the findings became certain
   */
  make(index: number, onFindings: (findings: readonly Finding[]) => void): Stride {
    const walker = this.#walker;
    const { store } = walker.machine;
    const start = walker.path.length;
    const findings: { at: number; findings: readonly Finding[] }[] = [];
    const report = (): void => {
      const found = walker.findings();
      if (found.length === 0) return;
      findings.push({ at: walker.path.length - start, findings: found });
      onFindings(found);
    };
    const assumed = new Set<number>();
    this.#sharing.onAssumed = (cell) => assumed.add(cell);
    store.changes.begin();
    walker.step(index);
    const born = [...walker.births];
    report();
    this.#sharing.learn(store, index);
    const print = this.prints.numberOf(footprintOf(store));
    runPrivately(walker, this.#sharing, index, false, report);
    // New actors run up to their first step that matters; nobody else can have touched what they touch until then.
    for (const child of born) runPrivately(walker, this.#sharing, child, true, report);
    this.#sharing.onAssumed = null;
    const edge = edgeOf(store.changes.end(), walker.path.slice(start));
    return { ...edge, print, findings, assumed, search: this.#sharing.searches };
  }
}
