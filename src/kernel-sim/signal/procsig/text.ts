/** The texts of /proc/<pid>/sig/: how masks, queued signals, actions and stacks are printed; SEMANTICS B6. Pure. */

import { SIGBUS, SIGCHLD, SIGFPE, SIGILL, SIGIO, SIGKILL, SIGRTMAX, SIGSEGV } from '../../abi/signal.ts';
import type { Kernel, Userland } from '../../kernel.ts';
import type { Profile } from '../../profile.ts';
import type { SigInfo } from '../siginfo.ts';
import { bit } from '../signal-set.ts';
import type { Action } from '../state.ts';

/** The files that hold a queue. */
export type QueueFile = 'pending' | 'shared_pending';

/** The files of the directory. */
export type SigFileName = QueueFile | 'blocked' | 'action' | 'altstack' | 'waiters';

/** What the texts depend on; a kernel, or what is known of one. */
export type Fixes = Pick<Kernel, 'fixed'> & { readonly profile?: Pick<Profile, 'architecture'> };

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

/** Whether column 0 is the bit that lies before the mask: so on i386, as posted (G1). On x86-64 it comes round to signal 64. */
export const spills = (k: Fixes): boolean => k.profile?.architecture === 'i386' && !k.fixed('G1');

/** The signal of a column, 0 for none. As documented the columns would begin with signal 1. */
function signalOfColumn(k: Fixes, column: number): number {
  if (k.fixed('G1')) return column + 1;
  return column === 0 && !spills(k) ? SIGRTMAX : column;
}

/**
 * 64 characters, `1` for each signal of the set.
 *
 * @param before the bit before the mask, which belongs to a pointer into the kernel unless more is known
 */
export function printMask(k: Fixes, set: bigint, before = true): string {
  let text = '';
  for (let column = 0; column < COLUMNS; column++) {
    const isSet = column === 0 && spills(k) ? before : (set & bit(signalOfColumn(k, column))) !== 0n;
    text += isSet ? '1' : '0';
  }
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

/** The bit before the mask of an action on i386: the highest of its restorer. */
export const TOP_BIT = 0x8000_0000n;

/** One line of `action`. The restorer is left out (G20). */
export function printAction(k: Kernel, signo: number, { flags, mask, handler, restorer }: Action): string {
  const index = String(indexOf(k, signo)).padStart(10);
  const address = String(addressOf(k.userland, handler)).padStart(20);
  const before = (addressOf(k.userland, restorer ?? 0) & TOP_BIT) !== 0n;
  const line = `${index} ${String(flags).padStart(20)} ${printMask(k, mask, before)} ${address}`;
  return k.fixed('G20') ? `${line} ${String(addressOf(k.userland, restorer ?? 0)).padStart(20)}\n` : `${line}\n`;
}

/** Where a handler lies in memory. */
export function addressOf(userland: Userland, handler: unknown): bigint {
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
