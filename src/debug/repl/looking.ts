/** Commands that look: at tasks and kernel objects, at values, at the program, at what happened and why. */

import { findEntry } from '../../hazards/catalogue/index.ts';
import { isHazard } from '../../hazards/finding.ts';
import { didYouMean } from '../../userland/language/suggest.ts';
import type { Debuggee } from '../debuggee.ts';
import { backtraceText } from '../look/backtrace.ts';
import { columns } from '../look/columns.ts';
import { differenceText } from '../look/difference.ts';
import { traceOf } from '../look/events.ts';
import { contentsText, ipcText, messageQueuesText, segmentsText, semaphoresText, undoText } from '../look/ipc.ts';
import { queuesText } from '../look/mqueue.ts';
import { reportsText } from '../look/reports.ts';
import { clockText, stepText } from '../look/steps.ts';
import { choicesText, hazardsText, locksText, namespacesText, pidsText, readersText } from '../look/system.ts';
import { armedText, descriptorsText, signalsText, tasksText, variablesText } from '../look/tasks.ts';
import { cellText, detailText, valueText } from '../look/value.ts';
import { writersOf } from '../look/writers.ts';
import { meaningfulNames } from '../scope.ts';
import type { Command } from './command.ts';
import type { Console } from './console.ts';
import { lineOf, printLines } from './place-text.ts';
import { breakpointsText } from './stopping.ts';

type Topic = (debuggee: Debuggee, console: Console) => string;

const ofFocus =
  (text: (debuggee: Debuggee, task: NonNullable<Console['focus']>) => string): Topic =>
  (debuggee, { focus }) =>
    focus === null ? 'No task is looked at; see thread.' : text(debuggee, focus);

/** What `info` can be asked for. */
const topics: Readonly<Record<string, Topic>> = {
  tasks: (debuggee, { focus }) => tasksText(debuggee, focus),
  threads: (debuggee, { focus }) => tasksText(debuggee, focus),
  nsd: armedText,
  pids: pidsText,
  ipc: (debuggee, { focus }) => ipcText(debuggee, focus),
  msg: (debuggee, { focus }) => messageQueuesText(debuggee, focus),
  sem: (debuggee, { focus }) => semaphoresText(debuggee, focus),
  shm: (debuggee, { focus }) => segmentsText(debuggee, focus),
  undo: undoText,
  mqueue: queuesText,
  fds: ofFocus(descriptorsText),
  signals: ofFocus(signalsText),
  locals: ofFocus(variablesText),
  locks: locksText,
  rcu: readersText,
  ns: namespacesText,
  hazards: hazardsText,
  reports: reportsText,
  choices: choicesText,
  breakpoints: (_debuggee, console) => breakpointsText(console),
  clock: clockText,
};

function info(console: Console, argument: string): undefined {
  const debuggee = console.need();
  if (debuggee === null) return;
  const names = Object.keys(topics);
  if (argument === '') return console.print(`info what? One of ${names.join(', ')}.`);
  const begun = names.filter((name) => name.startsWith(argument));
  const name = names.includes(argument)
    ? argument
    : begun.length === 1 || begun[0] === 'breakpoints'
      ? begun[0]
      : undefined;
  if (name === undefined) return console.fail(`There is no info "${argument}"${didYouMean(argument, names)}`);
  console.print((topics[name] as Topic)(debuggee, console));
}

const showing = (text: (debuggee: Debuggee, value: unknown) => string) => (console: Console, argument: string) => {
  const debuggee = console.need();
  if (debuggee === null) return;
  if (argument === '') return console.fail('An expression is needed; see help expressions.');
  const found = console.evaluate(argument);
  if (found !== null) console.print(text(debuggee, found.value));
};

function backtrace(console: Console): undefined {
  const debuggee = console.need();
  if (debuggee === null) return;
  if (console.focus === null) return console.fail('No task is looked at; see thread.');
  console.print(backtraceText(debuggee, console.focus));
}

/** Lines of the program shown around the one that a task is at. */
const AROUND = 5;

function list(console: Console, argument: string): undefined {
  const debuggee = console.need();
  if (debuggee === null) return;
  const here = console.focus === null ? undefined : debuggee.pointOf(console.focus);
  const { library } = debuggee.interpreter.programs;
  const name = argument === '' ? here?.code.name : argument;
  const code = name === undefined ? undefined : library.get(name);
  if (code === undefined || name === undefined) {
    return console.fail(
      name === undefined
        ? 'There is no program here.'
        : `There is no program "${name}"${didYouMean(name, library.keys())}`,
    );
  }
  const { source } = code.program;
  const last = source.line + source.text.trimEnd().split('\n').length - 1;
  const at = here?.code === code ? here.line : null;
  const from = at === null ? source.line : Math.max(source.line, at - AROUND);
  const to = at === null ? last : Math.min(last, at + AROUND);
  for (let line = from; line <= to; line++) {
    console.print(`${line === at ? '=>' : '  '} ${line}\t${lineOf(debuggee, name, line) ?? ''}`);
  }
}

function trace(console: Console, argument: string): undefined {
  const debuggee = console.need();
  if (debuggee === null) return;
  const { position } = debuggee.session;
  const [, first, second] = /^(?:(\d+)(?:\s+(\d+))?)?$/.exec(argument) ?? [null];
  if (first === undefined && argument !== '') return console.fail(`"${argument}" is no step; see help trace.`);
  const from =
    second === undefined ? Math.max(1, first === undefined ? 1 : position - Number(first) + 1) : Number(first);
  const to = second === undefined ? position : Math.min(Number(second), debuggee.session.timeline.length);
  const lines = traceOf(debuggee, from, to);
  printLines(console, lines);
  if (lines.length === 0) console.print('Nothing has happened that a trace would show.');
}

function steps(console: Console, argument: string): undefined {
  const debuggee = console.need();
  if (debuggee === null) return;
  const { session } = debuggee;
  const count = /^\d+$/.test(argument) ? Number(argument) : 10;
  const rows: string[][] = [];
  for (
    let step = Math.max(1, session.position - count + 1);
    step <= Math.min(session.timeline.length, session.position + count);
    step++
  ) {
    rows.push([`${step === session.position ? '=>' : '  '} ${step}`, stepText(debuggee, step)]);
  }
  console.print(rows.length === 0 ? 'No step was made yet.' : columns(rows));
}

function difference(console: Console, argument: string): undefined {
  const debuggee = console.need();
  if (debuggee === null) return;
  const [, first, second] = /^(\d+)(?:\s+(\d+))?$/.exec(argument) ?? [];
  const { timeline, position } = debuggee.session;
  const [from, to] = [Number(first), second === undefined ? position : Number(second)];
  if (first === undefined || Math.max(from, to) > timeline.length)
    return console.fail('diff needs one or two recorded steps; see help diff.');
  console.print(differenceText(debuggee, Math.min(from, to), Math.max(from, to)));
}

/** How many writers of a location are told. */
const WRITERS = 10;

async function why(console: Console, argument: string): Promise<undefined> {
  const debuggee = console.need();
  if (debuggee === null) return;
  if (argument === '') return console.fail('why what? A location or a hazard; see help why.');
  if (findEntry(argument) !== undefined) return whyHazard(console, debuggee, argument.toUpperCase());
  const found = console.evaluate(argument);
  if (found === null) return;
  if (found.cell === undefined) return console.fail(`"${argument}" is a value, no location: nobody wrote it.`);
  const writers = writersOf(debuggee, found.cell, WRITERS);
  console.print(`${cellText(debuggee, found.cell)} is ${valueText(debuggee, found.value)}`);
  if (writers.length === 0) console.print('Nobody has written it since the start.');
  for (const { step, before, after } of writers) {
    console.print(
      `  #${step}  ${stepText(debuggee, step)}: ${valueText(debuggee, before)} -> ${valueText(debuggee, after)}`,
    );
  }
}

async function whyHazard(console: Console, debuggee: Debuggee, id: string): Promise<undefined> {
  const { timeline, position } = debuggee.session;
  let last = 0;
  for (let step = 1; step <= position; step++) {
    if (timeline.hasNotes(step) && timeline.notes(step).some((note) => isHazard(note) && note.finding.id === id))
      last = step;
  }
  const entry = findEntry(id);
  console.print(`${id} ${entry?.name ?? ''}: ${entry?.consequence ?? ''}`);
  console.print(
    last === 0 ? 'It has not become certain up to here.' : `It became certain at #${last}: ${stepText(debuggee, last)}`,
  );
  const explanation = await console.ask((isOver) => console.host.explain(debuggee, id, isOver));
  console.print(explanation ?? 'No schedule of this scenario was found that leads to it.');
}

export const lookingCommands: readonly Command[] = [
  {
    names: ['info', 'i'],
    group: 'looking',
    usage: 'TOPIC',
    about: 'Shows a part of the kernel or of the session',
    example: ['info tasks', 'shows the tree of tasks with state and current call'],
    more: `TOPIC is one of ${Object.keys(topics).join(', ')}.`,
    run: info,
    complete: () => Object.keys(topics),
  },
  {
    names: ['print', 'p', 'inspect'],
    group: 'looking',
    usage: 'EXPRESSION',
    about: 'Shows the value of an expression',
    example: ['print task(5000).nsd', 'shows what task 5000 has armed'],
    run: showing(detailText),
    complete: () => meaningfulNames,
  },
  {
    names: ['x'],
    group: 'looking',
    usage: 'EXPRESSION',
    about: 'Shows the contents of a queue, a semaphore set or a segment',
    example: ['x msg(0)', 'shows the messages in queue 0'],
    run: showing(contentsText),
    complete: () => meaningfulNames,
  },
  {
    names: ['backtrace', 'bt', 'where'],
    group: 'looking',
    usage: '',
    about: 'Shows where the task looked at is: effect, call, program line, locks held',
    example: ['backtrace', 'shows what the task is in the middle of'],
    run: backtrace,
  },
  {
    names: ['list', 'l'],
    group: 'looking',
    usage: '[PROGRAM]',
    about: 'Shows the program around the line that the task is at, or all of a program',
    example: ['list restorer', 'shows the program restorer'],
    run: list,
    complete: (console) => [...(console.debuggee?.interpreter.programs.library.keys() ?? [])],
  },
  {
    names: ['trace', 't'],
    group: 'looking',
    usage: '[STEPS | FROM TO]',
    about: 'Prints the trace again up to here, or that of the last steps',
    example: ['trace 50', 'prints what the last 50 steps said'],
    run: trace,
  },
  {
    names: ['steps'],
    group: 'looking',
    usage: '[COUNT]',
    about: 'Lists the steps before and after this state as far as they are known',
    example: ['steps 5', 'lists the last five steps and the next five'],
    run: steps,
  },
  {
    names: ['diff'],
    group: 'looking',
    usage: 'STEP1 [STEP2]',
    about: 'Shows what differs between two states, or between one and this',
    example: ['diff 10 20', 'shows what the steps 11 to 20 changed'],
    run: difference,
  },
  {
    names: ['why'],
    group: 'looking',
    usage: 'LOCATION|HAZARD',
    about: 'Tells who wrote a location last and before that, or why a hazard happens',
    example: ['why pidmap[5000]', 'tells who took the pid and who gave it back'],
    run: why,
    complete: () => meaningfulNames,
  },
];
