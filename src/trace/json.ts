/** Events as data: one object for each, for traces in JSON Lines. Arguments are strace's texts, since a trace is read, not run. */

import { signalName } from '../kernel-sim/abi/signal-name.ts';
import { WEXITSTATUS, WIFEXITED, WTERMSIG } from '../kernel-sim/abi/wait.ts';
import { integerOf } from '../syscalls/datum.ts';
import { printCall } from '../userland/language/print.ts';
import { argumentTexts, type Printing } from './call-text.ts';
import type { Happening, TraceEvent } from './event.ts';
import { reportJson } from './report-block.ts';

type Json = Readonly<Record<string, unknown>>;

/** An event as plain data; `pid`, `task` and `step` are always there, `event` says what else is. */
export function eventJson(event: TraceEvent, { width = -1 }: Partial<Printing> = {}): Json {
  const { step, who } = event;
  return { step, pid: who.pid, task: who.label, event: event.kind, ...details(event, { width }) };
}

function details(event: Happening, printing: Printing): Json {
  switch (event.kind) {
    case 'enter':
      return { call: event.call, args: argumentTexts(event.call, event.args, {}, printing) };
    case 'exit':
      return { call: event.call, ...exitJson(event, printing) };
    case 'signal':
      return { signal: signalName(integerOf(event.info.si_signo)), info: event.info, action: event.action };
    case 'stop':
      return { signal: signalName(event.signal) };
    case 'end':
      return endJson(event.status);
    case 'panic':
      return { ...endJson(event.status), left: event.left };
    case 'unexpected':
      return { program: event.program, says: printCall(event.call), line: event.span.line, column: event.span.column };
    case 'mistake':
      return {
        program: event.program,
        message: event.message,
        line: event.span.line,
        column: event.span.column,
      };
    case 'hazard':
      return { hazard: event.report };
    case 'fault':
      return { fault: event.fault.kind, access: event.fault.access, where: event.where };
    case 'report':
      return { report: reportJson(event.sighting) };
  }
}

function exitJson({ call, args, outcome }: Extract<Happening, { kind: 'exit' }>, printing: Printing): Json {
  if ('restart' in outcome) return { restart: true };
  const outputs = outcome.ok ? (outcome.value.out ?? {}) : {};
  const texts = argumentTexts(call, args, outputs, printing);
  if (!outcome.ok) return { args: texts, result: -1, errno: outcome.errno };
  const { value } = outcome.value;
  return { args: texts, result: typeof value === 'bigint' ? `${value}` : value };
}

const endJson = (status: number): Json =>
  WIFEXITED(status) ? { exited: WEXITSTATUS(status) } : { killed: signalName(WTERMSIG(status)) };
