/** Locks and read sections that a call is still in when it returns, or an actor when it is gone. */

import type { KernelObject } from '../../kernel-sim/machine/layout.ts';
import type { Machine } from '../../kernel-sim/machine/machine.ts';
import { Mutex } from '../../kernel-sim/machine/mutex.ts';
import { Rcu } from '../../kernel-sim/machine/rcu.ts';

/** The mutexes and RCU domains that a holder has taken and not given back. */
export function heldBy({ store }: Machine, holder: KernelObject): KernelObject[] {
  return [...store.objects()].filter((object) => {
    if (object.layout === Mutex) return store.peek((object as Mutex).owner) === holder;
    return object.layout === Rcu && store.peek((object as Rcu).inside).includes(holder);
  });
}
