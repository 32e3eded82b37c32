/** What the detectors run: a machine at its start, with names for its actors; and running it by who steps. */

import type { Actor, Machine } from '../../kernel-sim/machine/machine.ts';

export interface Subject {
  readonly machine: Machine;
  /** What people call an actor; unique in a run. */
  readonly label: (actor: Actor) => string;
}

/** Whose steps come next: by label, name or index in `machine.actors`; `time` and -1 stand for the clock. */
export interface Stretch {
  readonly actor: string | number;
  readonly steps: number;
}

/** The actor with a label, a name or an index; undefined for the clock, and for one that is not there. */
export function actorOf({ machine, label }: Subject, which: string | number): Actor | undefined {
  if (typeof which === 'number') return machine.actors[which];
  return machine.actors.find((actor) => actor.name === which || label(actor) === which);
}

/** Moves the clock to the next deadline; false when nobody waits for one. */
export function passTime(machine: Machine): boolean {
  const time = machine.nextDeadline();
  if (time === null) return false;
  machine.advanceClock(time);
  return true;
}
