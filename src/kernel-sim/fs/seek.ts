/** Moving the position of an open file; fs/read_write.c:vfs_llseek, lseek(2). */

import { SEEK_CUR, SEEK_DATA, SEEK_END, SEEK_HOLE, SEEK_SET } from '../abi/open.ts';
import type { Kernel } from '../kernel.ts';
import { operation, type Steps, scoped } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { fail, ok, type Result } from '../result.ts';
import type { Task } from '../task/task.ts';
import type { File } from './file.ts';
import { withFile } from './files.ts';

/** Where an offset leads, before it is known to be a good place. */
function target(tx: Transaction, file: File, offset: number, whence: number): Result<number> {
  const size = (): number => tx.read(file.operations).size?.(tx, file) ?? 0;
  switch (whence) {
    case SEEK_SET:
      return ok(offset);
    case SEEK_CUR:
      return ok(tx.read(file.position) + offset);
    case SEEK_END:
      return ok(size() + offset);
    default: {
      // SEEK_DATA and SEEK_HOLE: a file that says nothing of holes is data up to its end, and one hole behind it.
      const { extent } = tx.read(file.operations);
      if (offset >= size() || (offset < 0 && extent !== undefined)) return fail('ENXIO');
      if (offset < 0) return fail('EINVAL');
      const found = extent === undefined ? (whence === SEEK_DATA ? offset : size()) : extent(tx, file, offset, whence);
      return found === null ? fail('ENXIO') : ok(found);
    }
  }
}

const move = operation(
  'file.seek',
  (tx: Transaction, k: Kernel, file: File, offset: number, whence: number): Result<number> => {
    if (whence < SEEK_SET || whence > (k.is26 ? SEEK_END : SEEK_HOLE)) return fail('EINVAL');
    const { seeking, whences } = tx.read(file.operations);
    if (seeking === 'none') return fail('ESPIPE');
    if (seeking === 'stays') {
      tx.write(file.position, 0);
      return ok(0);
    }
    if (whences !== undefined && !whences.includes(whence)) return fail('EINVAL');
    const found = target(tx, file, offset, whence);
    if (!found.ok) return found;
    if (found.value < 0) return fail('EINVAL');
    tx.write(file.position, found.value);
    return found;
  },
  { when: (tx, k, file) => k.is26 || tx.read(file.positionHolder) === null },
);

/** The new position: EBADF, EINVAL for an unknown `whence` or a negative position, ESPIPE, ENXIO behind the last data. */
export const seek = (k: Kernel, task: Task, fd: number, offset: number, whence: number): Steps<Result<number>> =>
  withFile(k, task, fd, ({ file }) => scoped(move(k, file, offset, whence)));
