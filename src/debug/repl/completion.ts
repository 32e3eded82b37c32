/** Completion: commands in first place, then whatever the command says its arguments may be. */

import { commands } from './commands.ts';
import type { Console } from './console.ts';

/** What the last word of a line may become, and that word; as readline wants it. */
export function completionsOf(console: Console, line: string): [readonly string[], string] {
  const [, name, argument] = /^\s*(\S*)(\s.*)?$/s.exec(line) ?? [];
  if (argument === undefined) {
    const begun = commands.map(({ names }) => names[0]).filter((known) => known.startsWith(name ?? ''));
    return [begun.map((known) => `${known} `), name ?? ''];
  }
  const command =
    commands.find(({ names }) => names.includes(name ?? '')) ??
    commands.find(({ names }) => names[0].startsWith(name ?? ''));
  const word = /[\w./$-]*$/.exec(argument)?.[0] ?? '';
  const known = command?.complete?.(console, argument) ?? [];
  return [
    [...new Set([...known, ...tasksAfter(console, argument)])].filter((one) => one.startsWith(word)).sort(),
    word,
  ];
}

/** Inside `task(` the tasks there are, by number and by name. */
function tasksAfter({ debuggee }: Console, argument: string): readonly string[] {
  if (debuggee === null || !/\btask\(\s*[\w"/.]*$/.test(argument)) return [];
  return debuggee.tasks.flatMap((task) => [String(debuggee.numberOf(task))]);
}
