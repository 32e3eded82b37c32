/** `help`: all commands by what they are for, or one with its example. */

import { GROUPS, type Group } from './command.ts';
import { commands } from './commands.ts';
import type { Console } from './console.ts';

function overview(): string {
  const parts = (Object.keys(GROUPS) as Group[]).map((group) => {
    const rows = commands
      .filter((command) => command.group === group)
      .map(({ names: [name, ...others], usage, about }) => [
        `  ${name} ${usage}`.trimEnd() + (others.length === 0 ? '' : ` (${others.join(', ')})`),
        about,
      ]);
    return `${GROUPS[group]}:\n${rows.map(([name, about]) => `${name}\n      ${about}`).join('\n')}`;
  });
  return [
    ...parts,
    '"help COMMAND" tells more, with an example; "help expressions" tells what can be printed and watched.',
  ].join('\n\n');
}

/** The text of `help`, or of `help NAME`; null after saying that there is no such command. */
export function helpText(console: Console, name: string): string | null {
  if (name === '') return overview();
  const command = console.find(name);
  if (command === undefined) return null;
  const { names, usage, about, example, more } = command;
  return [
    `${names[0]} ${usage}`.trimEnd(),
    `  ${about}.`,
    ...(names.length === 1 ? [] : [`  Also: ${names.slice(1).join(', ')}.`]),
    `  Example: ${example[0]}   ${example[1]}.`,
    ...(more === undefined ? [] : [more.replace(/^/gm, '  ')]),
  ].join('\n');
}
