/** Sets of signals: bit n-1 of a bigint stands for signal n, as in /proc/<pid>/status; sigset_t. */

import { SIGCONT, SIGKILL, SIGRTMAX, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU } from '../abi/signal.ts';

/** Every signal. */
export const ALL_SIGNALS = (1n << BigInt(SIGRTMAX)) - 1n;

const bits: readonly bigint[] = Array.from({ length: SIGRTMAX + 1 }, (_, signo) =>
  signo === 0 ? 0n : 1n << BigInt(signo - 1),
);

/** The set of one signal; empty for a number that is none. */
export const bit = (signo: number): bigint => bits[signo] ?? 0n;

/** The set of some signals; numbers that are none are left out. */
export const setOf = (signals: Iterable<number>): bigint => {
  let set = 0n;
  for (const signo of signals) set |= bit(signo);
  return set;
};

/** The signals of a set, ascending. */
export function signalsOf(set: bigint): readonly number[] {
  const signals: number[] = [];
  for (let signo = 1; signo <= SIGRTMAX; signo++) if ((set & bit(signo)) !== 0n) signals.push(signo);
  return signals;
}

/** The lowest signal of a set, 0 when it is empty. */
export function lowest(set: bigint): number {
  if (set === 0n) return 0;
  for (let signo = 1; ; signo++) if ((set & bit(signo)) !== 0n) return signo;
}

/** The signals whose default is to stop, which SIGCONT takes back. */
export const STOP_SIGNALS = setOf([SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU]);

export const CONT_SIGNAL = bit(SIGCONT);

/** What cannot be blocked. */
export const UNBLOCKABLE = setOf([SIGKILL, SIGSTOP]);
