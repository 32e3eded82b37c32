/** What kind of line a recorded call or signal is. */

import { isRestart } from '../../kernel-sim/abi/errno.ts';
import { syscalls } from '../../syscalls/table.ts';
import type { RecordedCall, RecordedEvent } from '../strace/recording.ts';

/** Whether a signal ended the call early. */
export const isInterrupted = ({ result }: RecordedCall): boolean =>
  result.kind === 'errno' && (result.errno === 'EINTR' || isRestart(result.errno));

/** A fork that was to be made again: it did nothing before a signal came. */
export const mustSeeSignal = ({ result }: RecordedCall): boolean =>
  result.kind === 'errno' && result.errno === 'ERESTARTNOINTR';

/** Whether time may have to pass before the signal comes, though the log does not tell the time. */
export const mayTakeTime = ({ time, signal }: RecordedEvent & { kind: 'signal' }): boolean =>
  time === null || signal === 'SIGALRM';

export const subjectOf = (call: RecordedCall, resumable: RecordedCall | null): RecordedCall =>
  call.resumes === null ? call : (resumable ?? call);

/** Why a call is not compared. */
export const reasonFor = (call: RecordedCall): string => {
  if (call.result.kind === 'none') return 'ended inside the call';
  if (call.args === null) return 'arguments that thaw cannot read';
  return syscalls.has(call.name) || call.name === 'restart_syscall' ? 'outside the model' : 'not modelled';
};
