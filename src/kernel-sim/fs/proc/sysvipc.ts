/**
 * /proc/sysvipc/{msg,sem,shm}: every System V object of an IPC namespace; ipc/util.c:sysvipc_proc_*, SEMANTICS C8-C10 and C13.
 * The namespace is the one that the file was opened in; the table is looked at anew by every read. The text is ipc/sysvipc.ts's.
 */

import { SEEK_CUR, SEEK_SET } from '../../abi/open.ts';
import type { IpcNamespace } from '../../ipc/namespace.ts';
import type { IpcKind } from '../../ipc/object.ts';
import { printSysvipc } from '../../ipc/sysvipc.ts';
import type { Kernel } from '../../kernel.ts';
import { load, operation, type Steps, scoped } from '../../machine/effect.ts';
import type { Transaction } from '../../machine/store.ts';
import type { PidNamespace } from '../../pid/namespace.ts';
import { done, ok, type Result } from '../../result.ts';
import type { Task } from '../../task/task.ts';
import { type Destination, type File, fileOperations, type Taken } from '../file.ts';
import { procDirectory, procFile } from './node.ts';
import { advance, type Cursor } from './sequence.ts';

/** What an open file of these remembers. */
interface View {
  readonly ns: IpcNamespace;
  readonly viewer: PidNamespace;
  readonly cursor: Cursor | null;
}

const open = operation('sysvipc.open', (tx: Transaction, task: Task, file: File): void =>
  tx.write(file.data, { ns: tx.read(task.ipcNs)!, viewer: tx.read(task.pidNs)!, cursor: null } satisfies View),
);

const give = operation(
  'sysvipc.read',
  (tx: Transaction, file: File, into: Destination, position: number, lines: readonly string[]): Result<Taken> => {
    const view = tx.read(file.data) as View;
    const step = advance(view.cursor, into, position, (from) => ok(lines.slice(from)));
    if (!step.ok) return step;
    tx.write(file.data, { ...view, cursor: step.value.cursor } satisfies View);
    return ok(step.value.taken);
  },
);

/** The lines of a text, each with its newline. */
const linesOf = (text: string): readonly string[] => text.match(/[^\n]*\n/g) ?? [];

function* read(k: Kernel, kind: IpcKind, file: File, into: Destination, position: number): Steps<Result<Taken>> {
  const { ns, viewer } = (yield* load(file.data)) as View;
  const text = yield* printSysvipc(k, ns, kind, viewer);
  return yield* give(file, into, position, linesOf(text));
}

const fileOf = (kind: IpcKind) =>
  procFile(
    `proc_sysvipc_${kind}`,
    0o444,
    fileOperations(`sysvipc_${kind}`, {
      seeking: 'moves',
      whences: [SEEK_SET, SEEK_CUR],
      positioned: (k) => !k.is26,
      *open(_k, task, file) {
        yield* open(task, file);
        return done;
      },
      read: (k, _task, file, into, position) => scoped(read(k, kind, file, into, position)),
    }),
  );

const kinds = { msg: fileOf('msg'), sem: fileOf('sem'), shm: fileOf('shm') };

export const sysvipcDirectory = procDirectory('proc_sysvipc', { fixed: () => kinds });
