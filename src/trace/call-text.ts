/** One call as strace writes it: what is known when it begins, and what its end adds. strace(1). */

import { strerror } from '../kernel-sim/abi/errno.ts';
import * as open from '../kernel-sim/abi/open.ts';
import { signalName } from '../kernel-sim/abi/signal-name.ts';
import { sizeOfMessage } from '../kernel-sim/netlink/message.ts';
import { type Datum, integerOf, OUT } from '../syscalls/datum.ts';
import type { Outcome } from '../syscalls/leave.ts';
import { messageIn } from '../syscalls/netlink-data.ts';
import type { Parameter } from '../syscalls/parameter.ts';
import { syscalls } from '../syscalls/table.ts';
import { fdFlags, openFlags } from './argument/file.ts';
import { hexText, octalText } from './argument/printer.ts';
import { printValue } from './argument/value.ts';
import { restartText } from './restart.ts';

type Outputs = Readonly<Record<string, Datum>>;

/** Bytes of a string and elements of an array that are shown; -1 for all. */
export interface Printing {
  readonly width: number;
}

const parametersOf = (call: string): readonly (readonly [string, Parameter<unknown>])[] =>
  Object.entries(syscalls.get(call)?.parameters ?? {});

/** Whether an argument waits for what the kernel puts there; a message header has room for it and is shown when it is there. */
const isOutput = (parameter: Parameter<unknown> | undefined, arg: Datum): boolean =>
  parameter?.direction === 'out' || (parameter?.direction === 'inout' && (arg === OUT || parameter.kind === 'msghdr'));

/** How many arguments are known when the call begins: those before the first that the kernel fills in. */
function knownArguments(call: string, args: readonly Datum[]): number {
  const parameters = parametersOf(call);
  const first = args.findIndex((arg, i) => isOutput(parameters[i]?.[1], arg));
  return first === -1 ? args.length : first;
}

/** `msgrcv(0, `: what strace has written of a call that is not over. */
export function beginningOf(call: string, args: readonly Datum[], printing: Printing): string {
  const known = knownArguments(call, args);
  const texts = argumentTexts(call, args, {}, printing).slice(0, known);
  return `${call}(${texts.join(', ')}${known > 0 && known < args.length ? ', ' : ''}`;
}

/** `{mtype=1, mtext="a"}, 64, 0, 0)`: what the end of the call adds to its beginning, up to the bracket. */
export function endOf(call: string, args: readonly Datum[], outcome: Outcome, printing: Printing): string {
  const outputs = 'ok' in outcome && outcome.ok ? (outcome.value.out ?? {}) : {};
  return `${argumentTexts(call, args, outputs, printing).slice(knownArguments(call, args)).join(', ')})`;
}

/** Where strace puts the equals sign, counted from 0. */
const COLUMN = 40;

/** A line with its result in strace's column, or behind it. */
export const withResult = (text: string, result: string): string => `${text.padEnd(COLUMN - 1)} = ${result}`;

/** The arguments that strace gives names to. */
const named = new Set(['clone']);

/** The text of each argument, as the program gave it or, where the kernel has written, as it is afterwards. */
export function argumentTexts(
  call: string,
  args: readonly Datum[],
  outputs: Outputs,
  { width }: Printing,
): readonly string[] {
  const parameters = parametersOf(call);
  const context = { width, call, args };
  return args.map((arg, i) => {
    const [name, parameter] = parameters[i] ?? ['', undefined];
    const kind = parameter?.kind ?? '';
    const written = Object.hasOwn(outputs, name) ? outputs[name] : undefined;
    const before = arg === OUT && kind === 'size' ? lengthOf(args) : printValue(kind, arg, context);
    const label = named.has(call) && kind !== 'program' ? `${name}=` : '';
    if (written === undefined) return label + before;
    const after = printValue(kind, written, context);
    return label + (isOutput(parameter, arg) || before === after ? after : `${before} => ${after}`);
  });
}

/** The length of a buffer that the program leaves open: that of the text or the message it gives. */
function lengthOf(args: readonly Datum[]): string {
  const text = args.find((arg) => typeof arg === 'string');
  if (text !== undefined) return `${text.length}`;
  const message = args.map(messageIn).find((one) => one !== null);
  return message === undefined ? '_' : `${sizeOfMessage(message)}`;
}

/** What stands behind the equals sign. */
export function resultText(call: string, args: readonly Datum[], outcome: Outcome): string {
  if ('restart' in outcome) return restartText(call);
  if (!outcome.ok) return `-1 ${outcome.errno} (${strerror(outcome.errno)})`;
  const { value } = outcome.value;
  return results[call]?.(BigInt(value), args) ?? value.toString();
}

const nowhere = { width: -1, call: '', args: [] };

const flagged = (value: bigint, flags: string | undefined): string => `${hexText(value)} (flags ${flags})`;

/** Results that are not plain numbers. */
const results: Readonly<Record<string, (value: bigint, args: readonly Datum[]) => string | undefined>> = {
  shmat: (value) => hexText(value),
  mmap: (value) => hexText(value),
  umask: (value) => octalText(value),
  rt_sigtimedwait: (value) => `${value} (${signalName(Number(value))})`,
  poll: (value) => (value === 0n ? '0 (Timeout)' : undefined),
  ppoll: (value) => (value === 0n ? '0 (Timeout)' : undefined),
  fcntl: (value, args) => {
    const command = integerOf(args[1]);
    if (command === open.F_GETFL) return flagged(value, openFlags(value, nowhere));
    if (command === open.F_GETFD && value !== 0n) return flagged(value, fdFlags(value, nowhere));
    return undefined;
  },
};
