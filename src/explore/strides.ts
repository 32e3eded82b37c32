/**
 * Strides: a step that matters together with the private steps that follow it, remembered.
 *
 * A search comes to the same step of the same actor in many states that differ elsewhere. What the step did once it does again
 * wherever everything that it looked at is the same, so it is not run but its changes are made: the store has put both down.
 */

import type { Finding } from '../hazards/finding.ts';
import type { Change } from '../kernel-sim/machine/change.ts';
import type { Actor } from '../kernel-sim/machine/machine.ts';
import { type Footprint, footprintOf } from './footprint.ts';
import { CHAIN, stepPrivately } from './prefix.ts';
import type { Sharing } from './sharing.ts';
import type { Walker } from './walker.ts';

interface Stride {
  readonly change: Change;
  /** What the first step touched. */
  readonly print: Footprint;
  /** What it added to the path, and the findings at places of it. */
  readonly path: readonly number[];
  readonly findings: readonly { readonly at: number; readonly findings: readonly Finding[] }[];
  /** Cells that it relies on being private, and the last search in which that was put down. */
  readonly assumed: ReadonlySet<number>;
  search: number;
}

/** Strides remembered at one frame: more differ in too much to be worth looking through. */
const MOST = 64;

export class Strides {
  readonly #walker: Walker;
  readonly #sharing: Sharing;
  readonly #known = new Map<unknown, Stride[]>();

  constructor(walker: Walker, sharing: Sharing) {
    this.#walker = walker;
    this.#sharing = sharing;
  }

  /**
   * Makes the actor's next step and the private ones after it, its own and those of the actors born in it.
   *
   * @returns what the first step touched
   */
  take(index: number, onFindings: (findings: readonly Finding[]) => void): Footprint {
    const { store, actors } = this.#walker.machine;
    const actor = actors[index] as Actor;
    const key = store.peek(actor.frame) ?? actor;
    const known = this.#known.get(key);
    const at = known?.findIndex(({ change }) => store.changes.allow(change)) ?? -1;
    const stride = known?.[at];
    if (stride !== undefined) {
      if (this.#isValid(stride)) return this.#repeat(stride, onFindings);
      known?.splice(at, 1);
    }
    const made = this.#make(index, onFindings);
    if (known === undefined) this.#known.set(key, [made]);
    else if (known.length < MOST) known.push(made);
    return made.print;
  }

  /** Whether what the stride took for private is so still. */
  #isValid(stride: Stride): boolean {
    const { searches } = this.#sharing;
    if (stride.search === searches) return true;
    if (!this.#sharing.assumeAgain(stride.assumed)) return false;
    stride.search = searches;
    return true;
  }

  #repeat({ change, print, path, findings }: Stride, onFindings: (findings: readonly Finding[]) => void): Footprint {
    const walker = this.#walker;
    walker.machine.store.changes.repeat(change);
    walker.steps += path.length;
    const start = walker.path.length;
    for (const entry of path) walker.path.push(entry);
    for (const { at, findings: found } of findings) {
      walker.path.length = start + at;
      onFindings(found);
    }
    for (let i = walker.path.length - start; i < path.length; i++) walker.path.push(path[i] as number);
    return print;
  }

  #make(index: number, onFindings: (findings: readonly Finding[]) => void): Stride {
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
    const runPrivate = (who: number, isAhead: boolean): void => {
      for (let i = 0; i < CHAIN && stepPrivately(walker, this.#sharing, who, isAhead); i++) report();
    };
    const assumed = new Set<number>();
    this.#sharing.onAssumed = (cell) => assumed.add(cell);
    store.changes.begin();
    walker.step(index);
    const born = [...walker.births];
    report();
    this.#sharing.learn(store, index);
    const print = footprintOf(store);
    runPrivate(index, false);
    // New actors run up to their first step that matters; nobody else can have touched what they touch until then.
    for (const child of born) runPrivate(child, true);
    this.#sharing.onAssumed = null;
    const path = walker.path.slice(start);
    const change = store.changes.end((cell) => this.#sharing.isShared(cell));
    return { change, print, path, findings, assumed, search: this.#sharing.searches };
  }
}
