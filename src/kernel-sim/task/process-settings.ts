/** What prctl(2) changes of a thread and its process; kernel/sys.c:sys_prctl. */

import { SIGRTMAX } from '../abi/signal.ts';
import type { Kernel } from '../kernel.ts';
import { operation } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { done, fail, type Result } from '../result.ts';
import { children, type Task, threads } from './task.ts';

/** Characters of a thread's name. */
const NAME_LENGTH = 15;

/** The signal to get when the parent thread ends, 0 for none; PR_SET_PDEATHSIG. EINVAL for no signal. */
export const setParentDeathSignal = operation(
  'prctl.set_pdeathsig',
  (tx: Transaction, task: Task, signal: number): Result<undefined> => {
    if (signal < 0 || signal > SIGRTMAX) return fail('EINVAL');
    tx.write(task.parentDeathSignal, signal);
    return done;
  },
);

/** The thread's name, cut to what fits; PR_SET_NAME. */
export const setName = operation('prctl.set_name', (tx: Transaction, task: Task, name: string): void =>
  tx.write(task.comm, name.slice(0, NAME_LENGTH)),
);

/** Whether others may look into the process; PR_SET_DUMPABLE. EINVAL for anything but 0 and 1. */
export const setDumpable = operation(
  'prctl.set_dumpable',
  (tx: Transaction, task: Task, value: number): Result<undefined> => {
    if (value !== 0 && value !== 1) return fail('EINVAL');
    tx.write(tx.read(task.process)!.dumpable, value);
    return done;
  },
);

export const dumpableOf = operation('prctl.get_dumpable', (tx: Transaction, task: Task): number =>
  tx.read(tx.read(task.process)!.dumpable),
);

/** Whether orphans below the process become its children; PR_SET_CHILD_SUBREAPER of 6.x. */
export const setSubreaper = operation(
  'prctl.set_subreaper',
  (tx: Transaction, _k: Kernel, task: Task, on: boolean): void => {
    const process = tx.read(task.process)!;
    tx.write(process.subreaper, on);
    if (on) markDescendants(tx, task);
  },
);

/** Everybody below has to look for a subreaper from now on. */
function markDescendants(tx: Transaction, task: Task): void {
  const pending = [task];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const thread of threads.members(tx, tx.read(next.process)!)) {
      for (const child of children.members(tx, thread)) {
        tx.write(tx.read(child.process)!.belowSubreaper, true);
        pending.push(child);
      }
    }
  }
}

export const isSubreaper = operation('prctl.get_subreaper', (tx: Transaction, task: Task): boolean =>
  tx.read(tx.read(task.process)!.subreaper),
);
