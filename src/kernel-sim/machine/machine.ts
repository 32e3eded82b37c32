/**
 * The machine: performs one step of one actor at a time.
 *
 * An actor is a kernel object with the fields of {@link ActorFields}: a task, or a thread of the kernel's own. Its step is the next
 * effect of the call it has in flight; when the call has returned, handing its result over; when it has none, one user-mode
 * instruction. Which actor steps next is the caller's choice (schedule.ts, the explorer, the debugger).
 */

import type { Effect } from './effect.ts';
import { type Call, Frame } from './frame.ts';
import type { Handle, KernelObject } from './layout.ts';
import { layout } from './layout.ts';
import { Store, type Transaction } from './store.ts';

/** What an object needs in order to act. */
export interface ActorFields {
  /** The call in flight, null in user mode. */
  frame: Frame | null;
  life: 'unborn' | 'alive' | 'dead';
}

export type Actor = Handle<ActorFields>;

/** What an actor does between its calls; programs are one kind of it, the kernel's own threads another. */
export interface Behaviour {
  /** Runs one user-mode instruction, which may make a call by writing `actor.frame`. */
  resume(tx: Transaction, actor: Actor): void;
  /** Hands the result of a call that has returned to the actor. Runs in the same step that clears its frame. */
  complete(tx: Transaction, actor: Actor, call: Call, result: unknown): void;
}

/**
 * Watches a run: called after each step with what the step had to say, inside the same step. What a monitor remembers it keeps in
 * cells, so that it is undone with the step and tells states apart; what it concludes it says in notes of its own.
 */
export interface Monitor {
  /** @param operation the name of the operation that the step was; empty for a step between calls, or one that a call returned in */
  observe(tx: Transaction, actor: Actor, operation: string): void;
}

/** Holds actors back at points of their calls: how a schedule is pinned in part. */
export interface Gate {
  /** Whether it has a say in the actor's next step at all; quick to tell, and no look at anything that others change. */
  concerns(actor: Actor): boolean;
  /** Whether the actor may take its next step; what decides it is read through `tx`. */
  allows(tx: Transaction, actor: Actor): boolean;
  /** Hears, inside the same step, that the actor is about to take it. */
  passes(tx: Transaction, actor: Actor): void;
}

interface ClockFields {
  /** ns since boot. It stands still while anybody can act. */
  now: number;
}

const clockLayout = layout<ClockFields>('clock', { now: 0 });

const idle: Behaviour = {
  resume: (tx, actor) => tx.write(actor.life, 'dead'),
  complete: () => {},
};

/** A kernel thread that runs one call and is gone. */
const threadLayout = layout<ActorFields>('kthread', { frame: null, life: 'unborn' });

export class Machine {
  readonly store: Store;
  readonly clock: Handle<ClockFields>;
  /** Every actor ever seen, in the order in which the machine first met them; those not alive here and now are passed over. */
  readonly actors: Actor[] = [];
  /** Keep the successors of frames: right for a search, which comes to the same place often; wasteful for one run. */
  remembering = false;
  /** Who watches, if anybody does. */
  monitor: Monitor | null = null;
  gate: Gate | null = null;
  readonly #known = new Set<KernelObject>();
  readonly #behaviours = new Map<unknown, Behaviour>();
  #onBirth: ((actor: Actor) => void) | null = null;

  constructor({ tracking = true } = {}) {
    this.store = new Store({ tracking });
    this.clock = this.store.create(clockLayout);
    this.#behaviours.set(threadLayout, idle);
  }

  /** Says what actors of a layout do between calls. */
  setBehaviour(of: unknown, behaviour: Behaviour): void {
    this.#behaviours.set(of, behaviour);
  }

  /** Tells `listener` of every actor that comes to life from now on. */
  set onBirth(listener: ((actor: Actor) => void) | null) {
    this.#onBirth = listener;
  }

  /** Brings an actor to life; for operations. */
  launch(tx: Transaction, actor: Actor): void {
    tx.setOwn(actor.life, 'alive'); // nobody can have looked at it before
    tx.publish(actor); // whoever ends everybody finds it
    if (!this.#known.has(actor)) {
      this.#known.add(actor);
      this.actors.push(actor);
    }
    this.#onBirth?.(actor);
  }

  /** Starts a thread of the kernel's own that runs one call; for operations. */
  launchThread(tx: Transaction, call: Call): void {
    const thread = tx.create(threadLayout);
    tx.publish(call.args);
    tx.setOwn(thread.frame, Frame.begin(call));
    this.launch(tx, thread);
  }

  isAlive(actor: Actor): boolean {
    return this.store.peek(actor.life) === 'alive';
  }

  /** Whether the actor can take a step now. What decided it is in `store.reads`. */
  canStep(actor: Actor): boolean {
    const { store } = this;
    if (store.peek(actor.life) !== 'alive') return false;
    const next = store.peek(actor.frame)?.next;
    const gate = this.gate?.concerns(actor) ? this.gate : null;
    if (next?.op.when === undefined && gate === null) return true;
    store.beginStep(actor);
    store.recording = true;
    store.read(actor.life);
    const can = (next === undefined || this.#waitIsOver(next)) && (gate?.allows(store, actor) ?? true);
    store.recording = store.tracking;
    return can;
  }

  #waitIsOver(next: Effect): boolean {
    const { store } = this;
    if (next.op.when === undefined || next.op.when(store, ...(next.args as never[]))) return true;
    const deadline = next.op.deadline?.(store, ...(next.args as never[])) ?? null;
    return deadline !== null && store.read(this.clock.now) >= deadline;
  }

  /** Performs the actor's next step. Its footprint and notes are then in the store, until the next step. */
  step(actor: Actor): void {
    this.store.beginStep(actor);
    this.store.read(actor.life); // whoever is dead does not step: killing it is not independent of its steps
    this.gate?.passes(this.store, actor);
    const operation = this.#perform(actor);
    if (this.monitor !== null && this.store.notes.length > 0) this.monitor.observe(this.store, actor, operation);
  }

  /** The name of the operation performed, empty when there was none. */
  #perform(actor: Actor): string {
    const { store } = this;
    const frame = store.peek(actor.frame);
    if (frame === null) {
      this.#behaviourOf(actor).resume(store, actor);
      return '';
    }
    const { next } = frame;
    if (next === undefined) {
      store.setOwn(actor.frame, null);
      this.#behaviourOf(actor).complete(store, actor, frame.call, frame.value);
      return '';
    }
    if (store.recording) next.op.when?.(store, ...(next.args as never[])); // what the wait looked at is part of the footprint
    const result = next.op.body(store, ...(next.args as never[]));
    // An operation may take its own actor's frame away (exec by a sibling, death): then there is nothing to go on with.
    if (store.peek(actor.frame) !== frame) return next.op.name;
    if (store.tracking) store.setOwn(actor.frame, frame.after(result, this.remembering));
    else frame.proceed(result);
    return next.op.name;
  }

  /** The earliest time, in ns, at which some waiting actor's wait ends by itself; null when none does. */
  nextDeadline(): number | null {
    const { store } = this;
    let earliest: number | null = null;
    for (const actor of this.actors) {
      if (!this.isAlive(actor)) continue;
      const next = store.peek(actor.frame)?.next;
      const deadline = next?.op.deadline?.(store, ...(next.args as never[])) ?? null;
      if (deadline !== null && (earliest === null || deadline < earliest)) earliest = deadline;
    }
    return earliest;
  }

  /** Moves the virtual clock to `time` ns, as a step of its own that no actor takes. */
  advanceClock(time: number): void {
    this.store.beginStep(this.store.root);
    this.store.write(this.clock.now, time);
  }

  #behaviourOf(actor: Actor): Behaviour {
    const behaviour = this.#behaviours.get(actor.layout);
    if (behaviour === undefined) throw new Error(`nothing says what a ${actor.layout.kind} does between calls`);
    return behaviour;
  }
}
