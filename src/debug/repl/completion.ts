/** Completion: commands in first place, then whatever the command says its arguments may be, and fields inside expressions. */

import { evaluate, fieldsOf } from '../expression/evaluate.ts';
import { parseExpression } from '../expression/parse.ts';
import { isObject } from '../look/value.ts';
import { scopeOf } from '../scope.ts';
import type { Command } from './command.ts';
import { commands } from './commands.ts';
import type { Console } from './console.ts';

/** What the last word of a line may become, and that word; as readline wants it. */
export function completionsOf(console: Console, line: string): [readonly string[], string] {
  const [, name = '', argument] = /^\s*(\S*)(\s.*)?$/s.exec(line) ?? [];
  if (argument === undefined) {
    const begun = commands.map(({ names }) => names[0]).filter((known) => known.startsWith(name));
    return [begun.map((known) => `${known} `), name];
  }
  const field = /([\w$"/()[\].]+)\.(\w*)$/.exec(argument);
  const fields = field === null ? [] : fieldsAfter(console, field[1] as string);
  if (fields.length > 0) return matching(fields, field?.[2] ?? '');
  const word = /[\w./$-]*$/.exec(argument)?.[0] ?? '';
  const tasks = tasksAfter(console, argument);
  return matching(tasks.length > 0 ? tasks : (commandOf(name)?.complete?.(console, argument) ?? []), word);
}

const matching = (known: readonly string[], word: string): [readonly string[], string] => [
  [...new Set(known)].filter((one) => one.startsWith(word)).sort(),
  word,
];

const commandOf = (name: string): Command | undefined =>
  commands.find(({ names }) => names.includes(name)) ?? commands.find(({ names }) => names[0].startsWith(name));

/** The fields of what stands before the last dot. */
function fieldsAfter({ debuggee, focus }: Console, text: string): readonly string[] {
  const parsed = parseExpression(text);
  if (debuggee === null || !parsed.ok) return [];
  const found = evaluate(parsed.value, scopeOf(debuggee, focus));
  const value = found.ok ? found.value.value : null;
  if (typeof value !== 'object' || value === null) return [];
  return isObject(value) ? fieldsOf(value) : Object.keys(value);
}

/** Inside `task(` the tasks there are, by number. */
function tasksAfter({ debuggee }: Console, argument: string): readonly string[] {
  if (debuggee === null || !/\btask\(\s*\w*$/.test(argument)) return [];
  return debuggee.tasks.map((task) => String(debuggee.numberOf(task)));
}
