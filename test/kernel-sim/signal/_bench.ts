import type { InitOptions } from '../../../src/kernel-sim/boot.ts';
import type { Handle } from '../../../src/kernel-sim/machine/layout.ts';
import { groupMembers } from '../../../src/kernel-sim/pid/pid.ts';
import type { Alternative, Base } from '../../../src/kernel-sim/profile.ts';
import { signalsOf } from '../../../src/kernel-sim/signal/signal-set.ts';
import { statusMasks } from '../../../src/kernel-sim/signal/status.ts';
import type { Task } from '../../../src/kernel-sim/task/task.ts';
import { type Datum, OUT } from '../../../src/syscalls/datum.ts';
import { type Lab, lab } from '../helpers/lab.ts';

export const bases: readonly Base[] = ['2.6.26', '6.x'];

const THREAD_FLAGS = 0x100 | 0x800 | 0x10000;

/** A process 2 below init, and what tests of signals ask of it again and again. */
export interface Bench extends Lab {
  readonly child: Task;
  /** Adds a thread to a process. */
  readonly thread: (of: Task) => Task;
  /** Blocks signals. */
  readonly block: (task: Task, ...signals: number[]) => void;
  /** Sets an action. */
  readonly act: (task: Task, signo: number, handler: Datum, flags?: number, mask?: number[]) => void;
  /** The private and the shared pending signals. */
  readonly pending: (task: Task) => { own: readonly number[]; shared: readonly number[] };
  readonly blocked: (task: Task) => readonly number[];
  /** Takes the next pending signal of a set without waiting. */
  readonly take: (task: Task, ...signals: number[]) => Datum | undefined;
  readonly state: (task: Task) => string;
  readonly peek: <F, K extends keyof Handle<F>>(object: Handle<F>, field: K) => unknown;
  readonly isGone: (task: Task) => boolean;
  /** Makes a process the leader of a group of its own. */
  readonly lead: (task: Task) => void;
}

export function bench(
  base: Base,
  fixes: string[] = [],
  options: InitOptions = {},
  alternatives: readonly Alternative[] = [],
): Bench {
  const bed = lab(base, fixes, options, alternatives);
  const { store } = bed.k.machine;
  const child = bed.fork(bed.init);
  return {
    ...bed,
    child,
    thread: (of) => {
      const made = bed.call(of, 'clone', THREAD_FLAGS, null);
      if (!made.ok) throw new Error(made.errno);
      return bed.task(Number(made.value.value));
    },
    block: (task, ...signals) => void bed.call(task, 'rt_sigprocmask', 0, signals, null, 8),
    act: (task, signo, handler, flags = 0, mask = []) =>
      void bed.call(task, 'rt_sigaction', signo, { sa_handler: handler, sa_mask: mask, sa_flags: flags }, null, 8),
    pending: (task) => {
      const { SigPnd, ShdPnd } = statusMasks(store, task);
      return { own: signalsOf(SigPnd), shared: signalsOf(ShdPnd) };
    },
    blocked: (task) => signalsOf(statusMasks(store, task).SigBlk),
    take: (task, ...signals) => {
      const taken = bed.call(task, 'rt_sigtimedwait', signals, OUT, { tv_sec: 0, tv_nsec: 0 }, 8);
      return taken.ok ? taken.value.out?.info : undefined;
    },
    state: (task) => store.peek(task.state),
    peek: (object, field) => store.peek(object[field] as never),
    lead: (task) => {
      const process = store.peek(task.process)!;
      groupMembers.remove(store, store.peek(process.group)!, task);
      store.write(process.group, store.peek(task.pid));
      groupMembers.append(store, store.peek(task.pid)!, task);
    },
    isGone: (task) => !bed.k.machine.isAlive(task),
  };
}

/** Number of the program that a handler stands for in these tests. */
export const handler = (program: string): Datum => ({ program });

/** An address of a handler that is over at once. */
export const ADDRESS = 0x400000;
