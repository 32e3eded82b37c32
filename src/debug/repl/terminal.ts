/**
 * The debugger on a terminal: reads lines, completes words, keeps a history, and lets Ctrl-C stop a run but not the session.
 *
 * Input that is no terminal (a pipe) is read to its end, line by line, without prompt and history.
 */

import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { completionsOf } from './completion.ts';
import type { Console } from './console.ts';
import { promptText } from './place-text.ts';

export interface Terminal {
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: Writable & { readonly isTTY?: boolean };
  /** Lines typed in earlier sessions, the latest first. */
  readonly history: readonly string[];
}

/**
 * Lets a person type until they leave or the input ends.
 *
 * @returns the history, the latest line first
 */
export async function converse(console: Console, { input, output, history }: Terminal): Promise<readonly string[]> {
  const interactive = input.isTTY === true;
  const lines = createInterface({
    input,
    output,
    terminal: interactive,
    historySize: 1000,
    removeHistoryDuplicates: true,
    history: [...history],
    completer: (line: string) => completionsOf(console, line),
  });
  // A key pressed while a run is under way does not reach the line: readline hands Ctrl-C over as an event.
  lines.on('SIGINT', () => interrupt(console, lines));
  let kept = history;
  lines.on('history', (all: string[]) => {
    kept = [...all];
  });
  let last = '';
  let closed = false;
  const left = new Promise<null>((resolve) => {
    lines.on('close', () => {
      closed = true;
      if (interactive) resolve(null);
    });
  });
  const prompt = (): void => {
    // Ctrl-D may come while a command is still at work; a prompt would open the input again.
    if (!interactive || closed) return;
    lines.setPrompt(promptText(console));
    lines.prompt();
  };
  prompt();
  const typing = lines[Symbol.asyncIterator]();
  for (;;) {
    // A terminal that closes while a command is at work ends no wait of readline's own.
    const next = await Promise.race([typing.next(), left]);
    if (next === null || next.done === true) break;
    const line = next.value;
    // As in gdb, an empty line on a terminal repeats the one before.
    const typed = line.trim() === '' && interactive ? last : line;
    last = repeats(typed) ? typed : '';
    await console.execute(typed);
    if (console.leaving !== null) break;
    prompt();
  }
  lines.close();
  return kept;
}

/** Commands that an empty line makes again: those that move or list on. */
const repeats = (line: string): boolean =>
  /^\s*(?:s|si|step|stepi|n|next|c|continue|rs|rsi|reverse-\w+|rn|rc|choice|l|list)\b/.test(line);

function interrupt(console: Console, lines: Interface): void {
  if (console.running) {
    console.interrupted = true;
    return;
  }
  // Nothing runs: what was typed so far is thrown away, as in a shell.
  lines.write(null, { ctrl: true, name: 'u' });
  console.print('(Type quit or Ctrl-D to leave.)');
  lines.prompt();
}
