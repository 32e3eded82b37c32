/**
 * Breakpoints: what a run stops for. Each belongs to a kind of step; going forward a run stops after such a step, going back it stops
 * in the same states. A watchpoint going back stops before the step that made the change, so that one can see it made.
 */

import { isHazard } from '../hazards/finding.ts';
import type { Note, Remark } from '../kernel-sim/machine/note.ts';
import type { Task } from '../kernel-sim/task/task.ts';
import type { Debuggee } from './debuggee.ts';
import type { Expression } from './expression/ast.ts';
import { evaluate, isTrue } from './expression/evaluate.ts';
import { scopeOf } from './scope.ts';

/** What a breakpoint stops for. */
export type Trigger =
  /** A call being made, by name, or returning. */
  | { readonly kind: 'entry' | 'return'; readonly call: string }
  /** A call failing with an errno. */
  | { readonly kind: 'errno'; readonly errno: string }
  /** The call on a line of the scenario's file being made. */
  | { readonly kind: 'line'; readonly line: number }
  /** An operation of the kernel, by name. */
  | { readonly kind: 'effect'; readonly effect: string }
  /** A hazard becoming certain; any when no id is given. */
  | { readonly kind: 'hazard'; readonly id: string | null }
  /** A signal being generated or delivered. */
  | { readonly kind: 'signal'; readonly signal: number | null }
  /** The value of an expression changing; `focus` is whose names were meant when it was typed. */
  | { readonly kind: 'watch'; readonly expression: Expression; readonly focus: Task | null };

export interface Breakpoint {
  readonly number: number;
  readonly trigger: Trigger;
  /** As it was typed. */
  readonly text: string;
  /** Deleted when it is hit. */
  readonly temporary: boolean;
  condition: { readonly text: string; readonly expression: Expression } | null;
  enabled: boolean;
  hits: number;
  /** How many hits are still to be passed over. */
  ignore: number;
}

export class BreakpointList {
  #all: Breakpoint[] = [];
  #made = 0;

  get all(): readonly Breakpoint[] {
    return this.#all;
  }

  add(trigger: Trigger, text: string, condition: Breakpoint['condition'] = null, temporary = false): Breakpoint {
    const made = { number: ++this.#made, trigger, text, temporary, condition, enabled: true, hits: 0, ignore: 0 };
    this.#all.push(made);
    return made;
  }

  find(number: number): Breakpoint | undefined {
    return this.#all.find((breakpoint) => breakpoint.number === number);
  }

  delete(number: number): boolean {
    const before = this.#all.length;
    this.#all = this.#all.filter((breakpoint) => breakpoint.number !== number);
    return this.#all.length < before;
  }

  clear(): void {
    this.#all = [];
  }
}

const remark = (notes: readonly Note[], type: string, fits: (note: Remark) => boolean): boolean =>
  notes.some((note) => note.type === type && fits(note as Remark));

/**
 * Whether a step may be one that a breakpoint is for, told without going there. Lines need the state after the step as well: see
 * {@link confirms}.
 */
export function concerns({ trigger }: Breakpoint, { session }: Debuggee, step: number): boolean {
  const { timeline } = session;
  switch (trigger.kind) {
    case 'effect':
      return timeline.effect(step) === trigger.effect;
    case 'watch':
      return false;
    case 'entry':
      return timeline.effect(step) === 'enter' && timeline.call(step) === trigger.call;
    case 'line':
      return timeline.effect(step) === 'enter';
    case 'return':
      return timeline.effect(step) === 'return' && timeline.call(step) === trigger.call;
    default:
      return timeline.hasNotes(step) && said(trigger, timeline.notes(step));
  }
}

function said(trigger: Extract<Trigger, { kind: 'errno' | 'hazard' | 'signal' }>, notes: readonly Note[]): boolean {
  switch (trigger.kind) {
    case 'errno':
      return remark(notes, 'call.exit', (note) => (note.outcome as { errno?: string }).errno === trigger.errno);
    case 'hazard':
      return notes.some((note) => isHazard(note) && (trigger.id === null || note.finding.id === trigger.id));
    case 'signal':
      return ['signal.generated', 'signal.delivered'].some((type) =>
        remark(notes, type, (note) => trigger.signal === null || signalOf(note) === trigger.signal),
      );
  }
}

const signalOf = (note: Remark): unknown => (note.info as { si_signo?: number } | undefined)?.si_signo;

/** Whether a breakpoint that concerns the step which led to the present state really stops here: its line and its condition. */
export function confirms(breakpoint: Breakpoint, debuggee: Debuggee): boolean {
  const { session } = debuggee;
  const actor = session.actorAt(session.timeline.actor(session.position)) as Task | null;
  const { trigger, condition } = breakpoint;
  if (trigger.kind === 'line') {
    const point = actor === null ? undefined : debuggee.pointOf(actor);
    if (point?.statement?.span.line !== trigger.line) return false;
  }
  if (condition === null) return true;
  const found = evaluate(condition.expression, scopeOf(debuggee, actor));
  // A condition that cannot be worked out here is no reason to run on past the place.
  return !found.ok || isTrue(found.value.value);
}
