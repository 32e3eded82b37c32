/**
 * The text of freezer.signals: what a record says of a thread's signals, and how it is printed; parse-record.ts takes one apart. Pure.
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

import type { SigInfo } from '../signal/siginfo.ts';
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
export const FIELDS = {
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
