/** What a command of the debugger is. */

import type { Console } from './console.ts';

export interface Command {
  /** Its name, then the other names and abbreviations that stand for it whatever else begins like them. */
  readonly names: readonly [string, ...string[]];
  readonly group: Group;
  /** What follows the name: `[COUNT]`. */
  readonly usage: string;
  /** One sentence without a full stop. */
  readonly about: string;
  /** A whole line that can be typed, with what it does. */
  readonly example: readonly [line: string, does: string];
  /** What follows below the example in `help`. */
  readonly more?: string;
  run(console: Console, argument: string): void | Promise<void>;
  /** What the last word of the argument may become. */
  complete?(console: Console, argument: string): readonly string[];
}

export const GROUPS = {
  moving: 'Moving, forward and back',
  stopping: 'Where to stop',
  looking: 'Looking',
  choosing: 'Who runs, and other ways a run could go',
  session: 'The session',
} as const;
export type Group = keyof typeof GROUPS;

/** A count after a command, 1 when there is none; null for anything else. */
export function countOf(argument: string): number | null {
  if (argument === '') return 1;
  return /^[0-9]{1,9}$/.test(argument) ? Number(argument) : null;
}
