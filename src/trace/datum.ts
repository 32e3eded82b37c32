/** Arguments and results as strace prints them, by the kind of the parameter. strace(1). */

import { signalName } from '../kernel-sim/abi/signal-name.ts';
import {
  WCOREDUMP,
  WEXITSTATUS,
  WIFCONTINUED,
  WIFEXITED,
  WIFSTOPPED,
  WSTOPSIG,
  WTERMSIG,
} from '../kernel-sim/abi/wait.ts';
import { type Datum, FAULT, integerOf, OUT, type Struct } from '../syscalls/datum.ts';
import { printSymbol } from './symbol.ts';

/** Characters of a string that are shown; more are cut. */
export interface Printing {
  readonly width: number;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\t': '\\t',
  '\r': '\\r',
  '\v': '\\v',
  '\f': '\\f',
  '"': '\\"',
  '\\': '\\\\',
};

/** Bytes in quotes with C escapes, cut to the width. */
export function printBytes(bytes: string, { width }: Printing): string {
  const shown = width < 0 ? bytes : bytes.slice(0, width);
  let text = '';
  for (let i = 0; i < shown.length; i++) {
    const byte = shown[i] as string;
    if (ESCAPES[byte] !== undefined) text += ESCAPES[byte];
    else if (byte >= ' ' && byte <= '~') text += byte;
    else
      text += `\\${byte
        .charCodeAt(0)
        .toString(8)
        .padStart(/[0-7]/.test(shown[i + 1] ?? '') ? 3 : 1, '0')}`;
  }
  return `"${text}"${shown.length < bytes.length ? '...' : ''}`;
}

const signal = (value: number): string => signalName(value) ?? String(integerOf(value));

function printSignalSet(set: readonly Datum[]): string {
  const nameOf = (number: Datum): string =>
    signal(integerOf(number))
      .replace(/^SIG(?=RT_|[A-Z])/, '')
      .replace(/^RTMIN$/, 'RTMIN');
  if (set.length <= 32) return `[${set.map(nameOf).join(' ')}]`;
  const absent = Array.from({ length: 64 }, (_, i) => i + 1).filter((number) => !set.includes(number));
  return `~[${absent.map(nameOf).join(' ')}]`;
}

function printStatus(status: number): string {
  if (WIFCONTINUED(status)) return '[{WIFCONTINUED(s)}]';
  if (WIFEXITED(status)) return `[{WIFEXITED(s) && WEXITSTATUS(s) == ${WEXITSTATUS(status)}}]`;
  if (WIFSTOPPED(status)) return `[{WIFSTOPPED(s) && WSTOPSIG(s) == ${signal(WSTOPSIG(status))}}]`;
  return `[{WIFSIGNALED(s) && WTERMSIG(s) == ${signal(WTERMSIG(status))}${WCOREDUMP(status) ? ' && WCOREDUMP(s)' : ''}}]`;
}

const codes: Readonly<Record<string, string>> = {
  '0': 'SI_USER',
  '-1': 'SI_QUEUE',
  '-6': 'SI_TKILL',
  '128': 'SI_KERNEL',
  '-3': 'SI_MESGQ',
};
const childCodes = ['', 'CLD_EXITED', 'CLD_KILLED', 'CLD_DUMPED', 'CLD_TRAPPED', 'CLD_STOPPED', 'CLD_CONTINUED'];

/** Fields whose printing depends on their name rather than on the structure that they stand in. */
const byField: Readonly<Record<string, (value: Datum, struct: Struct, printing: Printing) => string>> = {
  mode: (value) => printSymbol('mode', integerOf(value)) as string,
  key: (value) => printSymbol('ipc_key', integerOf(value)) as string,
  sem_flg: (value) => printSymbol('sem_flg', integerOf(value)) as string,
  sa_flags: (value) => printSymbol('sa_flags', integerOf(value)) as string,
  ss_flags: (value) => printSymbol('ss_flags', integerOf(value)) as string,
  sa_mask: (value) => (Array.isArray(value) ? printSignalSet(value as readonly Datum[]) : String(integerOf(value))),
  mask: (value) => (Array.isArray(value) ? printSignalSet(value as readonly Datum[]) : String(integerOf(value))),
  sa_handler: (value, _struct, printing) =>
    value === 0 ? 'SIG_DFL' : value === 1 ? 'SIG_IGN' : printDatum('', value, printing),
  si_signo: (value) => signal(integerOf(value)),
  si_code: (value, struct) =>
    struct.si_signo === 17 && integerOf(value) > 0
      ? (childCodes[integerOf(value)] ?? String(integerOf(value)))
      : (codes[String(value)] ?? String(integerOf(value))),
  si_status: (value, struct) => (integerOf(struct.si_code) > 1 ? signal(integerOf(value)) : String(integerOf(value))),
};

function printStruct(struct: Struct, printing: Printing): string {
  const names = Object.keys(struct);
  if (names.length === 1 && typeof struct.program === 'string') return struct.program;
  const fields = names.map((name) => {
    const value = struct[name] as Datum;
    const own = Object.hasOwn(byField, name) ? byField[name] : undefined;
    return `${name}=${own === undefined || value === null ? printDatum('', value, printing) : own(value, struct, printing)}`;
  });
  return `{${fields.join(', ')}}`;
}

/** A value of a parameter of this kind. */
export function printDatum(kind: string, value: Datum | undefined, printing: Printing): string {
  if (value === undefined || value === null) return 'NULL';
  if (value === OUT) return '_';
  if (value === FAULT) return '0x1';
  switch (typeof value) {
    case 'number':
      if (kind === 'signal') return signal(value);
      if (kind === 'wstatus') return printStatus(value);
      return printSymbol(kind, value) ?? String(value);
    case 'string':
      return printBytes(value, printing);
    case 'object':
      break;
    default:
      return String(value);
  }
  if (!Array.isArray(value)) return printStruct(value as Struct, printing);
  if (kind === 'sigset') return printSignalSet(value as readonly Datum[]);
  if (kind === 'wstatus') return printStatus(integerOf(value[0] as Datum));
  return `[${(value as readonly Datum[]).map((item) => printDatum('', item, printing)).join(', ')}]`;
}
