/** The bench of tests about processes: threads, ends and who is left. */

import { CLONE_SIGHAND, CLONE_THREAD, CLONE_VM } from '../../../src/kernel-sim/abi/clone.ts';
import { WNOHANG } from '../../../src/kernel-sim/abi/wait.ts';
import type { InitOptions } from '../../../src/kernel-sim/boot.ts';
import { Frame } from '../../../src/kernel-sim/machine/frame.ts';
import type { Cell } from '../../../src/kernel-sim/machine/layout.ts';
import { findPid } from '../../../src/kernel-sim/pid/pid.ts';
import type { Base } from '../../../src/kernel-sim/profile.ts';
import { set } from '../../../src/kernel-sim/task/next-syscall-data.ts';
import type { Task } from '../../../src/kernel-sim/task/task.ts';
import { type Datum, OUT } from '../../../src/syscalls/datum.ts';
import { type Lab, lab } from './lab.ts';

export const bases: readonly Base[] = ['2.6.26', '6.x'];

const THREAD = CLONE_VM | CLONE_SIGHAND | CLONE_THREAD;

export interface Family extends Lab {
  /** Process 2, a child of init. */
  readonly child: Task;
  readonly thread: (of: Task) => Task;
  /** Begins a call that does not come back: exit, or one that is killed in it. */
  readonly leave: (task: Task, name: string, ...args: Datum[]) => void;
  /** What a wait4 without blocking gives: `pid status`, 0 or an errno. */
  readonly reap: (task: Task, pid?: number, options?: number) => string;
  readonly read: <T>(cell: Cell<T>) => T;
  readonly state: (task: Task) => string;
  /** The number of a task's parent. */
  readonly parent: (task: Task) => number;
  /** Whether a number is taken. */
  readonly isTaken: (pid: number) => boolean;
  readonly isFindable: (pid: number) => boolean;
  /** Arms a value as a write to the task's file does. */
  readonly arm: (task: Task, value: number) => void;
  /** The value armed, null for none. */
  readonly armed: (task: Task) => number | null;
}

export function family(base: Base, fixes: string[] = [], options: InitOptions = {}): Family {
  const bed = lab(base, fixes, options);
  const { k } = bed;
  const { store } = k.machine;
  const { init, call, begin } = bed;
  return {
    ...bed,
    child: bed.fork(init),
    thread: (of) => {
      const made = call(of, 'clone', THREAD, null);
      if (!made.ok) throw new Error(made.errno);
      return bed.task(Number(made.value.value));
    },
    leave: (task, name, ...args) => {
      if (begin(task, name, ...args).result() !== undefined) throw new Error(`${name} came back`);
    },
    reap: (task, pid = -1, wait = 0) => {
      const reaped = call(task, 'wait4', pid, OUT, wait | WNOHANG, null);
      if (!reaped.ok) return reaped.errno;
      const status = reaped.value.out?.wstatus as readonly number[] | undefined;
      return status === undefined ? String(reaped.value.value) : `${reaped.value.value} ${status[0]}`;
    },
    read: (cell) => store.peek(cell),
    state: (task) => store.peek(task.state),
    parent: (task) => {
      const made = call(task, 'getppid');
      return made.ok ? Number(made.value.value) : -1;
    },
    isTaken: (pid) => store.peek(k.initPidNs.map.at(pid)),
    isFindable: (pid) => findPid(store, k.initPidNs, pid) !== null,
    arm: (task, value) => {
      store.write(
        task.frame,
        Frame.begin({ name: 'arm', args: [], start: () => set(k, task, `LONG1 ${value}`, null) }),
      );
      bed.settle();
    },
    armed: (task) => {
      const nsd = store.peek(task.nsd);
      return nsd === null || store.peek(nsd.ndata) === 0 ? null : Number(store.peek(nsd.data));
    },
  };
}
