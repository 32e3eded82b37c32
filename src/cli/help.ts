/** What `thaw --help` says: known without loading anything, so that it is there at once. */

import { readFileSync } from 'node:fs';

/** Every command: its name, what follows it, and what it does. program.ts has their options. */
export const commands = [
  ['replay', 'SCENARIO…', 'runs scenarios once and prints their trace'],
  ['test', 'PATH…', 'explores every scenario under the paths against what it expects'],
  ['explore', 'SCENARIO', 'searches the schedules of a scenario for hazards'],
  ['debug', 'SCENARIO | IMAGE', 'steps through a scenario or the restore of an image, forward and back'],
  ['dap', '', 'serves editors over the Debug Adapter Protocol'],
  ['restore', 'IMAGE', 'restores an image into the simulated kernel and verifies it'],
  ['plan', 'IMAGE', 'prints the programs that restore an image'],
  ['checkpoint', 'SCENARIO', 'runs a scenario, freezes it and writes the image'],
  ['diff', 'A B', 'compares two images'],
  ['import', 'criu DIR | strace LOG', 'makes an image of a CRIU dump, or a scenario of a recorded trace'],
  ['conform', 'LOG…', 'replays recorded strace logs and compares every result'],
  ['hazards', '[ID]', 'lists the catalogue of hazards, or shows one entry'],
  ['schema', 'KIND', 'prints the JSON Schema of a kind of file'],
] as const;

export type CommandName = (typeof commands)[number][0];

/** What a command does, as its own help says it. */
export const summaryOf = (name: CommandName): string => commands.find(([other]) => other === name)![2];

/** The version in package.json. */
export function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** The help of thaw as a whole. */
export function helpText(): string {
  const names = commands.map(([name, rest]) => `${name} ${rest}`);
  const width = Math.max(...names.map(({ length }) => length)) + 2;
  const rows = commands.map(([, , summary], i) => `  ${names[i]!.padEnd(width)}${summary}`);
  return `Usage: thaw [command] [options]

Restores checkpointed process trees and IPC objects on a simulated Linux kernel, and shows every race on the way there.

${rows.join('\n')}

Without a command thaw shows what it is in a demonstration. "thaw <command> --help" lists the options of a command.
Commands exit with 0 when all is as expected, 1 for a difference, an unexpected hazard or a failed expectation,
2 for wrong usage or invalid input, 70 for a bug in thaw.
`;
}
