import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { QUEUE } from './helpers/console.ts';

const thaw = join(import.meta.dirname, '../../src/cli/main.ts');

function hasTmux(): boolean {
  try {
    execFileSync('tmux', ['-V'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** A scenario whose run takes far longer than anybody waits. */
const LONG = `title: Long
programs:
  init: |
    repeat 1000 { repeat 1000 { repeat 1000 { getuid() } } }
`;

/** A scenario whose schedules take far longer to search than anybody waits. */
const WIDE = `title: Wide
programs:
  init: |
    repeat 6 { fork(parent) }
    repeat 6 { wait4(-1, _, 0, NULL) }
  parent: |
    fork(child)
    wait4(-1, _, 0, NULL)
  child: |
    getpid()
`;

/** A tmux server of its own with the debugger in its one pane. */
class Pane {
  readonly #server: string;
  readonly #home: string;

  constructor(scenario: string, { width = 80, env = '' } = {}) {
    const folder = mkdtempSync(join(tmpdir(), 'thaw-tmux-'));
    this.#home = folder;
    this.#server = join(folder, 'socket');
    writeFileSync(join(folder, 'scenario.yaml'), scenario);
    const command = `env THAW_HOME=${folder} ${env} ${process.execPath} ${thaw} debug ${join(folder, 'scenario.yaml')}`;
    this.#tmux('-f', '/dev/null', 'new-session', '-d', '-x', String(width), '-y', '40', command);
    this.#tmux('set-option', '-g', 'remain-on-exit', 'on');
  }

  #tmux(...args: readonly string[]): string {
    return execFileSync('tmux', ['-S', this.#server, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  }

  /** Presses keys, by tmux's names or as they are. */
  press(...keys: readonly string[]): void {
    this.#tmux('send-keys', ...keys);
  }

  /** Types as a person would, and waits until it is on the screen: a Tab in the middle of pasted text completes nothing. */
  async type(text: string): Promise<void> {
    this.press(text);
    await this.shows(new RegExp(`> ${text}`));
  }

  /** What is on the screen; with escape sequences when asked. */
  screen(escapes = false): string {
    return this.#tmux('capture-pane', '-p', ...(escapes ? ['-e'] : []));
  }

  /** Waits until the screen shows something, and gives it. */
  async shows(what: RegExp): Promise<string> {
    for (let i = 0; i < 300; i++) {
      const screen = this.screen();
      if (what.test(screen)) return screen;
      await sleep(100);
    }
    throw new Error(`the screen never showed ${what}:\n${this.screen()}`);
  }

  /** Waits until the debugger has ended; its exit code is for the command line's tests, since tmux loses it at times. */
  async ends(): Promise<void> {
    for (let i = 0; i < 300; i++) {
      if (this.#tmux('display-message', '-p', '#{pane_dead}').trim() === '1') return;
      await sleep(100);
    }
    throw new Error(`the debugger did not end:\n${this.screen()}`);
  }

  /** Starts the debugger again in the same home. */
  again(): void {
    this.#tmux('respawn-pane', '-k');
  }

  get home(): string {
    return this.#home;
  }

  close(): void {
    this.#tmux('kill-server');
  }
}

function open(t: ExecutionContext, scenario: string, options = {}): Pane {
  const pane = new Pane(scenario, options);
  t.teardown(() => pane.close());
  return pane;
}

const inTmux = hasTmux() ? test : test.skip;
const why = hasTmux() ? '' : ' (skipped: there is no tmux here)';

inTmux(`a terminal completes words, keeps a history, and shows task, step and call in its prompt${why}`, async (t) => {
  const pane = open(t, QUEUE);
  await pane.shows(/1 \(init\) #0 user>/);
  await pane.type('info ta');
  pane.press('Tab');
  await pane.shows(/> info tasks/);
  pane.press('Enter');
  await pane.shows(/\n +task +state/);
  await pane.type('reverse-c');
  pane.press('Tab');
  await sleep(200);
  pane.press('Tab');
  await pane.shows(/reverse-continue .*reverse-choice|reverse-choice .*reverse-continue/s);
  pane.press('C-u', 'step 5', 'Enter');
  await pane.shows(/1 \(init\) #5 fork>/);
  pane.press('Enter');
  await pane.shows(/1 \(init\) #10 fork>/);
  pane.press('Up', 'Enter');
  await pane.shows(/#15 fork>/);
  pane.press('quit', 'Enter');
  await pane.ends();
  pane.again();
  await pane.shows(/#0 user>/);
  pane.press('Up', 'Up', 'Enter');
  t.regex(await pane.shows(/#5 fork>/), /step 5/);
});

inTmux(`Ctrl-C stops a run and not the session, and Ctrl-D ends it${why}`, async (t) => {
  const pane = open(t, LONG);
  await pane.shows(/#0 user>/);
  pane.press('continue', 'Enter');
  await sleep(1000);
  pane.press('C-c');
  await pane.shows(/Interrupted\..*#\d+ \w+> *$/ms);
  pane.press('half a line', 'C-c');
  await pane.shows(/Ctrl-D to leave/);
  pane.press('when', 'Enter');
  await pane.shows(/step \d+ of \d+[^\n]*\n[^\n]*#\d+ \w+> *$/m);
  pane.press('C-d');
  await t.notThrowsAsync(pane.ends());
});

inTmux(`Ctrl-C ends a search and tells what is known, and the session lives on${why}`, async (t) => {
  const pane = open(t, WIDE);
  await pane.shows(/#0 user>/);
  pane.press('explore from here', 'Enter');
  await sleep(2000);
  pane.press('C-c');
  await pane.shows(/The search was interrupted; there may be more than it has found\..*#0 user> *$/ms);
  pane.press('step', 'Enter');
  await t.notThrowsAsync(pane.shows(/#1 \w+>/));
});

inTmux(`colours are on at a terminal and off under NO_COLOR${why}`, async (t) => {
  const coloured = open(t, QUEUE, { env: 'NO_COLOR=' });
  await coloured.shows(/#0 user>/);
  coloured.press('step', 'Enter');
  await coloured.shows(/#1 fork>/);
  t.regex(coloured.screen(true), /\x1b\[3\dm/);
  const plain = open(t, QUEUE, { env: 'NO_COLOR=1' });
  await plain.shows(/#0 user>/);
  plain.press('step', 'Enter');
  await plain.shows(/#1 fork>/);
  t.notRegex(plain.screen(true), /\x1b\[3\dm/);
});

inTmux(`a narrow terminal loses nothing${why}`, async (t) => {
  const pane = open(t, QUEUE, { width: 24 });
  await pane.shows(/#0 user>/);
  pane.press('step 3', 'Enter');
  await pane.shows(/1 \(init\) #3 fork>/);
  pane.press('info tasks', 'Enter');
  t.regex((await pane.shows(/fork\.dup_task|running/)).replaceAll('\n', ''), /1 \(init\) +running/);
});
