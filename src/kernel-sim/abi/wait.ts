// Options of wait4(2) and waitid(2), and the wait status: 16 bits that say how a child ended, stopped or went on.
// The functions carry the names of the macros in wait(2); scenario predicates such as {WIFEXITED(s) && …} use them.

export const WNOHANG = 1;
export const WUNTRACED = 2;
export const WSTOPPED = 2;
export const WEXITED = 4;
export const WCONTINUED = 8;
export const WNOWAIT = 0x01000000;
export const __WNOTHREAD = 0x20000000;
export const __WALL = 0x40000000;
export const __WCLONE = 0x80000000;

export const P_ALL = 0;
export const P_PID = 1;
export const P_PGID = 2;
export const P_PIDFD = 3;

/** The status of a child that exited; only the low byte of its exit code is kept. */
export function exitedStatus(code: number): number {
  return (code & 0xff) << 8;
}

/** The status of a child that a signal killed. */
export function killedStatus(signal: number, dumpedCore: boolean): number {
  return signal | (dumpedCore ? 0x80 : 0);
}

/** The status of a child that a signal stopped. */
export function stoppedStatus(signal: number): number {
  return (signal << 8) | 0x7f;
}

/** The status of a child that SIGCONT resumed. */
export const continuedStatus = 0xffff;

/** Whether the child ended by exit(2) or by returning; wait(2). */
export function WIFEXITED(status: number): boolean {
  return (status & 0x7f) === 0;
}

/** The low byte of the exit code; wait(2). */
export function WEXITSTATUS(status: number): number {
  return (status >> 8) & 0xff;
}

/** Whether a signal ended the child; wait(2). */
export function WIFSIGNALED(status: number): boolean {
  const low = status & 0x7f;
  return low !== 0 && low !== 0x7f;
}

/** The signal that ended the child; wait(2). */
export function WTERMSIG(status: number): number {
  return status & 0x7f;
}

/** Whether the child dumped core; wait(2). */
export function WCOREDUMP(status: number): boolean {
  return (status & 0x80) !== 0;
}

/** Whether the child is stopped; wait(2). */
export function WIFSTOPPED(status: number): boolean {
  return (status & 0xff) === 0x7f;
}

/** The signal that stopped the child; wait(2). */
export function WSTOPSIG(status: number): number {
  return WEXITSTATUS(status);
}

/** Whether SIGCONT resumed the child; wait(2). */
export function WIFCONTINUED(status: number): boolean {
  return status === continuedStatus;
}
