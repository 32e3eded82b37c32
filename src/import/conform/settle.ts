/**
 * What everybody does after an event of the recording: calls that have begun, calls that were woken, signals that have come. Whether it
 * happens already then is a decision for each call: it may also wait for a later line.
 */

import type { Actor } from '../../kernel-sim/machine/machine.ts';
import { Task } from '../../kernel-sim/task/task.ts';
import { agreesInfo } from './agreement.ts';
import { mustSeeSignal } from './recorded-kind.ts';
import type { RecordedOrder } from './recorded-order.ts';
import type { Simulation } from './simulation.ts';
import { comparable } from './user-namespace.ts';

/** Something happens now, or not before the next line, or (`late`) not before the next line of the same task. */
export type Decision = boolean | 'late';

/** Asked whether something happens now to the task of a number; `usually` is what is tried first. */
export type Decide = (usually: boolean, task: number) => Decision;

/** Runs what can run after the event at an index. */
export function settle(simulation: Simulation, order: RecordedOrder, index: number, decide: Decide): void {
  const postponed = new Set<Actor>();
  for (let progress = true; progress; ) {
    progress = false;
    for (const actor of simulation.k.machine.actors) {
      if (actor.layout !== (Task as unknown)) {
        if (!simulation.canRun(actor)) continue;
        simulation.run(actor);
        progress = true;
        continue;
      }
      const task = actor as Task;
      takeEarly(simulation, order, task, index);
      dieEarly(simulation, order, task, index);
      if (postponed.has(task) || !mayGoOn(simulation, order, task, index)) continue;
      const { store } = simulation;
      const { late } = simulation.follower(task);
      const held = simulation.isHeld(task);
      const decision = decide(!held && !store.peek(late), simulation.numberOf(task));
      if (decision === true) {
        simulation.run(task, held);
        progress = true;
        continue;
      }
      if (decision === 'late') store.setOwn(late, true);
      postponed.add(task);
    }
  }
}

function mayGoOn(simulation: Simulation, order: RecordedOrder, task: Task, index: number): boolean {
  if (!simulation.canRun(task)) return false;
  const { store } = simulation;
  const follower = simulation.follower(task);
  if (store.peek(follower.taken) !== null) return false;
  const call = store.peek(follower.call);
  // A call on one line: it runs when its second half is handled, which is next.
  const next = order.events[index + 1];
  if (next?.kind === 'leave' && next.call === call) return false;
  return call === null || !mustSeeSignal(call) || simulation.hasSignals(task);
}

/** Whether the task is in user mode and signals wait for it. */
const isSignalled = (simulation: Simulation, task: Task): boolean =>
  simulation.store.peek(task.life) === 'alive' && simulation.frame(task) === null && simulation.hasSignals(task);

/** A task in user mode takes a signal as soon as it comes; its line follows when strace gets to it. */
function takeEarly(simulation: Simulation, order: RecordedOrder, task: Task, index: number): void {
  if (!isSignalled(simulation, task)) return;
  const { store } = simulation;
  const follower = simulation.follower(task);
  if (store.peek(follower.taken) !== null || store.peek(follower.call) !== null) return;
  const event = order.nextOf(simulation.numberOf(task), index);
  if (event?.kind !== 'signal' || event.info === null) return;
  const mark = store.mark();
  simulation.beginDelivery(task);
  simulation.run(task);
  const taken = store.peek(follower.taken);
  if (taken === null || !agreesInfo(comparable(store, task, event.info), taken)) store.undo(mark);
}

/** A task that was killed ends before its last line comes; another line of the log may tell when. */
function dieEarly(simulation: Simulation, order: RecordedOrder, task: Task, index: number): void {
  if (!isSignalled(simulation, task)) return;
  if (order.nextOf(simulation.numberOf(task), index)?.kind !== 'killed') return;
  simulation.store.setOwn(simulation.follower(task).call, null);
  simulation.beginDelivery(task);
}
