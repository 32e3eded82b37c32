/**
 * Making calls from outside a program: for a visitor, and in the place of a task that waits, as a debugger makes a stopped process call
 * something. The task goes on waiting afterwards as if nothing had been. A call that would wait is a bug of who makes it.
 */

import type { Kernel } from '../../kernel-sim/kernel.ts';
import type { Effect } from '../../kernel-sim/machine/effect.ts';
import { findTask } from '../../kernel-sim/pid/pid.ts';
import type { Result } from '../../kernel-sim/result.ts';
import type { Task } from '../../kernel-sim/task/task.ts';
import { type Datum, integerOf, OUT, type Return, type Struct } from '../../syscalls/datum.ts';
import type { Parameter } from '../../syscalls/parameter.ts';
import { syscalls } from '../../syscalls/table.ts';
import { admitVisitor } from './visitor.ts';

/** Bytes that a read asks for, and a listing, which is made anew for each part of it. */
const BUFFER = 65_536;
const LISTING = 16 * 1024 * 1024;
/** The longest entry of a directory. */
const LONGEST_ENTRY = 280;

/** The parameters of each call, ready to decode; a checkpoint makes millions of few calls. */
const prepared = new Map<string, readonly (readonly [string, Parameter<unknown>])[]>();

function decode(name: string, args: readonly Datum[]): Record<string, never> {
  let parameters = prepared.get(name);
  if (parameters === undefined) {
    parameters = Object.entries(syscalls.get(name)!.parameters);
    prepared.set(name, parameters);
  }
  const decoded: Record<string, unknown> = {};
  for (const [i, [parameter, kind]] of parameters.entries()) decoded[parameter] = kind.decode(args[i]);
  return decoded as Record<string, never>;
}

export class Probe {
  readonly k: Kernel;
  readonly visitor: Task;
  /** The visitor's pid. */
  readonly number: number;

  constructor(k: Kernel) {
    this.k = k;
    const { visitor, number } = admitVisitor(k);
    this.visitor = visitor;
    this.number = number;
  }

  /** The task or thread with a number. */
  task(number: number): Task {
    const found = findTask(this.k.machine.store, this.k.initPidNs, number);
    if (found === null) throw new Error(`there is no task ${number}`);
    return found;
  }

  /** Makes a call in a task's place: all of its steps, one after the other. */
  call(task: Task, name: string, ...args: Datum[]): Result<Return> {
    const { store } = this.k.machine;
    const state = store.peek(task.state);
    const steps = syscalls.get(name)!.run(this.k, task, decode(name, args));
    let turn = steps.next();
    while (!turn.done) {
      const { value } = turn;
      turn = steps.next('op' in value ? this.#perform(task, value, name) : undefined);
    }
    if (store.peek(task.state) !== state) store.write(task.state, state);
    return turn.value;
  }

  #perform(task: Task, { op, args }: Effect, name: string): unknown {
    const { store } = this.k.machine;
    store.beginStep(task);
    if (op.when !== undefined && !op.when(store, ...(args as never[]))) throw new Error(`${name} waits`);
    return op.body(store, ...(args as never[]));
  }

  /** What a call of the visitor returns; a failure is a bug. */
  value(name: string, ...args: Datum[]): number {
    return this.valueIn(this.visitor, name, ...args);
  }

  /** What a call in a task's place returns; a failure is a bug. */
  valueIn(task: Task, name: string, ...args: Datum[]): number {
    const result = this.call(task, name, ...args);
    if (!result.ok) throw new Error(`${name} failed: ${result.errno}`);
    return Number(result.value.value);
  }

  /** What a call writes to the argument `to`; null when it fails. */
  out(task: Task, to: string, name: string, ...args: Datum[]): Datum | null {
    const result = this.call(task, name, ...args);
    return result.ok ? (result.value.out?.[to] ?? null) : null;
  }

  /** The text of a file; null when it cannot be opened. */
  read(path: string): string | null {
    let text = '';
    const opened = this.#reading(path, (chunk) => {
      text += chunk;
      return chunk !== '';
    });
    return opened ? text : null;
  }

  /** The text of a file of procfs that is one record, which a single read gives whole; empty when it cannot be opened. */
  record(path: string): string {
    let text = '';
    this.#reading(path, (chunk) => {
      text = chunk;
      return false;
    });
    return text;
  }

  /** Opens a file and reads for as long as `take` wants more; says whether it could be opened. */
  #reading(path: string, take: (chunk: string) => boolean): boolean {
    const opened = this.call(this.visitor, 'open', path, 0);
    if (!opened.ok) return false;
    const fd = Number(opened.value.value);
    for (let more = true; more; ) {
      const chunk = this.out(this.visitor, 'buf', 'read', fd, OUT, BUFFER);
      more = take(typeof chunk === 'string' ? chunk : '');
    }
    this.value('close', fd);
    return true;
  }

  /** The names in a directory but for . and .. */
  list(path: string): string[] {
    const opened = this.call(this.visitor, 'open', path, 0);
    if (!opened.ok) return [];
    const fd = Number(opened.value.value);
    const names: string[] = [];
    for (;;) {
      const entries = this.call(this.visitor, 'getdents64', fd, OUT, LISTING);
      if (!entries.ok) break;
      for (const { d_name: entry } of entries.value.out!.dirp as Struct[])
        if (typeof entry === 'string') names.push(entry);
      if (Number(entries.value.value) < LISTING - LONGEST_ENTRY) break; // there was room for more
    }
    this.value('close', fd);
    return names.filter((name) => name !== '.' && name !== '..');
  }

  /** The numbers among the names in a directory, ascending. */
  numbers(path: string): number[] {
    return this.list(path)
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .sort((a, b) => a - b);
  }

  /** Where a symbolic link leads; null when it cannot be read. */
  link(path: string): string | null {
    const text = this.out(this.visitor, 'buf', 'readlink', path, OUT, 4096);
    return typeof text === 'string' ? text : null;
  }
}

/** The integer in a field of what a call wrote. */
export const field = (datum: Datum | null, name: string): number =>
  integerOf(datum === null || typeof datum !== 'object' || Array.isArray(datum) ? undefined : (datum as Struct)[name]);
