/**
 * The stateful search, depth first.
 *
 * Steps that touch nothing shared are taken at once and in one order only (sharing.ts). At every other state each actor that can
 * step is tried, except those asleep: an actor falls asleep once it has been tried, and sleeps on below its siblings until one of
 * them does something that its step depends on. A state that comes up again is searched again only for what was asleep the first
 * time and is awake now (sleep sets stored with states, Godefroid). With a bound on preemptions no actor sleeps; what is stored
 * with a state is then the fewest preemptions it was reached with.
 *
 * Nearly all of this happens on a sketch of the machine (sketch.ts). The machine itself comes along (trail.ts) when a stride is made
 * for the first time, and when somebody is told of a state.
 */

import { mix } from '../kernel-sim/machine/hash.ts';
import type { Actor } from '../kernel-sim/machine/machine.ts';
import type { Store } from '../kernel-sim/machine/store.ts';
import { Level } from './level.ts';
import { runPrefix, runPrivately } from './prefix.ts';
import type { Branch, SearchOptions, SearchResult } from './search-terms.ts';
import type { Sharing } from './sharing.ts';
import { bitOf, REST, SINGLE, Stands } from './stands.ts';
import { edgeOf, Trail } from './trail.ts';
import type { Turns } from './turns.ts';
import { Visited } from './visited.ts';
import type { Place, Walker } from './walker.ts';

/** Where a search was begun, and where the schedules part. */
interface Root {
  readonly start: Place;
  readonly name: string;
  /** Who made the last step before it that mattered. */
  readonly last: number;
  readonly trail: Trail;
  readonly stands: Stands;
}

/** Forks of a branch at most: a tree that is no wider then is searched from there. */
const DEEPEST = 12;

/** Steps tried in one turn, and steps made in it, private ones included. */
const TURN = 512;
const STEPS = 20_000;

export class Search {
  readonly #walker: Walker;
  readonly #sharing: Sharing;
  readonly #options: SearchOptions;
  readonly #isBounded: boolean;
  readonly #visited = new Visited();
  /** The states on the way to the present one; those from the depth on are there to be used again. */
  readonly #levels: Level[] = [];
  #depth = 0;
  #root: Root | null = null;
  #bounded = false;
  #ends = 0;
  #transitions = 0;
  #edges = 0;
  #own = 0;

  constructor(walker: Walker, sharing: Sharing, options: SearchOptions) {
    this.#walker = walker;
    this.#sharing = sharing;
    this.#options = options;
    this.#isBounded = options.bound !== undefined;
  }

  /** Searches all states that can be reached from the present one, and comes back to it. */
  *run(): Turns<SearchResult> {
    const result = yield* this.runBelow([]);
    this.leave();
    return result;
  }

  /**
   * Searches below one branch of the tree of schedules, and goes back to its root, where every schedule still is.
   * What was searched below other branches before is not searched again.
   */
  *runBelow(branch: Branch): Turns<SearchResult> {
    const root = this.#atRoot();
    this.#arrive(root, ...this.#follow(root, branch));
    while (this.#runTurn(root)) yield;
    const complete = this.#depth === 0 && !this.#sharing.surprised;
    this.#unwind(root);
    return {
      complete,
      bounded: this.#bounded,
      states: this.#own,
      root: root.name,
      transitions: this.#transitions,
      ends: this.#ends,
      edges: this.#edges,
    };
  }

  /** The state in which the schedules part, by what is known now. */
  get root(): string {
    return this.#atRoot().name;
  }

  /** Goes back to the state from which the search was begun. */
  leave(): void {
    if (this.#root !== null) this.#walker.back(this.#root.start);
    this.#root = null;
  }

  /**
   * Branches of the tree of schedules that together are all of it, each with the branches before it asleep.
   *
   * @param count how many are wanted, more or less
   */
  branches(count: number): Branch[] {
    const root = this.#atRoot();
    let branches: Branch[] = [[]];
    for (let depth = 0; depth < DEEPEST && branches.length < count; depth++) {
      branches = branches.flatMap((branch) => {
        const [level, last] = this.#follow(root, branch);
        this.#open(root, level, last);
        const names = [...level.remaining()].filter((actor) => this.#allows(level, actor)).map((i) => this.#nameOf(i));
        this.#depth++;
        this.#unwind(root);
        if (names.length === 0) return [branch];
        return names.map((actor, i) => [...branch, { actor, tried: names.slice(0, i) }]);
      });
    }
    return branches;
  }

  /**
   * Takes a state for searched that another search answers for: below it nothing is left to do but what slept there.
   *
   * @param value what the other keeps with it; null if that cannot be told
   * @param edges how many steps lead on from it
   * @param isCounted whether it is to be left to the other if both have come to it
   */
  claim(lo: number, hi: number, value: number | null, edges: number, isCounted: boolean): void {
    const visited = this.#visited;
    const at = visited.find(lo, hi);
    if (isCounted && visited.isOwn(at)) {
      visited.cede(at);
      this.#own--;
      this.#edges -= edges;
    }
    if (value === null) {
      if (isCounted && visited.isFree(at)) visited.name(at, lo, hi);
      return;
    }
    if (visited.has(at)) {
      const known = visited.valueAt(at);
      if (this.#isBounded ? value >= known : (known & value) !== value) return;
    }
    visited.put(at, lo, hi, value, false);
  }

  /** The states that are this search's own, and the steps that lead on from them. */
  get count(): { readonly states: number; readonly edges: number } {
    return { states: this.#own, edges: this.#edges };
  }

  /** Where the schedules part; goes there first, if need be. */
  #atRoot(): Root {
    this.#root ??= this.#begin(this.#walker.place);
    return this.#root;
  }

  #begin(start: Place): Root {
    const { onFindings = () => {} } = this.#options;
    this.#sharing.attend(this.#walker);
    const last = runPrefix(this.#walker, this.#sharing, () => this.#report());
    const { actors } = this.#walker.machine;
    for (let i = 0; i < actors.length; i++) this.#runPrivate(i, i !== last);
    const trail = new Trail(this.#walker, this.#sharing.stridesOf(this.#walker).sketch);
    return {
      start,
      name: nameOf(this.#walker.machine.store),
      last,
      trail,
      stands: new Stands(this.#walker, this.#sharing, trail, onFindings),
    };
  }

  /**
   * Goes down a branch: at each of its forks those tried before fall asleep, and the fork's actor is taken.
   *
   * @returns the state at its end, and who stepped last
   */
  #follow(root: Root, branch: Branch): [Level, number] {
    let level = this.#level(0);
    level.begin();
    for (let i = 0; i < this.#walker.machine.actors.length; i++) level.woken |= bitOf(i);
    let { last } = root;
    for (const { actor, tried } of branch) {
      const { sleep } = level;
      this.#open(root, level, last);
      this.#keep(root, level, this.#find(root, level));
      level.sleep = sleep;
      level.leaveBut(0);
      this.#depth++;
      for (const name of tried) {
        const index = this.#indexOf(name);
        level.fallAsleep(index, root.stands.take(index).print);
        root.trail.pop();
      }
      last = this.#indexOf(actor);
      level = this.#descend(root, level, last);
    }
    return [level, last];
  }

  #nameOf(index: number): string {
    return (this.#walker.machine.actors[index] as Actor).name;
  }

  #indexOf(name: string): number {
    return this.#walker.machine.actors.findIndex((actor) => actor.name === name);
  }

  /** Goes back to the root. */
  #unwind({ trail }: Root): void {
    while (--this.#depth > 0) trail.pop();
    this.#depth = 0;
    trail.catchUp();
  }

  /** Tries some steps; says whether there are more to try. */
  #runTurn(root: Root): boolean {
    const { budget } = this.#options;
    const last = this.#walker.steps + STEPS;
    for (let left = TURN; left > 0 && this.#walker.steps < last; left--) {
      if (this.#depth === 0 || this.#sharing.surprised) return false;
      if (this.#visited.size >= budget.states || this.#walker.steps >= budget.steps) return false;
      this.#advance(root, this.#levels[this.#depth - 1] as Level);
    }
    return !budget.expired();
  }

  /** Tries the next actor at the innermost state, or leaves that state. */
  #advance(root: Root, level: Level): void {
    const actor = level.next();
    if (actor === -1) {
      if (--this.#depth > 0) root.trail.pop();
    } else if (this.#allows(level, actor)) {
      this.#transitions++;
      this.#arrive(root, this.#descend(root, level, actor), actor);
    }
  }

  /** Whether the bound on preemptions lets the actor step; what it forbids is put down. */
  #allows(level: Level, actor: number): boolean {
    const { bound } = this.#options;
    if (bound === undefined || level.preemptionsBy(actor) <= bound) return true;
    this.#bounded = true;
    return false;
  }

  /** Makes an actor's stride, and puts it to sleep for those tried after it; gives the state below. */
  #descend(root: Root, level: Level, actor: number): Level {
    const stride = root.stands.take(actor);
    const below = this.#level(this.#depth);
    below.follow(level, level.preemptionsBy(actor));
    if (!this.#isBounded) {
      below.inheritSleepers(level, stride.print, root.stands.prints);
      level.fallAsleep(actor, stride.print);
    }
    below.woken = root.stands.wokenBy(stride);
    return below;
  }

  /** Sees who of those woken can step now, and puts down who is to be tried. */
  #open({ stands }: Root, level: Level, last: number): void {
    for (let left = level.woken & ~REST; left !== 0; left &= left - 1) {
      const bit = left & -left;
      if (stands.canStep(31 - Math.clz32(bit))) level.able |= bit;
      else level.able &= ~bit;
    }
    if ((level.woken & REST) !== 0) level.rest = this.#ableRest(stands);
    level.open(this.#isBounded && level.has(last) ? last : -1);
  }

  #ableRest(stands: Stands): number[] {
    const rest: number[] = [];
    for (let i = SINGLE; i < this.#walker.machine.actors.length; i++) if (stands.canStep(i)) rest.push(i);
    return rest;
  }

  /** Looks at the state just reached: is it new, who can step, is it an end? */
  #arrive(root: Root, level: Level, last: number): void {
    // With a bound, who goes on is part of the state.
    if (this.#isBounded) this.#open(root, level, last);
    const at = this.#find(root, level);
    if (this.#isCovered(level, at)) {
      if (this.#depth > 0) root.trail.pop();
      return;
    }
    if (!this.#isBounded) this.#open(root, level, last);
    this.#keep(root, level, at);
    this.#depth++;
    if (level.able !== 0 || level.rest.length > 0) return;
    root.trail.catchUp();
    if (this.#passTime(root, level)) return;
    this.#ends++;
    this.#options.onEnd?.();
  }

  /** Lets the clock go on to the next deadline, if somebody waits for one. */
  #passTime(root: Root, level: Level): boolean {
    const walker = this.#walker;
    const { store, actors } = walker.machine;
    const { length } = walker.path;
    store.changes.begin();
    const passed = walker.passTime();
    if (passed) for (let i = 0; i < actors.length; i++) this.#runPrivate(i, true);
    const edge = edgeOf(store.changes.end(), walker.path.slice(length));
    if (!passed) return false;
    root.stands.pushWalked(edge);
    const below = this.#level(this.#depth);
    below.follow(level, level.preemptions);
    below.woken = root.stands.wokenBy(edge);
    this.#arrive(root, below, -1);
    return true;
  }

  /** Where the present state is among those visited, or belongs. */
  #find({ trail: { sketch } }: Root, level: Level): number {
    return this.#visited.find(this.#isBounded ? mix(sketch.lo, level.running) : sketch.lo, sketch.hi);
  }

  /** Whether everything that can follow has been searched, or will be, from another visit to the state. */
  #isCovered({ preemptions, sleep }: Level, at: number): boolean {
    if (!this.#visited.has(at)) return false;
    const known = this.#visited.valueAt(at);
    return this.#isBounded ? known <= preemptions : (known & ~sleep) === 0;
  }

  /** Puts down that a state is searched from this visit on, and leaves out what was searched from others. */
  #keep({ trail: { sketch } }: Root, level: Level, at: number): void {
    const lo = this.#isBounded ? mix(sketch.lo, level.running) : sketch.lo;
    let value = this.#isBounded ? level.preemptions : level.sleep;
    if (this.#visited.isFree(at)) {
      this.#own++;
      this.#edges += level.count();
    } else if (!this.#isBounded && this.#visited.has(at)) {
      const known = this.#visited.valueAt(at);
      level.leaveBut(known & ~value);
      value &= known;
      level.sleep = value;
    }
    this.#visited.put(at, lo, sketch.hi, value);
    const { onKept } = this.#options;
    if (onKept !== undefined) onKept(lo, sketch.hi, value, this.#isOwn(lo, sketch.hi) ? level.count() : null);
  }

  #isOwn(lo: number, hi: number): boolean {
    return this.#visited.isOwn(this.#visited.find(lo, hi));
  }

  #report(): void {
    const findings = this.#walker.findings();
    if (findings.length > 0) this.#options.onFindings?.(findings);
  }

  /** Takes the actor's steps as long as they are private: no other order of them could make a difference. */
  #runPrivate(index: number, isAhead: boolean): void {
    runPrivately(this.#walker, this.#sharing, index, isAhead, () => this.#report());
  }

  #level(depth: number): Level {
    let level = this.#levels[depth];
    if (level === undefined) {
      level = new Level();
      this.#levels[depth] = level;
    }
    return level;
  }
}

const nameOf = ({ hashLo, hashHi }: Store): string => `${hashLo}:${hashHi}`;
