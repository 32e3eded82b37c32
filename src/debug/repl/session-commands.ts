/** Commands for the session itself: running anew, where one is, scripts, help, leaving. */

import { columns } from '../look/columns.ts';
import { clockText } from '../look/steps.ts';
import { runForward } from '../motion.ts';
import { meanings } from '../scope.ts';
import type { Command } from './command.ts';
import { commands } from './commands.ts';
import type { Console } from './console.ts';
import { helpText } from './help.ts';
import { showPlace } from './place-text.ts';

async function run(console: Console): Promise<undefined> {
  if (!(await console.load()) || console.debuggee === null) return;
  await console.go(runForward(console.debuggee, console.breakpoints));
}

async function start(console: Console): Promise<undefined> {
  if (await console.load()) showPlace(console);
}

function when(console: Console): undefined {
  const debuggee = console.need();
  if (debuggee === null) return;
  const { position, timeline, branches, isComplete } = debuggee.session;
  console.print(
    `step ${position} of ${timeline.length}${isComplete ? '' : ' known so far'}, branch ${branches.current.name}, clock ${clockText(debuggee)}`,
  );
}

async function source(console: Console, argument: string): Promise<undefined> {
  if (argument === '') return console.fail('source which file?');
  const text = await console.host.read(argument);
  if (typeof text !== 'string') return console.fail(text.error);
  await runScript(console, text, argument);
}

/** Carries out the lines of a script; the first that cannot be, or is interrupted, ends it. */
export async function runScript(console: Console, text: string, name: string): Promise<boolean> {
  for (const [i, line] of text.split('\n').entries()) {
    const failures = console.failures;
    await console.execute(line);
    if (console.failures > failures || console.interrupted) {
      console.print(`${name}:${i + 1}: ended here: ${line.trim()}`);
      return false;
    }
    if (console.leaving !== null) return true;
  }
  return true;
}

function quit(console: Console, argument: string): undefined {
  if (!/^[0-9]{0,3}$/.test(argument)) return console.fail(`"${argument}" is no exit code.`);
  console.leaving = Number(argument);
}

const expressions = (): string =>
  [
    'An expression is made of numbers, "texts", NULL, names, $variables of the program, fields (task(5000).nsd), elements',
    '(pidmap[5000]) and C operators: ! - ~ * / % + - & | < <= > >= == != && ||, or the words not, and, or. What names mean:',
    '',
    columns(meanings.map(({ usage, about }) => [`  ${usage}`, about])),
  ].join('\n');

export const sessionCommands: readonly Command[] = [
  {
    names: ['run', 'r'],
    group: 'session',
    usage: '',
    about: 'Reads the scenario anew and runs it from the start',
    example: ['run', 'takes in what was edited; breakpoints stay'],
    run,
  },
  {
    names: ['start'],
    group: 'session',
    usage: '',
    about: 'Reads the scenario anew and stands at its start',
    example: ['start', 'takes in what was edited and waits'],
    run: start,
  },
  {
    names: ['when'],
    group: 'session',
    usage: '',
    about: 'Tells how many steps were made, on which branch, and the time',
    example: ['when', 'tells where in the run one is'],
    run: when,
  },
  {
    names: ['source'],
    group: 'session',
    usage: 'FILE',
    about: 'Carries out the commands in a file',
    example: ['source find-n10.thaw', 'does what the lines of the file say'],
    run: source,
  },
  {
    names: ['echo'],
    group: 'session',
    usage: '[TEXT]',
    about: 'Prints a text',
    example: ['echo the other order:', 'prints the words, for scripts'],
    run: (console, argument) => console.print(argument),
  },
  {
    names: ['help', 'h'],
    group: 'session',
    usage: '[COMMAND | expressions]',
    about: 'Lists the commands, or tells about one',
    example: ['help break', 'tells about break, with an example'],
    run: (console, argument) => {
      if (argument === 'expressions') return console.print(expressions());
      const text = helpText(console, argument);
      if (text !== null) console.print(text);
    },
    complete: () => ['expressions', ...commands.map(({ names: [name] }) => name)],
  },
  {
    names: ['quit', 'q', 'exit'],
    group: 'session',
    usage: '[CODE]',
    about: 'Leaves the debugger',
    example: ['quit', 'leaves; so does end of input'],
    run: quit,
  },
];
