/** Who is left when a run can go no further, and whether that is what their programs ask for. */

import type { Actor, Machine } from '../kernel-sim/machine/machine.ts';

export interface Sleeper {
  readonly label: string;
  readonly call: string;
  /** Its program waits for a signal that may never come, on purpose. */
  readonly idle: boolean;
}

/** Calls in which a program waits with no end in mind. */
const idleCalls = new Set(['pause', 'rt_sigsuspend', 'rt_sigtimedwait']);

/** The actors that are alive and cannot step. */
export function sleepersOf(machine: Machine, labelOf: (actor: Actor) => string): Sleeper[] {
  return machine.actors
    .filter((actor) => machine.isAlive(actor))
    .map((actor) => {
      const call = machine.store.peek(actor.frame)?.call.name ?? 'no call';
      return { label: labelOf(actor), call, idle: idleCalls.has(call) };
    });
}

export const sleeperText = ({ label, call }: Sleeper): string => `${label} waits in ${call}`;
