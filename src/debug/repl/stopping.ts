/** Commands that say where a run stops: breakpoints, watchpoints, their conditions and counts. */

import { FAMILIES } from '../../hazards/catalogue/entry.ts';
import { CATALOGUE } from '../../hazards/catalogue/index.ts';
import { syscalls } from '../../syscalls/table.ts';
import type { Breakpoint } from '../breakpoints.ts';
import { renderMistake } from '../expression/ast.ts';
import { parseExpression } from '../expression/parse.ts';
import { columns } from '../look/columns.ts';
import { valueText } from '../look/value.ts';
import { parsePlace, triggerText } from '../place.ts';
import { meaningfulNames } from '../scope.ts';
import type { Command } from './command.ts';
import type { Console } from './console.ts';

type Condition = NonNullable<Breakpoint['condition']>;

/** Reads a condition; null after saying what is wrong with it. */
function conditionFrom(console: Console, text: string): Condition | null {
  const parsed = parseExpression(text);
  if (parsed.ok) return { text, expression: parsed.value };
  console.fail(renderMistake(text, parsed.mistake));
  return null;
}

/** Splits `fork if tid == 5000` at its `if`. */
function splitCondition(argument: string): { place: string; condition: string | null } {
  const at = /(?:^|\s)if(?:\s|$)/.exec(argument);
  if (at === null) return { place: argument, condition: null };
  return { place: argument.slice(0, at.index), condition: argument.slice(at.index + at[0].length).trim() };
}

const breaking = (temporary: boolean) => (console: Console, argument: string) => {
  const { place, condition } = splitCondition(argument);
  const parsed = parsePlace(place, console.debuggee);
  if (!parsed.ok) return console.fail(parsed.message);
  const test = condition === null ? null : conditionFrom(console, condition);
  if (condition !== null && test === null) return;
  const made = console.breakpoints.add(parsed.trigger, place.trim(), test, temporary);
  console.print(`${temporary ? 'Temporary breakpoint' : 'Breakpoint'} ${made.number}: ${triggerText(parsed.trigger)}`);
};

function watch(console: Console, argument: string): undefined {
  const { place, condition } = splitCondition(argument);
  const debuggee = console.need();
  if (debuggee === null) return;
  if (place.trim() === '') return console.fail('watch needs an expression; see help watch');
  const found = console.evaluate(place.trim());
  const parsed = parseExpression(place.trim());
  if (found === null || !parsed.ok) return;
  const test = condition === null ? null : conditionFrom(console, condition);
  if (condition !== null && test === null) return;
  const trigger = { kind: 'watch', expression: parsed.value, focus: console.focus } as const;
  const made = console.breakpoints.add(trigger, place.trim(), test);
  console.print(`Watchpoint ${made.number}: ${place.trim()}, now ${valueText(debuggee, found.value)}`);
}

/** Does something with each breakpoint named by number, or with all when none is. */
function each(console: Console, argument: string, act: (breakpoint: Breakpoint) => void): undefined {
  const { breakpoints } = console;
  if (argument === '') {
    for (const breakpoint of breakpoints.all) act(breakpoint);
    return;
  }
  for (const word of argument.split(/[\s,]+/)) {
    const breakpoint = breakpoints.find(Number(word));
    if (breakpoint === undefined) console.fail(`There is no breakpoint ${word}.`);
    else act(breakpoint);
  }
}

function one(console: Console, argument: string): { breakpoint: Breakpoint; rest: string } | null {
  const [, number = '', rest = ''] = /^(\S*)\s*(.*)$/.exec(argument) ?? [];
  const breakpoint = console.breakpoints.find(Number(number));
  if (breakpoint === undefined) console.fail(number === '' ? 'Which breakpoint?' : `There is no breakpoint ${number}.`);
  return breakpoint === undefined ? null : { breakpoint, rest };
}

function condition(console: Console, argument: string): undefined {
  const named = one(console, argument);
  if (named === null) return;
  if (named.rest === '') {
    named.breakpoint.condition = null;
    console.print(`Breakpoint ${named.breakpoint.number} now stops always.`);
    return;
  }
  const test = conditionFrom(console, named.rest);
  if (test !== null) named.breakpoint.condition = test;
}

function ignore(console: Console, argument: string): undefined {
  const named = one(console, argument);
  if (named === null) return;
  if (!/^[0-9]{1,9}$/.test(named.rest)) return console.fail(`"${named.rest}" is no count.`);
  named.breakpoint.ignore = Number(named.rest);
  console.print(`The next ${named.rest} hits of breakpoint ${named.breakpoint.number} are passed over.`);
}

/** `info breakpoints`. */
export function breakpointsText({ breakpoints }: Console): string {
  if (breakpoints.all.length === 0) return 'No breakpoints or watchpoints.';
  const rows = breakpoints.all.map(
    ({ number, trigger, text, temporary, enabled, hits, ignore: left, condition: test }) => [
      String(number),
      trigger.kind === 'watch' ? 'watchpoint' : temporary ? 'temporary' : 'breakpoint',
      enabled ? 'y' : 'n',
      trigger.kind === 'watch' ? text : triggerText(trigger),
      [
        test === null ? '' : `if ${test.text}`,
        hits === 0 ? '' : `hit ${hits} time${hits === 1 ? '' : 's'}`,
        left === 0 ? '' : `passes over ${left}`,
      ]
        .filter((part) => part !== '')
        .join(', '),
    ],
  );
  return columns([['num', 'kind', 'on', 'what', ''], ...rows]);
}

const places = (): readonly string[] => [
  ...syscalls.keys(),
  ...CATALOGUE.map(({ id }) => id),
  'entry',
  'return',
  'line',
  'effect',
  'errno',
  'signal',
  'hazard',
];

const more = [
  'PLACE is a call (fork: when it is made; return fork: when it returns), an errno (EAGAIN), a signal (SIGCHLD), a line of the',
  'scenario (14), a call of a program by number (restorer:2), an effect (pidmap.test_and_set), a hazard (N10), or any (hazard).',
  `Hazards are named by a letter (${FAMILIES.map(({ letter }) => letter).join(' ')}) and a number. The condition is an expression; tid, call, args,`,
  'result and errno in it are those of the task that the step belongs to.',
].join('\n');

export const stoppingCommands: readonly Command[] = [
  {
    names: ['break', 'b'],
    group: 'stopping',
    usage: 'PLACE [if CONDITION]',
    about: 'Stops whenever a run, forward or back, comes to a place',
    example: ['break fork if tid == 5000', 'stops when task 5000 calls fork'],
    more,
    run: breaking(false),
    complete: (_console, argument) => (/\sif\s/.test(argument) ? meaningfulNames : places()),
  },
  {
    names: ['tbreak', 'tb'],
    group: 'stopping',
    usage: 'PLACE [if CONDITION]',
    about: 'Stops there once: the breakpoint goes when it is hit',
    example: ['tbreak N10', 'stops when hazard N10 becomes certain, once'],
    more,
    run: breaking(true),
    complete: (_console, argument) => (/\sif\s/.test(argument) ? meaningfulNames : places()),
  },
  {
    names: ['watch', 'wa'],
    group: 'stopping',
    usage: 'EXPRESSION [if CONDITION]',
    about: 'Stops after a step that changed a value; going back, before it',
    example: ['watch pidmap[5000]', 'stops when pid 5000 is taken or given back'],
    more: 'What is watched need not exist yet: "watch task(5000).nsd" waits for it.',
    run: watch,
    complete: () => meaningfulNames,
  },
  {
    names: ['delete', 'd'],
    group: 'stopping',
    usage: '[NUMBER…]',
    about: 'Forgets breakpoints, all of them when none is named',
    example: ['delete 2', 'forgets breakpoint 2'],
    run: (console, argument) => each(console, argument, ({ number }) => console.breakpoints.delete(number)),
  },
  {
    names: ['enable', 'en'],
    group: 'stopping',
    usage: '[NUMBER…]',
    about: 'Lets breakpoints stop again',
    example: ['enable 2', 'turns breakpoint 2 on'],
    run: (console, argument) =>
      each(console, argument, (breakpoint) => {
        breakpoint.enabled = true;
      }),
  },
  {
    names: ['disable', 'dis'],
    group: 'stopping',
    usage: '[NUMBER…]',
    about: 'Makes runs pass breakpoints by',
    example: ['disable 2', 'turns breakpoint 2 off'],
    run: (console, argument) =>
      each(console, argument, (breakpoint) => {
        breakpoint.enabled = false;
      }),
  },
  {
    names: ['condition', 'cond'],
    group: 'stopping',
    usage: 'NUMBER [CONDITION]',
    about: 'Gives a breakpoint another condition, or none',
    example: ['condition 1 errno == EAGAIN', 'makes breakpoint 1 stop for that errno only'],
    run: condition,
  },
  {
    names: ['ignore'],
    group: 'stopping',
    usage: 'NUMBER COUNT',
    about: 'Passes over the next hits of a breakpoint',
    example: ['ignore 1 3', 'stops at the fourth hit of breakpoint 1'],
    run: ignore,
  },
];
