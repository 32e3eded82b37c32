/** How a task dies so that its parent is told what the image says; wait4(2), SEMANTICS C5. */

import { defaultAction } from '../../kernel-sim/abi/signal-default.ts';
import { signalName } from '../../kernel-sim/abi/signal-name.ts';
import { WCOREDUMP, WEXITSTATUS, WIFEXITED, WTERMSIG } from '../../kernel-sim/abi/wait.ts';
import type { Script } from './script.ts';
import { name, number, ownPid } from './syntax.ts';

/** Ends the calling task with a wait status: by exit, or by a signal that it sends itself. */
export function die(script: Script, status: number): void {
  if (WIFEXITED(status)) script.call('exit_group', [number(WEXITSTATUS(status))], { expect: 'anything' });
  else script.call('kill', [ownPid, name(signalName(WTERMSIG(status))!)], { expect: 'anything' });
}

/** What of a wait status cannot be had; null when all can. */
export function lostOfStatus(status: number): string | null {
  if (WIFEXITED(status)) return null;
  const signo = WTERMSIG(status);
  const does = signalName(signo) === undefined ? 'ignore' : defaultAction(signo);
  if (does !== 'terminate' && does !== 'core') return `an end by signal ${signo}, which kills nobody`;
  return WCOREDUMP(status) ? 'that a zombie left a core file' : null;
}
