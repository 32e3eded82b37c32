/** Who may read and write the signals of whom; task_read_procsig and task_write_procsig, SEMANTICS B6 and G16. */

import type { Kernel } from '../../kernel.ts';
import { operation } from '../../machine/effect.ts';
import type { Transaction } from '../../machine/store.ts';
import { type Credentials, capable } from '../../task/cred.ts';
import type { Task } from '../../task/task.ts';
import { mayInspect } from './access.ts';

/** The hook of plain capabilities: it compares what both may be permitted, and no user ids. */
function hookAllows(viewer: Credentials, target: Credentials): boolean {
  if (capable(viewer, 'CAP_SYS_PTRACE') || viewer.permitted === 'all') return true;
  const { permitted } = viewer;
  return target.permitted !== 'all' && target.permitted.every((capability) => permitted.includes(capability));
}

/** Whether `viewer` may go on with `target`: itself, or whom the hook lets through. */
export const admits = operation('procsig.admit', (tx: Transaction, k: Kernel, viewer: Task, target: Task): boolean => {
  if (viewer === target) return true;
  const full = mayInspect(tx, viewer, target);
  if (k.fixed('G16')) return full;
  const allowed = hookAllows(tx.read(viewer.cred), tx.read(target.cred));
  if (allowed && !full) tx.note({ type: 'procsig.stranger', target });
  return allowed;
});
