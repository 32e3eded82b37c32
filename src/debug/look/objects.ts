/** All kernel objects of a run, for questions that no room keeps a list for: who holds a lock, who keeps memory from being freed. */

import { type KernelObject, Table } from '../../kernel-sim/machine/layout.ts';
import type { Debuggee } from '../debuggee.ts';

/** Every object that was ever made and has a field of this name, with the field's cell; those gone look as if new. */
export function* objectsWith({ k }: Debuggee, field: string): Generator<{ object: KernelObject; cell: number }, void> {
  const { store } = k.machine;
  for (let cell = 0; cell < store.size; cell++) {
    const object = store.cellOwner(cell);
    if (object === undefined || object.base !== cell) continue;
    const place = (object as unknown as Record<string, unknown>)[field];
    if (typeof place === 'number' && object.layout.fields.includes(field)) yield { object, cell: place };
    if (place instanceof Table) yield { object, cell };
  }
}

/** The numbers that a table of an object was ever asked for, in the order in which they were. */
export function keysOf({ k }: Debuggee, owner: KernelObject, field: string): number[] {
  const { store } = k.machine;
  const name = `${owner.name}.${field}[`;
  const keys: number[] = [];
  for (let cell = owner.base + 1; cell < store.size; cell++) {
    if (store.cellOwner(cell) !== owner) continue;
    const full = store.cellName(cell);
    if (full.startsWith(name)) keys.push(Number(full.slice(name.length, -1)));
  }
  return keys;
}
