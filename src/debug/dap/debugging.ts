/**
 * One debugging as an editor sees it: a scenario that was launched, breakpoints of its four kinds, and a run under way. It speaks in
 * plain data; server.ts puts it on a wire.
 */

import type { Task } from '../../kernel-sim/task/task.ts';
import { type Breakpoint, BreakpointList, type Trigger } from '../breakpoints.ts';
import { type Debuggee, isTask } from '../debuggee.ts';
import { renderMistake } from '../expression/ast.ts';
import { evaluate } from '../expression/evaluate.ts';
import { parseExpression } from '../expression/parse.ts';
import { traceOf } from '../look/events.ts';
import { upcomingText } from '../look/steps.ts';
import { type Motion, runForward, type Stop } from '../motion.ts';
import { scopeOf } from '../scope.ts';
import { References, type Variable } from './variables.ts';

/** What an editor is told without having asked. */
export type Tell = (event: string, body: Readonly<Record<string, unknown>>) => void;

/** The kinds of breakpoint that an editor sets, each as a whole. */
export type Kind = 'source' | 'function' | 'data' | 'exception';

/** Something that cannot be done, for the person in front of the editor. */
export class Refused extends Error {}

export class Debugging {
  readonly debuggee: Debuggee;
  readonly breakpoints = new BreakpointList();
  readonly references: References;
  readonly #tell: Tell;
  readonly #ofKind = new Map<Kind, number[]>();
  #interrupted = false;
  #running = false;
  #frames: Task[] = [];

  constructor(debuggee: Debuggee, tell: Tell) {
    this.debuggee = debuggee;
    this.references = new References(debuggee);
    this.#tell = tell;
  }

  /** Replaces all breakpoints of a kind. */
  replace(
    kind: Kind,
    made: readonly { trigger: Trigger; text: string; condition?: string; hits?: string }[],
  ): Breakpoint[] {
    for (const number of this.#ofKind.get(kind) ?? []) this.breakpoints.delete(number);
    const added = made.map(({ trigger, text, condition, hits }) => {
      const parsed = condition === undefined || condition === '' ? null : parseExpression(condition);
      const test = parsed?.ok ? { text: condition as string, expression: parsed.value } : null;
      const breakpoint = this.breakpoints.add(trigger, text, test);
      breakpoint.ignore = Math.max(0, (Number(hits) || 1) - 1);
      return breakpoint;
    });
    this.#ofKind.set(
      kind,
      added.map(({ number }) => number),
    );
    return added;
  }

  /** The task of a thread's number. */
  taskOf(threadId: number): Task {
    const actor = this.debuggee.session.actorAt(threadId - 1);
    if (actor == null || !isTask(actor)) throw new Refused('there is no such task');
    return actor;
  }

  threadOf(task: Task): number {
    return this.debuggee.session.indexOf(task) + 1;
  }

  /** A number for a frame of a task, until the session moves. */
  frame(task: Task): number {
    return this.#frames.push(task);
  }

  /** The task of a frame; without one, whoever steps next. */
  taskOfFrame(frameId: number | undefined): Task | null {
    if (frameId !== undefined) return this.#frames[frameId - 1] ?? null;
    const { session } = this.debuggee;
    const next = session.actorAt(session.upcoming()?.actor ?? -1);
    return next !== null && isTask(next) ? next : null;
  }

  evaluate(text: string, task: Task | null): Variable {
    const parsed = parseExpression(text);
    const found = parsed.ok ? evaluate(parsed.value, scopeOf(this.debuggee, task)) : parsed;
    if (!found.ok) throw new Refused(renderMistake(text, found.mistake));
    return this.references.variable(text, found.value.value, text);
  }

  pause(): void {
    this.#interrupted = true;
  }

  /** Runs a motion in the background and tells when it has stopped. */
  start(motion: Motion, reason: string, task: Task | null): void {
    if (this.#running) throw new Refused('a run is under way; pause it first');
    void this.#run(motion, reason, task).catch((error: unknown) => {
      this.#tell('output', { category: 'important', output: `thaw: ${String(error)}\n` });
      this.#tell('terminated', {});
    });
  }

  /** Runs from the start to the first breakpoint, or stays there. */
  begin(stopOnEntry: boolean): void {
    if (stopOnEntry) this.stopped('entry', this.taskOfFrame(undefined), 'at the start of the run');
    else this.start(runForward(this.debuggee, this.breakpoints), 'breakpoint', null);
  }

  async #run(motion: Motion, reason: string, task: Task | null): Promise<void> {
    const { session } = this.debuggee;
    const before = session.position;
    this.#interrupted = false;
    this.#running = true;
    let stop: Stop | null = null;
    try {
      while (stop === null && !this.#interrupted) {
        const { done, value } = motion.next();
        if (done) stop = value;
        else await new Promise((resume) => setImmediate(resume));
      }
    } finally {
      this.#running = false;
    }
    if (session.position > before) this.#output(before + 1, session.position);
    this.#explain(stop, reason, task);
  }

  /** The trace of the steps that were made, as a terminal would show it. */
  #output(from: number, to: number): void {
    const lines = traceOf(this.debuggee, from, to);
    if (lines.length === 0) return;
    this.#tell('output', { category: 'stdout', output: `${lines.map(({ text }) => text).join('\n')}\n` });
  }

  #explain(stop: Stop | null, reason: string, task: Task | null): undefined {
    switch (stop?.reason) {
      case undefined:
        return this.stopped('pause', task ?? this.#last(), 'interrupted');
      case 'breakpoint': {
        const { kind } = stop.breakpoint.trigger;
        const why = kind === 'hazard' ? 'exception' : kind === 'line' ? 'breakpoint' : 'function breakpoint';
        return this.stopped(why, this.#last(), stop.breakpoint.text, stop.breakpoint.number);
      }
      case 'watchpoint':
        return this.stopped('data breakpoint', this.#last(), stop.breakpoint.text, stop.breakpoint.number);
      case 'end':
        return this.stopped('end', this.#last(), upcomingText(this.debuggee));
      case 'start':
        return this.stopped('entry', this.taskOfFrame(undefined), 'at the start of the run');
      case 'done':
        return this.stopped(reason, task ?? this.#last(), '');
    }
  }

  #last(): Task | null {
    const { session } = this.debuggee;
    const actor = session.actorAt(session.timeline.actor(session.position));
    return actor !== null && isTask(actor) ? actor : this.taskOfFrame(undefined);
  }

  /** Tells that the session stands still, and for which task. */
  stopped(reason: string, task: Task | null, text: string, breakpoint?: number): undefined {
    this.references.clear();
    this.#frames = [];
    this.#tell('stopped', {
      reason,
      allThreadsStopped: true,
      ...(task !== null && { threadId: this.threadOf(task) }),
      ...(text !== '' && { description: text, text }),
      ...(breakpoint !== undefined && { hitBreakpointIds: [breakpoint] }),
    });
  }
}
