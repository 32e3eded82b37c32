/**
 * How strace shows a call that a signal cut short: with the code by which the kernel asks for its restart, which no program sees.
 *
 * The code is gone by the time the trace hears of the signal, so it is told from the call. SEMANTICS C5, C8, C11, C12; signal(7).
 */

import { type RestartName, strerror } from '../kernel-sim/abi/errno.ts';

const noHandler = 'msgsnd msgrcv pause rt_sigsuspend ppoll select pselect6 epoll_pwait';
const byBlock = 'nanosleep clock_nanosleep poll';
const noInterrupt = 'fork vfork clone clone3';

const codes: ReadonlyMap<string, RestartName> = new Map([
  ...noHandler.split(' ').map((call): [string, RestartName] => [call, 'ERESTARTNOHAND']),
  ...byBlock.split(' ').map((call): [string, RestartName] => [call, 'ERESTART_RESTARTBLOCK']),
  ...noInterrupt.split(' ').map((call): [string, RestartName] => [call, 'ERESTARTNOINTR']),
]);

/** `? ERESTARTSYS (To be restarted if SA_RESTART is set)`. */
export function restartText(call: string): string {
  const code = codes.get(call) ?? 'ERESTARTSYS';
  return `? ${code} (${strerror(code)})`;
}
