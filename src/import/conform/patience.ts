/** Letting others run, and time pass, until a task of the recording can go on. */

import type { Actor } from '../../kernel-sim/machine/machine.ts';
import { Task } from '../../kernel-sim/task/task.ts';
import { followerOf } from './follower.ts';
import type { Simulation } from './simulation.ts';
import type { Setting } from './world.ts';

/** Runs a call to its end: first by itself, then with the help of all that can run, then by time. */
export function finish(simulation: Simulation, task: Task): void {
  for (let tries = 0; tries < 64; tries += 1) {
    simulation.run(task);
    if (simulation.store.peek(simulation.follower(task).outcome) !== null) return;
    let helped = false;
    for (const actor of simulation.k.machine.actors) {
      if (actor === task || !mayGoOn(simulation, actor)) continue;
      simulation.run(actor);
      helped = true;
      if (simulation.canRun(task)) break;
    }
    if (helped || simulation.canRun(task)) continue;
    const { machine } = simulation.k;
    const deadline = machine.nextDeadline();
    if (deadline === null || !mayWait(simulation, task)) return;
    machine.advanceClock(Math.max(deadline, simulation.store.peek(machine.clock.now)));
  }
}

/** Whether somebody can take steps that need no line of the log: not its end, and not what a signal does before it is shown. */
function mayGoOn(simulation: Simulation, actor: Actor): boolean {
  if (simulation.isHeld(actor) || !simulation.canRun(actor)) return false;
  return actor.layout !== (Task as unknown) || simulation.store.peek(simulation.follower(actor as Task).taken) === null;
}

/** Lets time pass to that of a later line when a call of one line has not ended: timers end waits as well. */
export function finishBy(simulation: Simulation, setting: Setting, task: Task, time: number | null): void {
  if (simulation.store.peek(simulation.follower(task).outcome) !== null || simulation.frame(task) === null) return;
  passTime(simulation, setting, time);
  finish(simulation, task);
}

/** Whether the call ends by its own time limit. */
function mayWait(simulation: Simulation, task: Task): boolean {
  const next = simulation.frame(task)?.next;
  return (next?.op.deadline?.(simulation.store, ...(next.args as never[])) ?? null) !== null;
}

/** Lets everybody else go on, and time pass to the next alarm, until the task has a signal. */
export function helpAll(simulation: Simulation, task: Task, mayTakeTime: boolean): void {
  const { machine } = simulation.k;
  for (let tries = 0; tries < 8 && !simulation.hasSignals(task); tries += 1) {
    for (const actor of machine.actors) {
      if (actor !== task && mayGoOn(simulation, actor)) simulation.run(actor);
    }
    if (simulation.hasSignals(task) || !mayTakeTime) return;
    const deadline = machine.nextDeadline();
    if (deadline === null) return;
    machine.advanceClock(Math.max(deadline, simulation.store.peek(machine.clock.now)));
  }
}

/** Whether an actor waits for its own next line. */
const isLate = ({ store }: Simulation, actor: Actor): boolean =>
  actor.layout === (Task as unknown) && store.peek(followerOf(store, actor as Task).late);

/** Lets time pass to that of a line, in seconds since the epoch, and everybody run whose time comes. */
export function passTime(simulation: Simulation, setting: Setting, time: number | null): void {
  if (time === null) return;
  const { machine } = simulation.k;
  // The wall clock of the simulation begins at a whole second.
  const target = Math.round((time - Math.floor(setting.start)) * 1e9);
  for (let tries = 0; tries < 1000; tries += 1) {
    const deadline = machine.nextDeadline();
    if (deadline === null || deadline > target) break;
    const now = simulation.store.peek(machine.clock.now);
    if (deadline > now) machine.advanceClock(deadline);
    let ran = false;
    for (const actor of machine.actors) {
      if (!mayGoOn(simulation, actor) || isLate(simulation, actor)) continue;
      simulation.run(actor);
      ran = true;
    }
    if (!ran) break;
  }
  if (target > simulation.store.peek(machine.clock.now)) machine.advanceClock(target);
}

/** The task of a line: if it is not there yet, a clone that is under way makes it. */
export function findTask(simulation: Simulation, number: number): Task | null {
  for (const actor of simulation.k.machine.actors) {
    if (simulation.task(number) !== null) break;
    const name = simulation.store.peek(actor.frame)?.call.name;
    if (name !== undefined && /^v?fork$|^clone3?$/.test(name) && simulation.canRun(actor)) simulation.run(actor);
  }
  return simulation.task(number);
}

/** Ends the leader of a process of which another thread calls execve, and lets that one take its number. */
export function letExec(simulation: Simulation, leader: number, thread: number): void {
  const [old, execing] = [simulation.task(leader), simulation.task(thread)];
  if (old === null || execing === null) return;
  simulation.run(old, true);
  if (simulation.frame(old) === null && simulation.hasSignals(old)) {
    simulation.beginDelivery(old);
    simulation.run(old, true);
  }
  simulation.run(execing);
}
