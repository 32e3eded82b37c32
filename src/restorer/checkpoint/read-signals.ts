/** Reading the signal state of tasks: masks from procfs, the rest by calls in the tasks' own place. sigaction(2), sigaltstack(2). */

import { SIG_DFL, SIG_IGN, SIGCHLD, SS_DISABLE } from '../../kernel-sim/abi/signal.ts';
import type { Task } from '../../kernel-sim/task/task.ts';
import { type Datum, integerOf, OUT, type Struct } from '../../syscalls/datum.ts';
import type { Altstack, SigAction, SigInfo } from '../image/index.ts';
import { field, type Probe } from './probe.ts';
import { Status } from './read-status.ts';

const SIGSET_SIZE = 8;
const NOW: Struct = { tv_sec: 0, tv_nsec: 0 };

/** What each signal does that does not do what it does by default; of those that do, SIGCHLD alone has flags that matter. */
export function readActions(probe: Probe, task: Task, status: Status): SigAction[] {
  const numbers = new Set([...status.signals('SigIgn'), ...status.signals('SigCgt'), SIGCHLD]);
  return [...numbers]
    .sort((a, b) => a - b)
    .map((signo) => actionOf(signo, probe.out(task, 'oldact', 'rt_sigaction', signo, null, OUT, SIGSET_SIZE) as Struct))
    .filter(({ handler, flags }) => handler !== 'SIG_DFL' || flags !== 0);
}

function actionOf(signal: number, action: Struct): SigAction {
  const { sa_handler: handler, sa_mask: mask, sa_restorer: restorer } = action;
  return {
    signal,
    handler: handlerOf(handler!),
    flags: field(action, 'sa_flags'),
    mask: (mask as readonly number[]).toSorted((a, b) => a - b),
    ...(restorer !== undefined && { restorer: integerOf(restorer) }),
  };
}

function handlerOf(handler: Datum): SigAction['handler'] {
  if (typeof handler === 'object' && handler !== null && 'program' in handler) {
    const { program } = handler;
    if (typeof program === 'string') return { program };
  }
  const address = integerOf(handler);
  if (address === SIG_DFL) return 'SIG_DFL';
  return address === SIG_IGN ? 'SIG_IGN' : { address };
}

/** The alternate stack of a thread; undefined when none is set. */
export function readAltstack(probe: Probe, thread: Task): Altstack | undefined {
  const stack = probe.out(thread, 'old_ss', 'sigaltstack', null, OUT);
  const flags = field(stack, 'ss_flags');
  if (stack === null || (flags & SS_DISABLE) !== 0) return undefined;
  return { address: field(stack, 'ss_sp'), size: field(stack, 'ss_size'), flags };
}

/**
 * Takes what is pending for a thread, or through it for its process. Of one signal the thread's own come first, so the process's are
 * to be taken last. By signal numbers: in which order different ones were queued, nobody can ask.
 *
 * @param status the path of the thread's status file
 */
export function takePending(probe: Probe, thread: Task, status: string, mask: 'SigPnd' | 'ShdPnd'): SigInfo[] {
  const taken: SigInfo[] = [];
  const pending = () => new Status(probe.record(status)).signals(mask);
  for (let [signo] = pending(); signo !== undefined; [signo] = pending()) {
    const info = probe.out(thread, 'info', 'rt_sigtimedwait', [signo], OUT, NOW, SIGSET_SIZE);
    if (info === null) break;
    taken.push(siginfoOf(info as Struct));
  }
  return taken;
}

/** A pointer as images have numbers of 64 bits; NULL is 0. */
function unsigned(pointer: Datum): number | string {
  if (typeof pointer !== 'bigint') return integerOf(pointer);
  const whole = BigInt.asUintN(64, pointer);
  return whole <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(whole) : whole.toString();
}

function siginfoOf(info: Struct): SigInfo {
  const number = (name: string) => (info[name] === undefined ? undefined : field(info, name));
  const value = info.si_ptr === undefined ? undefined : unsigned(info.si_ptr);
  return Object.fromEntries(
    Object.entries({
      signo: field(info, 'si_signo'),
      code: field(info, 'si_code'),
      errno: number('si_errno'),
      pid: number('si_pid'),
      uid: number('si_uid'),
      value,
      status: number('si_status'),
      utime: number('si_utime'),
      stime: number('si_stime'),
      timer: number('si_timerid'),
      overrun: number('si_overrun'),
      address: number('si_addr'),
    }).filter(([, known]) => known !== undefined),
  ) as unknown as SigInfo;
}
