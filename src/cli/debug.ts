/** `thaw debug`: the debugger on a terminal, or carrying out scripts. Ties it to files and to the explorer. */

import { readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Console, type Host } from '../debug/repl/console.ts';
import { runScript } from '../debug/repl/session-commands.ts';
import { coloured } from '../debug/repl/style.ts';
import { converse } from '../debug/repl/terminal.ts';
import { openSchedule } from '../explore/schedule-file.ts';
import { readText } from '../scenario/load.ts';
import { coloursOf } from './colour.ts';
import { explainHazard, exploreFrom } from './debug-explorer.ts';
import { openDebuggee } from './debug-target.ts';
import { endWith, INVALID, refuse } from './exit.ts';
import { overridesOf, type ScenarioOptions } from './scenario-options.ts';
import { writeWhole } from './whole-file.ts';

export interface DebugOptions extends ScenarioOptions {
  /** Files of commands that are carried out first, and single commands, in the order given. */
  readonly script?: readonly { readonly kind: 'file' | 'command'; readonly text: string }[];
  readonly batch?: boolean;
  /** A saved schedule; the session stands at its start, with all its steps ahead. */
  readonly schedule?: string;
}

/** Bytes of the largest file of commands that is read. */
const LARGEST_SCRIPT = 16 * 1024 * 1024;

/** What the debugger needs of the world, for one scenario file. */
export function hostOf(file: string, options: ScenarioOptions): Host {
  const overrides = overridesOf(options);
  let title: string | undefined;
  return {
    load: async () => {
      const opened = await openDebuggee(file, overrides);
      if (typeof opened !== 'string') title = opened.scenario.title;
      return opened;
    },
    read: async (name) => {
      const text = await readText(name, LARGEST_SCRIPT);
      return text.ok ? text.value : { error: text.message };
    },
    write: (name, text) =>
      writeWhole(name, [text]).then(
        () => null,
        (error: Error) => error.message,
      ),
    readSchedule: async (name) => {
      const opened = await openSchedule(name, title);
      return opened.ok ? opened.saved.schedule : { error: opened.message };
    },
    explore: exploreFrom,
    explain: explainHazard,
  };
}

const HISTORY = 1000;
const historyFile = (): string => join(process.env.THAW_HOME ?? homedir(), '.thaw_history');

async function readHistory(): Promise<readonly string[]> {
  const text = await readFile(historyFile(), 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .reverse();
}

/** Keeps the history; a home that cannot be written to is no reason to complain. */
async function keepHistory(lines: readonly string[]): Promise<void> {
  const text = [...lines].slice(0, HISTORY).reverse().join('\n');
  await writeFile(historyFile(), `${text}\n`, { mode: 0o600 }).catch(() => {});
}

export async function debug(file: string, options: DebugOptions): Promise<void> {
  const console = new Console(hostOf(file, options), (text) => process.stdout.write(`${text}\n`));
  if (coloursOf(process.stdout).level > 0) console.style = coloured;
  const loaded = options.batch === true ? await loadOrRefuse(console) : await console.load();
  if (!loaded && options.batch === true) return;
  if (loaded && options.schedule !== undefined) {
    const way = await console.host.readSchedule(options.schedule);
    if ('error' in way) return refuse(way.error);
    await console.execute(`follow ${options.schedule}`);
    await console.execute('restart');
  }
  if (!(await carryOut(console, options)) && options.batch === true) {
    endWith(INVALID);
    return;
  }
  if (console.leaving === null && options.batch !== true) {
    const terminal = { input: process.stdin, output: process.stdout };
    const interactive = process.stdin.isTTY;
    if (interactive) console.print(`thaw debugger on ${file}; "help" lists the commands.`);
    const kept = await converse(console, { ...terminal, history: interactive ? await readHistory() : [] });
    if (interactive) await keepHistory(kept);
  }
  endWith(console.leaving ?? 0);
}

/** Opens what is debugged where nobody is there to edit it. */
async function loadOrRefuse(console: Console): Promise<boolean> {
  const opened = await console.host.load();
  if (typeof opened === 'string') refuse(opened);
  else console.take(opened);
  return typeof opened !== 'string';
}

/** Carries out what `-x` and `-ex` give; false when some of it could not be. */
async function carryOut(console: Console, { script = [] }: DebugOptions): Promise<boolean> {
  const onInterrupt = (): void => {
    console.interrupted = true;
  };
  process.on('SIGINT', onInterrupt);
  let done = true;
  for (const { kind, text } of script) {
    if (console.leaving !== null) break;
    const read = kind === 'file' ? await console.host.read(text) : text;
    if (typeof read !== 'string') {
      console.fail(`${text}: ${read.error}`);
      done = false;
    } else if (!(await runScript(console, read, kind === 'file' ? text : 'command'))) done = false;
    if (!done && console.leaving === null) break;
  }
  process.off('SIGINT', onInterrupt);
  return done;
}
