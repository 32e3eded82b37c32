/** What `npm start` shows: a real tree restored through the interface of 2008, and the race for which that interface was turned down. */

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { ChalkInstance } from 'chalk';
import { openScenario } from '../explore/open.ts';
import type { Kernel } from '../kernel-sim/kernel.ts';
import { profileOf } from '../kernel-sim/profile.ts';
import { type Image, readImage } from '../restorer/image/index.ts';
import { type Restore, restoreImage } from '../restorer/run/restore.ts';
import { openSession } from '../scenario/session.ts';
import { EventSource } from '../trace/event.ts';
import { StraceText } from '../trace/strace.ts';
import { coloursOf } from './colour.ts';
import { foreseenText } from './foreseen.ts';
import { runFreely } from './run.ts';

const IMAGE = 'scenarios/demo/tree.image.yaml';
const SCENARIO = 'scenarios/demo/taken-by-neighbour.yaml';

const next = [
  [`explore ${SCENARIO}`, 'every schedule, and what decides it'],
  [`debug ${SCENARIO}`, 'step through it, forward and back'],
  [`plan ${IMAGE} --fixes P3`, 'the programs that restored the tree'],
  ['hazards P6', 'what is known of this race'],
  ['test scenarios', 'all races that thaw can show'],
  ['--help', 'the rest'],
] as const;

/** A file that comes with thaw, from the sources as from a build. */
const shipped = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

export async function demo(): Promise<void> {
  const colours = coloursOf(process.stdout);
  const say = (text: string): void => void process.stdout.write(`${text}\n`);
  const heading = (text: string): void => say(`\n${colours.bold(text)}\n`);

  say('thaw restores checkpointed process trees on a simulated kernel, and shows every race on the way there.');
  const image = await openShipped(IMAGE);
  heading(`1. A real process tree, dumped by CRIU (${IMAGE})`);
  say(treeText(image));

  heading('2. Restoring it through next_syscall_data, as posted in July 2008');
  say(`$ thaw restore ${IMAGE}`);
  for (const obstacle of restoreImage(image, { profile: profileOf('2.6.26') }).obstacles)
    say(colours.red(`cannot be restored: ${foreseenText(obstacle)}`));
  say('A young container has small pids, and the series refuses those. With that one defect repaired:');
  say(`\n$ thaw restore ${IMAGE} --fixes P3`);
  const lines: string[] = [];
  const restored = restoreImage(image, { profile: profileOf('2.6.26', ['P3']), onStep: tracing(lines) });
  say(colours.dim(excerpt(lines).join('\n')));
  say(verdict(restored, colours));

  heading('3. Why the interface was turned down: a neighbour forks between the look and the fork');
  say(`$ thaw replay ${SCENARIO}`);
  await race(say, colours);

  heading('4. Where to go from here');
  for (const [command, what] of next) say(`  thaw ${command.padEnd(50)} ${what}`);
  say(colours.dim('In a checkout, "npm start --" stands for "thaw".'));
}

async function openShipped(path: string): Promise<Image> {
  const read = readImage(await readFile(shipped(path), 'utf8'), path);
  if (!read.ok) throw new Error(`${path} comes with thaw and cannot be read: ${JSON.stringify(read.errors)}`);
  return read.image;
}

/** The tasks as pstree would show them. */
function treeText({ tasks }: Image): string {
  const below = (ppid: number, indent: string): string[] =>
    tasks
      .filter((task) => task.ppid === ppid)
      .flatMap((task) => [`${indent}${describe(task)}`, ...below(task.pid, `${indent}  `)]);
  return below(0, '  ').join('\n');
}

function describe(task: Image['tasks'][number]): string {
  const session = task.sid === task.pid ? ', leads a session' : '';
  if (task.state === 'zombie') return `${task.pid} a zombie${session}`;
  const threads = task.threads.length > 1 ? `, ${task.threads.length} threads` : '';
  const pending = task.threads.reduce((sum, thread) => sum + thread.pending.length, task.signals.pending.length);
  return `${task.pid} ${task.comm}${session}${threads}${pending > 0 ? `, ${pending} signals pending` : ''}`;
}

/** Gathers the trace of a restore. */
function tracing(lines: string[]): (k: Kernel) => void {
  const text = new StraceText((line) => void lines.push(line));
  let source: EventSource | null = null;
  return (k) => {
    source ??= new EventSource(k.machine.store, () => '');
    for (const event of source.afterStep()) text.add(event);
  };
}

/** The lines around the first fork that is told its number, with what was left out counted. */
function excerpt(lines: readonly string[]): string[] {
  const fork = lines.findIndex((line) => line.includes('] fork('));
  const [from, to] = [Math.max(0, fork - 4), Math.min(lines.length, fork + 5)];
  return [`… ${from} lines`, ...lines.slice(from, to), `… ${lines.length - to} lines`];
}

function verdict({ restored, calls, verified }: Restore, { green, red }: ChalkInstance): string {
  const counts = `${restored.tasks} tasks, ${restored.threads} more threads, ${restored.fds} descriptors, ${restored.signals} signals`;
  return verified
    ? `${green('verified:')} ${counts}, restored by ${calls} calls, read back, and as in the image`
    : red(`not verified: ${counts}`);
}

async function race(say: (text: string) => void, { yellow }: ChalkInstance): Promise<void> {
  const opened = await openScenario(shipped(SCENARIO));
  if (!opened.ok) throw new Error(opened.message);
  const session = openSession(opened.scenario);
  const source = new EventSource(session.k.machine.store, (task) => session.interpreter.labelOf(task));
  const text = new StraceText((line, kind) => say(kind === 'hazard' ? yellow(line) : line));
  await runFreely(session, undefined, () => {
    for (const event of source.afterStep()) text.add(event);
  });
  text.end();
}
