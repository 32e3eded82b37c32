/** Locks as they are: objects with an `owner` that is the actor who holds them, whatever kind of object it is. */

import type { KernelObject } from '../../kernel-sim/machine/layout.ts';
import type { Actor, Machine } from '../../kernel-sim/machine/machine.ts';

/** Whether a cell says who holds the lock that an object is. */
const isLock = (object: (KernelObject & { owner?: number }) | undefined, cell: number): boolean =>
  object?.owner === cell;

/** The actor who holds the lock that a cell tells the owner of; null when nobody does, and for any other cell. */
export function holderOf({ store, actors }: Machine, cell: number): Actor | null {
  if (!isLock(store.cellOwner(cell), cell)) return null;
  const holder = store.peek(cell as never) as KernelObject | null;
  if (holder === null) return null;
  return actors.find((actor) => actor === holder) ?? null;
}

/** The names of the locks that are held, by holder: one look at everything there is. */
export function locksByHolder(machine: Machine): ReadonlyMap<Actor, readonly string[]> {
  const held = new Map<Actor, string[]>();
  for (const object of machine.store.objects()) {
    const { owner } = object as KernelObject & { owner?: unknown };
    const holder = typeof owner === 'number' ? holderOf(machine, owner) : null;
    if (holder === null) continue;
    const names = held.get(holder);
    if (names === undefined) held.set(holder, [object.name]);
    else names.push(object.name);
  }
  return held;
}

/** The locks that an actor holds, by name. */
export const locksHeld = (machine: Machine, actor: Actor): readonly string[] => locksByHolder(machine).get(actor) ?? [];
