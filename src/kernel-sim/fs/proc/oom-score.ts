/**
 * /proc/<pid>/oom_score_adj: how readily a process is to be killed when memory is short, which it never is here;
 * fs/proc/base.c:oom_score_adj_write, proc(5). Since 2.6.36. Left out on purpose: that children begin with their parent's value.
 */

import type { Kernel } from '../../kernel.ts';
import { operation } from '../../machine/effect.ts';
import type { Transaction } from '../../machine/store.ts';
import { fail, ok, type Result } from '../../result.ts';
import { capable } from '../../task/cred.ts';
import type { Process, Task } from '../../task/task.ts';
import type { File, Put, Source } from '../file.ts';
import { GONE, taskOf, taskOfFile } from './node.ts';
import { wholeText } from './text.ts';

const MOST = 1000;

const cellOf = (tx: Transaction, k: Kernel, task: Task) => k.fs.oomScores.at((tx.read(task.process) as Process).name);

const write = operation(
  'proc.oom_score_adj',
  (tx: Transaction, k: Kernel, writer: Task, file: File, from: Source): Result<Put> => {
    if (from.bytes === null) return fail('EFAULT');
    const word = from.bytes.trim();
    const score = Number(word);
    if (!/^[+-]?\d+$/.test(word) || score < -MOST || score > MOST) return fail('EINVAL');
    const task = taskOfFile(tx, file);
    if (task === null) return GONE;
    const cell = cellOf(tx, k, task);
    // Whoever is to be spared more than before takes that from the others.
    if (score < tx.read(cell) && !capable(tx.read(writer.cred), 'CAP_SYS_RESOURCE')) return fail('EACCES');
    tx.write(cell, score);
    return ok({ count: from.count, position: 0 });
  },
);

export const oomScoreFile = wholeText(
  'proc_oom_score_adj',
  (tx, k, _reader, node) => {
    const task = taskOf(tx, node);
    return task === null ? GONE : ok(`${tx.read(cellOf(tx, k, task))}\n`);
  },
  { write: (k, writer, file, from) => write(k, writer, file, from) },
);
