/** What is explored: a machine at its start, and names for what happens in it. */

import type { Actor, Machine } from '../kernel-sim/machine/machine.ts';

export interface Subject {
  readonly machine: Machine;
  /** What people call an actor: its program and, where several run it, which one; unique in a run. */
  label(actor: Actor): string;
  /** Whether every call so far returned what its program expects; where nobody keeps that, it is missing. */
  readonly isAsExpected?: () => boolean;
}

/** The call an actor is in, `user` between calls. */
export const callOf = ({ store }: Machine, actor: Actor): string => store.peek(actor.frame)?.call.name ?? 'user';

/** The step an actor takes next, as traces and reports name it. */
export function nextStep({ store }: Machine, actor: Actor): string {
  const frame = store.peek(actor.frame);
  return frame === null ? 'user' : (frame.next?.op.name ?? 'return');
}
