/**
 * The stateful search: depth first, going back by the undo journal.
 *
 * Steps that touch nothing shared are taken at once and in one order only (sharing.ts). At every other state each actor that can
 * step is tried, except those asleep: an actor falls asleep once it has been tried, and sleeps on below its siblings until one of
 * them does something that its step depends on. A state that comes up again is searched again only for what was asleep the first
 * time and is awake now (sleep sets stored with states, Godefroid). With a bound on preemptions no actor sleeps; what is stored
 * with a state is then the fewest preemptions it was reached with.
 */

import type { Finding } from '../hazards/finding.ts';
import { mix } from '../kernel-sim/machine/hash.ts';
import type { Actor } from '../kernel-sim/machine/machine.ts';
import { type Footprint, footprintOf, independent } from './footprint.ts';
import { CHAIN, runPrefix, stepPrivately } from './prefix.ts';
import type { Sharing } from './sharing.ts';
import type { Strides } from './strides.ts';
import type { Turns } from './turns.ts';
import { Visited } from './visited.ts';
import type { Place, Walker } from './walker.ts';

/** How far a search may go. */
export interface Budget {
  readonly states: number;
  readonly steps: number;
  /** Says, now and then, whether time or patience is over. */
  readonly expired: () => boolean;
}

export interface SearchOptions {
  readonly budget: Budget;
  /** Only runs with at most this many preemptions; all runs without. */
  readonly bound?: number;
  /** Called for each step that makes hazards certain. */
  readonly onFindings?: (findings: readonly Finding[]) => void;
  /** Called at each state in which nobody will ever step again. */
  readonly onEnd?: () => void;
  /** Called for each state that is kept, or kept with another value. */
  readonly onKept?: (lo: number, hi: number, value: number, edges: number) => void;
  /** Treat nothing as private and let nobody sleep: the naive search that others are checked against. */
  readonly naive?: boolean;
}

/** A way down the tree of schedules: at each fork who is taken, and who was before it, by name. */
export type Branch = readonly { readonly actor: string; readonly tried: readonly string[] }[];

export interface SearchResult {
  /** Whether every schedule (within the bound) has been covered. */
  readonly complete: boolean;
  /** Whether some schedule was left out only because of the bound. */
  readonly bounded: boolean;
  readonly states: number;
  /** Steps that mattered, made from a state to a state. */
  readonly transitions: number;
  readonly ends: number;
  /** The steps that lead on from the states, whether or not the search had to make them. */
  readonly edges: number;
}

/** How a state was come to. */
interface Arrival {
  readonly sleep: number;
  readonly prints: readonly (Footprint | undefined)[];
  readonly last: number;
  readonly preemptions: number;
}

/** Where a search was begun, and where the schedules part. */
interface Root {
  readonly start: Place;
  readonly place: Place;
  readonly arrival: Arrival;
}

interface Node {
  readonly place: Place;
  /** The actors still to be tried, last first. */
  readonly todo: number[];
  /** Who sleeps, one bit for each actor, and what the step of each would touch. */
  sleep: number;
  readonly prints: (Footprint | undefined)[];
  /** Who stepped last and could go on; -1 if nobody. */
  readonly running: number;
  readonly preemptions: number;
}

/** Actors beyond these never sleep. */
const SLEEPERS = 31;

/** Forks of a branch at most: a tree that is no wider then is searched from there. */
const DEEPEST = 12;

/** Steps tried in one turn. */
const TURN = 256;

export class Search {
  readonly #walker: Walker;
  readonly #sharing: Sharing;
  readonly #options: SearchOptions;
  readonly #strides: Strides;
  readonly #visited = new Visited();
  readonly #stack: Node[] = [];
  #root: Root | null = null;
  #bounded = false;
  #ends = 0;
  #transitions = 0;
  #edges = 0;

  constructor(walker: Walker, sharing: Sharing, options: SearchOptions) {
    this.#walker = walker;
    this.#sharing = sharing;
    this.#options = options;
    this.#strides = sharing.stridesOf(walker);
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
    const { sleep, prints, last, preemptions } = this.#follow(root.arrival, branch);
    this.#arrive(sleep, prints, last, preemptions);
    for (let turn = 1; this.#stack.length > 0 && !this.#sharing.surprised && !this.#exhausted(turn); turn++) {
      this.#advance(this.#stack.at(-1) as Node);
      if (turn % TURN === 0) yield;
    }
    const complete = this.#stack.length === 0 && !this.#sharing.surprised;
    this.#stack.length = 0;
    this.#walker.back(root.place);
    return {
      complete,
      bounded: this.#bounded,
      states: this.#visited.size,
      transitions: this.#transitions,
      ends: this.#ends,
      edges: this.#edges,
    };
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
        const { sleep, last, preemptions } = this.#follow(root.arrival, branch);
        const enabled = this.#walker.enabled();
        const running = enabled.includes(last) ? last : -1;
        const todo = this.#todo(enabled, sleep, running).filter((actor) => this.#allows(running, actor, preemptions));
        this.#walker.back(root.place);
        const names = todo.reverse().map((actor) => this.#nameOf(actor));
        if (names.length === 0) return [branch];
        return names.map((actor, i) => [...branch, { actor, tried: names.slice(0, i) }]);
      });
    }
    return branches;
  }

  /** Takes a state for searched that another search answers for: below it nothing is left to do but what slept there. */
  claim(lo: number, hi: number, value: number): void {
    const known = this.#visited.get(lo, hi);
    const isBetter =
      known === undefined || (this.#options.bound === undefined ? (known & value) === value : value < known);
    if (isBetter) this.#visited.set(lo, hi, value);
  }

  /** Where the schedules part; goes there first, if need be. */
  #atRoot(): Root {
    this.#root ??= this.#begin(this.#walker.place);
    return this.#root;
  }

  #begin(start: Place): Root {
    this.#sharing.attend(this.#walker);
    const last = this.#options.naive ? -1 : runPrefix(this.#walker, this.#sharing, () => this.#report());
    const { actors } = this.#walker.machine;
    for (let i = 0; i < actors.length; i++) this.#runPrivate(i, i !== last);
    return { start, place: this.#walker.place, arrival: { sleep: 0, prints: [], last, preemptions: 0 } };
  }

  /** Goes down a branch: at each of its forks those tried before fall asleep, and the fork's actor is taken. */
  #follow(root: Arrival, branch: Branch): Arrival {
    const walker = this.#walker;
    let arrival = root;
    for (const { actor, tried } of branch) {
      const enabled = walker.enabled((waiting) => this.#sharing.learn(walker.machine.store, waiting));
      const running = enabled.includes(arrival.last) ? arrival.last : -1;
      this.#unseen(enabled, arrival.sleep, running, arrival.preemptions);
      const node: Node = { ...arrival, place: walker.place, todo: [], prints: arrival.prints.slice(), running };
      for (const name of tried) {
        const index = this.#indexOf(name);
        this.#fallAsleep(node, index, this.#take(index));
        walker.back(node.place);
      }
      const index = this.#indexOf(actor);
      const preemptions = preemptionsOf(node, index);
      const print = this.#take(index);
      arrival = { sleep: this.#sleepBelow(node, print), prints: node.prints, last: index, preemptions };
    }
    return arrival;
  }

  #nameOf(index: number): string {
    return (this.#walker.machine.actors[index] as Actor).name;
  }

  #indexOf(name: string): number {
    return this.#walker.machine.actors.findIndex((actor) => actor.name === name);
  }

  #exhausted(turn: number): boolean {
    const { budget } = this.#options;
    if (this.#visited.size >= budget.states || this.#walker.steps >= budget.steps) return true;
    return turn % TURN === 0 && budget.expired();
  }

  /** Tries the next actor at the innermost state, or leaves that state. */
  #advance(node: Node): void {
    const walker = this.#walker;
    walker.back(node.place);
    const actor = node.todo.pop();
    if (actor === undefined) {
      this.#stack.pop();
      return;
    }
    if (!this.#allows(node.running, actor, node.preemptions)) return;
    this.#transitions++;
    const print = this.#take(actor);
    const sleep = this.#sleepBelow(node, print);
    this.#fallAsleep(node, actor, print);
    this.#arrive(sleep, node.prints, actor, preemptionsOf(node, actor));
  }

  /** Whether the bound on preemptions lets the actor step; what it forbids is put down. */
  #allows(running: number, actor: number, preemptions: number): boolean {
    const { bound } = this.#options;
    if (bound === undefined || preemptionsOf({ running, preemptions }, actor) <= bound) return true;
    this.#bounded = true;
    return false;
  }

  #fallAsleep(node: Node, actor: number, print: Footprint): void {
    if (actor >= SLEEPERS) return;
    node.sleep |= 1 << actor;
    node.prints[actor] = print;
  }

  /** Makes the actor's step and the private steps after it; gives what the step touched. */
  #take(actor: number): Footprint {
    const { onFindings = () => {} } = this.#options;
    if (!this.#options.naive) return this.#strides.take(actor, onFindings);
    this.#walker.step(actor);
    this.#report();
    this.#sharing.learn(this.#walker.machine.store, actor);
    return footprintOf(this.#walker.machine.store);
  }

  /** Who goes on sleeping after a step with this footprint: those whose own step does not depend on it. */
  #sleepBelow(node: Node, print: Footprint): number {
    if (this.#options.bound !== undefined || this.#options.naive) return 0;
    let sleep = node.sleep;
    for (let left = sleep; left !== 0; left &= left - 1) {
      const actor = 31 - Math.clz32(left & -left);
      if (!independent(node.prints[actor] as Footprint, print)) sleep &= ~(1 << actor);
    }
    return sleep;
  }

  #report(): void {
    const findings = this.#walker.findings();
    if (findings.length > 0) this.#options.onFindings?.(findings);
  }

  /** Takes the actor's steps as long as they are private: no other order of them could make a difference. */
  #runPrivate(index: number, isAhead: boolean): void {
    if (this.#options.naive) return;
    for (let i = 0; i < CHAIN && stepPrivately(this.#walker, this.#sharing, index, isAhead); i++) this.#report();
  }

  /** Looks at the state just reached: is it new, who can step, is it an end? */
  #arrive(sleep: number, prints: readonly (Footprint | undefined)[], last: number, preemptions: number): void {
    const walker = this.#walker;
    const { store } = walker.machine;
    // What a waiting actor looks at, others must not take for private.
    const enabled = walker.enabled((waiting) => this.#sharing.learn(store, waiting));
    const running = enabled.includes(last) ? last : -1;
    const unseen = this.#unseen(enabled, sleep, running, preemptions);
    if (unseen === null) return;
    if (enabled.length === 0) {
      if (walker.passTime()) {
        for (let i = 0; i < walker.machine.actors.length; i++) this.#runPrivate(i, true);
        this.#arrive(0, [], -1, preemptions);
        return;
      }
      this.#ends++;
      this.#options.onEnd?.();
      return;
    }
    this.#stack.push({
      place: walker.place,
      ...unseen,
      prints: sleep === 0 ? [] : prints.slice(),
      running,
      preemptions,
    });
  }

  #keep(lo: number, hi: number, value: number, edges: number): void {
    this.#visited.set(lo, hi, value);
    this.#options.onKept?.(lo, hi, value, edges);
  }

  /** Who is to be tried at a state, last first. */
  #todo(enabled: readonly number[], sleep: number, running: number): number[] {
    if (this.#options.bound !== undefined) return runningLast(enabled, running);
    return enabled.filter((actor) => actor >= SLEEPERS || (sleep & (1 << actor)) === 0).reverse();
  }

  /** The actors to try here and who sleeps meanwhile, or null when everything that can follow has been covered. */
  #unseen(
    enabled: readonly number[],
    sleep: number,
    running: number,
    preemptions: number,
  ): Pick<Node, 'todo' | 'sleep'> | null {
    const { store } = this.#walker.machine;
    const bounded = this.#options.bound !== undefined;
    const lo = bounded ? mix(store.hashLo, running) : store.hashLo;
    const known = this.#visited.get(lo, store.hashHi);
    if (known === undefined) this.#edges += enabled.length;
    if (bounded) {
      if (known !== undefined && known <= preemptions) return null;
      this.#keep(lo, store.hashHi, preemptions, enabled.length);
      return { todo: this.#todo(enabled, sleep, running), sleep: 0 };
    }
    if (known === undefined) {
      this.#keep(lo, store.hashHi, sleep, enabled.length);
      return { todo: this.#todo(enabled, sleep, running), sleep };
    }
    if ((known & ~sleep) === 0) return null;
    this.#keep(lo, store.hashHi, known & sleep, enabled.length);
    const awakened = known & ~sleep;
    return {
      todo: enabled.filter((actor) => actor < SLEEPERS && (awakened & (1 << actor)) !== 0).reverse(),
      sleep: known & sleep,
    };
  }
}

/** The preemptions of a run that goes on from a state with a step of the actor. */
function preemptionsOf({ running, preemptions }: Pick<Node, 'running' | 'preemptions'>, actor: number): number {
  return preemptions + (running !== -1 && running !== actor ? 1 : 0);
}

/** The actors with the running one at the end, where it is taken first: going on costs no preemption. */
function runningLast(enabled: readonly number[], running: number): number[] {
  const others = enabled.filter((actor) => actor !== running).reverse();
  return running === -1 ? others : [...others, running];
}
