/**
 * Source-DPOR with sleep sets, for state spaces too large to keep: one schedule for each way in which dependent steps can be
 * ordered (Abdulla, Aronis, Jonsson, Sagonas, "Optimal dynamic partial order reduction", without wakeup trees).
 *
 * Nothing is stored but the present run. Each step is compared with the earlier ones that it depends on and that nothing else puts
 * before it: such a race is turned round later, by trying somebody at the earlier state who leads to the other order. A step that
 * waits races by what its wait looked at. Who was not able to step there is no help, so then everybody who was is tried.
 */

import type { Finding } from '../hazards/finding.ts';
import { type Footprint, footprintOf, independent } from './footprint.ts';
import { runPrivately } from './prefix.ts';
import type { Budget } from './search-terms.ts';
import type { Sharing } from './sharing.ts';
import type { Turns } from './turns.ts';
import type { Place, Walker } from './walker.ts';

export interface DporOptions {
  readonly budget: Budget;
  readonly onFindings?: (findings: readonly Finding[]) => void;
  readonly onEnd?: () => void;
}

export interface DporResult {
  readonly complete: boolean;
  /** Schedules run to their end. */
  readonly schedules: number;
}

/** Steps made in one turn, more or less. */
const TURN = 1000;

/** A step of the present run. */
interface Event {
  readonly actor: number;
  readonly print: Footprint;
  /** For each actor, how many of its steps happen before this one, itself included. */
  readonly clock: readonly number[];
  /** Which step of its actor it is, from 1. */
  readonly count: number;
}

/** The state before a step of the present run. */
interface Node {
  readonly place: Place;
  readonly enabled: readonly number[];
  readonly toTry: Set<number>;
  readonly asleep: Map<number, Footprint>;
}

export class Dpor {
  readonly #walker: Walker;
  readonly #sharing: Sharing;
  readonly #options: DporOptions;
  readonly #events: Event[] = [];
  readonly #nodes: Node[] = [];
  #schedules = 0;

  constructor(walker: Walker, sharing: Sharing, options: DporOptions) {
    this.#walker = walker;
    this.#sharing = sharing;
    this.#options = options;
  }

  /** Runs every schedule that differs, and comes back to the present state. */
  *run(): Turns<DporResult> {
    const start = this.#walker.place;
    const { budget } = this.#options;
    this.#sharing.attend(this.#walker);
    for (let i = 0; i < this.#walker.machine.actors.length; i++) this.#runPrivate(i);
    this.#arrive(new Map());
    for (let turn = this.#walker.steps + TURN; this.#nodes.length > 0 && !this.#sharing.surprised; ) {
      this.#advance(this.#nodes.at(-1) as Node);
      if (this.#walker.steps < turn) continue;
      if (this.#walker.steps >= budget.steps || budget.expired()) break;
      turn = this.#walker.steps + TURN;
      yield;
    }
    const complete = this.#nodes.length === 0 && !this.#sharing.surprised;
    this.#walker.back(start);
    return { complete, schedules: this.#schedules };
  }

  #advance(node: Node): void {
    const walker = this.#walker;
    walker.back(node.place);
    this.#events.length = this.#nodes.length - 1;
    const actor = [...node.toTry].find((candidate) => !node.asleep.has(candidate));
    if (actor === undefined) {
      this.#nodes.pop();
      return;
    }
    walker.step(actor);
    const born = [...walker.births];
    this.#report();
    this.#sharing.learn(walker.machine.store, actor);
    const print = footprintOf(walker.machine.store);
    this.#events.push(this.#race(actor, print));
    const asleep = new Map([...node.asleep].filter(([, sleeping]) => independent(sleeping, print)));
    node.asleep.set(actor, print);
    this.#runPrivate(actor);
    for (const child of born) this.#runPrivate(child);
    this.#arrive(asleep);
  }

  #arrive(asleep: Map<number, Footprint>): void {
    const walker = this.#walker;
    const { machine } = walker;
    const enabled = walker.enabled((waiting) => {
      this.#sharing.learn(machine.store, waiting);
      this.#race(waiting, footprintOf(machine.store));
    });
    const first = enabled.find((actor) => !asleep.has(actor));
    if (first !== undefined) {
      this.#nodes.push({ place: walker.place, enabled, toTry: new Set([first]), asleep });
      return;
    }
    this.#raceWithEnds();
    if (enabled.length > 0) return; // all asleep: another schedule covers what follows
    if (walker.passTime()) {
      // Nobody could step, so every step so far comes before every step from here on: no race crosses this point.
      for (let i = 0; i < machine.actors.length; i++) this.#runPrivate(i);
      this.#arrive(new Map());
      return;
    }
    this.#schedules++;
    this.#options.onEnd?.();
  }

  /** Whoever was ended by another could have made a step before that: what it would have looked at is its own life. */
  #raceWithEnds(): void {
    const { machine } = this.#walker;
    machine.actors.forEach((actor, index) => {
      if (machine.store.peek(actor.life) !== 'dead') return;
      machine.store.beginStep(actor);
      machine.store.read(actor.life);
      this.#race(index, footprintOf(machine.store));
    });
  }

  /** Finds the races of a step (made or waited for) with the steps before it; gives it as an event. */
  #race(actor: number, print: Footprint): Event {
    const events = this.#events;
    const own = events.findLast((event) => event.actor === actor);
    const clock = [...(own?.clock ?? [])];
    for (let i = events.length - 1; i >= 0; i--) {
      const event = events[i] as Event;
      if ((clock[event.actor] ?? 0) >= event.count || independent(event.print, print)) continue;
      if (event.actor !== actor) this.#turnRound(i, actor);
      event.clock.forEach((count, who) => {
        clock[who] = Math.max(clock[who] ?? 0, count);
      });
    }
    const count = (own?.count ?? 0) + 1;
    clock[actor] = count;
    return { actor, print, clock, count };
  }

  /** Sees to it that some run takes the step of `actor` before event `i`. */
  #turnRound(i: number, actor: number): void {
    const node = this.#nodes[i] as Node;
    const initials = this.#initialsWithout(i, actor);
    if (initials.some((who) => node.toTry.has(who))) return;
    const able = initials.find((who) => node.enabled.includes(who));
    if (able === undefined) for (const who of node.enabled) node.toTry.add(who);
    else node.toTry.add(able);
  }

  /** Who can make the first step of what comes after event `i` without depending on it, followed by a step of `actor`. */
  #initialsWithout(i: number, actor: number): number[] {
    const { actor: raced, count } = this.#events[i] as Event;
    const independents = this.#events.slice(i + 1).filter((event) => (event.clock[raced] ?? 0) < count);
    const initials: number[] = [];
    const seen: Event[] = [];
    for (const event of independents) {
      if (!seen.some((before) => (event.clock[before.actor] ?? 0) >= before.count)) initials.push(event.actor);
      seen.push(event);
    }
    if (!seen.some((event) => event.actor === actor)) initials.push(actor);
    return initials;
  }

  #report(): void {
    const findings = this.#walker.findings();
    if (findings.length > 0) this.#options.onFindings?.(findings);
  }

  #runPrivate(index: number): void {
    runPrivately(this.#walker, this.#sharing, index, true, () => this.#report());
  }
}
