/** `info mqueue`: POSIX message queues, told by the fields they have; the room that has them is not asked. */

import type { KernelObject } from '../../kernel-sim/machine/layout.ts';
import type { Debuggee } from '../debuggee.ts';
import { fieldsOf } from '../expression/evaluate.ts';
import { listing } from './columns.ts';
import { valueText } from './value.ts';

const ATTRIBUTES =
  /^(?:label|max_?msg|max_?messages|msg_?size|max_?size|cur_?msgs|count|qsize|messages|notification)$/i;

/** The queues that are there, one to a line. */
export function queuesText(debuggee: Debuggee): string {
  const { store } = debuggee.k.machine;
  const rows: string[][] = [];
  for (let cell = 0; cell < store.size; cell++) {
    const object = store.cellOwner(cell);
    if (object === undefined || object.base !== cell || !object.layout.kind.startsWith('mqueue')) continue;
    rows.push([`${object.layout.kind}#${object.ordinal}`, attributes(debuggee, object)]);
  }
  return listing(['queue', ''], rows, 'There are no POSIX message queues.');
}

function attributes(debuggee: Debuggee, object: KernelObject): string {
  return fieldsOf(object)
    .filter((field) => ATTRIBUTES.test(field))
    .map((field) => {
      const held = (object as unknown as Record<string, unknown>)[field];
      return `${field}=${valueText(debuggee, typeof held === 'number' ? debuggee.view.read(held as never) : held)}`;
    })
    .join(' ');
}
