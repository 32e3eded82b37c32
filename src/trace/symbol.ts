/** Numbers as strace prints them: one of a set of names, or flags joined by bars. */

import { constants } from '../kernel-sim/abi/constants.ts';

const numberNamed = (name: string): number => {
  const value = constants.get(name);
  if (value === undefined) throw new Error(`${name} is no constant`);
  return Number(value);
};

/** The words of some texts. */
const words = (...texts: readonly string[]): readonly string[] => texts.flatMap((text) => text.split(' '));

/** Names of which exactly one applies, by the kind of parameter. */
const choices: Readonly<Record<string, readonly string[]>> = {
  msgctl_cmd: words('IPC_RMID IPC_SET IPC_STAT IPC_INFO MSG_STAT MSG_INFO MSG_STAT_ANY'),
  semctl_cmd: words(
    'IPC_RMID IPC_SET IPC_STAT IPC_INFO SEM_STAT SEM_INFO SEM_STAT_ANY GETPID GETVAL GETALL GETNCNT',
    'GETZCNT SETVAL SETALL',
  ),
  shmctl_cmd: words('IPC_RMID IPC_SET IPC_STAT IPC_INFO SHM_LOCK SHM_UNLOCK SHM_STAT SHM_INFO SHM_STAT_ANY'),
  whence: words('SEEK_SET SEEK_CUR SEEK_END'),
  fcntl_command: [
    'F_DUPFD',
    'F_GETFD',
    'F_SETFD',
    'F_GETFL',
    'F_SETFL',
    'F_DUPFD_CLOEXEC',
    'F_GETPIPE_SZ',
    'F_SETPIPE_SZ',
  ],
  sigprocmask_how: words('SIG_BLOCK SIG_UNBLOCK SIG_SETMASK'),
  waitid_which: words('P_ALL P_PID P_PGID'),
  itimer_which: words('ITIMER_REAL ITIMER_VIRTUAL ITIMER_PROF'),
  clockid: words('CLOCK_REALTIME CLOCK_MONOTONIC'),
  ioctl_request: words('FIONREAD'),
};

/** Names that are joined, by the kind of parameter; numbers that no name covers follow in octal for modes, else in hex. */
const flags: Readonly<
  Record<string, { readonly names: readonly string[]; readonly none: string; readonly rest?: 'octal' }>
> = {
  ipc_get_flags: { names: words('IPC_CREAT IPC_EXCL'), none: '0', rest: 'octal' },
  shmget_flags: { names: words('IPC_CREAT IPC_EXCL SHM_HUGETLB SHM_NORESERVE'), none: '0', rest: 'octal' },
  msgflg: { names: words('MSG_NOERROR IPC_NOWAIT MSG_EXCEPT MSG_COPY'), none: '0' },
  sem_flg: { names: words('SEM_UNDO IPC_NOWAIT'), none: '0' },
  shmat_flags: { names: words('SHM_RDONLY SHM_RND SHM_REMAP SHM_EXEC'), none: '0' },
  clone_flags: {
    names: words(
      'CLONE_VM CLONE_FS CLONE_FILES CLONE_SIGHAND CLONE_PIDFD CLONE_PTRACE CLONE_VFORK CLONE_PARENT',
      'CLONE_THREAD CLONE_NEWNS CLONE_SYSVSEM CLONE_SETTLS CLONE_PARENT_SETTID CLONE_CHILD_CLEARTID',
      'CLONE_UNTRACED CLONE_CHILD_SETTID CLONE_NEWUTS CLONE_NEWIPC CLONE_NEWUSER CLONE_NEWPID',
      'CLONE_NEWNET CLONE_IO',
    ),
    none: '0',
  },
  wait4_options: { names: words('WNOHANG WSTOPPED WCONTINUED __WALL __WCLONE __WNOTHREAD'), none: '0' },
  waitid_options: {
    names: words('WNOHANG WSTOPPED WEXITED WCONTINUED WNOWAIT __WALL __WCLONE'),
    none: '0',
  },
  sa_flags: {
    names: words('SA_NOCLDSTOP SA_NOCLDWAIT SA_SIGINFO SA_RESTORER SA_ONSTACK SA_RESTART SA_NODEFER SA_RESETHAND'),
    none: '0',
  },
  ss_flags: { names: words('SS_ONSTACK SS_DISABLE'), none: '0' },
  access_mode: { names: words('R_OK W_OK X_OK'), none: 'F_OK' },
  at_flags: { names: words('AT_SYMLINK_NOFOLLOW AT_REMOVEDIR AT_EMPTY_PATH'), none: '0' },
};

const openFlags = words(
  'O_CREAT O_EXCL O_NOCTTY O_TRUNC O_APPEND O_NONBLOCK O_SYNC O_ASYNC O_DIRECT O_LARGEFILE',
  'O_DIRECTORY O_NOFOLLOW O_NOATIME O_CLOEXEC O_PATH',
);

const octal = (value: number): string => (value === 0 ? '0' : `0${value.toString(8)}`);

function joined(value: number, names: readonly string[], none: string, rest?: 'octal'): string {
  const parts: string[] = [];
  let left = value;
  for (const name of names) {
    const bits = numberNamed(name);
    if (bits === 0 || Number(BigInt(left) & BigInt(bits)) !== bits) continue;
    parts.push(name);
    left = Number(BigInt(left) & ~BigInt(bits));
  }
  if (rest === 'octal' && (left !== 0 || parts.length === 0)) parts.push(`0${left.toString(8).padStart(3, '0')}`);
  else if (left !== 0) parts.push(`0x${left.toString(16)}`);
  return parts.length === 0 ? none : parts.join('|');
}

/** How strace prints a number of this kind; undefined when the kind has no names of its own. */
export function printSymbol(kind: string, value: number): string | undefined {
  if (kind === 'open_flags') {
    const mode = ['O_RDONLY', 'O_WRONLY', 'O_RDWR', 'O_ACCMODE'][value & 3] as string;
    const others = joined(value & ~3, openFlags, '');
    return others === '' ? mode : `${mode}|${others}`;
  }
  if (kind === 'mode' || kind.endsWith('_mode')) return kind === 'access_mode' ? symbolOf(kind, value) : octal(value);
  if (kind === 'ipc_key') return value === 0 ? 'IPC_PRIVATE' : `0x${(value >>> 0).toString(16)}`;
  if (kind === 'dirfd') return value === numberNamed('AT_FDCWD') ? 'AT_FDCWD' : undefined;
  return symbolOf(kind, value);
}

function symbolOf(kind: string, value: number): string | undefined {
  if (Object.hasOwn(choices, kind))
    return choices[kind]?.find((name) => constants.has(name) && numberNamed(name) === value);
  const set = Object.hasOwn(flags, kind) ? flags[kind] : undefined;
  return set === undefined ? undefined : joined(value, set.names, set.none, set.rest);
}
