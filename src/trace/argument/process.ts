/** Arguments of the calls that make, wait for and limit processes. */

import * as clone from '../../kernel-sim/abi/clone.ts';
import * as prctl from '../../kernel-sim/abi/prctl.ts';
import * as resource from '../../kernel-sim/abi/resource.ts';
import * as wait from '../../kernel-sim/abi/wait.ts';
import { type Datum, integerOf } from '../../syscalls/datum.ts';
import { choice, flags, type Names, namesOf, splitFlags } from './flags.ts';
import { hexText, integerIn, integers, type Printer } from './printer.ts';
import { signal } from './signal.ts';

const namespaceNames = 'CLONE_NEWCGROUP CLONE_NEWUTS CLONE_NEWIPC CLONE_NEWUSER CLONE_NEWPID CLONE_NEWNET';

const cloneNames: Names = namesOf(
  clone,
  'CLONE_VM CLONE_FS CLONE_FILES CLONE_SIGHAND CLONE_PIDFD CLONE_PTRACE CLONE_VFORK CLONE_PARENT CLONE_THREAD CLONE_NEWNS ' +
    'CLONE_SYSVSEM CLONE_SETTLS CLONE_PARENT_SETTID CLONE_CHILD_CLEARTID CLONE_UNTRACED CLONE_CHILD_SETTID ' +
    `${namespaceNames} CLONE_IO CLONE_CLEAR_SIGHAND CLONE_INTO_CGROUP`,
);

const CSIGNAL = BigInt(clone.CSIGNAL);

/** Flags of clone: the low byte is the signal for the parent. */
const cloneFlags: Printer = (value, context) => {
  const integer = integerIn(value);
  if (integer === undefined) return undefined;
  const { found, rest } = splitFlags(BigInt.asUintN(32, integer) & ~CSIGNAL, cloneNames);
  const exitSignal = integer & CSIGNAL;
  const parts = [
    ...found,
    ...(rest === 0n ? [] : [hexText(rest)]),
    ...(exitSignal === 0n ? [] : [signal(exitSignal, context)]),
  ];
  return parts.length === 0 ? '0' : parts.join('|');
};

const waitFlags = flags(namesOf(wait, 'WNOHANG WEXITED WSTOPPED WCONTINUED WNOWAIT __WCLONE __WALL __WNOTHREAD'), 'W');

/** What a wait status says, as a test that is true of it: `{WIFEXITED(s) && WEXITSTATUS(s) == 0}`. */
function waitStatusText(status: number): string {
  if (wait.WIFCONTINUED(status)) return '{WIFCONTINUED(s)}';
  if (wait.WIFSTOPPED(status)) return `{WIFSTOPPED(s) && WSTOPSIG(s) == ${signalText(wait.WSTOPSIG(status))}}`;
  if (wait.WIFEXITED(status)) return `{WIFEXITED(s) && WEXITSTATUS(s) == ${wait.WEXITSTATUS(status)}}`;
  const core = wait.WCOREDUMP(status) ? ' && WCOREDUMP(s)' : '';
  return `{WIFSIGNALED(s) && WTERMSIG(s) == ${signalText(wait.WTERMSIG(status))}${core}}`;
}

const signalText = (number: number): string => signal(number, { width: -1, call: '', args: [] }) ?? `${number}`;

const waitStatus: Printer = (value) => {
  const status = Array.isArray(value) ? (value as readonly Datum[])[0] : value;
  return typeof status === 'number' ? `[${waitStatusText(status)}]` : undefined;
};

/** The signal of PR_SET_PDEATHSIG, and the list of one in which PR_GET_PDEATHSIG leaves it. */
const prctlArgument: Printer = (value, context) => {
  const option = integerOf(context.args[0]);
  if (option === prctl.PR_SET_PDEATHSIG) return signal(value, context);
  const [only] = Array.isArray(value) ? (value as readonly Datum[]) : [];
  return option === prctl.PR_GET_PDEATHSIG && only !== undefined ? `[${signal(only, context)}]` : undefined;
};

/** A limit in multiples of 1024 where it is one, as strace has it. */
const limit: Printer = (value) => {
  if (value === Number.POSITIVE_INFINITY || value === resource.RLIM_INFINITY) return 'RLIM64_INFINITY';
  const integer = integerIn(value);
  if (integer === undefined) return undefined;
  return integer > 1024n && integer % 1024n === 0n ? `${integer / 1024n}*1024` : integer.toString();
};

export const processPrinters: Readonly<Record<string, Printer>> = {
  clone_flags: cloneFlags,
  clone3_flags: flags(cloneNames, 'CLONE', 64),
  unshare_flags: flags(
    namesOf(
      clone,
      `CLONE_NEWTIME CLONE_VM CLONE_FS CLONE_FILES CLONE_SIGHAND CLONE_THREAD CLONE_NEWNS CLONE_SYSVSEM ${namespaceNames}`,
    ),
    'CLONE',
  ),
  setns_type: flags(namesOf(clone, `CLONE_NEWTIME CLONE_NEWNS ${namespaceNames}`), 'CLONE'),
  wait4_options: waitFlags,
  waitid_options: waitFlags,
  waitid_which: choice(namesOf(wait, 'P_ALL P_PID P_PGID P_PIDFD'), 'P'),
  wstatus: waitStatus,
  prctl_option: choice(
    namesOf(
      prctl,
      'PR_SET_PDEATHSIG PR_GET_PDEATHSIG PR_GET_DUMPABLE PR_SET_DUMPABLE PR_SET_NAME PR_GET_NAME PR_SET_CHILD_SUBREAPER ' +
        'PR_GET_CHILD_SUBREAPER',
    ),
    'PR',
  ),
  prctl_arg: prctlArgument,
  resource: choice(
    namesOf(
      resource,
      'RLIMIT_CPU RLIMIT_FSIZE RLIMIT_DATA RLIMIT_STACK RLIMIT_CORE RLIMIT_RSS RLIMIT_NPROC RLIMIT_NOFILE RLIMIT_MEMLOCK ' +
        'RLIMIT_AS RLIMIT_LOCKS RLIMIT_SIGPENDING RLIMIT_MSGQUEUE RLIMIT_NICE RLIMIT_RTPRIO RLIMIT_RTTIME',
    ),
    'RLIMIT',
  ),
  rlim: limit,
  exit_status: integers((value) => value.toString()),
};
