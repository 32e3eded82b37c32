/** /proc/<pid>/comm: the name of a task, which its own process may change; fs/proc/base.c:comm_write, proc(5). Since 2.6.33. */

import { operation } from '../../machine/effect.ts';
import type { Transaction } from '../../machine/store.ts';
import { fail, ok, type Result } from '../../result.ts';
import type { Task } from '../../task/task.ts';
import type { File, Put, Source } from '../file.ts';
import { GONE, taskOfFile } from './node.ts';
import { sequence, single } from './sequence.ts';

/** TASK_COMM_LEN without the NUL. */
const LONGEST = 15;

const rename = operation(
  'proc.rename',
  (tx: Transaction, writer: Task, file: File, from: Source, position: number): Result<Put> => {
    if (from.bytes === null) return fail('EFAULT');
    const task = taskOfFile(tx, file);
    if (task === null) return GONE;
    if (tx.read(task.process) !== tx.read(writer.process)) return fail('EINVAL');
    tx.write(task.comm, from.bytes.slice(0, LONGEST).split('\0', 1)[0]!);
    return ok({ count: from.count, position: position + from.count });
  },
);

export const commFile = sequence(
  'proc_comm',
  single((tx, _k, task) => `${tx.read(task.comm)}\n`),
  { write: (_k, writer, file, from, position) => rename(writer, file, from, position) },
);
