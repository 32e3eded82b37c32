// What a signal does to a process that has not chosen otherwise: signal(7), "Standard signals"; SEMANTICS C12.

import {
  SIGABRT,
  SIGBUS,
  SIGCHLD,
  SIGCONT,
  SIGFPE,
  SIGILL,
  SIGKILL,
  SIGQUIT,
  SIGSEGV,
  SIGSTOP,
  SIGSYS,
  SIGTRAP,
  SIGTSTP,
  SIGTTIN,
  SIGTTOU,
  SIGURG,
  SIGWINCH,
  SIGXCPU,
  SIGXFSZ,
} from './signal.ts';

/** What the kernel does with a signal by default; `core` ends the process with the core bit in its status. */
export type DefaultAction = 'terminate' | 'core' | 'ignore' | 'stop' | 'continue';

const exceptional: ReadonlyMap<number, DefaultAction> = new Map([
  ...[SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGXCPU, SIGXFSZ, SIGSYS].map(
    (number): [number, DefaultAction] => [number, 'core'],
  ),
  ...[SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU].map((number): [number, DefaultAction] => [number, 'stop']),
  ...[SIGCHLD, SIGURG, SIGWINCH].map((number): [number, DefaultAction] => [number, 'ignore']),
  [SIGCONT, 'continue'],
]);

/** The default action of signal 1..64; every real-time signal terminates. */
export function defaultAction(signal: number): DefaultAction {
  return exceptional.get(signal) ?? 'terminate';
}

/** Whether the signal can be neither handled, ignored nor blocked: SIGKILL and SIGSTOP. */
export function isUnblockable(signal: number): boolean {
  return signal === SIGKILL || signal === SIGSTOP;
}
