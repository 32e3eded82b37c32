/**
 * Runs that end with somebody waiting for ever: who holds what in a circle (deadlock), and who sleeps although what it waits for was
 * there (lost wake-up): its call made the condition false again before it looked, or nobody told it of a signal that it can take.
 *
 * Who waits for what never came, such as a message that nobody sends, is no fault of the kernel's.
 */

import type { Mark } from '../../kernel-sim/machine/journal.ts';
import type { Actor, Machine } from '../../kernel-sim/machine/machine.ts';
import { hasWork } from '../../kernel-sim/signal/mask.ts';
import { Task } from '../../kernel-sim/task/task.ts';
import { holderOf } from './lock.ts';
import type { RecordedStep, RunRecord } from './run-record.ts';

type StuckKind = 'deadlock' | 'lost-wakeup' | 'never-woken';

/** Somebody who cannot step. */
export interface Waiting {
  readonly actor: Actor;
  readonly call: string;
  readonly operation: string;
  /** What its wait looks at, by name. */
  readonly waitsFor: readonly string[];
  /** Who holds the lock that it waits for. */
  readonly holder: Actor | null;
}

export interface Stuck extends Waiting {
  readonly kind: StuckKind;
  /** For a deadlock, the actors of the circle, this one first; for a lost wake-up, who had made it. */
  readonly others: readonly Actor[];
  /** For a lost wake-up, the step that made the condition true, and that of its own that made it false again. */
  readonly lost: readonly RecordedStep[];
}

/** Everybody who is in a call and cannot step now. */
export function waitingActors(machine: Machine): Waiting[] {
  const { store } = machine;
  return machine.actors
    .filter((actor) => machine.isAlive(actor) && store.peek(actor.frame) !== null && !machine.canStep(actor))
    .map((actor) => {
      const frame = store.peek(actor.frame);
      return {
        actor,
        call: frame?.call.name ?? 'user',
        operation: frame?.next?.op.name ?? 'return',
        waitsFor: waitedFor(machine, actor).map((cell) => store.cellName(cell)),
        holder: holderWaitedFor(machine, actor),
      };
    });
}

/** What becomes of those who wait. Only a deadlock is certain before the run is at its end. */
export function stuckActors(record: RunRecord): Stuck[] {
  const { machine } = record;
  return waitingActors(machine).map((waiting) => {
    const { actor } = waiting;
    const circle = circleFrom(machine, actor);
    if (circle.length > 0) return { ...waiting, kind: 'deadlock', others: circle.slice(1), lost: [] };
    const lost = lostWake(record, actor, waitedFor(machine, actor));
    const kind = lost.length > 0 || isUntold(machine, actor) ? 'lost-wakeup' : 'never-woken';
    return { ...waiting, kind, others: lost.slice(0, 1).map((step) => step.actor), lost };
  });
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
    const holder = holderOf(machine, cell);
    if (holder !== null && machine.isAlive(holder)) return holder;
  }
  return null;
}

/**
 * The step of another that made the condition of an actor's wait true while it was in the call already, and the step of its own
 * with which it took that back before it came to wait. A wait of the same kind that ended so has not lost anything.
 */
function lostWake({ machine, steps }: RunRecord, actor: Actor, cells: readonly number[]): RecordedStep[] {
  const { store } = machine;
  const next = store.peek(actor.frame)?.next;
  const last = steps.findLast((step) => step.actor === actor);
  if (last === undefined || next?.op.when === undefined) return [];
  const end = store.mark();
  const isOverAt = (mark: Mark): boolean => {
    store.redo(end);
    store.undo(mark);
    return next.op.when?.(store, ...(next.args as never[])) ?? false;
  };
  const turnsTo = (over: boolean, { from, to }: RecordedStep): boolean =>
    isOverAt(to) === over && isOverAt(from) !== over;
  const call = steps.filter((step) => step.actor === actor && step.callNumber === last.callNumber);
  const own = call.slice(call.findLastIndex(({ operation }) => operation === next.op.name) + 1);
  const begun = (call.at(-own.length - 1) ?? call[0])?.number ?? 0;
  const undone = own.findLast((step) => turnsTo(false, step));
  const waker = steps.findLast(
    (step) =>
      step.number > begun &&
      step.number < (undone?.number ?? 0) &&
      step.actor !== actor &&
      step.writes.some((cell) => cells.includes(cell)) &&
      turnsTo(true, step),
  );
  store.redo(end);
  return undone === undefined || waker === undefined ? [] : [waker, undone];
}

/** Whether a task sleeps with a signal that it can take, and has not been told. */
function isUntold({ store }: Machine, actor: Actor): boolean {
  if ((actor.layout as unknown) !== Task) return false;
  const task = actor as Task;
  const own = store.peek(task.signals);
  return own !== null && store.peek(task.state) === 'interruptible' && hasWork(store, task) && !store.peek(own.flagged);
}
