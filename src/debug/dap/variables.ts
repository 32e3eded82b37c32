/**
 * What an editor shows of a task: scopes, and objects that open into their fields. References are numbers that hold until the
 * session moves on.
 */

import type { KernelObject } from '../../kernel-sim/machine/layout.ts';
import type { Task } from '../../kernel-sim/task/task.ts';
import type { Debuggee } from '../debuggee.ts';
import { fieldsOf } from '../expression/evaluate.ts';
import { locksOf } from '../look/system.ts';
import { isObject, valueText } from '../look/value.ts';

/** A named value, as the protocol has it. `evaluateName` is an expression that gives it again; a data breakpoint watches that. */
export interface Variable {
  readonly name: string;
  readonly value: string;
  readonly variablesReference: number;
  readonly evaluateName?: string;
}

type Contents = () => Variable[];

export class References {
  readonly #debuggee: Debuggee;
  #held: Contents[] = [];

  constructor(debuggee: Debuggee) {
    this.#debuggee = debuggee;
  }

  /** Forgets every reference: the session has moved. */
  clear(): void {
    this.#held = [];
  }

  /** What a reference opens into; nothing for one that was forgotten. */
  open(reference: number): Variable[] {
    return this.#held[reference - 1]?.() ?? [];
  }

  #hold(contents: Contents): number {
    return this.#held.push(contents);
  }

  /** A value with a reference to its parts, if it has any. */
  variable(name: string, value: unknown, evaluateName?: string): Variable {
    const text = valueText(this.#debuggee, value);
    const named = evaluateName === undefined ? {} : { evaluateName };
    return { name, value: text, variablesReference: this.#partsOf(value, evaluateName), ...named };
  }

  #partsOf(value: unknown, evaluateName: string | undefined): number {
    if (typeof value !== 'object' || value === null) return 0;
    if (isObject(value)) return this.#hold(() => this.#fields(value, evaluateName));
    if ('lo' in value) return 0;
    const entries = Object.entries(value);
    if (entries.length === 0) return 0;
    return this.#hold(() => entries.map(([name, part]) => this.variable(name, part)));
  }

  #fields(object: KernelObject, evaluateName: string | undefined): Variable[] {
    return fieldsOf(object).map((field) => {
      const held = (object as unknown as Record<string, unknown>)[field];
      const value = typeof held === 'number' ? this.#debuggee.view.read(held as never) : held;
      return this.variable(field, value, evaluateName === undefined ? undefined : `${evaluateName}.${field}`);
    });
  }

  /** The scopes of a task: its program's variables and itself, the kernel's objects, the locks it holds. */
  scopesOf(task: Task): { name: string; variablesReference: number; expensive: boolean }[] {
    const scope = (name: string, contents: Contents) => ({
      name,
      variablesReference: this.#hold(contents),
      expensive: false,
    });
    return [
      scope('Task', () => this.#taskVariables(task)),
      scope('Kernel objects', () => this.#kernelVariables()),
      scope('Locks', () => this.#lockVariables(task)),
    ];
  }

  #taskVariables(task: Task): Variable[] {
    const { view } = this.#debuggee;
    const context = this.#debuggee.pointOf(task)?.context;
    const variables = context === undefined ? {} : view.read(context.variables);
    const which = `task(${this.#debuggee.numberOf(task)})`;
    return [
      this.variable('task', task, which),
      this.variable('state', view.read(task.state), `${which}.state`),
      this.variable('nsd', view.read(task.nsd), `${which}.nsd`),
      ...Object.entries(variables).map(([name, value]) => this.variable(`$${name}`, value, `$${name}`)),
    ];
  }

  #kernelVariables(): Variable[] {
    const { k, view } = this.#debuggee;
    return [
      this.variable('last_pid', view.read(k.initPidNs.lastPid), 'last_pid'),
      this.variable('pid_ns', k.initPidNs, 'pid_ns'),
      this.variable('ipc_ns', k.initIpcNs, 'ipc_ns'),
      this.variable('system', k.system, 'system'),
    ];
  }

  #lockVariables(task: Task): Variable[] {
    return locksOf(this.#debuggee, task as never).map(({ lock }) => this.variable(lock, 'held'));
  }
}
