/** Watches kernel memory: touched after its end, before its beginning, or shown to user mode. */

import type { Fault } from '../../kernel-sim/machine/note.ts';
import type { Transaction } from '../../kernel-sim/machine/store.ts';
import type { Task } from '../../kernel-sim/task/task.ts';
import { report } from './report.ts';

/**
 * The catalogued hazard that a fault in an object of this kind is, by kind of object and of fault; behind those, by the operation it
 * happens in, where another operation would be another hazard.
 */
const faults: Readonly<Record<string, string>> = {
  'next_syscall_data use-after-free': 'N1',
  'next_syscall_data double-free': 'N1',
  'next_syscall_data uninitialised-read': 'N2',
  'sem_undo use-after-free exit_sem.read_again': 'K2',
  'undo_list assertion': 'S16',
  'sigqueue use-after-free': 'G2',
  'sig_leftover use-after-free': 'G8',
  'sig_leftover double-free': 'G8',
  'sighand out-of-bounds': 'G10',
};

/** Memory was touched that should not have been. A fault that the catalogue does not know is left to the fault report. */
export function onFault(tx: Transaction, fault: Fault, operation: string): void {
  const what = `${fault.object?.layout.kind ?? ''} ${fault.kind}`;
  const id =
    faults[what] ??
    faults[`${what} ${operation}`] ??
    (fault.message === 'bytes of the kernel stack' ? 'I7' : undefined);
  if (id === undefined) return;
  report(tx, id, tx.actor as Task, {
    intended: 'memory that holds what was put there',
    happened: `${fault.access} of ${tx.cellName(fault.cell)}: ${fault.kind}`,
  });
}

/** Bytes that the kernel never wrote reach user mode. */
export function onLeak(tx: Transaction): void {
  report(tx, 'N3', tx.actor as Task, {
    intended: 'the text of the file',
    happened: 'bytes of kernel memory that nobody wrote',
  });
}
