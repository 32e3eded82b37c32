/** What is debugged: a scenario opened in a session, and the names by which people know what is in it. */

import type { Kernel } from '../kernel-sim/kernel.ts';
import type { KernelObject } from '../kernel-sim/machine/layout.ts';
import type { Actor } from '../kernel-sim/machine/machine.ts';
import type { Transaction } from '../kernel-sim/machine/store.ts';
import { numberIn } from '../kernel-sim/pid/pid.ts';
import { Task } from '../kernel-sim/task/task.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { pinnedPolicy } from '../scenario/schedule-policy.ts';
import { openSession } from '../scenario/session.ts';
import type { Code } from '../userland/code.ts';
import { type Context, callingContext, contextOf } from '../userland/context.ts';
import type { Interpreter } from '../userland/interpreter.ts';
import type { Call as CallStatement } from '../userland/language/ast.ts';
import { DebugSession } from './session.ts';
import { viewOf } from './view.ts';

/** Where a task is in a program. */
export interface ProgramPoint {
  readonly code: Code;
  /** The call that it is in, or makes next; undefined at the program's end. */
  readonly statement: CallStatement | undefined;
  /** The line in the scenario's file. */
  readonly line: number;
  readonly context: Context;
}

export class Debuggee {
  readonly scenario: Scenario;
  readonly plan: string | null;
  readonly session: DebugSession;
  readonly k: Kernel;
  readonly interpreter: Interpreter;
  readonly view: Transaction;

  /** @param plan the scenario's text, where it is the plan of an image and in no file */
  constructor(scenario: Scenario, plan: string | null = null) {
    const { k, interpreter } = openSession(scenario);
    this.scenario = scenario;
    this.plan = plan;
    this.k = k;
    this.interpreter = interpreter;
    this.session = new DebugSession(k.machine, pinnedPolicy(scenario, k.machine));
    this.view = viewOf(k.machine.store);
  }

  /** A task that can be looked at in this state: alive, or a zombie. */
  get tasks(): readonly Task[] {
    return this.session.machine.actors.filter(isTask).filter((task) => this.numberOf(task) !== 0);
  }

  /** What people call an actor: `restorer`, `neighbour/2`, `restorer.worker`. */
  labelOf(actor: Actor | null): string {
    return actor === null ? 'time' : this.interpreter.labelOf(actor);
  }

  /** The number of a task in the initial pid namespace, 0 once it has none; a thread of the kernel's own never has one. */
  numberOf(task: Task): number {
    if (!isTask(task)) return 0;
    const pid = this.view.read(task.pid);
    return pid === null ? 0 : numberIn(this.view, pid, this.k.initPidNs);
  }

  /** `5000 (restorer)`, or the label alone for one that has no number. */
  nameOf(actor: Actor | null): string {
    const label = this.labelOf(actor);
    const number = actor === null ? 0 : this.numberOf(actor as Task);
    return number === 0 ? label : `${number} (${label})`;
  }

  /** The task with a number, or with a label. */
  find(which: number | string): Task | undefined {
    if (typeof which === 'number') return this.tasks.find((task) => this.numberOf(task) === which);
    return this.session.machine.actors.filter(isTask).find((task) => this.labelOf(task) === which);
  }

  /** Where a task is in the program it runs, handlers included; undefined for one that has none any more. */
  pointOf(task: Task): ProgramPoint | undefined {
    const { view } = this;
    if (view.read(task.user) === null) return undefined;
    return this.#pointIn(callingContext(view, task) ?? contextOf(view, task));
  }

  /** All programs on a task's stack, the innermost handler first. */
  stackOf(task: Task): readonly ProgramPoint[] {
    const points: ProgramPoint[] = [];
    let context = this.view.read(task.user) as Context | null;
    while (context !== null) {
      const point = this.#pointIn(context);
      if (point !== undefined) points.push(point);
      context = this.view.read(context.interrupted);
    }
    return points;
  }

  #pointIn(context: Context): ProgramPoint | undefined {
    const code = this.view.read(context.code);
    if (code === null) return undefined;
    const position = this.view.read(context.position);
    const next = code.instructions.slice(position).find((instruction) => instruction.kind === 'call');
    const statement = next?.kind === 'call' ? next.call : undefined;
    const line = statement?.span.line ?? code.program.source.line;
    return { code, statement, line, context };
  }
}

/** Whether an actor is a task, and no thread of the kernel's own. */
export const isTask = (actor: KernelObject): actor is Actor & Task => (actor.layout as unknown) === Task;
