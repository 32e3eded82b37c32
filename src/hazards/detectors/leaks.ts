/**
 * Kernel memory that nobody can free any more: objects of the tracked heap that are alive at the end of a run and that neither an
 * object outside the heap nor a call in flight leads to.
 */

import type { KernelObject } from '../../kernel-sim/machine/layout.ts';
import type { Machine } from '../../kernel-sim/machine/machine.ts';
import { POISON } from '../../kernel-sim/machine/store.ts';

/** The heap objects that are alive and out of reach, in the order of their allocation. */
export function leaks({ store, actors }: Machine): KernelObject[] {
  const reached = new Set<KernelObject>();
  const passed = new Set<object>();
  const open: unknown[] = [];
  for (const object of store.objects()) if (!object.layout.heap) open.push(...store.contents(object));
  for (const actor of actors)
    if (store.peek(actor.life) === 'alive') open.push(...(store.peek(actor.frame)?.holds() ?? []));
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value !== 'object' || value === null) continue;
    if (!('layout' in value)) {
      if (isPlain(value) && !passed.has(value)) open.push(...Object.values(value));
      passed.add(value);
      continue;
    }
    const object = value as KernelObject;
    if (!object.layout.heap || reached.has(object)) continue;
    reached.add(object);
    open.push(...store.contents(object));
  }
  return [...store.objects()].filter(
    (object) => object.layout.heap && store.contents(object)[0] !== POISON && !reached.has(object),
  );
}

/** Whether a value is made of other values, and no machinery of the simulator. */
const isPlain = (value: object): boolean => [Object.prototype, Array.prototype].includes(Object.getPrototypeOf(value));
