/** Which calls name files, and what a recorded one says of the file it names. */

import { S_IFDIR, S_IFMT } from '../../kernel-sim/abi/mode.ts';
import { AT_FDCWD, AT_REMOVEDIR, O_CREAT, O_DIRECTORY, O_RDONLY, O_WRONLY } from '../../kernel-sim/abi/open.ts';
import { syscalls } from '../../syscalls/table.ts';
import { evaluate } from '../../userland/language/evaluate.ts';
import type { RecordedCall } from '../strace/recording.ts';
import { type ByParameter, byParameter, NO_VARIABLES } from './arguments.ts';

/** A file that a call names. */
export interface NamedFile {
  readonly dirfd: number;
  readonly path: string;
  /** The call makes the file itself; only its directory has to be there. */
  readonly makes: boolean;
  readonly type: 'file' | 'directory';
  readonly opens: boolean;
  readonly flags: number;
}

const NAMING: ReadonlySet<string> = new Set([
  'access',
  'chdir',
  'chmod',
  'chown',
  'creat',
  'faccessat',
  'faccessat2',
  'fchmodat',
  'fchownat',
  'lchown',
  'lstat',
  'mkdir',
  'mkdirat',
  'newfstatat',
  'open',
  'openat',
  'readlink',
  'readlinkat',
  'rmdir',
  'stat',
  'truncate',
  'unlink',
  'unlinkat',
]);

const numberOf = (given: ByParameter, name: string, otherwise = 0): number => {
  const expr = given.get(name);
  const value = expr === undefined ? undefined : evaluate(expr, NO_VARIABLES);
  return value?.ok && typeof value.value === 'number' ? value.value : otherwise;
};

/** The file a call names; null when it names none. */
export function namedFile(call: RecordedCall): NamedFile | null {
  const syscall = syscalls.get(call.name);
  if (syscall === undefined || !NAMING.has(call.name)) return null;
  const given = byParameter(call, syscall);
  const expr = given.get('pathname') ?? given.get('path');
  const path = expr?.kind === 'string' ? evaluate(expr, NO_VARIABLES) : undefined;
  if (path?.ok !== true || typeof path.value !== 'string' || path.value === '') return null;
  const opens = call.name === 'open' || call.name === 'openat' || call.name === 'creat';
  const flags = call.name === 'creat' ? O_CREAT | O_WRONLY : opens ? numberOf(given, 'flags', O_RDONLY) : 0;
  return {
    dirfd: given.has('dirfd') ? numberOf(given, 'dirfd', AT_FDCWD) : AT_FDCWD,
    path: path.value,
    makes: (flags & O_CREAT) !== 0 || call.name.startsWith('mkdir'),
    type: isDirectory(call, given, flags) ? 'directory' : 'file',
    opens,
    flags,
  };
}

function isDirectory(call: RecordedCall, given: ByParameter, flags: number): boolean {
  if ((flags & O_DIRECTORY) !== 0 || call.name === 'rmdir' || call.name === 'chdir') return true;
  if (call.name === 'unlinkat') return (numberOf(given, 'flags') & AT_REMOVEDIR) !== 0;
  const stat = given.get('statbuf');
  const value = stat?.kind === 'struct' ? stat.fields.find(({ name }) => name === 'st_mode') : undefined;
  const mode = value === undefined ? undefined : evaluate(value.value, NO_VARIABLES);
  return mode?.ok === true && typeof mode.value === 'number' && (mode.value & S_IFMT) === S_IFDIR;
}
