/**
 * The debugger's command line without a terminal: lines in, text out. It holds what a person has set up (breakpoints, the task looked
 * at, checkpoints) and knows how to run a command; the commands are in files of their own beside this one.
 */

import type { Task } from '../../kernel-sim/task/task.ts';
import { didYouMean } from '../../userland/language/suggest.ts';
import { BreakpointList } from '../breakpoints.ts';
import { type Debuggee, isTask } from '../debuggee.ts';
import { renderMistake } from '../expression/ast.ts';
import { ABSENT, evaluate, type Found } from '../expression/evaluate.ts';
import { parseExpression } from '../expression/parse.ts';
import type { Motion, Stop } from '../motion.ts';
import { scopeOf } from '../scope.ts';
import type { Way } from '../way.ts';
import type { Command } from './command.ts';
import { commands } from './commands.ts';
import { showPlace, stopText } from './place-text.ts';
import { plain, type Style } from './style.ts';

/** What the debugger needs from outside: files, and the explorer, which it does not know. */
export interface Host {
  /** Opens the scenario anew; a text says what is wrong with it. */
  load(): Promise<Debuggee | string>;
  read(file: string): Promise<string | { readonly error: string }>;
  write(file: string, text: string): Promise<string | null>;
  /** Who steps how often in a saved schedule, from the start of the run. */
  readSchedule(file: string): Promise<Way | { readonly error: string }>;
  /** Searches what can happen after a run's first steps, until that is over. */
  explore(debuggee: Debuggee, isOver: () => boolean): Promise<Outlook>;
  /** Steps of the run, and the line that explains why a hazard happens in it; null when the explorer does not find it in time. */
  explain(debuggee: Debuggee, id: string, isOver: () => boolean): Promise<string | null>;
}

/** What lies ahead, and whether all of it was searched. */
export interface Outlook {
  readonly exposed: readonly Exposed[];
  readonly complete: boolean;
}

/** A hazard that the explorer found a way to. */
export interface Exposed {
  readonly id: string;
  readonly name: string;
  readonly explanation: string;
  /** The state it goes on from, and the way from there. */
  readonly from: number;
  readonly schedule: Way;
}

export interface Checkpoint {
  readonly number: number;
  readonly branch: string;
  readonly step: number;
}

export class Console {
  readonly host: Host;
  readonly breakpoints = new BreakpointList();
  readonly checkpoints: Checkpoint[] = [];
  style: Style = plain;
  /** Set from outside while a run is under way: it then leaves off. */
  interrupted = false;
  /** Whether a run is under way, so that an interrupt has something to stop. */
  running = false;
  /** The exit code, once somebody has asked to leave. */
  leaving: number | null = null;
  /** What the explorer found last, for `follow`. */
  exposed: readonly Exposed[] = [];
  /** How many lines could not be carried out. */
  failures = 0;
  /** The line of the scenario that was shown last, so that it is shown again only when it is another. */
  shownLine = 0;
  #debuggee: Debuggee | null = null;
  #focus: Task | null = null;
  readonly #out: (text: string) => void;

  constructor(host: Host, out: (text: string) => void) {
    this.host = host;
    this.#out = out;
  }

  print(text: string): undefined {
    this.#out(text);
  }

  /** Says why a line could not be carried out. */
  fail(text: string): undefined {
    this.failures++;
    this.#out(this.style.bad(text));
  }

  get debuggee(): Debuggee | null {
    return this.#debuggee;
  }

  /** The task looked at; null before there is one. */
  get focus(): Task | null {
    return this.#focus;
  }

  lookAt(task: Task | null): void {
    this.#focus = task;
  }

  /** Opens the scenario; the session lives on when it cannot be. */
  async load(): Promise<boolean> {
    const loaded = await this.host.load();
    if (typeof loaded === 'string') {
      this.fail(loaded);
      this.print(
        `${this.#debuggee === null ? 'Nothing is loaded' : 'The run before stays'}; edit the scenario and say "run".`,
      );
      return false;
    }
    this.take(loaded);
    return true;
  }

  /** Begins with what was opened, at its start. */
  take(opened: Debuggee): void {
    this.#debuggee = opened;
    this.checkpoints.length = 0;
    this.exposed = [];
    this.shownLine = 0;
    this.followNext();
  }

  /** What is debugged, for a command that needs it; says so when nothing is. */
  need(): Debuggee | null {
    if (this.#debuggee === null) this.fail('Nothing is loaded; edit the scenario and say "run".');
    return this.#debuggee;
  }

  /** Looks at whoever steps next. */
  followNext(): void {
    const debuggee = this.#debuggee;
    if (debuggee === null) return;
    const next = debuggee.session.actorAt(debuggee.session.upcoming()?.actor ?? -1);
    if (next !== null && isTask(next)) this.#focus = next;
  }

  /** Looks at whoever made the last step, unless it is no task. */
  followLast(): void {
    const debuggee = this.#debuggee;
    if (debuggee === null) return;
    const { session } = debuggee;
    const last = session.actorAt(session.timeline.actor(session.position));
    if (last !== null && isTask(last)) this.#focus = last;
  }

  /** Runs a motion until it stops by itself or somebody interrupts it; null then. */
  async drive(motion: Motion): Promise<Stop | null> {
    this.interrupted = false;
    this.running = true;
    try {
      for (;;) {
        const { done, value } = motion.next();
        if (done) return value;
        await new Promise((resume) => setImmediate(resume));
        if (this.interrupted) return null;
      }
    } finally {
      this.running = false;
    }
  }

  /** Asks something that takes long, until it is answered or somebody interrupts. */
  async ask<T>(question: (isOver: () => boolean) => Promise<T>): Promise<T> {
    this.interrupted = false;
    this.running = true;
    try {
      return await question(() => this.interrupted);
    } finally {
      this.running = false;
    }
  }

  /** Drives a motion and shows where it came to. */
  async go(motion: Motion, backwards = false): Promise<Stop | null> {
    const stop = await this.drive(motion);
    if (backwards) this.followNext();
    else this.followLast();
    const text = stopText(this, stop);
    if (text !== '') this.print(text);
    showPlace(this);
    return stop;
  }

  /** The value of an expression here; says what is wrong with it otherwise. */
  evaluate(text: string): Found | null {
    const debuggee = this.need();
    if (debuggee === null) return null;
    const parsed = parseExpression(text);
    const found = parsed.ok ? evaluate(parsed.value, scopeOf(debuggee, this.#focus)) : parsed;
    if (found.ok) return found.value;
    this.fail(renderMistake(text, found.mistake));
    return null;
  }

  /** A task by number, name or expression; says so when there is none. */
  taskFrom(text: string): Task | null {
    const debuggee = this.need();
    if (debuggee === null) return null;
    const byName = debuggee.find(/^[0-9]+$/.test(text) ? Number(text) : text);
    if (byName !== undefined) return byName;
    if (!/^[0-9]+$|^[\w./]+$/.test(text)) {
      const found = this.evaluate(text);
      if (found === null) return null;
      if (
        found.value !== ABSENT &&
        typeof found.value === 'object' &&
        found.value !== null &&
        isTask(found.value as Task)
      ) {
        return found.value as Task;
      }
    }
    const known = debuggee.tasks.map((task) => debuggee.labelOf(task));
    this.fail(`There is no task ${text}${didYouMean(text, known)}`);
    return null;
  }

  /** Carries out one line. */
  async execute(line: string): Promise<void> {
    const [, name = '', argument = ''] = /^\s*(\S*)\s*(.*?)\s*$/s.exec(line) ?? [];
    if (name === '' || name.startsWith('#')) return;
    const command = this.find(name);
    if (command === undefined) return;
    this.interrupted = false;
    await command.run(this, argument);
  }

  /** The command that a word stands for: its name, an abbreviation, or what only it begins with. */
  find(word: string): Command | undefined {
    const exact = commands.find(({ names }) => names.includes(word));
    if (exact !== undefined) return exact;
    const begun = commands.filter(({ names }) => names[0].startsWith(word));
    if (begun.length === 1) return begun[0];
    if (begun.length > 1) {
      this.fail(`"${word}" may be ${begun.map(({ names }) => names[0]).join(', ')}.`);
      return undefined;
    }
    const all = commands.flatMap(({ names }) => names);
    this.fail(`Unknown command "${word}"${didYouMean(word, all)}${didYouMean(word, all) === '' ? '; see help' : ''}`);
    return undefined;
  }
}
