/**
 * Files below /proc/sys: rows of numbers, or a text; kernel/sysctl.c:proc_dointvec, proc_dostring.
 *
 * A short read gives the beginning, and the next one nothing. A write is read as C numbers between blanks, as many as the row has;
 * 2.6.26 keeps what came before a word it does not understand, 6.x says EINVAL after keeping it.
 */

import { R_OK, W_OK } from '../../abi/open.ts';
import type { Kernel } from '../../kernel.ts';
import { operation } from '../../machine/effect.ts';
import type { Transaction } from '../../machine/store.ts';
import { fail, ok, type Result } from '../../result.ts';
import { strtol0 } from '../../task/armed-text.ts';
import type { Task } from '../../task/task.ts';
import {
  type Destination,
  type File,
  type FileOperations,
  fileOperations,
  type Put,
  type Source,
  type Taken,
} from '../file.ts';
import type { NodeOperations } from '../node.ts';
import { procFile } from './node.ts';

/** One value below /proc/sys. All functions are for operations. */
export interface Sysctl {
  /** 0644 by default. */
  readonly mode?: number;
  /** The mode that a viewer finds, where that depends on who it is. */
  readonly modeFor?: (tx: Transaction, k: Kernel, viewer: Task) => number;
  readonly read: (tx: Transaction, k: Kernel, reader: Task) => readonly (number | bigint)[] | string;
  /** Takes new values for the beginning of the row: EINVAL out of range, EPERM. A file without it cannot be written: EPERM. */
  readonly write?: (tx: Transaction, k: Kernel, writer: Task, values: readonly bigint[]) => Result<undefined>;
}

const isSpace = (character: string | undefined): boolean => character !== undefined && /[ \t\n\v\f\r]/.test(character);

/** Numbers at the beginning of a text: at most `most`, how many characters they took, and whether a bad word ended them. */
function parseRow(text: string, most: number): { values: readonly bigint[]; length: number; bad: boolean } {
  const values: bigint[] = [];
  let at = 0;
  const skipSpaces = (): void => {
    while (isSpace(text[at])) at++;
  };
  for (skipSpaces(); at < text.length && values.length < most; skipSpaces()) {
    const { value, length } = strtol0(text.slice(at));
    const after = text[at + length];
    if (length === 0 || (after !== undefined && after !== '\0' && !isSpace(after))) {
      return { values, length: at, bad: true };
    }
    values.push(text[at] === '-' ? value : BigInt.asUintN(64, value)); // a limit may use all 64 bits
    at += length;
    if (after === '\0') break;
  }
  return { values, length: at, bad: false };
}

const read = operation(
  'sysctl.read',
  (tx: Transaction, k: Kernel, task: Task, value: Sysctl, into: Destination, position: number): Result<Taken> => {
    if (position !== 0) return ok({ bytes: '', position });
    const row = value.read(tx, k, task);
    const text = typeof row === 'string' ? row : row.join('\t');
    const bytes = `${text}\n`.slice(0, into.count);
    return bytes !== '' && !into.good ? fail('EFAULT') : ok({ bytes, position: bytes.length });
  },
);

const write = operation(
  'sysctl.write',
  (tx: Transaction, k: Kernel, task: Task, value: Sysctl, from: Source, position: number): Result<Put> => {
    if (from.count === 0) return ok({ count: 0, position });
    if (value.write === undefined) return fail('EPERM');
    if (from.bytes === null) return fail('EFAULT');
    // Only a write from the start means anything to 6.x; it takes others and does nothing.
    if (!k.is26 && position !== 0) return ok({ count: from.count, position: position + from.count });
    const row = value.read(tx, k, task);
    const { values, length, bad } = parseRow(from.bytes, row.length);
    if (values.length === 0) return fail('EINVAL');
    const written = value.write(tx, k, task, values);
    if (!written.ok) return written;
    return bad && !k.is26 ? fail('EINVAL') : ok({ count: length, position: position + length });
  },
);

const operationsOf = (name: string, value: Sysctl): FileOperations =>
  fileOperations(`sysctl:${name}`, {
    seeking: 'moves',
    read: (k, task, _file: File, into, position) => read(k, task, value, into, position),
    write: (k, task, _file: File, from, position) => write(k, task, value, from, position),
  });

const inRootGroup = (egid: number, groups: readonly number[]): boolean => egid === 0 || groups.includes(0);

/** The file of a value: root's bits go by effective user id, and capabilities do not matter; kernel/sysctl.c:test_perm. */
export function sysctlFile(name: string, value: Sysctl): NodeOperations {
  const mode = value.mode ?? 0o644;
  return procFile(`proc_sysctl:${name}`, mode, operationsOf(name, value), {
    permission(tx, k, viewer, _node, mask) {
      const { euid, egid, groups } = tx.read(viewer.cred);
      const found = value.modeFor?.(tx, k, viewer) ?? mode;
      const bits = euid === 0 ? found >> 6 : inRootGroup(egid, groups) ? found >> 3 : found;
      return (bits & mask & (R_OK | W_OK)) === (mask & (R_OK | W_OK));
    },
  });
}
