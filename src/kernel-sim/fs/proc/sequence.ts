/**
 * Files whose text is made of records when they are read; fs/seq_file.c, SEMANTICS C13.
 *
 * A read gives what is left of the records shown last, then whole new ones as long as there is room, at least one; the rest of one
 * that did not fit waits for the next read. So a file of one record is a snapshot from its first read on, while one of many
 * records may change between reads.
 */

import { PAGE_SIZE } from '../../abi/limits.ts';
import { SEEK_CUR, SEEK_SET } from '../../abi/open.ts';
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
import { GONE, nodeOfFile, type ProcNode, taskOf } from './node.ts';

/** The records from number `from` on as they are now; a failure when they cannot be shown. For operations. */
export type Records = (
  tx: Transaction,
  k: Kernel,
  reader: Task,
  node: ProcNode,
  from: number,
) => Result<Iterable<string>>;

/** How far a reader has come. */
export interface Cursor {
  /** The record that is shown next. */
  readonly index: number;
  /** What is left of those before. */
  readonly rest: string;
  /** The position that this belongs to. */
  readonly at: number;
}

const START: Cursor = { index: 0, rest: '', at: 0 };

/** Goes to a position that no read has led to: shows everything again up to there. */
function traverse(records: Result<Iterable<string>>, position: number): Result<Cursor> {
  if (!records.ok) return records;
  let index = 0;
  let at = 0;
  for (const record of records.value) {
    if (at + record.length > position) return ok({ index: index + 1, rest: record.slice(position - at), at: position });
    at += record.length;
    index++;
    if (at === position) break;
  }
  return ok({ index, rest: '', at: position });
}

/** Whole records that fit behind what is there already: the first in any case, others while `count` is not reached. */
function fill(records: Iterable<string>, count: number): { text: string; shown: number } {
  let text = '';
  let shown = 0;
  for (const record of records) {
    if (shown > 0 && (text.length >= count || text.length + record.length >= PAGE_SIZE)) break;
    text += record;
    shown++;
  }
  return { text, shown };
}

/**
 * Reads on from a cursor.
 *
 * @param records those from a number on as they are now
 */
export function advance(
  before: Cursor | null,
  into: Destination,
  position: number,
  records: (from: number) => Result<Iterable<string>>,
): Result<{ taken: Taken; cursor: Cursor }> {
  let cursor = before ?? START;
  if (cursor.at !== position) {
    const moved = position === 0 ? ok(START) : traverse(records(0), position);
    if (!moved.ok) return moved;
    cursor = moved.value;
  }
  let text = cursor.rest;
  let { index } = cursor;
  if (text.length < into.count) {
    const more = records(index);
    if (!more.ok && text === '') return more;
    const filled = more.ok ? fill(more.value, into.count - text.length) : { text: '', shown: 0 };
    text += filled.text;
    index += filled.shown;
  }
  const bytes = text.slice(0, into.count);
  if (bytes !== '' && !into.good) return fail('EFAULT');
  const at = position + bytes.length;
  return ok({ taken: { bytes, position: at }, cursor: { index, rest: text.slice(bytes.length), at } });
}

const read = operation(
  'seq.read',
  (
    tx: Transaction,
    k: Kernel,
    reader: Task,
    file: File,
    into: Destination,
    position: number,
    records: Records,
  ): Result<Taken> => {
    const cursor = tx.read(file.data) as Cursor | null;
    const step = advance(cursor, into, position, (from) => records(tx, k, reader, nodeOfFile(tx, file), from));
    if (!step.ok) return step;
    tx.write(file.data, step.value.cursor);
    return ok(step.value.taken);
  },
);

/** Declares what an open file of records does; `others` are functions beside reading. */
export function sequence(name: string, records: Records, others: Partial<FileFunctions> = {}): FileOperations {
  return fileOperations(name, {
    seeking: 'moves',
    whences: [SEEK_SET, SEEK_CUR],
    positioned: (k) => !k.is26, // 2.6.26 lets sequences be read from where they are only
    read: (k, task, file, into, position) => read(k, task, file, into, position, records),
    ...others,
  });
}

/** One text about a process or thread: ESRCH when it is gone. For operations. */
export type TaskText = (tx: Transaction, k: Kernel, task: Task, node: ProcNode, reader: Task) => string;

/** Records of a file that has only one. */
export const single =
  (text: TaskText): Records =>
  (tx, k, reader, node, from) => {
    if (from > 0) return ok([]);
    const task = taskOf(tx, node);
    return task === null ? GONE : ok([text(tx, k, task, node, reader)]);
  };
