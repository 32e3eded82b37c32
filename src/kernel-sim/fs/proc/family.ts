/** /proc/<pid>/task/<tid>/children: the children of a thread, oldest first; fs/proc/array.c:children_seq_show, proc(5). Since 3.5. */

import { ok } from '../../result.ts';
import { children } from '../../task/task.ts';
import { GONE, taskOf } from './node.ts';
import { taskNumber } from './numbers.ts';
import { sequence } from './sequence.ts';

export const childrenFile = sequence('proc_children', (tx, _k, _reader, node, from) => {
  const task = taskOf(tx, node);
  if (task === null) return GONE;
  const numbers = [...children.members(tx, task)].map((child) => taskNumber(tx, child, node.ns));
  return ok(
    numbers
      .filter((number) => number !== 0)
      .slice(from)
      .map((number) => `${number} `),
  );
});
