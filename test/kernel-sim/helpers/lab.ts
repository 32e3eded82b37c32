/**
 * A kernel on the bench: make calls in chosen tasks one after the other and look at what they return.
 * Tasks have no programs; a call runs to its end, or to where it waits.
 */

import { boot, createInit, type InitOptions } from '../../../src/kernel-sim/boot.ts';
import type { Kernel } from '../../../src/kernel-sim/kernel.ts';
import { Frame } from '../../../src/kernel-sim/machine/frame.ts';
import { findTask } from '../../../src/kernel-sim/pid/pid.ts';
import { type Base, profileOf } from '../../../src/kernel-sim/profile.ts';
import type { Result } from '../../../src/kernel-sim/result.ts';
import { Task } from '../../../src/kernel-sim/task/task.ts';
import type { Datum, Return } from '../../../src/syscalls/datum.ts';
import { invoke } from '../../../src/syscalls/invoke.ts';

export interface Lab {
  readonly k: Kernel;
  readonly init: Task;
  /** Makes a call and runs it; throws if it waits. */
  call(task: Task, name: string, ...args: Datum[]): Result<Return>;
  /** The errno of a call that has to fail, or `= value` of one that does not; what errno tables compare. */
  outcome(task: Task, name: string, ...args: Datum[]): string;
  /** Begins a call and runs it as far as it gets; `result()` once it is over, undefined while it waits. */
  begin(task: Task, name: string, ...args: Datum[]): { result(): Result<Return> | undefined };
  /** Runs every call under way until all wait or are over. */
  settle(): void;
  /** Lets virtual time pass until the next deadline and settles. */
  passTime(): void;
  /** Forks `parent` and finds the child. */
  fork(parent: Task): Task;
  task(pid: number): Task;
}

/** Boots a kernel with an init that is uid `cred.uid`. */
export function lab(base: Base = '2.6.26', fixes: string[] = [], options: InitOptions = {}): Lab {
  const results = new Map<Task, Result<Return>>();
  const k = boot({
    profile: profileOf(base, fixes),
    userland: {
      spawn: () => {},
      programExists: (image) => typeof image === 'string' && image.startsWith('/bin/') && image !== '/bin/absent',
      exec: () => {},
      exit: () => {},
      enterHandler: () => {},
    },
  });
  k.machine.setBehaviour(Task, {
    resume: () => {
      throw new Error('a task on the bench has no program');
    },
    complete: (_tx, actor, _call, result) => void results.set(actor as Task, result as Result<Return>),
  });
  const init = createInit(k, options);
  const { machine } = k;
  const busy = (task: Task): boolean => machine.isAlive(task) && machine.store.peek(task.frame) !== null;
  const settle = (): void => {
    for (let progress = true; progress; ) {
      progress = false;
      for (const actor of machine.actors) {
        while (busy(actor as Task) && machine.canStep(actor)) {
          machine.step(actor);
          progress = true;
        }
      }
    }
  };
  const begin: Lab['begin'] = (task, name, ...args) => {
    results.delete(task);
    machine.store.write(task.frame, Frame.begin(invoke(k, task, name, args)));
    settle();
    return { result: () => results.get(task) };
  };
  const call: Lab['call'] = (task, name, ...args) => {
    const result = begin(task, name, ...args).result();
    if (result === undefined) throw new Error(`${name} waits`);
    return result;
  };
  const task = (pid: number): Task => {
    const found = findTask(machine.store, k.initPidNs, pid);
    if (found === null) throw new Error(`there is no task ${pid}`);
    return found;
  };
  return {
    k,
    init,
    call,
    begin,
    settle,
    task,
    outcome: (who, name, ...args) => {
      const result = call(who, name, ...args);
      return result.ok ? `= ${result.value.value}` : result.errno;
    },
    passTime: () => {
      const time = machine.nextDeadline();
      if (time !== null) machine.advanceClock(time);
      settle();
    },
    fork: (parent) => {
      const made = call(parent, 'fork', null);
      if (!made.ok) throw new Error(`fork failed: ${made.errno}`);
      return task(Number(made.value.value));
    },
  };
}
