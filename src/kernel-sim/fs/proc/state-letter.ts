/** What a task does, as procfs shows it; fs/proc/array.c:get_task_state. For use inside operations. */

import type { Transaction } from '../../machine/store.ts';
import type { RunState, Task } from '../../task/task.ts';

const states: Readonly<Record<RunState, readonly [letter: string, word: string]>> = {
  running: ['R', 'running'],
  interruptible: ['S', 'sleeping'],
  uninterruptible: ['D', 'disk sleep'],
  stopped: ['T', 'stopped'],
  zombie: ['Z', 'zombie'],
  dead: ['X', 'dead'],
};

export const stateLetter = (tx: Transaction, task: Task): string => states[tx.read(task.state)][0];

/** `S (sleeping)` */
export const stateText = (tx: Transaction, task: Task): string => {
  const [letter, word] = states[tx.read(task.state)];
  return `${letter} (${word})`;
};
