/** How a record that is written to freezer.signals is taken apart, and which cannot be meant; record.ts says what it looks like. Pure. */

import { SIGKILL, SIGRTMAX, SIGRTMIN, SIGSTOP } from '../abi/signal.ts';
import { isUnblockable } from '../abi/signal-default.ts';
import type { SigInfo } from '../signal/siginfo.ts';
import { bit, setOf } from '../signal/signal-set.ts';
import type { AltStack } from '../signal/state.ts';
import { type ActionLine, FIELDS, type SignalRecord } from './record.ts';

/** The record that a text is; null when it is none, or more than one. */
export function parseRecord(text: string): SignalRecord | null {
  const [first = '', ...lines] = text.replace(/\n$/, '').split('\n');
  const tid = /^tid (\d{1,10})$/.exec(first)?.[1];
  if (tid === undefined) return null;
  let record: SignalRecord = { tid: Number(tid) };
  while (lines.length > 0) {
    const [word = ''] = lines[0]!.split(' ');
    const part = parsePart(word, lines);
    if (part === null || Object.keys(part).some((key) => Object.hasOwn(record, key))) return null;
    record = { ...record, ...part };
  }
  return record;
}

/** Takes the lines of the part that comes first off a text. */
function parsePart(word: string, lines: string[]): Partial<SignalRecord> | null {
  const line = lines.shift()!;
  switch (word) {
    case 'altstack': {
      const altStack = parseStack(line);
      return altStack === undefined ? null : { altStack };
    }
    case 'blocked': {
      const blocked = parseSet(/^blocked ([0-9a-f]{16})$/, line);
      return blocked === null ? null : { blocked };
    }
    case 'actions': {
      const actions = line === word ? takeLines(lines, 'action ', parseAction) : null;
      return actions === null || hasTwins(actions.map(({ signo }) => signo)) ? null : { actions };
    }
    case 'pending':
    case 'shared_pending': {
      const set = parseSet(/^\w+ ([0-9a-f]{16})$/, line);
      const entries = set === null ? null : takeLines(lines, 'sig ', parseEntry);
      if (set === null || entries === null || !isQueue(set, entries)) return null;
      return { [word === 'pending' ? 'pending' : 'shared']: { set, entries } };
    }
    default:
      return null;
  }
}

/** Takes the lines that begin with a word; null when one of them cannot be read. */
function takeLines<T>(lines: string[], word: string, parse: (line: string) => T | null): readonly T[] | null {
  const end = lines.findIndex((line) => !line.startsWith(word));
  const taken = lines.splice(0, end === -1 ? lines.length : end).map(parse);
  return taken.some((one) => one === null) ? null : (taken as T[]);
}

function parseSet(shape: RegExp, line: string): bigint | null {
  const digits = shape.exec(line)?.[1];
  return digits === undefined ? null : BigInt(`0x${digits}`);
}

/** As much of a number as a pointer has, as kernel objects hold it. */
const wide = (digits: string): number | bigint => {
  const value = BigInt.asUintN(64, BigInt(digits));
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
};

function parseStack(line: string): AltStack | null | undefined {
  if (line === 'altstack none') return null;
  const [, sp, size, flags] = /^altstack (\d{1,20}) (\d{1,15}) (\d{1,10})$/.exec(line) ?? [];
  return sp === undefined ? undefined : { sp: wide(sp) || null, size: Number(size), flags: Number(flags) };
}

/** An action that is not the default; SIGKILL and SIGSTOP have no other, as for sigaction(2). */
function parseAction(line: string): ActionLine | null {
  const shape = /^action (\d{1,2}) (\d{1,10}) ([0-9a-f]{16}) (\d{1,20}) (\d{1,20})$/;
  const [, signo, flags, mask, handler, restorer] = shape.exec(line) ?? [];
  if (signo === undefined || !isSignal(Number(signo)) || isUnblockable(Number(signo))) return null;
  return {
    signo: Number(signo),
    flags: Number(flags),
    mask: BigInt(`0x${mask}`),
    handler: BigInt(handler!),
    restorer: BigInt(restorer!),
  };
}

function parseEntry(line: string): SigInfo | null {
  const [, signo, code, rest] = /^sig (\d{1,2}) code (-?\d{1,10})((?: [a-z]+ -?\d{1,20})*)$/.exec(line) ?? [];
  if (signo === undefined) return null;
  const info: Record<string, number | bigint | null> = { si_signo: Number(signo), si_code: Number(code) };
  const words = rest!.split(' ').slice(1);
  for (let at = 0; at < words.length; at += 2) {
    const [name, digits] = [words[at]!, words[at + 1]!];
    if (name === 'value') {
      const value = BigInt.asUintN(64, BigInt(digits));
      info.si_int = Number(BigInt.asIntN(32, value));
      info.si_ptr = wide(digits) || null;
    } else if (Object.hasOwn(FIELDS, name)) {
      info[FIELDS[name as keyof typeof FIELDS]] = name === 'addr' ? wide(digits) : Number(digits);
    } else return null;
  }
  return info as unknown as SigInfo;
}

const isSignal = (signo: number): boolean => signo >= 1 && signo <= SIGRTMAX;

/**
 * Whether entries can lie in a queue with that set: each of its set, a standard signal once. SIGKILL and SIGSTOP do more when they are
 * sent than to lie in a queue, so a record cannot have them.
 */
function isQueue(set: bigint, entries: readonly SigInfo[]): boolean {
  if ((set & setOf([SIGKILL, SIGSTOP])) !== 0n) return false;
  const numbers = entries.map(({ si_signo }) => si_signo);
  return numbers.every((signo) => (set & bit(signo)) !== 0n) && !hasTwins(numbers.filter((signo) => signo < SIGRTMIN));
}

const hasTwins = (numbers: readonly number[]): boolean => new Set(numbers).size < numbers.length;
