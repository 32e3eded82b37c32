/**
 * Where the actors of a search stand: who can step, and what their strides do, found on the sketch wherever that is known already.
 */

import type { Finding } from '../hazards/finding.ts';
import type { Actor } from '../kernel-sim/machine/machine.ts';
import { Decisions } from './decisions.ts';
import type { Prints } from './footprint.ts';
import type { Sharing } from './sharing.ts';
import type { Stride, Strides } from './strides.ts';
import type { Edge, Trail } from './trail.ts';
import type { Walker } from './walker.ts';

/** An actor at one point of its program: whether it can step from there, and its strides. */
interface Stand {
  readonly ready: Decisions<boolean>;
  readonly strides: Decisions<Stride>;
}

/** Actors that have a bit of their own in a mask; the others share one. */
export const SINGLE = 31;
export const REST = 1 << SINGLE;

export const bitOf = (actor: number): number => (actor < SINGLE ? 1 << actor : REST);

/** Strides remembered at one frame: more differ in too much to be met again. */
const MOST = 256;

export class Stands {
  readonly #walker: Walker;
  readonly #sharing: Sharing;
  readonly #strides: Strides;
  readonly #trail: Trail;
  readonly #onFindings: (findings: readonly Finding[]) => void;
  /** By actor and the number of its frame. */
  readonly #stands: Stand[][] = [];
  /** By actor: the group of its frame, as of a version of the sketch. */
  readonly #frames: number[] = [];
  #version = -1;
  /** By cell: who has looked at it to see whether they can step, as a mask. */
  #watchers = new Int32Array(4096);
  #changesOfWatchers = 0;

  constructor(walker: Walker, sharing: Sharing, trail: Trail, onFindings: (findings: readonly Finding[]) => void) {
    this.#walker = walker;
    this.#sharing = sharing;
    this.#strides = sharing.stridesOf(walker);
    this.#trail = trail;
    this.#onFindings = onFindings;
    this.#attend();
  }

  /** The footprints of strides. */
  get prints(): Prints {
    return this.#strides.prints;
  }

  /** Makes an actor's next stride. */
  take(actor: number): Stride {
    const { strides } = this.#standOf(actor);
    const known = strides.find();
    if (known !== undefined) {
      if (known.search === this.#sharing.searches || this.#takeUp(known)) {
        this.#walker.steps += known.path.length;
        this.#trail.push(known);
        return known;
      }
      strides.remove(known);
    }
    return this.#make(actor, strides);
  }

  /** Whether an actor can step at the present state. */
  canStep(actor: number): boolean {
    return this.#standOf(actor).ready.find() ?? this.#look(actor);
  }

  /** Whose ability to step an edge may change, as a mask. */
  wokenBy(edge: Edge): number {
    if (edge.wakesAsOf !== this.#changesOfWatchers) {
      edge.wakesAsOf = this.#changesOfWatchers;
      edge.wakes = 0;
      for (const cell of edge.change.changed) edge.wakes |= this.#watchers[cell] ?? 0;
      for (const cell of edge.change.counted) edge.wakes |= this.#watchers[cell] ?? 0;
    }
    return edge.wakes;
  }

  /** Goes on along an edge that the walker, having caught up, has just walked. */
  pushWalked(edge: Edge): void {
    edge.move = this.#trail.sketch.moveOf(edge.change, true);
    edge.wakesAsOf = -1;
    this.#attend();
    this.#trail.pushWalked(edge);
  }

  /** Begins to use a stride of an earlier search; false if what it took for private may not be so any more. */
  #takeUp(stride: Stride): boolean {
    if (!this.#sharing.assumeAgain(stride.assumed)) return false;
    stride.search = this.#sharing.searches;
    stride.wakesAsOf = -1;
    if (stride.findings.length > 0) {
      this.#trail.catchUp();
      const { path } = this.#walker;
      const start = path.length;
      for (const { at, findings } of stride.findings) {
        path.push(...stride.path.slice(path.length - start, at));
        this.#onFindings(findings);
      }
      path.length = start;
    }
    return true;
  }

  #make(actor: number, strides: Decisions<Stride>): Stride {
    this.#trail.catchUp();
    const made = this.#strides.make(actor, this.#onFindings);
    this.pushWalked(made);
    if (strides.size < MOST) strides.add({ seen: made.change.seen, seenValues: made.change.seenValues, outcome: made });
    return made;
  }

  /** Looks on the machine whether an actor can step. */
  #look(index: number): boolean {
    const { machine } = this.#walker;
    const { store } = machine;
    const actor = machine.actors[index] as Actor;
    this.#trail.catchUp();
    store.changes.begin();
    store.beginStep(actor);
    const outcome = machine.canStep(actor);
    // What a waiting actor looks at, others must not take for private.
    if (!outcome && machine.isAlive(actor)) this.#sharing.learn(store, index);
    const { seen, seenValues } = store.changes.end();
    for (const cell of seen) this.#watch(cell, index);
    this.#standOf(index).ready.add({ seen, seenValues, outcome });
    return outcome;
  }

  #standOf(actor: number): Stand {
    const { sketch } = this.#trail;
    if (this.#version !== sketch.version) this.#redraw();
    const stands = this.#stands[actor] as Stand[];
    const number = sketch.now[this.#frames[actor] as number] as number;
    let stand = stands[number];
    if (stand === undefined) {
      const who = this.#walker.machine.actors[actor] as Actor;
      const from = sketch.valueOf(who.frame) ?? who;
      stand = { ready: new Decisions(sketch), strides: new Decisions(sketch, this.#strides.from(from)) };
      stands[number] = stand;
    }
    return stand;
  }

  /** Gets to know the actors that nobody had met before. */
  #attend(): void {
    const { actors, store } = this.#walker.machine;
    const { sketch } = this.#trail;
    for (let i = this.#frames.length; i < actors.length; i++) {
      const { frame, life } = actors[i] as Actor;
      if (sketch.groupOf(frame) === -1) sketch.vary([frame], [store.peek(frame)]);
      this.#frames.push(sketch.groupOf(frame));
      this.#stands.push([]);
      this.#watch(frame, i);
      this.#watch(life, i);
    }
  }

  /** Finds the groups of frames where groups were taken apart. */
  #redraw(): void {
    const { sketch } = this.#trail;
    this.#version = sketch.version;
    const { actors } = this.#walker.machine;
    for (let i = 0; i < this.#frames.length; i++) this.#frames[i] = sketch.groupOf((actors[i] as Actor).frame);
  }

  #watch(cell: number, actor: number): void {
    if (cell >= this.#watchers.length) {
      const wider = new Int32Array(Math.max(cell + 1, this.#watchers.length * 2));
      wider.set(this.#watchers);
      this.#watchers = wider;
    }
    const watchers = this.#watchers[cell] as number;
    if ((watchers & bitOf(actor)) !== 0) return;
    this.#watchers[cell] = watchers | bitOf(actor);
    this.#changesOfWatchers++;
  }
}
