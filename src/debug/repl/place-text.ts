/** What is shown after each movement: why it stopped, the step that led here, what it said, and the line of the program. */

import type { Debuggee } from '../debuggee.ts';
import { type Line, linesHere } from '../look/events.ts';
import { stepText, upcomingText } from '../look/steps.ts';
import type { Stop } from '../motion.ts';
import { triggerText } from '../place.ts';
import type { Console } from './console.ts';

/** Why a motion stopped, empty when it did what it was asked to. */
export function stopText({ debuggee, style }: Console, stop: Stop | null): string {
  if (debuggee === null) return '';
  if (stop === null) return style.bad('Interrupted.');
  switch (stop.reason) {
    case 'done':
      return '';
    case 'start':
      return 'This is the start of the run.';
    case 'end':
      return `This is as far as it goes: ${upcomingText(debuggee)}.`;
    case 'breakpoint': {
      const { number, temporary, trigger } = stop.breakpoint;
      return `${temporary ? 'Temporary breakpoint' : 'Breakpoint'} ${number}, ${triggerText(trigger)}`;
    }
    case 'watchpoint':
      return [
        `Watchpoint ${stop.breakpoint.number}, ${stop.breakpoint.text}`,
        `  was ${stop.before}`,
        `  is  ${stop.after}`,
      ].join('\n');
  }
}

/** Prints lines of a trace, hazards and surprises set off. */
export function printLines(console: Console, lines: readonly Line[]): undefined {
  const { hazard, faint } = console.style;
  for (const { text, kind } of lines) {
    console.print(kind === 'hazard' || kind === 'unexpected' ? hazard(text) : kind === 'end' ? faint(text) : text);
  }
}

/** Shows the step that led here and what it said, and the program's line when it is another than the one shown last. */
export function showPlace(console: Console): void {
  const { debuggee, style } = console;
  if (debuggee === null) return;
  const { position } = debuggee.session;
  console.print(`${style.faint(`#${position}`)}  ${style.place(stepText(debuggee, position))}`);
  if (position > 0) printLines(console, linesHere(debuggee));
  showLine(console, debuggee);
}

function showLine(console: Console, debuggee: Debuggee): void {
  const point = console.focus === null ? undefined : debuggee.pointOf(console.focus);
  if (point === undefined || point.line === console.shownLine) return;
  console.shownLine = point.line;
  if (point.statement === undefined) return;
  console.print(`${point.line}\t${lineOf(debuggee, point.code.name, point.line) ?? ''}`);
}

/** A line of a program as it is written, by its number in the scenario's file. */
export function lineOf(debuggee: Debuggee, program: string, line: number): string | undefined {
  const source = debuggee.interpreter.programs.library.get(program)?.program.source;
  return source?.text.split('\n')[line - source.line];
}

/** The prompt: which task is looked at, how many steps were made, and the call it is in. */
export function promptText({ debuggee, focus }: Console): string {
  if (debuggee === null) return '(thaw) ';
  const call = focus === null ? undefined : debuggee.view.read(focus.frame)?.call.name;
  const who = focus === null ? '-' : debuggee.nameOf(focus);
  return `${who} #${debuggee.session.position} ${call ?? 'user'}> `;
}
