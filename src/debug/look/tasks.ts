/** `info tasks`, `info fds`, `info signals`, `info nsd`: what tasks are, and what each has of its own. */

import { queued } from '../../kernel-sim/signal/pending.ts';
import { signalsOf } from '../../kernel-sim/signal/signal-set.ts';
import { children, type Task, threads } from '../../kernel-sim/task/task.ts';
import type { Debuggee } from '../debuggee.ts';
import { columns, listing } from './columns.ts';
import { doingText, signalText } from './steps.ts';
import { objectName, valueText } from './value.ts';

/** The tree of tasks with state and current call; `*` marks the one looked at, `>` the one that steps next. */
export function tasksText(debuggee: Debuggee, focus: Task | null): string {
  const { session, view } = debuggee;
  const next = session.actorAt(session.upcoming()?.actor ?? -1);
  const rows: string[][] = [];
  const seen = new Set<Task>();
  const add = (task: Task, depth: number): void => {
    if (seen.has(task)) return;
    seen.add(task);
    const marks = `${task === focus ? '*' : ' '}${task === next ? '>' : ' '}`;
    const state = view.read(task.life) === 'alive' ? view.read(task.state) : 'zombie';
    rows.push([
      `${marks} ${'  '.repeat(depth)}${debuggee.nameOf(task)}`,
      state,
      lineText(debuggee, task),
      doingOf(debuggee, task),
    ]);
    const process = view.read(task.process);
    if (process !== null) for (const thread of threads.members(view, process)) add(thread, depth);
    for (const child of children.members(view, task)) add(child, depth + 1);
  };
  const all = debuggee.tasks;
  for (const task of all) {
    const parent = view.read(task.parent);
    if (parent === null || !all.includes(parent)) add(task, 0);
  }
  for (const task of all) add(task, 0);
  return listing(['   task', 'state', 'line', 'doing'], rows, 'There are no tasks.');
}

const lineText = (debuggee: Debuggee, task: Task): string => {
  const point = debuggee.pointOf(task);
  return point === undefined ? '-' : `${point.code.name}:${point.line}`;
};

const doingOf = (debuggee: Debuggee, task: Task): string =>
  debuggee.view.read(task.life) === 'alive' ? doingText(debuggee, task) : 'has ended, not waited for yet';

/** The open descriptors of a task. */
export function descriptorsText(debuggee: Debuggee, task: Task): string {
  const { view } = debuggee;
  const files = view.read(task.files);
  if (files === null) return `${debuggee.nameOf(task)} has no descriptors any more.`;
  const closing = view.read(files.closeOnExec);
  const rows = view.read(files.taken).map((fd) => {
    const file = view.read(files.slots.at(fd));
    if (file === null) return [String(fd), 'reserved, not installed yet', ''];
    const flags = `flags 0${view.read(file.flags).toString(8)}${closing.includes(fd) ? ' close-on-exec' : ''}`;
    return [String(fd), nodeText(debuggee, file), flags];
  });
  return listing(['fd', 'file', 'flags'], rows, `${debuggee.nameOf(task)} has no open descriptors.`);
}

function nodeText(debuggee: Debuggee, file: object): string {
  const { operations, node } = file as { operations?: number; node?: number };
  const how = operations === undefined ? null : (debuggee.view.read(operations as never) as { name?: string } | null);
  const where = node === undefined ? null : debuggee.view.read(node as never);
  return [how?.name ?? 'file', where === null ? '' : valueText(debuggee, where)].join(' ').trim();
}

/** What is pending, blocked and handled in a task. */
export function signalsText(debuggee: Debuggee, task: Task): string {
  const { view } = debuggee;
  const own = view.read(task.signals);
  const process = view.read(task.process);
  const shared = process === null ? null : view.read(process.signals);
  const handlers = view.read(task.handlers);
  const set = (signals: bigint): string => signalsOf(signals).map(signalText).join(' ') || 'none';
  const rows: string[][] = [];
  if (own !== null) {
    rows.push([
      'pending here',
      set(view.read(own.pending)),
      ...queued(view, own).map((info) => valueText(debuggee, info)),
    ]);
    rows.push(['blocked', set(view.read(own.blocked))]);
    rows.push(['looks for signals', view.read(own.flagged) ? 'yes' : 'no']);
  }
  if (shared !== null) {
    rows.push([
      'pending for the process',
      set(view.read(shared.pending)),
      ...queued(view, shared).map((info) => valueText(debuggee, info)),
    ]);
  }
  const actions = handlers === null ? {} : view.read(handlers.actions);
  for (const [signo, action] of Object.entries(actions)) {
    const does =
      action.handler === 1 ? 'ignored' : action.handler === 0 ? 'default' : valueText(debuggee, action.handler);
    rows.push([signalText(Number(signo)), does]);
  }
  return columns(rows);
}

/** What is armed in whom. */
export function armedText(debuggee: Debuggee): string {
  const { view } = debuggee;
  const rows = debuggee.tasks.flatMap((task) => {
    const nsd = view.read(task.nsd);
    if (nsd === null) return [];
    const [count, data, intent] = [nsd.ndata, nsd.data, nsd.intent].map((cell) => view.read<unknown>(cell as never));
    const armed =
      count === 1
        ? `armed ${valueText(debuggee, data)}`
        : count === 0
          ? 'empty'
          : `count ${valueText(debuggee, count)}`;
    return [
      [
        debuggee.nameOf(task),
        armed,
        typeof intent === 'string' ? `meant for ${intent}` : '',
        objectName(debuggee, nsd),
      ],
    ];
  });
  return listing(['task', 'value', 'intent', 'object'], rows, 'No task has anything armed.');
}

/** The variables of the program that a task runs. */
export function variablesText(debuggee: Debuggee, task: Task): string {
  const context = debuggee.pointOf(task)?.context;
  const variables = context === undefined ? {} : debuggee.view.read(context.variables);
  const rows = Object.entries(variables).map(([name, value]) => [`$${name}`, valueText(debuggee, value)]);
  return listing(['name', 'value'], rows, 'The program has no variables that it will read again.');
}
