/**
 * What a run did, step by step: who, which operation, what it touched and which locks it held. The detectors read it.
 *
 * It is made from the journal and the footprint right after each step, so it does not matter who makes the steps; a run that nobody
 * records costs nothing. Left out: what a monitor touches in the same step, which is no part of the kernel.
 */

import type { Effect } from '../../kernel-sim/machine/effect.ts';
import type { Frame } from '../../kernel-sim/machine/frame.ts';
import type { Mark } from '../../kernel-sim/machine/journal.ts';
import type { KernelObject } from '../../kernel-sim/machine/layout.ts';
import type { Actor, Machine } from '../../kernel-sim/machine/machine.ts';
import type { Note } from '../../kernel-sim/machine/note.ts';
import { POISON } from '../../kernel-sim/machine/store.ts';

export interface RecordedStep {
  /** Its number in the run, from 1. */
  readonly number: number;
  /** Whether the clock moved on just before it. */
  readonly afterTime: boolean;
  readonly actor: Actor;
  readonly call: string;
  /** The operation, `user` between calls, `return` when a call hands its result over. */
  readonly operation: string;
  readonly args: readonly unknown[];
  /** Whether the real code takes no lock for it. */
  readonly plain: boolean;
  readonly reads: readonly number[];
  /** Cells written or counted. */
  readonly writes: readonly number[];
  /** The actors that came to life. */
  readonly births: readonly Actor[];
  /** The heap objects that were freed. */
  readonly freed: readonly KernelObject[];
  /** Whether the step had to wait for something before it could be made. */
  readonly waited: boolean;
  /** Which call of its actor it belongs to, from 1; 0 between calls. */
  readonly callNumber: number;
  /** The locks held during the step, by name, in the order in which they were taken. */
  readonly locks: readonly string[];
  readonly notes: readonly Note[];
  /** Where the journal stood before it and behind it. */
  readonly from: Mark;
  readonly to: Mark;
}

/** What an operation does to the locks that its actor holds; its first argument is the lock. */
const locking: Readonly<Record<string, 'takes' | 'gives back'>> = {
  'mutex.lock': 'takes',
  'mutex.unlock': 'gives back',
  'rcu.read_lock': 'takes',
  'rcu.read_unlock': 'gives back',
};

interface Footprint {
  readonly reads: readonly number[];
  readonly writes: readonly number[];
}

/** So many steps are recorded: they take a gigabyte. */
export const MOST_STEPS = 500_000;

export class RunRecord {
  readonly machine: Machine;
  readonly steps: RecordedStep[] = [];
  readonly #calls = new Map<Actor, number>();
  readonly #locks = new Map<Actor, readonly string[]>();
  readonly #countsTime: boolean;
  #end: Mark;
  #number = 0;
  #kernel: Footprint | null = null;

  /** @param countsTime whether moving the clock on is a step with a number of its own, as in schedules that were searched for */
  constructor(machine: Machine, { countsTime = false } = {}) {
    this.machine = machine;
    this.#countsTime = countsTime;
    this.#end = machine.store.mark();
    const { monitor } = machine;
    if (monitor === null) return;
    machine.monitor = {
      observe: (tx, actor, operation) => {
        this.#kernel = this.#footprint();
        monitor.observe(tx, actor, operation);
      },
    };
  }

  /** Whether there is no room for more. */
  get isFull(): boolean {
    return this.steps.length >= MOST_STEPS;
  }

  /** Steps the machine and puts down what the step did. */
  step(actor: Actor): void {
    this.machine.step(actor);
    this.after(actor);
  }

  /** Puts down the step that an actor has just made. */
  after(actor: Actor): void {
    const { store, clock } = this.machine;
    let from = this.#end;
    const to = store.mark();
    while (from < to && store.journal.cellAt(from) === clock.now) from++;
    const ticks = from - this.#end;
    this.#number += 1 + (this.#countsTime ? ticks : 0);
    this.#end = to;
    const { reads, writes } = this.#kernel ?? this.#footprint();
    this.#kernel = null;
    const { frame, births, freed } = this.#changes(actor, from, to);
    const effect = frame?.next;
    if (frame?.isFresh) this.#calls.set(actor, (this.#calls.get(actor) ?? 0) + 1);
    this.steps.push({
      number: this.#number,
      afterTime: ticks > 0,
      actor,
      call: frame?.call.name ?? 'user',
      operation: frame === null ? 'user' : (effect?.op.name ?? 'return'),
      args: effect?.args ?? [],
      plain: isPlain(effect),
      reads,
      writes,
      births,
      freed,
      waited: effect?.op.when !== undefined,
      callNumber: frame === null ? 0 : (this.#calls.get(actor) ?? 0),
      locks: this.#locksDuring(actor, effect),
      notes: [...store.notes],
      from,
      to,
    });
  }

  #footprint(): Footprint {
    const { reads, writes, adds } = this.machine.store;
    return { reads: [...new Set(reads.copy())], writes: [...new Set([...writes.copy(), ...adds.copy()])] };
  }

  /** What the journal says of a step: the frame that its actor had before, who came to life, what was freed. */
  #changes(
    actor: Actor,
    from: Mark,
    to: Mark,
  ): { frame: Frame | null; births: readonly Actor[]; freed: readonly KernelObject[] } {
    const { store } = this.machine;
    let frame = store.peek(actor.frame);
    let isFirst = true;
    const births: Actor[] = [];
    const freed: KernelObject[] = [];
    for (let entry = from; entry < to; entry++) {
      const cell = store.journal.cellAt(entry);
      const before = store.journal.valueAt(entry);
      if (cell === actor.frame && isFirst) {
        frame = before as Frame | null;
        isFirst = false;
      }
      const owner = store.cellOwner(cell);
      if (before === 'unborn' && (owner as Actor).life === cell && this.machine.isAlive(owner as Actor))
        births.push(owner as Actor);
      if (owner?.layout.heap && owner.base === cell && before !== POISON && store.peek(cell as never) === POISON)
        freed.push(owner);
    }
    return { frame, births, freed };
  }

  #locksDuring(actor: Actor, effect: Effect | undefined): readonly string[] {
    const held = this.#locks.get(actor) ?? [];
    const does = locking[effect?.op.name ?? ''];
    if (effect === undefined || does === undefined) return held;
    const { name } = effect.args[0] as KernelObject;
    if (does === 'takes') {
      const more = [...held, name];
      this.#locks.set(actor, more);
      return more;
    }
    const at = held.lastIndexOf(name);
    this.#locks.set(
      actor,
      held.filter((_, i) => i !== at),
    );
    return held;
  }
}

function isPlain(effect: Effect | undefined): boolean {
  if (effect === undefined) return false;
  const { plain } = effect.op;
  return typeof plain === 'function' ? plain(...(effect.args as never[])) : plain;
}
