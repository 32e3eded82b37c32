/**
 * Runs that end with somebody waiting for ever: who holds what in a circle (deadlock), and who began to wait for something that had
 * already happened during the same call (lost wake-up).
 */

import type { KernelObject } from '../../kernel-sim/machine/layout.ts';
import type { Actor, Machine } from '../../kernel-sim/machine/machine.ts';
import { Mutex } from '../../kernel-sim/machine/mutex.ts';
import type { RunRecord } from './run-record.ts';

export type StuckKind = 'deadlock' | 'lost-wakeup' | 'never-woken';

export interface Stuck {
  readonly kind: StuckKind;
  readonly actor: Actor;
  readonly call: string;
  readonly operation: string;
  /** What its wait looks at, by name. */
  readonly waitsFor: readonly string[];
  /** For a deadlock, the actors of the circle, this one first; for a lost wake-up, who had made it. */
  readonly others: readonly Actor[];
}

/** What becomes of everybody who is left at the end of a run; nobody must be able to step any more. */
export function stuckActors(record: RunRecord): Stuck[] {
  const { machine } = record;
  return machine.actors
    .filter((actor) => machine.isAlive(actor) && machine.store.peek(actor.frame) !== null)
    .map((actor) => describe(record, actor));
}

function describe(record: RunRecord, actor: Actor): Stuck {
  const { machine } = record;
  const { store } = machine;
  const cells = waitedFor(machine, actor);
  const frame = store.peek(actor.frame);
  const circle = circleFrom(machine, actor);
  const waker = circle.length > 0 ? null : wakerOf(record, actor, cells);
  return {
    kind: circle.length > 0 ? 'deadlock' : waker === null ? 'never-woken' : 'lost-wakeup',
    actor,
    call: frame?.call.name ?? 'user',
    operation: frame?.next?.op.name ?? 'return',
    waitsFor: cells.map((cell) => store.cellName(cell)),
    others: waker === null ? circle.slice(1) : [waker],
  };
}

/** The cells that an actor's wait looks at. */
function waitedFor(machine: Machine, actor: Actor): number[] {
  machine.store.beginStep(actor);
  machine.canStep(actor);
  const own = new Set<number>([actor.life, actor.frame]);
  return [...new Set(machine.store.reads.copy())].filter((cell) => !own.has(cell));
}

/** The actors that wait for each other's locks, from this one round to it again; empty when it is in no circle. */
function circleFrom(machine: Machine, start: Actor): Actor[] {
  const circle: Actor[] = [];
  for (let at: Actor | null = start; at !== null; ) {
    circle.push(at);
    at = holderWaitedFor(machine, at);
    if (at === start) return circle;
    if (at !== null && circle.includes(at)) return [];
  }
  return [];
}

/** Who holds the lock that an actor waits for. */
function holderWaitedFor(machine: Machine, actor: Actor): Actor | null {
  for (const cell of waitedFor(machine, actor)) {
    if (machine.store.cellOwner(cell)?.layout !== Mutex) continue;
    const holder = machine.store.peek(cell as never) as KernelObject | null;
    const held = machine.actors.find((other) => other === holder);
    if (held !== undefined && machine.isAlive(held)) return held;
  }
  return null;
}

/** Who changed what the wait looks at while the actor was already in the call, but before it came to wait. */
function wakerOf({ steps }: RunRecord, actor: Actor, cells: readonly number[]): Actor | null {
  const own = steps.flatMap((step, i) => (step.actor === actor ? [i] : []));
  const last = own.at(-1);
  if (last === undefined) return null;
  const call = steps[last]?.callNumber ?? 0;
  const first = own.find((i) => steps[i]?.callNumber === call) ?? last;
  const waker = steps
    .slice(first, last)
    .find((step) => step.actor !== actor && step.writes.some((cell) => cells.includes(cell)));
  return waker?.actor ?? null;
}
