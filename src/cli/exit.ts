/** How a command ends: exit codes and messages to people, who read stderr. DESIGN "The command line". */

import { version } from './help.ts';

const AS_EXPECTED = 0;
export const DIFFERENT = 1;
export const INVALID = 2;
const BUG = 70;

/** Says something to people. */
export function tell(message: string): void {
  process.stderr.write(`${message}\n`);
}

/** Ends with `code` once output is written; the gravest code of several wins. */
export function endWith(code: number): void {
  process.exitCode = Math.max(Number(process.exitCode ?? AS_EXPECTED), code);
}

/** Refuses input: the message names what and where. */
export function refuse(message: string): void {
  tell(message);
  endWith(INVALID);
}

/** A mistake of the user's that ends the command at once. */
export class UsageError extends Error {}

/** What a file system says that takes no more. */
const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO']);

/** Reports what ended a command: output that nobody takes, or else a bug. */
export function reportFailure(error: unknown): void {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall === 'write' && code !== undefined && FULL.has(code))
    refuse(`thaw: the output cannot be written: ${code}`);
  else reportBug(error);
}

/** Reports an error that is nobody's fault but thaw's. */
function reportBug(error: unknown): void {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  tell(`thaw: this is a bug in thaw itself, not in what it was given.
Please report it with these lines, and with the files of the command if they may be shown:
  version: ${version()}, node ${process.version} on ${process.platform} ${process.arch}
  command: thaw ${process.argv.slice(2).map(quoted).join(' ')}
${stack}`);
  process.exitCode = BUG;
}

/** A word as a shell would want it. */
const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
