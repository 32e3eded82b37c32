/** What a run was not meant to do: calls that did not return what their program says, told as a compiler tells of mistakes. */

import { resultText } from '../trace/call-text.ts';
import type { TraceEvent } from '../trace/event.ts';
import type { Interpreter } from '../userland/interpreter.ts';
import { type Diagnostic, diagnosticAt } from '../userland/language/diagnostic.ts';
import { printCall } from '../userland/language/print.ts';

type Exit = Extract<TraceEvent, { kind: 'exit' }>;

/** The complaints in the events of one step, each at its place in the scenario file. */
export function complaintsOf(events: readonly TraceEvent[], { programs }: Interpreter): Diagnostic[] {
  return events.flatMap((event) => {
    if (event.kind !== 'unexpected' && event.kind !== 'mistake') return [];
    const source = programs.library.get(event.program)?.program.source;
    if (source === undefined) return [];
    return [diagnosticAt(source, event.span, `${who(event)}: ${complaint(event, events)}`)];
  });
}

const who = ({ who: { pid, label } }: TraceEvent): string => `${label} (pid ${pid})`;

function complaint(
  event: Extract<TraceEvent, { kind: 'unexpected' | 'mistake' }>,
  step: readonly TraceEvent[],
): string {
  if (event.kind === 'mistake') return event.message;
  const exit = step.find((other): other is Exit => other.kind === 'exit' && other.who.label === event.who.label);
  const { expect: _, bind: __, intent: ___, ...call } = event.call;
  if (exit === undefined) return `${printCall(call)} did not do what is expected of it`;
  return event.span.offset === event.call.span.offset
    ? `${printCall(call)} returned ${resultText(exit.call, exit.args, exit.outcome)}`
    : `${printCall(call)} left something else here than is expected`;
}
