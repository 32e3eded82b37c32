/**
 * /proc/<pid>/maps: what a process has mapped; fs/proc/task_mmu.c:show_map, proc(5).
 *
 * Here that is shared memory and nothing else, since programs have no memory of their own. As in the real file a segment goes by the
 * name /SYSV<key>, which is the key it was made with as long as it has one, and has its id for an inode number.
 */

import type { Attachment } from '../../ipc/address-space.ts';
import { operation } from '../../machine/effect.ts';
import type { Transaction } from '../../machine/store.ts';
import { done, fail, ok, type Result } from '../../result.ts';
import type { Task } from '../../task/task.ts';
import type { File } from '../file.ts';
import { mayInspect } from './access.ts';
import { GONE, taskOf, taskOfFile } from './node.ts';
import { sequence } from './sequence.ts';

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');

/** Where the name begins. */
const NAME_COLUMN = 73;

function line(tx: Transaction, { address, length, segment, readOnly }: Attachment): string {
  const range = `${hex(address, 8)}-${hex(address + length, 8)}`;
  const place = `${range} r${readOnly ? '-' : 'w'}-s 00000000 00:01 ${tx.read(segment.id)}`;
  return `${place.padEnd(NAME_COLUMN)}/SYSV${hex(tx.read(segment.key) >>> 0, 8)} (deleted)\n`;
}

/** 6.x asks at once, 2.6.26 shows nothing to those who may not look. */
const admit = operation('maps.open', (tx: Transaction, viewer: Task, file: File): Result<undefined> => {
  const task = taskOfFile(tx, file);
  if (task === null) return GONE;
  return mayInspect(tx, viewer, task) ? done : fail('EACCES');
});

export const mapsFile = sequence(
  'proc_maps',
  (tx, _k, reader, node, from) => {
    const task = taskOf(tx, node);
    if (task === null) return GONE;
    const mm = tx.read(task.mm);
    if (mm === null || !mayInspect(tx, reader, task)) return ok([]);
    return ok(
      tx
        .read(mm.attachments)
        .slice(from)
        .map((attachment) => line(tx, attachment)),
    );
  },
  {
    *open(k, viewer, file) {
      return k.is26 ? done : yield* admit(viewer, file);
    },
  },
);
