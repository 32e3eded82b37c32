/** Files whose whole text is made anew for each read, which then gets a slice of it; fs/proc/base.c:proc_info_read. */

import type { Kernel } from '../../kernel.ts';
import { operation } from '../../machine/effect.ts';
import type { Transaction } from '../../machine/store.ts';
import { fail, ok, type Result } from '../../result.ts';
import type { Task } from '../../task/task.ts';
import {
  type Destination,
  type File,
  type FileFunctions,
  type FileOperations,
  fileOperations,
  type Taken,
} from '../file.ts';
import { nodeOfFile, type ProcNode } from './node.ts';

/** The text as it is now, or why there is none; for operations. */
export type WholeText = (tx: Transaction, k: Kernel, reader: Task, node: ProcNode) => Result<string>;

const read = operation(
  'proc.read',
  (
    tx: Transaction,
    k: Kernel,
    reader: Task,
    file: File,
    into: Destination,
    position: number,
    text: WholeText,
  ): Result<Taken> => {
    const whole = text(tx, k, reader, nodeOfFile(tx, file));
    if (!whole.ok) return whole;
    const bytes = whole.value.slice(position, position + into.count);
    return bytes !== '' && !into.good ? fail('EFAULT') : ok({ bytes, position: position + bytes.length });
  },
);

/** Declares what an open file of such a text does; `others` are functions beside reading. */
export function wholeText(name: string, text: WholeText, others: Partial<FileFunctions> = {}): FileOperations {
  return fileOperations(name, {
    seeking: 'moves',
    read: (k, task, file, into, position) => read(k, task, file, into, position, text),
    ...others,
  });
}
