/** Commands that choose: whom to look at, who runs next, which of several ways a run went, and what else could happen. */

import { isHazard } from '../../hazards/finding.ts';
import { didYouMean } from '../../userland/language/suggest.ts';
import type { Branch } from '../branches.ts';
import type { Debuggee } from '../debuggee.ts';
import { branchDifferenceText } from '../look/branch-difference.ts';
import { columns } from '../look/columns.ts';
import { stepText, upcomingText } from '../look/steps.ts';
import { savedText } from '../saved.ts';
import type { Timeline } from '../timeline.ts';
import { followWay, type Way } from '../way.ts';
import type { Command } from './command.ts';
import type { Console } from './console.ts';
import { showPlace } from './place-text.ts';

function thread(console: Console, argument: string): undefined {
  const debuggee = console.need();
  if (debuggee === null) return;
  if (argument !== '') {
    const task = console.taskFrom(argument);
    if (task === null) return;
    console.lookAt(task);
  }
  if (console.focus === null) return console.print('No task is looked at.');
  console.print(`Looking at ${debuggee.nameOf(console.focus)}. Next: ${upcomingText(debuggee)}`);
}

function choose(console: Console, argument: string): undefined {
  const debuggee = console.need();
  if (debuggee === null) return;
  if (argument === '') return console.fail('choose whom? "info choices" shows who could step.');
  const actor =
    debuggee.session.machine.actors.find((other) => debuggee.labelOf(other) === argument) ?? console.taskFrom(argument);
  if (actor === null) return;
  const answer = debuggee.session.choose(actor);
  if (answer === 'gone') return console.fail(`${debuggee.nameOf(actor)} has ended.`);
  if (answer === 'waiting') return console.fail(`${debuggee.nameOf(actor)} waits; it cannot step here.`);
  if (answer !== null) {
    console.print(
      `The run so far is kept as branch ${answer.name}; this is ${debuggee.session.branches.current.name} now.`,
    );
  }
  console.followNext();
  console.print(`Next: ${upcomingText(debuggee)}`);
}

/** How a run went: its hazards, and how it ended if that is known. */
function summaryOf(timeline: Timeline, isComplete: boolean): string {
  const ids = new Set<string>();
  for (let step = 1; step <= timeline.length; step++) {
    if (!timeline.hasNotes(step)) continue;
    for (const note of timeline.notes(step)) if (isHazard(note)) ids.add(note.finding.id);
  }
  const hazards = ids.size === 0 ? 'no hazards' : [...ids].join(' ');
  return `${timeline.length} steps${isComplete ? '' : ' so far'}, ${hazards}`;
}

const forkText = (parent: string | null, fork: number): string => (parent === null ? '' : `left ${parent} at #${fork}`);

function listBranches(console: Console, { session }: Debuggee): undefined {
  const { current, kept } = session.branches;
  const rows = kept.map((branch) => [
    `  ${branch.name}`,
    summaryOf(branch.timeline, branch.complete),
    forkText(branch.parent, branch.fork),
  ]);
  rows.push([
    `* ${current.name}`,
    summaryOf(session.timeline, session.isComplete),
    forkText(current.parent, current.fork),
  ]);
  console.print(columns(rows));
}

function compare(console: Console, debuggee: Debuggee, branch: Branch): undefined {
  const { session } = debuggee;
  const common = session.timeline.commonWith(branch.timeline);
  console.print(`The first ${common} steps are the same.`);
  const here = common < session.timeline.length ? stepText(debuggee, common + 1) : 'nothing yet';
  const actor = branch.timeline.length > common ? session.actorAt(branch.timeline.actor(common + 1)) : null;
  const there =
    branch.timeline.length > common
      ? `${debuggee.nameOf(actor)}  ${branch.timeline.call(common + 1)}: ${branch.timeline.effect(common + 1)}`
      : 'nothing yet';
  console.print(
    columns([
      [session.branches.current.name, `#${common + 1}  ${here}`, summaryOf(session.timeline, session.isComplete)],
      [branch.name, `#${common + 1}  ${there}`, summaryOf(branch.timeline, branch.complete)],
    ]),
  );
  console.print(branchDifferenceText(debuggee, branch));
}

function branch(console: Console, argument: string): undefined {
  const debuggee = console.need();
  if (debuggee === null) return;
  const [first = '', second] = argument.split(/\s+/);
  if (first === '' || first === 'list') return listBranches(console, debuggee);
  const { branches } = debuggee.session;
  const name = ['compare', 'drop', 'switch'].includes(first) ? (second ?? '') : first;
  const named = branches.find(name);
  if (named === undefined) {
    const same = name === branches.current.name;
    const known = branches.kept.map((other) => other.name);
    return console.fail(same ? `This is ${name}.` : `There is no branch "${name}"${didYouMean(name, known)}`);
  }
  if (first === 'compare') return compare(console, debuggee, named);
  if (first === 'drop') {
    branches.drop(name);
    return console.print(`Branch ${name} is forgotten.`);
  }
  debuggee.session.switchTo(name);
  console.followLast();
  console.print(`This is ${name} now.`);
  showPlace(console);
}

function checkpoint(console: Console): undefined {
  const debuggee = console.need();
  if (debuggee === null) return;
  const made = {
    number: console.checkpoints.length + 1,
    branch: debuggee.session.branches.current.name,
    step: debuggee.session.position,
  };
  console.checkpoints.push(made);
  console.print(`Checkpoint ${made.number}: #${made.step} of ${made.branch}`);
}

function restart(console: Console, argument: string): undefined {
  const debuggee = console.need();
  if (debuggee === null) return;
  const { session } = debuggee;
  if (argument === '') session.jump(0);
  else {
    const wanted = console.checkpoints.find(({ number }) => String(number) === argument);
    if (wanted === undefined) return console.fail(`There is no checkpoint ${argument}.`);
    if (wanted.branch !== session.branches.current.name && !session.switchTo(wanted.branch)) {
      return console.fail(`Its branch ${wanted.branch} was forgotten.`);
    }
    session.jump(wanted.step);
  }
  if (session.position === 0) console.followNext();
  else console.followLast();
  showPlace(console);
}

async function explore(console: Console, argument: string): Promise<undefined> {
  const debuggee = console.need();
  if (debuggee === null) return;
  if (!/^(?:from here)?$/.test(argument)) return console.fail('It is "explore from here".');
  const { exposed, complete } = await console.ask((isOver) => console.host.explore(debuggee, isOver));
  console.exposed = exposed;
  if (!complete) {
    const why = console.interrupted ? 'The search was interrupted' : 'The search ended at its budget';
    console.print(`${why}; there may be more than it has found.`);
  }
  if (exposed.length === 0) {
    return console.print(`No schedule ${complete ? 'from here on' : 'searched'} leads to a hazard.`);
  }
  for (const [i, { id, name, explanation }] of exposed.entries()) {
    console.print(`${i + 1}  ${console.style.hazard(`${id} ${name}`)}`);
    console.print(`   ${explanation}`);
  }
  console.print('"follow NUMBER" goes the way to one of them, as a branch.');
}

async function follow(console: Console, argument: string): Promise<undefined> {
  const debuggee = console.need();
  if (debuggee === null) return;
  if (/^\d*$/.test(argument)) {
    const way = console.exposed[Number(argument) - 1];
    if (way === undefined) return console.fail('Follow which? "explore from here" finds ways and numbers them.');
    return goWay(console, debuggee, way.schedule, way.from);
  }
  const way = await console.host.readSchedule(argument);
  if ('error' in way) return console.fail(way.error);
  goWay(console, debuggee, way, 0);
}

function goWay(console: Console, debuggee: Debuggee, way: Way, from: number): undefined {
  const { session } = debuggee;
  const all = way.reduce((sum, { steps }) => sum + steps, 0);
  const followed = followWay(debuggee, way, from);
  console.followLast();
  const short = followed < all ? ` of ${all}; whoever was to step then cannot` : '';
  console.print(`${followed} steps were made that way${short}. This is ${session.branches.current.name}.`);
  showPlace(console);
}

async function save(console: Console, argument: string): Promise<undefined> {
  const debuggee = console.need();
  if (debuggee === null) return;
  const file = /^schedule\s+(\S+)$/.exec(argument)?.[1];
  if (file === undefined) return console.fail('It is "save schedule FILE".');
  const saved = savedText(debuggee);
  const wrong = await console.host.write(file, saved.text);
  if (wrong !== null) return console.fail(wrong);
  console.print(
    `Saved the ${debuggee.session.position} steps up to here${saved.hazard === '' ? '' : `, which lead to ${saved.hazard}`}, as ${file}.`,
  );
}

const labels = ({ debuggee }: Console): readonly string[] =>
  debuggee?.tasks.map((task) => debuggee.labelOf(task)) ?? [];

export const choosingCommands: readonly Command[] = [
  {
    names: ['thread', 'task'],
    group: 'choosing',
    usage: '[TASK]',
    about: 'Looks at another task; who runs next stays as it is',
    example: ['thread 5000', 'looks at task 5000'],
    more: 'TASK is a number, a name such as restorer/2, or an expression.',
    run: thread,
    complete: labels,
  },
  {
    names: ['choose', 'run-next'],
    group: 'choosing',
    usage: 'TASK',
    about: 'Makes a task the next to step; the run goes another way from here',
    example: ['choose neighbour', 'lets the neighbour go first'],
    more: 'What was seen of the other way is kept as a branch. From here on a task runs until it waits, then the oldest.',
    run: choose,
    complete: labels,
  },
  {
    names: ['branch', 'branches'],
    group: 'choosing',
    usage: '[list | [switch] NAME | compare NAME | drop NAME]',
    about: 'Lists the ways the run went, goes over to one, compares one with this, or forgets one',
    example: ['branch compare main', 'says where this branch left main and how both went'],
    run: branch,
    complete: ({ debuggee }) => [
      'list',
      'switch',
      'compare',
      'drop',
      ...(debuggee?.session.branches.kept.map(({ name }) => name) ?? []),
    ],
  },
  {
    names: ['checkpoint'],
    group: 'choosing',
    usage: '',
    about: 'Remembers this state by a number',
    example: ['checkpoint', 'remembers where one is; "restart 1" comes back'],
    run: checkpoint,
  },
  {
    names: ['restart'],
    group: 'choosing',
    usage: '[CHECKPOINT]',
    about: 'Goes back to a checkpoint, or to the start of the run',
    example: ['restart 1', 'goes back to checkpoint 1'],
    run: restart,
  },
  {
    names: ['explore'],
    group: 'choosing',
    usage: 'from here',
    about: 'Searches every way the run could go from this state for hazards',
    example: ['explore from here', 'numbers the ways to hazards; "follow 1" goes the first'],
    run: explore,
    complete: () => ['from', 'here'],
  },
  {
    names: ['follow'],
    group: 'choosing',
    usage: 'NUMBER|FILE',
    about: 'Goes a way that the explorer found, or a saved schedule, as a branch of its own',
    example: ['follow 1', 'goes the first way that "explore from here" found'],
    run: follow,
  },
  {
    names: ['save'],
    group: 'choosing',
    usage: 'schedule FILE',
    about: 'Saves who stepped up to here, for thaw replay --schedule',
    example: ['save schedule n10.yaml', 'writes the schedule to a file'],
    run: save,
    complete: () => ['schedule'],
  },
];
