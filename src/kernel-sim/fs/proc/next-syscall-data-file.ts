/**
 * /proc/<pid>/task/<tid>/next_syscall_data: arms a task and shows what is armed; fs/proc/base.c of the posted series,
 * SEMANTICS A1, A4 and A5. What the texts mean and when the value goes is task/next-syscall-data.ts's.
 *
 * The file belongs to the struct pid it was opened on; only the very task may write, anybody may read. Reads print into a page that
 * is not cleared and cut the text to the reader's buffer, so a short read gets bytes nobody wrote (N3).
 * Notes: `leak` {bytes, task} when a read gives out such bytes; `nsd.refused` {task, why} when a write is refused before its text is
 * looked at (other-task, former-self, position), or taken though it should not be (deputy, cut).
 */

import type { ErrnoName } from '../../abi/errno.ts';
import { PAGE_SIZE } from '../../abi/limits.ts';
import type { Kernel } from '../../kernel.ts';
import { operation, type Steps, scoped } from '../../machine/effect.ts';
import type { Transaction } from '../../machine/store.ts';
import { done, fail, ok, type Result } from '../../result.ts';
import { printArmed, STRAY_BYTE, slice } from '../../task/armed-text.ts';
import { type Credentials, capable } from '../../task/cred.ts';
import { inspect, set } from '../../task/next-syscall-data.ts';
import type { Task } from '../../task/task.ts';
import { type Destination, type File, fileOperations, type Put, type Source, type Taken } from '../file.ts';
import type { Node } from '../node.ts';
import { procFile, taskOfFile } from './node.ts';

/** Who opened the file, which a write compares when N17 is repaired. */
interface Opener {
  readonly task: Task;
  readonly cred: Credentials;
  /** How often the opener had called execve. */
  readonly execs: number;
}

const rememberOpener = operation('nsd.open', (tx: Transaction, task: Task, file: File): void =>
  tx.write(file.data, { task, cred: tx.read(task.cred), execs: tx.read(task.execs) } satisfies Opener),
);

/** What stands against a write, and the intent of the program that makes it. */
const admit = operation(
  'nsd.admit',
  (
    tx: Transaction,
    k: Kernel,
    task: Task,
    file: File,
    from: Source,
    position: number,
  ): { errno: ErrnoName | null; intent: string | null } => {
    const refuse = (errno: ErrnoName) => ({ errno, intent: null });
    const opener = tx.read(file.data) as Opener;
    // Not even root may arm another task: nobody but the task knows when its next call comes.
    if (taskOfFile(tx, file) !== task) {
      tx.note({ type: 'nsd.refused', task, why: opener.task === task ? 'former-self' : 'other-task' });
      return refuse('EPERM');
    }
    const cred = tx.read(task.cred);
    if (k.fixed('N16') && !capable(cred, 'CAP_SYS_ADMIN')) return refuse('EPERM');
    // A descriptor that came across an exec, or from somebody else, is not this program's will.
    const foreign = opener.execs !== tx.read(task.execs) || opener.cred.euid !== cred.euid;
    if (k.fixed('N17') && foreign) return refuse('EPERM');
    if (opener.execs !== tx.read(task.execs) && opener.cred.euid !== cred.euid)
      tx.note({ type: 'nsd.refused', task, why: 'deputy' });
    if (k.fixed('N6') && from.count >= PAGE_SIZE) return refuse('EINVAL');
    if (position !== 0 && !k.fixed('N7')) {
      tx.note({ type: 'nsd.refused', task, why: 'position' });
      return refuse('EINVAL'); // a read before has moved it
    }
    if (from.count >= PAGE_SIZE) tx.note({ type: 'nsd.refused', task, why: 'cut' });
    return { errno: from.bytes === null ? 'EFAULT' : null, intent: k.userland.intentOf(tx, task) };
  },
);

function* write(k: Kernel, task: Task, file: File, from: Source, position: number): Steps<Result<Put>> {
  const { errno, intent } = yield* admit(k, task, file, from, position);
  if (errno !== null) return fail(errno);
  const count = Math.min(from.count, PAGE_SIZE - 1); // what is longer is cut without a word (N6)
  const text = from.bytes!.slice(0, count);
  const armed = yield* scoped(set(k, task, text, intent));
  return armed.ok ? ok({ count, position }) : armed; // a write never moves the position
}

const subjectOf = operation('nsd.subject', (tx: Transaction, file: File): Task | null => taskOfFile(tx, file));

const give = operation(
  'nsd.copy_out',
  (tx: Transaction, task: Task, bytes: string, good: boolean, position: number): Result<Taken> => {
    if (bytes !== '' && !good) return fail('EFAULT');
    const stray = bytes.split(STRAY_BYTE).length - 1;
    if (stray > 0) tx.note({ type: 'leak', task, bytes: stray });
    return ok({ bytes, position: position + bytes.length });
  },
);

function* read(k: Kernel, reader: Task, file: File, into: Destination, position: number): Steps<Result<Taken>> {
  const task = yield* subjectOf(file);
  if (task === null) return fail('ESRCH');
  const armed = yield* scoped(inspect(k, task));
  const page = printArmed(armed, k.fixed('N3') ? PAGE_SIZE - 1 : Math.min(into.count, PAGE_SIZE - 1));
  if (page === 'ENOMEM') return fail('ENOMEM'); // the value does not fit into the reader's buffer
  return yield* give(reader, slice(page, position, into.count), into.good, position);
}

const controlFile = fileOperations('next_syscall_data', {
  seeking: 'moves',
  *open(_k, task, file) {
    yield* rememberOpener(task, file);
    return done;
  },
  read: (k, task, file, into, position) => read(k, task, file, into, position),
  write: (k, task, file, from, position) => write(k, task, file, from, position),
});

/** Mode 0644, or 0600 with N20 repaired. */
export const nextSyscallDataNode = procFile('next_syscall_data', (k) => (k.fixed('N20') ? 0o600 : 0o644), controlFile);

/** Whether a path has led to a control file. */
export const isControlFile = (node: Node): boolean => 'operations' in node && node.operations === nextSyscallDataNode;
