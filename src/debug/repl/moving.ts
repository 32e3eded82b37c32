/** Commands that move in the run: by effect, call, choice, breakpoint or number, forward and back. */

import { BreakpointList } from '../breakpoints.ts';
import type { Debuggee } from '../debuggee.ts';
import {
  hasReturned,
  isAboutToCall,
  isChoice,
  type Motion,
  runBackward,
  runForward,
  type Stop,
  type Until,
} from '../motion.ts';
import { type Command, countOf } from './command.ts';
import type { Console } from './console.ts';
import { showPlace, stopText } from './place-text.ts';

/** The count of a command; null after saying that it is none. */
function countIn(console: Console, argument: string): number | null {
  const count = countOf(argument);
  if (count === null) console.fail(`"${argument}" is no count.`);
  return count;
}

/** One step in a direction, as a motion: at a breakpoint it stops all the same, as it would anyway. */
function* single(debuggee: Debuggee, backwards: boolean): Motion {
  const moved = backwards ? debuggee.session.back() : debuggee.session.forward();
  return { reason: moved ? 'done' : backwards ? 'start' : 'end' };
}

/** Repeats a motion; shows where it came to only at the last, or where something else stopped it. */
async function repeat(
  console: Console,
  argument: string,
  backwards: boolean,
  make: () => Motion | null,
): Promise<undefined> {
  const count = countIn(console, argument);
  if (count === null) return;
  let stop: Stop | null = { reason: 'done' };
  for (let i = 0; i < count && stop?.reason === 'done'; i++) {
    const motion = make();
    if (motion === null) return;
    stop = await console.drive(motion);
  }
  if (backwards) console.followNext();
  else console.followLast();
  const text = stopText(console, stop);
  if (text !== '') console.print(text);
  showPlace(console);
}

const stepping = (backwards: boolean) => (console: Console, argument: string) => {
  const debuggee = console.need();
  return debuggee === null ? undefined : repeat(console, argument, backwards, () => single(debuggee, backwards));
};

/** Runs to a state that is told by the task looked at. */
const calling = (backwards: boolean, inCallOnly: boolean) => (console: Console, argument: string) => {
  const debuggee = console.need();
  if (debuggee === null) return undefined;
  const task = console.focus;
  if (task === null) {
    console.fail('No task is looked at; see thread.');
    return undefined;
  }
  if (inCallOnly && debuggee.view.read(task.frame) === null) {
    console.fail(`${debuggee.nameOf(task)} is in no call.`);
    return undefined;
  }
  return repeat(console, argument, backwards, () => {
    const until: Until = backwards ? isAboutToCall(debuggee, task) : hasReturned(debuggee, task);
    return (backwards ? runBackward : runForward)(debuggee, console.breakpoints, until);
  });
};

const choosing = (backwards: boolean) => (console: Console, argument: string) => {
  const debuggee = console.need();
  if (debuggee === null) return undefined;
  return repeat(console, argument, backwards, () =>
    (backwards ? runBackward : runForward)(debuggee, console.breakpoints, isChoice(debuggee)),
  );
};

const running = (backwards: boolean) => async (console: Console, argument: string) => {
  const debuggee = console.need();
  const count = countIn(console, argument);
  if (debuggee === null || count === null) return;
  for (let i = 0; i < count; i++) {
    const stop = await console.go((backwards ? runBackward : runForward)(debuggee, console.breakpoints), backwards);
    if (stop === null || stop.reason === 'end' || stop.reason === 'start') return;
  }
};

async function jump(console: Console, argument: string): Promise<undefined> {
  const debuggee = console.need();
  if (debuggee === null) return;
  const found = argument === 'end' ? { value: Number.POSITIVE_INFINITY } : console.evaluate(argument || 'step');
  if (found === null) return;
  const to = found.value;
  if (typeof to !== 'number' || to < 0) return console.fail(`"${argument}" is no step.`);
  const { session } = debuggee;
  if (to <= session.timeline.length) {
    session.jump(to);
    console.followLast();
    showPlace(console);
    return;
  }
  session.jump(session.timeline.length);
  await console.go(runForward(debuggee, new BreakpointList(), (step) => step >= to));
}

export const movingCommands: readonly Command[] = [
  {
    names: ['step', 's', 'stepi', 'si'],
    group: 'moving',
    usage: '[COUNT]',
    about: 'Makes the next effect, whoever makes it',
    example: ['step 3', 'makes the next three effects'],
    more: 'An effect is what the kernel does in one piece. Who makes it is settled by the schedule; "choose" settles it otherwise.',
    run: stepping(false),
  },
  {
    names: ['next', 'n'],
    group: 'moving',
    usage: '[COUNT]',
    about: 'Runs until the call of the task looked at, or its next one, has returned',
    example: ['next', 'runs the whole of the next system call'],
    more: 'Other tasks run meanwhile as the schedule has it.',
    run: calling(false, false),
  },
  {
    names: ['finish', 'fin'],
    group: 'moving',
    usage: '',
    about: 'Runs until the call that the task looked at is in has returned',
    example: ['finish', 'goes to the return of the call under way'],
    run: calling(false, true),
  },
  {
    names: ['continue', 'c', 'fg'],
    group: 'moving',
    usage: '[COUNT]',
    about: 'Runs to the next breakpoint or watchpoint, or to the end',
    example: ['continue', 'runs until something stops it'],
    run: running(false),
  },
  {
    names: ['choice'],
    group: 'moving',
    usage: '[COUNT]',
    about: 'Runs to the next state in which more than one task could step',
    example: ['choice', 'goes to the next choice of the scheduler; "info choices" shows it'],
    run: choosing(false),
  },
  {
    names: ['reverse-step', 'rs', 'reverse-stepi', 'rsi'],
    group: 'moving',
    usage: '[COUNT]',
    about: 'Takes the last effect back',
    example: ['reverse-step 3', 'takes the last three effects back'],
    run: stepping(true),
  },
  {
    names: ['reverse-next', 'rn'],
    group: 'moving',
    usage: '[COUNT]',
    about: 'Goes back to before the last call of the task looked at',
    example: ['reverse-next', 'takes the last system call back'],
    run: calling(true, false),
  },
  {
    names: ['reverse-finish'],
    group: 'moving',
    usage: '',
    about: 'Goes back to before the call that the task looked at is in',
    example: ['reverse-finish', 'goes to where the call under way was made'],
    run: calling(true, true),
  },
  {
    names: ['reverse-continue', 'rc'],
    group: 'moving',
    usage: '[COUNT]',
    about: 'Runs back to the last breakpoint, to before the last change of what is watched, or to the start',
    example: ['reverse-continue', 'runs back until something stops it'],
    run: running(true),
  },
  {
    names: ['reverse-choice'],
    group: 'moving',
    usage: '[COUNT]',
    about: 'Goes back to the last state in which more than one task could step',
    example: ['reverse-choice', 'goes to the last choice of the scheduler'],
    run: choosing(true),
  },
  {
    names: ['jump', 'j', 'goto', 'seek'],
    group: 'moving',
    usage: 'STEP|end',
    about: 'Goes to the state after so many steps, or to the end, past all breakpoints',
    example: ['jump step - 100', 'goes a hundred steps back'],
    run: jump,
  },
];
