/**
 * Going forward and back to a breakpoint, a watchpoint, the end of a call, or the end of the run.
 *
 * A motion is a generator that yields now and then, so that whoever drives it can look for an interrupt and leave off: one then
 * stands where it had come to. States that nothing is asked of are passed over without being gone to.
 */

import type { Task } from '../kernel-sim/task/task.ts';
import { type Breakpoint, type BreakpointList, concerns, confirms } from './breakpoints.ts';
import type { Debuggee } from './debuggee.ts';
import { Watched } from './watch.ts';

/** Why a motion came to its end. */
export type Stop =
  | { readonly reason: 'breakpoint'; readonly breakpoint: Breakpoint }
  | {
      readonly reason: 'watchpoint';
      readonly breakpoint: Breakpoint;
      readonly before: string;
      readonly after: string;
    }
  /** What was asked for was reached. */
  | { readonly reason: 'done' }
  /** Nobody can step any more. */
  | { readonly reason: 'end' }
  /** The start of the run, going back. */
  | { readonly reason: 'start' };

export type Motion = Generator<undefined, Stop>;

/** Whether the state after `step` steps is the one asked for. */
export type Until = (step: number) => boolean;

const never: Until = () => false;

/** Steps between two looks for an interrupt. */
const STRIDE = 4096;

interface Watching {
  readonly breakpoint: Breakpoint;
  readonly watched: Watched;
}

const watchesIn = (debuggee: Debuggee, breakpoints: BreakpointList): readonly Watching[] =>
  breakpoints.all.flatMap((breakpoint) =>
    breakpoint.enabled && breakpoint.trigger.kind === 'watch'
      ? [{ breakpoint, watched: new Watched(debuggee, breakpoint.trigger.expression, breakpoint.trigger.focus) }]
      : [],
  );

/** Counts a hit; false when it is one to be passed over. A temporary breakpoint is gone afterwards. */
function counts(breakpoint: Breakpoint, breakpoints: BreakpointList): boolean {
  breakpoint.hits++;
  if (breakpoint.ignore > 0) {
    breakpoint.ignore--;
    return false;
  }
  if (breakpoint.temporary) breakpoints.delete(breakpoint.number);
  return true;
}

/** The breakpoint that stops in the state after `step` steps. Goes there to find out, if it has to. */
function breakpointAt(debuggee: Debuggee, breakpoints: BreakpointList, step: number): Breakpoint | undefined {
  return breakpoints.all.find((breakpoint) => {
    if (!breakpoint.enabled || !concerns(breakpoint, debuggee, step)) return false;
    debuggee.session.jump(step);
    return confirms(breakpoint, debuggee) && counts(breakpoint, breakpoints);
  });
}

/** The watchpoint whose value differs in state `state`, which is one side of `step`. Goes there to find out, if it has to. */
function watchAt(
  debuggee: Debuggee,
  breakpoints: BreakpointList,
  watches: readonly Watching[],
  step: number,
  state: number,
): Stop | undefined {
  for (const { breakpoint, watched } of watches) {
    if (!watched.isTouchedBy(step)) continue;
    debuggee.session.jump(state);
    const before = watched.text;
    if (!watched.look() || !confirms(breakpoint, debuggee) || !counts(breakpoint, breakpoints)) continue;
    return { reason: 'watchpoint', breakpoint, before, after: watched.text };
  }
  return undefined;
}

/** Runs on to a breakpoint, a watchpoint, or a state asked for. */
export function* runForward(debuggee: Debuggee, breakpoints: BreakpointList, until: Until = never): Motion {
  const { session } = debuggee;
  const watches = watchesIn(debuggee, breakpoints);
  for (let step = session.position + 1; ; step++) {
    if (step > session.timeline.length) {
      session.jump(session.timeline.length);
      if (!session.forward()) return { reason: 'end' };
    }
    const breakpoint = breakpointAt(debuggee, breakpoints, step);
    if (breakpoint !== undefined) return { reason: 'breakpoint', breakpoint };
    const watch = watchAt(debuggee, breakpoints, watches, step, step);
    if (watch !== undefined) return watch;
    const there = until(step);
    if (there || step % STRIDE === 0) session.jump(step);
    if (there) return { reason: 'done' };
    if (step % STRIDE === 0) yield;
  }
}

/** Runs back to a breakpoint, to before the change of a watched value, or to a state asked for. */
export function* runBackward(debuggee: Debuggee, breakpoints: BreakpointList, until: Until = never): Motion {
  const { session } = debuggee;
  const watches = watchesIn(debuggee, breakpoints);
  for (let step = session.position; step > 0; step--) {
    const state = step - 1;
    const watch = watchAt(debuggee, breakpoints, watches, step, state);
    if (watch !== undefined) return watch;
    const breakpoint = state === 0 ? undefined : breakpointAt(debuggee, breakpoints, state);
    if (breakpoint !== undefined) return { reason: 'breakpoint', breakpoint };
    const there = until(state);
    if (there || step % STRIDE === 0) session.jump(state);
    if (there) return { reason: 'done' };
    if (step % STRIDE === 0) yield;
  }
  session.jump(0);
  return { reason: 'start' };
}

/** A task's call has returned in the step before, or the task is no more. */
export const hasReturned = ({ session }: Debuggee, task: Task): Until => {
  const index = session.indexOf(task);
  return (step) => {
    const { timeline } = session;
    if (timeline.actor(step) !== index) return false;
    if (timeline.notes(step).some((note) => note.type === 'call.exit')) return true;
    session.jump(step);
    return !session.machine.isAlive(task);
  };
};

/** A task makes a call in the next step. */
export const isAboutToCall = ({ session }: Debuggee, task: Task): Until => {
  const index = session.indexOf(task);
  return (step) => session.timeline.actor(step + 1) === index && session.timeline.effect(step + 1) === 'enter';
};

/** More than one actor could step next. */
export const isChoice = ({ session }: Debuggee): Until => {
  return (step) => {
    session.jump(step);
    let able = 0;
    for (const actor of session.machine.actors) if (session.machine.canStep(actor) && ++able > 1) return true;
    return false;
  };
};
