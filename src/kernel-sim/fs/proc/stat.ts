/**
 * /proc/<pid>/stat: what is known of a task, in one line for programs; fs/proc/array.c:do_task_stat, proc(5).
 * What thaw does not model (memory, CPU times, addresses) is 0.
 */

import { RLIM_INFINITY } from '../../abi/resource.ts';
import type { Kernel } from '../../kernel.ts';
import type { Transaction } from '../../machine/store.ts';

import { statusMasks } from '../../signal/status.ts';
import { type Task, threads } from '../../task/task.ts';
import type { ProcNode } from './node.ts';
import { parentNumber, pidNumber, taskNumber } from './numbers.ts';
import { sequence, single } from './sequence.ts';
import { stateLetter } from './state-letter.ts';

// Flags of a task that can be told from its state: include/linux/sched.h.
const PF_EXITING = 0x4;
const PF_FORKNOEXEC = 0x40;
const PF_RANDOMIZE = 0x40_0000;

function flagsOf(tx: Transaction, task: Task): number {
  const exiting = tx.read(task.exiting) ? PF_EXITING : 0;
  const forked = tx.read(tx.read(task.process)!.didExec) ? 0 : PF_FORKNOEXEC;
  return PF_RANDOMIZE | exiting | forked;
}

/** The signals that fit into what used to be an int; status has all. */
const LOW_SIGNALS = 0x7fff_ffffn;

function stat(tx: Transaction, k: Kernel, task: Task, { ns }: ProcNode): string {
  const process = tx.read(task.process)!;
  const { SigPnd, SigBlk, SigIgn, SigCgt } = statusMasks(tx, task);
  const zeros = (count: number): readonly number[] => Array.from({ length: count }, () => 0);
  const fields = [
    taskNumber(tx, task, ns),
    `(${tx.read(task.comm)})`,
    stateLetter(tx, task),
    parentNumber(tx, task, ns),
    pidNumber(tx, tx.read(process.group), ns),
    pidNumber(tx, tx.read(process.session), ns),
    0, // tty_nr
    -1, // tpgid
    flagsOf(tx, task),
    ...zeros(8), // page faults and times
    20, // priority
    0, // nice
    [...threads.members(tx, process)].length,
    0, // itrealvalue
    0, // starttime
    0, // vsize
    0, // rss
    RLIM_INFINITY,
    ...zeros(5), // addresses, stack and instruction pointers
    ...[SigPnd, SigBlk, SigIgn, SigCgt].map((set) => set & LOW_SIGNALS),
    0, // wchan
    ...zeros(2), // nswap, cnswap
    tx.read(task.exitSignal),
    ...zeros(3), // processor, rt_priority, policy
    ...zeros(3), // delays and guest times
    ...(k.is26 ? [] : [...zeros(7), tx.read(task.exitStatus)]),
  ];
  return `${fields.join(' ')}\n`;
}

export const statFile = sequence('proc_stat', single(stat));
