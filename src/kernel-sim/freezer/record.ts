/**
 * The text of freezer.signals: what a record says of a thread's signals, and how one that is written is taken apart. Pure.
 *
 *     tid 5001
 *     altstack 65536 8192 0                 address, size and flags; `none`
 *     blocked 0000000000000200              bit n-1 for signal n
 *     actions                               and a line for each that is not the default
 *     action 10 268435456 0000000000000000 4198400 0      flags, mask, handler, restorer
 *     pending 0000000000000400              and a line for each queued signal, oldest first
 *     sig 11 code 1 errno 0 addr 48879
 *     shared_pending 0000000000000000
 *
 * A record that is written need not have every part: what it does not speak of stays. A signal of a queue's set without a line is
 * pending without details, as one is that was sent over the quota.
 */

import { SIGKILL, SIGRTMAX, SIGRTMIN, SIGSTOP } from '../abi/signal.ts';
import { isUnblockable } from '../abi/signal-default.ts';
import type { SigInfo } from '../signal/siginfo.ts';
import { bit, setOf } from '../signal/signal-set.ts';
import type { AltStack } from '../signal/state.ts';

/** An action as a text has it: handler and restorer are addresses. */
export interface ActionLine {
  readonly signo: number;
  readonly flags: number;
  readonly mask: bigint;
  readonly handler: bigint;
  readonly restorer: bigint;
}

/** A queue: what is pending, and the details in order of arrival. */
export interface QueueRecord {
  readonly set: bigint;
  readonly entries: readonly SigInfo[];
}

/** What a record says of one thread; parts that are absent are left as they are. */
export interface SignalRecord {
  readonly tid: number;
  /** Null for none. */
  readonly altStack?: AltStack | null;
  readonly blocked?: bigint;
  /** All that are not the default. */
  readonly actions?: readonly ActionLine[];
  readonly pending?: QueueRecord;
  /** That of the thread's process. */
  readonly shared?: QueueRecord;
}

const hex = (set: bigint): string => set.toString(16).padStart(16, '0');

/** The fields of a siginfo by their names in a text, `value` being both readings of si_value. */
const FIELDS = {
  errno: 'si_errno',
  pid: 'si_pid',
  uid: 'si_uid',
  status: 'si_status',
  utime: 'si_utime',
  stime: 'si_stime',
  timerid: 'si_timerid',
  overrun: 'si_overrun',
  addr: 'si_addr',
  band: 'si_band',
  fd: 'si_fd',
} as const satisfies Record<string, keyof SigInfo>;

// --- printing ---

/** One record. */
export function printRecord({ tid, altStack, blocked, actions, pending, shared }: SignalRecord): string {
  const lines = [
    `tid ${tid}`,
    ...(altStack === undefined ? [] : [printStack(altStack)]),
    ...(blocked === undefined ? [] : [`blocked ${hex(blocked)}`]),
    ...(actions === undefined ? [] : ['actions', ...actions.map(printAction)]),
    ...(pending === undefined ? [] : printQueue('pending', pending)),
    ...(shared === undefined ? [] : printQueue('shared_pending', shared)),
  ];
  return `${lines.join('\n')}\n`;
}

const printStack = (stack: AltStack | null): string =>
  stack === null ? 'altstack none' : `altstack ${stack.sp ?? 0} ${stack.size} ${stack.flags}`;

const printAction = ({ signo, flags, mask, handler, restorer }: ActionLine): string =>
  `action ${signo} ${flags} ${hex(mask)} ${handler} ${restorer}`;

const printQueue = (name: string, { set, entries }: QueueRecord): string[] => [
  `${name} ${hex(set)}`,
  ...entries.map(printEntry),
];

function printEntry(info: SigInfo): string {
  const known = Object.entries(FIELDS).filter(([, field]) => info[field] !== undefined);
  const value = info.si_ptr ?? info.si_int;
  const details = [
    ...known.map(([name, field]) => `${name} ${info[field] ?? 0}`),
    ...(value === undefined ? [] : [`value ${value === null ? 0 : BigInt.asUintN(64, BigInt(value))}`]),
  ];
  return [`sig ${info.si_signo} code ${info.si_code}`, ...details].join(' ');
}

// --- parsing ---

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
