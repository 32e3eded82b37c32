/**
 * /proc/<pid>/ns: which namespaces a task is in; fs/proc/namespaces.c, namespaces(7). Since 3.0.
 * Two tasks are in the same one when their links read the same. The links cannot be opened: there is no setns here to give them to.
 */

import { hashLo } from '../../machine/hash.ts';
import type { KernelObject } from '../../machine/layout.ts';
import type { Transaction } from '../../machine/store.ts';
import { fail, ok } from '../../result.ts';
import type { Task } from '../../task/task.ts';
import { mayInspect } from './access.ts';
import { procDirectory, procLink, taskOf } from './node.ts';

/** The numbers that initial namespaces have in the real kernel, and others come behind. */
const FIRST = 0xf000_0000;

const linkTo = (kind: string, of: (tx: Transaction, task: Task) => KernelObject | null) =>
  procLink(`proc_ns_${kind}`, () => fail('ENXIO'), {
    text(tx, _k, viewer, node) {
      const task = taskOf(tx, node);
      const namespace = task === null ? null : of(tx, task);
      if (task === null || namespace === null) return fail('ENOENT');
      if (!mayInspect(tx, viewer, task)) return fail('EACCES');
      return ok(`${kind}:[${FIRST + (hashLo(namespace) & 0xfff_ffff)}]`);
    },
  });

const links = {
  ipc: linkTo('ipc', (tx, task) => tx.read(task.ipcNs)),
  pid: linkTo('pid', (tx, task) => tx.read(task.pidNs)),
};

export const namespaceDirectory = procDirectory('proc_ns', { fixed: () => links, mode: 0o511 });
