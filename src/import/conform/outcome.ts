/** Results of calls, recorded and simulated, side by side and in words. */

import { isRestart } from '../../kernel-sim/abi/errno.ts';
import { ok, type Result } from '../../kernel-sim/result.ts';
import type { Return } from '../../syscalls/datum.ts';
import type { RecordedCall } from '../strace/recording.ts';

/** What the recording says a call came to. */
export function recordedOutcome({ result }: RecordedCall): Result<Return> {
  if (result.kind === 'value') return ok({ value: result.value });
  return { ok: false, errno: result.kind === 'errno' ? result.errno : 'EINTR' };
}

/** What an interrupted call seems to have returned once the handler is over. */
export const afterHandler = (result: Result<Return> | null): Result<Return> | null =>
  result !== null && !result.ok && isRestart(result.errno) ? { ok: false, errno: 'EINTR' } : result;

/** Whether two results look the same to the program, outputs aside. */
export function sameOutcome(a: Result<Return>, b: Result<Return>): boolean {
  if (!a.ok || !b.ok) return !a.ok && !b.ok && a.errno === b.errno;
  return BigInt(a.value.value) === BigInt(b.value.value);
}

/** A result as strace would show it. */
export const outcomeText = (outcome: Result<Return>): string =>
  outcome.ok ? `= ${outcome.value.value}` : `= -1 ${outcome.errno}`;

/** The recorded result. */
export function resultText({ result }: RecordedCall): string {
  if (result.kind === 'none') return '= ?';
  return result.kind === 'errno' ? `= -1 ${result.errno}` : `= ${result.value}`;
}
