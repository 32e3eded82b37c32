/** What steps said: the trace again, as strace prints it, and for one step the lines that belong to it alone. */

import { signalName } from '../../kernel-sim/abi/signal-name.ts';
import type { KernelObject } from '../../kernel-sim/machine/layout.ts';
import type { Note, Remark } from '../../kernel-sim/machine/note.ts';
import type { Store } from '../../kernel-sim/machine/store.ts';
import type { Datum } from '../../syscalls/datum.ts';
import { syscalls } from '../../syscalls/table.ts';
import { EventSource, type TraceEvent } from '../../trace/event.ts';
import { type LineKind, StraceText } from '../../trace/strace.ts';
import type { Debuggee } from '../debuggee.ts';
import { valueText } from './value.ts';

/** A line of the trace, and what kind of thing it tells. */
export interface Line {
  readonly text: string;
  readonly kind: LineKind;
}

/** A source of events that is given the notes of a step again, when the store no longer has them. */
class Again {
  readonly #source: EventSource;
  #step: { readonly notes: readonly Note[]; readonly actor: KernelObject } | null = null;

  constructor({ k, interpreter }: Debuggee) {
    const { store } = k.machine;
    const step = () => this.#step;
    const again = {
      peek: (cell: never) => store.peek(cell),
      cellName: (cell: number) => store.cellName(cell),
      get notes(): readonly Note[] {
        return step()?.notes ?? [];
      },
      get actor(): KernelObject {
        return step()?.actor ?? store.root;
      },
    };
    this.#source = new EventSource(again as unknown as Store, (task) => interpreter.labelOf(task));
  }

  /** The events of a step; the session stands in the state that it led to, if it said anything. */
  eventsOf({ session, k }: Debuggee, step: number): TraceEvent[] {
    const actor = session.actorAt(session.timeline.actor(step)) ?? k.machine.store.root;
    this.#step = { notes: session.timeline.notes(step), actor };
    return this.#source.afterStep();
  }
}

/** An event of the step `step`, whatever the source took it for. */
function numbered(event: TraceEvent, step: number): TraceEvent {
  if (event.kind !== 'hazard') return { ...event, step };
  return { ...event, step, report: { ...event.report, at: { ...event.report.at, step } } };
}

/** What the step said that led to the present state. A call that returned is shown whole, whenever it was made. */
export function linesHere(debuggee: Debuggee): Line[] {
  const { timeline, position } = debuggee.session;
  const lines: Line[] = [];
  const text = new StraceText((line, kind) => lines.push({ text: line, kind }));
  for (const event of new Again(debuggee).eventsOf(debuggee, position)) {
    if (event.kind === 'enter') continue;
    if (event.kind === 'exit') text.add({ ...event, kind: 'enter' });
    text.add(numbered(event, position));
  }
  text.end();
  for (const note of timeline.notes(position)) if (note.type === 'signal.generated') lines.push(sent(debuggee, note));
  return lines;
}

function sent(debuggee: Debuggee, { info, target }: Remark): Line {
  const { si_signo } = info as { si_signo: number };
  const signal = signalName(si_signo) ?? `signal ${si_signo}`;
  return { text: `${signal} is sent to ${valueText(debuggee, target)}`, kind: 'signal' };
}

/**
 * The trace of the steps from `from` to `to`, as a run that was just made would have it. Goes to every step that said something, and
 * back to where one stood.
 */
export function traceOf(debuggee: Debuggee, from: number, to: number): Line[] {
  if (from > to) return [];
  const { session } = debuggee;
  const { timeline, position } = session;
  const lines: Line[] = [];
  let step = from - 1;
  const text = new StraceText((line, kind) => {
    if (step >= from) lines.push({ text: line, kind });
  });
  session.jump(step);
  for (const event of underWay(debuggee, step)) text.add(event);
  const again = new Again(debuggee);
  for (step = from; step <= to; step++) {
    if (!timeline.hasNotes(step)) continue;
    session.jump(step);
    for (const event of again.eventsOf(debuggee, step)) text.add(numbered(event, step));
  }
  text.end();
  session.jump(position);
  return lines;
}

/** The calls that tasks are in, as if they had just been made: a trace that begins here tells how they end. */
function underWay(debuggee: Debuggee, step: number): TraceEvent[] {
  const { view } = debuggee;
  return debuggee.tasks.flatMap((task): TraceEvent[] => {
    const call = view.read(task.frame)?.call;
    if (call === undefined || !syscalls.has(call.name)) return [];
    const who = { pid: debuggee.numberOf(task), label: debuggee.labelOf(task) };
    return [{ step, who, kind: 'enter', call: call.name, args: call.args as readonly Datum[] }];
  });
}
