/** Open directories, of whatever file system; fs/readdir.c, getdents(2). */

import { S_IFDIR } from '../abi/mode.ts';
import type { Kernel } from '../kernel.ts';
import { operation, type Steps } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { fail, ok, type Result } from '../result.ts';
import type { Task } from '../task/task.ts';
import { type File, fileOperations } from './file.ts';
import { attributesOf, type Entry, type Node, operationsOf, parentOf } from './node.ts';

export const directoryFile = fileOperations('directory', {
  seeking: 'moves',
  *read() {
    return fail('EISDIR'); // that is what getdents is for
  },
});

/** A listed entry, and how many bytes its record takes: the names' lengths decide how many fit into a buffer. */
export interface Listed extends Entry {
  readonly recordLength: number;
  /** The position behind the entry. */
  readonly after: number;
}

/** struct linux_dirent64 up to the name, the NUL, and padding to 8 bytes. */
const recordLength = (name: string): number => Math.ceil((19 + name.length + 1) / 8) * 8;

function selfAndParent(tx: Transaction, k: Kernel, node: Node): readonly Entry[] {
  const above = parentOf(tx, node) ?? node;
  return [
    { name: '.', number: attributesOf(tx, k, node)?.number ?? 0, type: S_IFDIR, cookie: 0 },
    { name: '..', number: attributesOf(tx, k, above)?.number ?? 0, type: S_IFDIR, cookie: 1 },
  ];
}

const list = operation(
  'directory.list',
  (tx: Transaction, k: Kernel, task: Task, file: File, size: number): Result<readonly Listed[]> => {
    const node = tx.read(file.node);
    const { list } = node === null ? { list: undefined } : operationsOf(node);
    if (node === null || list === undefined || tx.read(file.operations) !== directoryFile) return fail('ENOTDIR');
    const attributes = attributesOf(tx, k, node);
    if (attributes === null || attributes.links === 0) return fail('ENOENT'); // removed while open
    const position = tx.read(file.position);
    const left = [...selfAndParent(tx, k, node), ...list(tx, k, task, node)].filter(({ cookie }) => cookie >= position);
    const listed: Listed[] = [];
    let room = size;
    for (const entry of left) {
      const length = recordLength(entry.name);
      if (length > room) break;
      room -= length;
      listed.push({ ...entry, recordLength: length, after: entry.cookie + 1 });
    }
    if (listed.length === 0 && left.length > 0) return fail('EINVAL'); // not even one record fits
    if (listed.length > 0) tx.write(file.position, listed.at(-1)!.after);
    return ok(listed);
  },
);

/**
 * The next entries of an open directory, as many as fit into `size` bytes; getdents64(2).
 *
 * @returns ENOTDIR for another kind of file, ENOENT for a removed directory, EINVAL when not one entry fits
 */
export const readDirectory = (k: Kernel, task: Task, file: File, size: number): Steps<Result<readonly Listed[]>> =>
  list(k, task, file, size);
