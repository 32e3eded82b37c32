/** The texts of /proc/<pid>/sig/: how masks, queued signals, actions and stacks are printed; SEMANTICS B6. Pure. */

import { SIGBUS, SIGCHLD, SIGFPE, SIGILL, SIGIO, SIGKILL, SIGRTMAX, SIGSEGV } from '../../abi/signal.ts';
import type { Kernel, Userland } from '../../kernel.ts';
import type { SigInfo } from '../siginfo.ts';
import { bit } from '../signal-set.ts';
import type { Action } from '../state.ts';

/** The files that hold a queue. */
export type QueueFile = 'pending' | 'shared_pending';

/** The files of the directory. */
export type SigFileName = QueueFile | 'blocked' | 'action' | 'altstack' | 'waiters';

/** What the texts depend on. */
export type Fixes = Pick<Kernel, 'fixed'>;

/** Characters of a mask. */
export const COLUMNS = SIGRTMAX;

/** Signals whose detail line says where the fault was. */
const FAULTS: readonly number[] = [SIGILL, SIGFPE, SIGSEGV, SIGBUS];

/** What the second line of an entry is about. */
export type Detail = 'kill' | 'child' | 'fault' | 'poll' | 'none';

export function detailOf(signo: number): Detail {
  if (signo === SIGKILL) return 'kill';
  if (signo === SIGCHLD) return 'child';
  if (signo === SIGIO) return 'poll';
  return FAULTS.includes(signo) ? 'fault' : 'none';
}

/** The signal that a column stands for: its number, 64 for column 0 (G1). As documented the columns would begin with signal 1. */
const signalOfColumn = (k: Fixes, column: number): number => (k.fixed('G1') ? column + 1 : column || SIGRTMAX);

/** 64 characters, `1` for each signal of the set. */
export function printMask(k: Fixes, set: bigint): string {
  let text = '';
  for (let column = 0; column < COLUMNS; column++) text += (set & bit(signalOfColumn(k, column))) === 0n ? '0' : '1';
  return text;
}

/** The set that the first 64 characters of a text say; anything but `1` is a zero. */
export function parseMask(k: Fixes, text: string): bigint {
  let set = 0n;
  for (let column = 0; column < COLUMNS; column++) if (text[column] === '1') set |= bit(signalOfColumn(k, column));
  return set;
}

const number = (value: number | bigint | null | undefined): string => String(value ?? 0);

/** The two lines of a queued signal; `user` is who is charged for it. */
export function printEntry(info: SigInfo, user: number): string {
  const { si_signo: signo } = info;
  const head = `sig ${signo}: uid ${user} pid ${number(info.si_pid)} flags 0 errno ${number(info.si_errno)}`;
  return `${head} code ${info.si_code}\n${printDetail(info)}\n`;
}

/** The first word of the details of a signal that somebody sent: his pid, and his uid above it. */
const senderAsWord = ({ si_pid = 0, si_uid = 0 }: SigInfo): bigint => (BigInt(si_uid) << 32n) | BigInt(si_pid);

function printDetail(info: SigInfo): string {
  switch (detailOf(info.si_signo)) {
    case 'kill':
      return ` spid ${number(info.si_pid)} uid ${number(info.si_uid)}`;
    case 'child': {
      const times = `utime ${number(info.si_utime)} stime ${number(info.si_stime)}`;
      return ` pid ${number(info.si_pid)} uid ${number(info.si_uid)} status ${number(info.si_status)} ${times}`;
    }
    case 'fault':
      return ` addr ${number(info.si_addr ?? senderAsWord(info))}`;
    case 'poll':
      return ` band ${number(info.si_band ?? senderAsWord(info))} fd ${number(info.si_fd)}`;
    case 'none':
      return ` Unsupported siginfo for signal ${info.si_signo}`;
  }
}

/** The index that a signal has in `action`: counted from 0, unlike the columns of a mask (G10). */
const indexOf = (k: Kernel, signo: number): number => (k.fixed('G10') ? signo : signo - 1);

/** The signal of an index; 65, which is none, for the index that lies behind the table. */
export const signalOfIndex = (k: Kernel, index: number): number => (k.fixed('G10') ? index : index + 1);

/** One line of `action`. The restorer is left out (G20). */
export function printAction(k: Kernel, signo: number, { flags, mask, handler, restorer }: Action): string {
  const index = String(indexOf(k, signo)).padStart(10);
  const address = String(addressOf(k.userland, handler)).padStart(20);
  const line = `${index} ${String(flags).padStart(20)} ${printMask(k, mask)} ${address}`;
  return k.fixed('G20') ? `${line} ${String(addressOf(k.userland, restorer ?? 0)).padStart(20)}\n` : `${line}\n`;
}

/** Where a handler lies in memory. */
function addressOf(userland: Userland, handler: unknown): bigint {
  if (typeof handler === 'bigint') return handler;
  if (typeof handler === 'number') return BigInt(handler);
  return userland.addressOf?.(handler) ?? 0n;
}

/** What lies at an address, as an action has it: a handler that the userland knows, or the number. */
export function handlerAt(userland: Userland, address: bigint): unknown {
  const known = userland.handlerAt?.(address);
  if (known !== undefined) return known;
  return address <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(address) : address;
}
