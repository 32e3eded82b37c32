/**
 * What a run looks like from outside: the calls, signals and ends of its tasks as events, in the order in which they happen.
 *
 * Events are made of the notes of each step (machine/note.ts), right after the step, and are plain data: strace.ts writes them as
 * strace(1) does, json.ts as lines of JSON. DESIGN "The trace".
 * Left out on purpose: notes that only detectors understand, steps that say nothing, and times, as the virtual clock stands still
 * while anybody acts.
 */

import { type Fault, isFault, type Note, type Remark } from '../kernel-sim/machine/note.ts';
import type { Store } from '../kernel-sim/machine/store.ts';
import type { Task } from '../kernel-sim/task/task.ts';
import type { Datum, Struct } from '../syscalls/datum.ts';
import type { Outcome } from '../syscalls/leave.ts';
import type { Call, Span } from '../userland/language/ast.ts';
import type { Report } from './hazard-block.ts';
import type { Sighting } from './report-block.ts';

/** Whose event it is: the number in the initial pid namespace, as a tracer outside has it, and what people call the task. */
export interface Who {
  readonly pid: number;
  readonly label: string;
}

export type Happening =
  | { readonly kind: 'enter'; readonly call: string; readonly args: readonly Datum[] }
  | { readonly kind: 'exit'; readonly call: string; readonly args: readonly Datum[]; readonly outcome: Outcome }
  /** A signal has been taken; `action` is what is done about it. */
  | { readonly kind: 'signal'; readonly info: Struct; readonly action: string }
  | { readonly kind: 'stop'; readonly signal: number }
  /** The task is dead; `status` is what wait4 tells. */
  | { readonly kind: 'end'; readonly status: number }
  /** The init has ended and everybody with it; `left` lists who else was there. */
  | { readonly kind: 'panic'; readonly status: number; readonly left: readonly Who[] }
  /** A call did not do what its program says. */
  | { readonly kind: 'unexpected'; readonly program: string; readonly call: Call; readonly span: Span }
  /** A program asks for what cannot be, such as a variable without a value. */
  | { readonly kind: 'mistake'; readonly program: string; readonly message: string; readonly span: Span }
  | { readonly kind: 'hazard'; readonly report: Report }
  /** Kernel memory was touched that should not have been, and no hazard accounts for it. */
  | { readonly kind: 'fault'; readonly fault: Fault; readonly where: string }
  /** What a detector has seen; whoever runs the detectors puts it where it became certain. */
  | { readonly kind: 'report'; readonly sighting: Sighting };

/** Something that happened at a step; steps count from 1. */
export type TraceEvent = Happening & { readonly step: number; readonly who: Who };

/** Turns the notes of a run into events, step by step. */
export class EventSource {
  readonly #store: Store;
  readonly #labelOf: (task: Task) => string;
  /** The number that each task was last seen with: it is gone before the task's last event. */
  readonly #numbers = new Map<Task, number>();
  readonly #alive = new Set<Task>();
  #step = 0;

  /** @param labelOf what people call a task; unique in a run, or empty for a task that has no such name */
  constructor(store: Store, labelOf: (task: Task) => string) {
    this.#store = store;
    this.#labelOf = labelOf;
  }

  /** How many steps there were. */
  get steps(): number {
    return this.#step;
  }

  /** The events of the step that was just made, while its notes are still in the store. */
  afterStep(): TraceEvent[] {
    this.#step++;
    const { notes } = this.#store;
    if (notes.length === 0) return [];
    const actor = this.#store.actor as Task;
    const accountedFor = notes.some((note) => note.type === 'hazard');
    return notes.flatMap((note) => {
      if (isFault(note)) return accountedFor ? [] : [this.#event(actor, this.#fault(note))];
      const made = this.#happening(note, actor);
      return made === null ? [] : [this.#event(made.task, made.happening)];
    });
  }

  #event(task: Task, happening: Happening): TraceEvent {
    const event = { step: this.#step, who: this.#who(task), ...happening };
    if (happening.kind === 'end') this.#alive.delete(task);
    else this.#alive.add(task);
    return event;
  }

  #fault(fault: Fault): Happening {
    return { kind: 'fault', fault, where: this.#store.cellName(fault.cell) };
  }

  #happening(note: Remark, actor: Task): { task: Task; happening: Happening } | null {
    const task = (note.task ?? actor) as Task;
    const made = happenings[note.type];
    if (made !== undefined) return { task, happening: made(note) };
    switch (note.type) {
      case 'task.fork':
        this.#alive.add(note.child as Task);
        return null;
      case 'signal.stopped': {
        const leader = this.#store.peek((note.process as { leader: never }).leader) as Task;
        return { task: leader, happening: { kind: 'stop', signal: note.by as number } };
      }
      case 'hazard':
        return { task: actor, happening: { kind: 'hazard', report: this.#numbered(note) } };
      case 'panic': {
        const left = [...this.#alive].filter((other) => other !== actor).map((other) => this.#who(other));
        return { task: actor, happening: { kind: 'panic', status: note.status as number, left } };
      }
      default:
        return null;
    }
  }

  /** A detector does not count steps; the report says at which one the hazard became certain. */
  #numbered(note: Note): Report {
    const { finding } = note as unknown as { finding: Report };
    return finding.at.step === 0 ? { ...finding, at: { ...finding.at, step: this.#step } } : finding;
  }

  #who(task: Task | undefined): Who {
    const pid = task?.layout.kind === 'task' ? this.#store.peek(task.pid) : null;
    const number = pid === null ? undefined : this.#store.peek(pid.upids)[0]?.number;
    if (task === undefined) return { pid: 0, label: '' };
    if (number !== undefined) this.#numbers.set(task, number);
    return { pid: number ?? this.#numbers.get(task) ?? 0, label: this.#labelOf(task) };
  }
}

/** Notes that become events just as they are, by type. */
const happenings: Readonly<Record<string, (note: Remark) => Happening>> = {
  'call.enter': ({ call, args }) => ({ kind: 'enter', call: call as string, args: args as readonly Datum[] }),
  'call.exit': ({ call, args, outcome }) => ({
    kind: 'exit',
    call: call as string,
    args: args as readonly Datum[],
    outcome: outcome as Outcome,
  }),
  'call.restarted': ({ call }) => ({ kind: 'exit', call: call as string, args: [], outcome: { restart: true } }),
  'signal.delivered': ({ info, action }) => ({ kind: 'signal', info: info as Struct, action: action as string }),
  'task.exit': ({ status }) => ({ kind: 'end', status: status as number }),
  'program.unexpected': ({ program, call, span }) => ({
    kind: 'unexpected',
    program: program as string,
    call: call as Call,
    span: span as Span,
  }),
  'program.mistake': ({ program, message, span }) => ({
    kind: 'mistake',
    program: program as string,
    message: message as string,
    span: span as Span,
  }),
};
