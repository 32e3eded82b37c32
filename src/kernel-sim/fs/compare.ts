/**
 * Which of the things that tasks share are the same; kernel/kcmp.c, kcmp(2).
 *
 * The call came with 3.5. Here 2.6.26 has it too, as it only answers a question that could be answered there by moving a position and
 * looking at the others: so that a checkpoint can tell shared open files from equal ones.
 */

import { KCMP_FILE, KCMP_FILES, KCMP_FS, KCMP_IO, KCMP_SIGHAND, KCMP_SYSVSEM, KCMP_VM } from '../abi/descriptor.ts';
import type { Kernel } from '../kernel.ts';
import { operation } from '../machine/effect.ts';
import type { KernelObject } from '../machine/layout.ts';
import type { Transaction } from '../machine/store.ts';
import { findTask } from '../pid/pid.ts';
import { fail, ok, type Result } from '../result.ts';
import type { Task } from '../task/task.ts';
import { fileAt } from './files.ts';
import { mayInspect } from './proc/access.ts';

/** A task as kcmp names it, and for KCMP_FILE one of its descriptors. */
export interface Compared {
  readonly pid: number;
  readonly fd: number;
}

function shared(tx: Transaction, task: Task, type: number): KernelObject | null {
  switch (type) {
    case KCMP_VM:
      return tx.read(task.mm);
    case KCMP_FILES:
      return tx.read(task.files);
    case KCMP_FS:
      return tx.read(task.fs);
    case KCMP_SIGHAND:
      return tx.read(task.handlers);
    case KCMP_SYSVSEM:
      return tx.read(task.undo);
    default:
      return null; // KCMP_IO: no task has an I/O context
  }
}

const KINDS: readonly number[] = [KCMP_FILE, KCMP_VM, KCMP_FILES, KCMP_FS, KCMP_SIGHAND, KCMP_IO, KCMP_SYSVSEM];

/** An order of objects that is the same in every run. */
const order = (a: KernelObject | null, b: KernelObject | null): number =>
  a === b ? 0 : (a?.name ?? '') < (b?.name ?? '') ? 1 : 2;

/**
 * Compares what two tasks have of a kind.
 *
 * @returns 0 when it is the same object, else 1 or 2 for its place in an order; ESRCH, EPERM, EBADF, EINVAL for an unknown kind
 */
export const compare = operation(
  'kcmp',
  (tx: Transaction, _k: Kernel, viewer: Task, a: Compared, b: Compared, type: number): Result<number> => {
    const ns = tx.read(viewer.pidNs)!;
    const [first, second] = [findTask(tx, ns, a.pid), findTask(tx, ns, b.pid)];
    if (first === null || second === null) return fail('ESRCH');
    const mayAll = [first, second].every((task) => mayInspect(tx, viewer, task, 'permitted'));
    if (!mayAll) return fail('EPERM');
    if (!KINDS.includes(type)) return fail('EINVAL');
    if (type !== KCMP_FILE) return ok(order(shared(tx, first, type), shared(tx, second, type)));
    const [one, other] = [fileAt(tx, first, a.fd), fileAt(tx, second, b.fd)];
    return one === null || other === null ? fail('EBADF') : ok(order(one, other));
  },
);
