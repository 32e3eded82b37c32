/** What the tests of IPC share: users, armed values, limits, and walking through a call step by step. */

import type { ExecutionContext } from 'ava';
import { ipcSysctls } from '../../../src/kernel-sim/ipc/limits.ts';
import { Frame } from '../../../src/kernel-sim/machine/frame.ts';
import type { Note } from '../../../src/kernel-sim/machine/note.ts';
import type { Base } from '../../../src/kernel-sim/profile.ts';
import type { Result } from '../../../src/kernel-sim/result.ts';
import { type Credentials, ordinaryCredentials } from '../../../src/kernel-sim/task/cred.ts';
import { isArmed, set } from '../../../src/kernel-sim/task/next-syscall-data.ts';
import type { Task } from '../../../src/kernel-sim/task/task.ts';
import { type Datum, OUT, type Return } from '../../../src/syscalls/datum.ts';
import { invoke } from '../../../src/syscalls/invoke.ts';
import { type Lab, lab } from '../helpers/lab.ts';

export const BASES: readonly Base[] = ['2.6.26', '6.x'];

/** A call that is walked through one step at a time. */
interface Walk {
  /** The operation it is about to do; undefined at its end. */
  readonly next: () => string | undefined;
  /** Does steps until the operation named is the next; throws when it never is. */
  readonly until: (operation: string) => void;
  readonly step: () => void;
  /** Does the rest and says what the call returned. */
  readonly finish: () => Result<Return>;
  /** What its steps had to say. */
  readonly notes: Note[];
}

export interface Bench extends Lab {
  /** A child of init with credentials of its own. */
  readonly user: (uid: number, changes?: Partial<Credentials>) => Task;
  /** Arms a value by what would be written to next_syscall_data. */
  readonly arm: (task: Task, value: number | bigint | string, intent?: string) => void;
  /** Whether a value is armed. */
  readonly armed: (task: Task) => boolean;
  /** Writes kernel.<name>. */
  readonly limit: (name: string, ...values: (number | bigint)[]) => string;
  /** What a call put into a buffer; fails the test when it did not succeed. */
  readonly output: (t: ExecutionContext, task: Task, name: string, ...args: Datum[]) => Datum;
  readonly walk: (task: Task, name: string, ...args: Datum[]) => Walk;
  /** The number of a task in the initial namespace. */
  readonly pidOf: (task: Task) => number;
  /** Lets a second of virtual time pass. */
  readonly second: () => void;
}

export function bench(base: Base = '2.6.26', fixes: string[] = []): Bench {
  const made = lab(base, fixes);
  const { k, init, call, fork } = made;
  const { machine } = k;
  const { store } = machine;
  const runSteps = (task: Task, frame: Frame): unknown => {
    store.write(task.frame, frame);
    for (;;) {
      const now = store.peek(task.frame)!;
      if (now.next === undefined) {
        store.write(task.frame, null);
        return now.value;
      }
      if (!machine.canStep(task)) throw new Error('waits');
      machine.step(task);
    }
  };
  const steps = (task: Task, start: Frame['call']['start']): unknown =>
    runSteps(task, Frame.begin({ name: 'bench', args: [], start }));
  const walk: Bench['walk'] = (task, name, ...args) => {
    const notes: Note[] = [];
    store.write(task.frame, Frame.begin(invoke(k, task, name, args)));
    const next = (): string | undefined => store.peek(task.frame)?.next?.op.name;
    const step = (): void => {
      if (!machine.canStep(task)) throw new Error(`${name} waits before ${next()}`);
      machine.step(task);
      notes.push(...store.notes);
    };
    return {
      next,
      step,
      notes,
      until: (operation) => {
        while (next() !== operation) {
          if (next() === undefined) throw new Error(`${name} never comes to ${operation}`);
          step();
        }
      },
      finish: () => {
        while (next() !== undefined) step();
        const { value } = store.peek(task.frame)!;
        store.write(task.frame, null);
        return value as Result<Return>;
      },
    };
  };
  return {
    ...made,
    user: (uid, changes = {}) => {
      const task = fork(init);
      store.write(task.cred, { ...ordinaryCredentials(uid, uid), ...changes });
      return task;
    },
    arm: (task, value, intent) => {
      const text = typeof value === 'string' ? value : `LONG1 ${value}`;
      steps(task, () => set(k, task, text, intent ?? null));
    },
    armed: (task) => steps(task, () => isArmed(task)) === true,
    limit: (name, ...values) => {
      const written = ipcSysctls(k).get(name)!.write(store, k, k.initIpcNs, values.map(BigInt));
      return written.ok ? 'ok' : written.errno;
    },
    output: (t, task, name, ...args) => {
      const result = call(task, name, ...args);
      if (!result.ok) {
        t.fail(`${name}: ${result.errno}`);
        return null;
      }
      return Object.values(result.value.out ?? {})[0] ?? null;
    },
    walk,
    pidOf: (task) => store.peek(store.peek(task.pid)!.upids)[0]!.number,
    second: () => machine.advanceClock(store.peek(machine.clock.now) + 1e9),
  };
}

/** The id that a get call returned. */
export function idOf(result: Result<Return>): number {
  if (!result.ok) throw new Error(`no id: ${result.errno}`);
  return Number(result.value.value);
}

/** A value for which something had to be set up before. */
export const after = <T>(_done: unknown, value: T): T => value;

/** One row of an errno table: what is tried, on which kernels, in what situation, and what it says there. */
export type Row = readonly [
  title: string,
  bases: readonly Base[],
  prepare: (b: Bench) => readonly [task: Task, name: string, ...args: Datum[]],
  expected: string,
];

/** Compares every row on every kernel it is for. */
export function checkTable(t: ExecutionContext, table: readonly Row[]): void {
  for (const [title, bases, prepare, expected] of table) {
    for (const base of bases) {
      const b = bench(base);
      const [task, name, ...args] = prepare(b);
      t.is(b.outcome(task, name, ...args), expected, `${base}: ${title}`);
    }
  }
}

export { OUT };
