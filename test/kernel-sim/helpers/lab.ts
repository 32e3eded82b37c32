/**
 * A kernel on the bench: make calls in chosen tasks one after the other and look at what they return.
 * Tasks have no programs; a call runs to its end, or to where it waits. Between calls a task only takes its signals.
 */

import { boot, createInit, type InitOptions } from '../../../src/kernel-sim/boot.ts';
import type { Kernel } from '../../../src/kernel-sim/kernel.ts';
import { Frame } from '../../../src/kernel-sim/machine/frame.ts';
import type { Actor } from '../../../src/kernel-sim/machine/machine.ts';
import { findTask } from '../../../src/kernel-sim/pid/pid.ts';
import { type Alternative, type Base, profileOf } from '../../../src/kernel-sim/profile.ts';
import type { Result } from '../../../src/kernel-sim/result.ts';
import { Task } from '../../../src/kernel-sim/task/task.ts';
import type { Datum, Return } from '../../../src/syscalls/datum.ts';
import { deliverPending, invoke } from '../../../src/syscalls/invoke.ts';

/** A signal handler that was entered. One that is `{program: …}` is under way until the test calls rt_sigreturn. */
export interface Entered {
  readonly task: Task;
  readonly handler: unknown;
  readonly siginfo: unknown;
  readonly mask: readonly number[];
}

/** A call that is taken forward by hand, while everybody else goes on as usual. */
export interface Halted {
  /** Steps until the operation of that name is the next one. */
  readonly until: (operation: string) => void;
  /** Lets it run to its end, or to where it waits. */
  readonly finish: () => Result<Return> | undefined;
}

export interface Lab {
  readonly k: Kernel;
  readonly init: Task;
  /** The handlers entered so far. */
  readonly entered: readonly Entered[];
  /** Makes a call and runs it; throws if it waits. */
  readonly call: (task: Task, name: string, ...args: Datum[]) => Result<Return>;
  /** The errno of a call that has to fail, `= value` of one that does not, or `restart`; what errno tables compare. */
  readonly outcome: (task: Task, name: string, ...args: Datum[]) => string;
  /**
   * Begins a call and runs it as far as it gets; `result()` once it is over, undefined while it waits. A call that is to be made
   * again is, unless a handler is under way.
   */
  readonly begin: (task: Task, name: string, ...args: Datum[]) => { result(): Result<Return> | undefined };
  /** Begins a call and takes no step of it. */
  readonly halt: (task: Task, name: string, ...args: Datum[]) => Halted;
  /** Runs every call under way until all wait or are over. */
  readonly settle: () => void;
  /** Lets virtual time pass until the next deadline and settles. */
  readonly passTime: () => void;
  /** Forks `parent` and finds the child. */
  readonly fork: (parent: Task) => Task;
  readonly task: (pid: number) => Task;
}

/** Boots a kernel with an init that is uid `cred.uid`. */
export function lab(
  base: Base = '2.6.26',
  fixes: string[] = [],
  options: InitOptions = {},
  alternatives: readonly Alternative[] = [],
): Lab {
  const results = new Map<Task, Result<Return>>();
  const entered: Entered[] = [];
  const halted = new Set<Actor>();
  const k = boot({
    profile: profileOf(base, fixes, 'x86-64', alternatives),
    userland: {
      spawn: () => {},
      programExists: (image) => typeof image === 'string' && image.startsWith('/bin/') && image !== '/bin/absent',
      exec: () => {},
      exit: () => {},
      isMeantCall: () => true,
      intentOf: () => null,
      enterHandler: (_tx, task, handler, siginfo, mask) => {
        entered.push({ task, handler, siginfo, mask });
        return typeof handler === 'object';
      },
    },
  });
  k.machine.setBehaviour(Task, {
    resume: () => {
      throw new Error('a task on the bench has no program');
    },
    complete: (tx, actor, call, result) => {
      const task = actor as Task;
      if (call.name === 'do_signal') return;
      const again = 'restart' in (result as object) && tx.read(tx.read(task.signals)!.frames).length === 0;
      if (again) tx.write(task.frame, Frame.begin(invoke(k, task, call.name, call.args as Datum[])));
      else results.set(task, result as Result<Return>);
    },
  });
  const init = createInit(k, options);
  const { machine } = k;
  const { store } = machine;
  const takeSignals = (actor: Actor): void => {
    if (actor.layout !== Task || !machine.isAlive(actor) || store.peek(actor.frame) !== null) return;
    const signals = store.peek((actor as Task).signals);
    if (signals === null || !store.peek(signals.flagged)) return;
    store.write(actor.frame, Frame.begin(deliverPending(k, actor as Task)));
  };
  const busy = (actor: Actor): boolean => machine.isAlive(actor) && store.peek(actor.frame) !== null;
  const settle = (): void => {
    for (let progress = true; progress; ) {
      progress = false;
      for (const actor of machine.actors) {
        if (halted.has(actor)) continue;
        takeSignals(actor);
        while (busy(actor) && machine.canStep(actor)) {
          machine.step(actor);
          progress = true;
          takeSignals(actor);
        }
      }
    }
  };
  const begin: Lab['begin'] = (task, name, ...args) => {
    results.delete(task);
    store.write(task.frame, Frame.begin(invoke(k, task, name, args)));
    settle();
    return { result: () => results.get(task) };
  };
  const halt: Lab['halt'] = (task, name, ...args) => {
    results.delete(task);
    halted.add(task);
    store.write(task.frame, Frame.begin(invoke(k, task, name, args)));
    return {
      until: (operation) => {
        while (store.peek(task.frame)?.next?.op.name !== operation) machine.step(task);
      },
      finish: () => {
        halted.delete(task);
        settle();
        return results.get(task);
      },
    };
  };
  const call: Lab['call'] = (task, name, ...args) => {
    const result = begin(task, name, ...args).result();
    if (result === undefined) throw new Error(`${name} waits`);
    return result;
  };
  const task = (pid: number): Task => {
    const found = findTask(store, k.initPidNs, pid);
    if (found === null) throw new Error(`there is no task ${pid}`);
    return found;
  };
  return {
    k,
    init,
    entered,
    call,
    begin,
    halt,
    settle,
    task,
    outcome: (who, name, ...args) => {
      const result = call(who, name, ...args);
      if (!('ok' in result)) return 'restart';
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
