/** wait4 and waitid; decode, delegate to kernel-sim/task/wait.ts, encode. */

import { SIGCHLD, SIGCONT } from '../kernel-sim/abi/signal.ts';
import { CLD_CONTINUED, CLD_DUMPED, CLD_EXITED, CLD_KILLED, CLD_STOPPED } from '../kernel-sim/abi/signal-code.ts';
import {
  __WALL,
  __WCLONE,
  __WNOTHREAD,
  P_ALL,
  P_PGID,
  P_PID,
  P_PIDFD,
  WCONTINUED,
  WCOREDUMP,
  WEXITED,
  WEXITSTATUS,
  WIFEXITED,
  WNOHANG,
  WNOWAIT,
  WSTOPPED,
  WSTOPSIG,
  WTERMSIG,
  WUNTRACED,
} from '../kernel-sim/abi/wait.ts';
import type { Kernel } from '../kernel-sim/kernel.ts';
import { fail, ok, type Result } from '../kernel-sim/result.ts';
import { type ChildReport, type WaitRequest, waitForChild } from '../kernel-sim/task/wait.ts';
import { type Datum, FAULT, OUT, type Struct } from './datum.ts';
import { int, out } from './parameter.ts';
import { syscall } from './syscall.ts';

const WAIT4_OPTIONS = WNOHANG | WUNTRACED | WCONTINUED | __WNOTHREAD | __WCLONE | __WALL;
const EVENTS = WEXITED | WSTOPPED | WCONTINUED;
const WAITID_OPTIONS = WNOHANG | WNOWAIT | EVENTS;

const noTime: Struct = { tv_sec: 0, tv_usec: 0 };

/** Times and faults are not accounted for. */
const noUsage: Struct = {
  ru_utime: noTime,
  ru_stime: noTime,
  ru_maxrss: 0,
  ru_ixrss: 0,
  ru_idrss: 0,
  ru_isrss: 0,
  ru_minflt: 0,
  ru_majflt: 0,
  ru_nswap: 0,
  ru_inblock: 0,
  ru_oublock: 0,
  ru_msgsnd: 0,
  ru_msgrcv: 0,
  ru_nsignals: 0,
  ru_nvcsw: 0,
  ru_nivcsw: 0,
};

/** Whom a wait4 is for. */
function whomOf(pid: number, options: number): WaitRequest {
  if (pid === -1) return { who: 'any', number: 0, options };
  if (pid > 0) return { who: 'pid', number: pid, options };
  return { who: 'group', number: -pid, options };
}

/** Whom a waitid is for; EINVAL for ids that name nobody. */
function whomById(k: Kernel, which: number, id: number, options: number): Result<WaitRequest> {
  switch (which) {
    case P_ALL:
      return ok({ who: 'any', number: 0, options });
    case P_PID:
      return id > 0 ? ok({ who: 'pid', number: id, options }) : fail('EINVAL');
    case P_PGID:
      // Since 5.4 zero is the caller's own group, as for wait4.
      return id > 0 || (id === 0 && !k.is26) ? ok({ who: 'group', number: id, options }) : fail('EINVAL');
    case P_PIDFD:
      return id >= 0 && !k.is26 ? ok({ who: 'pidfd', number: id, options }) : fail('EINVAL'); // of 5.4
    default:
      return fail('EINVAL');
  }
}

/** What happened to the child, as si_code and si_status tell it. */
function causeOf({ how, status }: ChildReport): readonly [code: number, status: number] {
  if (how === 'stopped') return [CLD_STOPPED, WSTOPSIG(status)];
  if (how === 'continued') return [CLD_CONTINUED, SIGCONT];
  if (WIFEXITED(status)) return [CLD_EXITED, WEXITSTATUS(status)];
  return [WCOREDUMP(status) ? CLD_DUMPED : CLD_KILLED, WTERMSIG(status)];
}

function infoOf(report: ChildReport | null): Struct {
  if (report === null) return { si_signo: 0, si_code: 0, si_pid: 0, si_uid: 0, si_status: 0 };
  const [si_code, si_status] = causeOf(report);
  const { pid: si_pid, uid: si_uid } = report;
  return { si_signo: SIGCHLD, si_code, si_pid, si_uid, si_status, si_utime: 0, si_stime: 0 };
}

export const waitCalls = [
  syscall({
    name: 'wait4',
    family: 'wait',
    leavesOut: 'ptrace; the usage is all zeros',
    parameters: { pid: int('pid'), wstatus: out('wstatus'), options: int('wait4_options'), rusage: out('rusage') },
    *run(k, task, { pid, wstatus, options, rusage }) {
      if ((options & ~WAIT4_OPTIONS) !== 0) return fail('EINVAL');
      if (!k.is26 && pid === -0x8000_0000) return fail('ESRCH'); // it has no positive twin
      const waited = yield* waitForChild(k, task, whomOf(pid, options | WEXITED));
      if (!waited.ok) return waited;
      if (waited.value === null) return ok({ value: 0 });
      // By now the child is gone, whether the caller can be told or not.
      if (wstatus === FAULT || rusage === FAULT) return fail('EFAULT');
      const written: Record<string, Datum> = {};
      if (wstatus === OUT) written.wstatus = [waited.value.status];
      if (rusage === OUT) written.rusage = noUsage;
      return ok({ value: waited.value.pid, out: written });
    },
  }),
  syscall({
    name: 'waitid',
    family: 'wait',
    leavesOut: 'ptrace; the usage is all zeros',
    parameters: {
      which: int('waitid_which'),
      id: int('pid'),
      infop: out('siginfo'),
      options: int('waitid_options'),
      rusage: out('rusage'),
    },
    *run(k, task, { which, id, infop, options, rusage }) {
      const known = k.is26 ? WAITID_OPTIONS : WAITID_OPTIONS | __WNOTHREAD | __WCLONE | __WALL;
      if ((options & ~known) !== 0 || (options & EVENTS) === 0) return fail('EINVAL');
      const whom = whomById(k, which, id, options);
      if (!whom.ok) return whom;
      const waited = yield* waitForChild(k, task, whom.value);
      if (!waited.ok) return waited;
      if (infop === FAULT || (rusage === FAULT && waited.value !== null)) return fail('EFAULT');
      const written: Record<string, Datum> = {};
      if (infop === OUT) written.infop = infoOf(waited.value);
      if (rusage === OUT && waited.value !== null) written.rusage = noUsage;
      return ok({ value: 0, out: written });
    },
  }),
];
