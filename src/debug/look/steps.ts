/** Steps as text: who did what in which call, for the line that is shown after each movement and for `list`. */

import { signalName } from '../../kernel-sim/abi/signal-name.ts';
import type { Task } from '../../kernel-sim/task/task.ts';
import type { Debuggee } from '../debuggee.ts';
import { MOST_STEPS } from '../session.ts';
import { TIME } from '../timeline.ts';

const NANOSECONDS = 1e9;

/** What a step is, without who: `fork: pidmap.test_and_set`. */
export function effectText(call: string, effect: string): string {
  if (effect === 'enter') return call === 'user' ? 'runs in user mode' : `calls ${call}`;
  return effect === 'return' ? `returns from ${call}` : `${call}: ${effect}`;
}

/** A step with who made it: `12  301 (restorer)  fork: pidmap.test_and_set`. */
export function stepText(debuggee: Debuggee, step: number): string {
  const { timeline, machine } = debuggee.session;
  if (step === 0) return 'the start of the run';
  const { actor, call, effect } = timeline.at(step);
  if (actor === TIME) return `time passes`;
  return `${debuggee.nameOf(machine.actors[actor] ?? null)}  ${effectText(call, effect)}`;
}

/** What comes next: the step, or why there is none. */
export function upcomingText(debuggee: Debuggee): string {
  const { session } = debuggee;
  const next = session.upcoming();
  if (next !== null) return stepText(debuggee, session.position + 1);
  if (session.isFull) return `${MOST_STEPS} steps are recorded, as many as are kept`;
  const { machine } = session;
  const waiting = machine.actors.filter((actor) => machine.isAlive(actor));
  if (waiting.length === 0) return 'the run is over: every task has ended';
  const who = waiting.map(
    (actor) => `${debuggee.nameOf(actor)} in ${machine.store.peek(actor.frame)?.call.name ?? 'user mode'}`,
  );
  return `the run is stuck: ${who.join(', ')} wait${waiting.length === 1 ? 's' : ''} for ever`;
}

/** The virtual clock, in seconds. */
export const clockText = ({ view, k }: Debuggee): string => `${view.read(k.machine.clock.now) / NANOSECONDS} s`;

/** A signal by name. */
export const signalText = (number: number): string => signalName(number) ?? `signal ${number}`;

/** What a task is doing: the call it is in and its next effect. */
export function doingText({ view }: Debuggee, task: Task): string {
  const frame = view.read(task.frame);
  if (frame === null) return 'user mode';
  return frame.next === undefined
    ? `${frame.call.name}, returning`
    : `${frame.call.name}, before ${frame.next.op.name}`;
}
