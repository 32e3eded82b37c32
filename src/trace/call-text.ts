/** One call as strace prints it: the part that is known on entry, and the part that comes with the result. */

import { strerror } from '../kernel-sim/abi/errno.ts';
import type { Datum } from '../syscalls/datum.ts';
import type { Outcome } from '../syscalls/leave.ts';
import { syscalls } from '../syscalls/table.ts';
import { type Printing, printDatum } from './datum.ts';

const COLUMN = 40;

interface Shown {
  readonly texts: readonly string[];
  /** How many arguments are known on entry. */
  readonly onEntry: number;
}

function show(call: string, args: readonly Datum[], out: Readonly<Record<string, Datum>>, printing: Printing): Shown {
  const parameters = Object.entries(syscalls.get(call)?.parameters ?? {});
  const texts = args.map((arg, i) => {
    const [name, parameter] = parameters[i] ?? ['', undefined];
    return printDatum(parameter?.kind ?? '', Object.hasOwn(out, name) ? out[name] : arg, printing);
  });
  const firstOut = parameters.findIndex(([, parameter], i) => parameter.direction !== 'in' && i < args.length);
  return { texts, onEntry: firstOut === -1 ? texts.length : firstOut };
}

/** `msgrcv(0, ` — what is printed before the call has returned. */
export function entryText(call: string, args: readonly Datum[], printing: Printing): string {
  const { texts, onEntry } = show(call, args, {}, printing);
  const known = texts.slice(0, onEntry).join(', ');
  return `${call}(${known}${onEntry < texts.length && onEntry > 0 ? ', ' : ''}`;
}

/** The arguments that the result brings, and ` = result`. */
export function exitText(
  call: string,
  args: readonly Datum[],
  outcome: Outcome,
  printing: Printing,
  resumed: boolean,
): string {
  const out = 'ok' in outcome && outcome.ok ? (outcome.value.out ?? {}) : {};
  const { texts, onEntry } = show(call, args, out, printing);
  const all = `${call}(${texts.join(', ')})`;
  const text = resumed ? `<... ${call} resumed>${texts.slice(onEntry).join(', ')})` : all;
  return `${text.padEnd(COLUMN - 1)} = ${resultText(outcome)}`;
}

function resultText(outcome: Outcome): string {
  if ('restart' in outcome) return '? ERESTARTSYS (To be restarted)';
  if (outcome.ok) return String(outcome.value.value);
  return `-1 ${outcome.errno} (${strerror(outcome.errno)})`;
}
