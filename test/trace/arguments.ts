import test from 'ava';
import { type Datum, FAULT, OUT } from '../../src/syscalls/datum.ts';
import { printValue } from '../../src/trace/argument/value.ts';

const INT = 0xffffffff;

/** What strace 6.1 printed for the same arguments, but for buffers that the kernel did not fill in. */
const rows: readonly (readonly [kind: string, value: Datum, text: string, call?: string, args?: readonly Datum[]])[] = [
  ['ipc_key', 0, 'IPC_PRIVATE'],
  ['ipc_key', 0x4d51, '0x4d51'],
  ['ipc_get_flags', 0o1600, 'IPC_CREAT|0600'],
  ['ipc_get_flags', 0, '000'],
  ['ipc_get_flags', INT, 'IPC_CREAT|IPC_EXCL|IPC_NOWAIT|0xfffff000|0777'],
  ['msgflg', 0o4000, 'IPC_NOWAIT'],
  ['msgflg', 0o74000, 'MSG_NOERROR|MSG_EXCEPT|MSG_COPY|IPC_NOWAIT'],
  ['msgflg', 0, '0'],
  ['shmat_flags', -1, 'SHM_RDONLY|SHM_RND|SHM_REMAP|SHM_EXEC|0xffff0fff'],
  ['msgctl_cmd', 2, 'IPC_STAT'],
  ['msgctl_cmd', 0x102, 'IPC_64|IPC_STAT'],
  ['msgctl_cmd', 77, '0x4d /* MSG_??? */'],
  ['semctl_cmd', 16, 'SETVAL'],
  ['semun', 5, '0x5'],
  ['semun', 0, 'NULL'],
  ['open_flags', 0o102, 'O_RDWR|O_CREAT'],
  ['open_flags', 0o2200000, 'O_RDONLY|O_CLOEXEC|O_DIRECTORY'],
  ['open_flags', 0o4010000, 'O_RDONLY|O_SYNC'],
  ['open_flags', 3, 'O_ACCMODE'],
  ['open_flags', 0o2000000, 'O_CLOEXEC', 'dup3'],
  ['open_flags', 0, '0', 'pipe2'],
  ['mode', 0o644, '0644'],
  ['mode', 0o1777, '01777'],
  ['mode', 0, '000'],
  ['mode', 0o10600, 'S_IFIFO|0600'],
  ['dirfd', -100, 'AT_FDCWD'],
  ['dirfd', -5, '-5'],
  ['whence', 1, 'SEEK_CUR'],
  ['whence', 7, '0x7 /* SEEK_??? */'],
  ['lock_operation', 6, 'LOCK_EX|LOCK_NB'],
  ['access_mode', 0, 'F_OK'],
  ['access_mode', 5, 'R_OK|X_OK'],
  ['fcntl_command', 4, 'F_SETFL'],
  ['fcntl_argument', 0o4000, 'O_RDONLY|O_NONBLOCK', 'fcntl', [1, 4]],
  ['fcntl_argument', 1, 'FD_CLOEXEC', 'fcntl', [1, 2]],
  ['fcntl_argument', 9, '9', 'fcntl', [1, 0]],
  ['eventfd_flags', 0o4000, 'EFD_NONBLOCK'],
  ['kcmp_type', 6, 'KCMP_SYSVSEM'],
  ['signal', 10, 'SIGUSR1'],
  ['signal', 34, 'SIGRT_2'],
  ['signal', 64, 'SIGRT_32'],
  ['signal', 0, '0'],
  ['signal', 77, '77'],
  ['sigset', [], '[]'],
  ['sigset', [10, 32, 34], '[USR1 RTMIN RT_2]'],
  ['sigset', Array.from({ length: 64 }, (_, i) => i + 1), '~[]'],
  ['sigset', Array.from({ length: 63 }, (_, i) => i + 2), '~[HUP]'],
  ['sigprocmask_how', 2, 'SIG_SETMASK'],
  ['wait4_options', 3, 'WNOHANG|WSTOPPED'],
  ['wait4_options', -1, 'WNOHANG|WEXITED|WSTOPPED|WCONTINUED|WNOWAIT|__WCLONE|__WALL|__WNOTHREAD|0x1efffff0'],
  ['waitid_which', 1, 'P_PID'],
  ['waitid_which', 77, '0x4d /* P_??? */'],
  ['wstatus', [0], '[{WIFEXITED(s) && WEXITSTATUS(s) == 0}]'],
  ['wstatus', [9], '[{WIFSIGNALED(s) && WTERMSIG(s) == SIGKILL}]'],
  ['wstatus', [0x8b], '[{WIFSIGNALED(s) && WTERMSIG(s) == SIGSEGV && WCOREDUMP(s)}]'],
  ['wstatus', [0x137f], '[{WIFSTOPPED(s) && WSTOPSIG(s) == SIGSTOP}]'],
  ['wstatus', [0xffff], '[{WIFCONTINUED(s)}]'],
  ['clone_flags', 0x01200011, 'CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD'],
  ['clone_flags', 0x20000000, 'CLONE_NEWPID'],
  ['clone_flags', 0, '0'],
  ['clockid', 1, 'CLOCK_MONOTONIC'],
  ['timer_flags', 1, 'TIMER_ABSTIME'],
  ['bytes', '\x01\x019\xff7"\\\n', '"\\1\\19\\3777\\"\\\\\\n"'],
  ['bytes', 'x'.repeat(10), '"xxxxxxxx"...'],
  ['path', 'x'.repeat(10), '"xxxxxxxxxx"'],
  ['bytes', 0x1000, '0x1000'],
  ['address', 0, 'NULL'],
  ['address', 0x7f00, '0x7f00'],
  ['timespec', { tv_sec: 1, tv_nsec: 5 }, '{tv_sec=1, tv_nsec=5}'],
  ['rlimit', { rlim_cur: 8388608, rlim_max: 2n ** 64n - 1n }, '{rlim_cur=8192*1024, rlim_max=RLIM64_INFINITY}'],
  ['rlimit', { rlim_cur: 1024, rlim_max: 12288 }, '{rlim_cur=1024, rlim_max=12*1024}'],
  ['sembuf[]', [{ sem_num: 1, sem_op: -2, sem_flg: 0o14000 }], '[{sem_num=1, sem_op=-2, sem_flg=SEM_UNDO|IPC_NOWAIT}]'],
  ['msgbuf', { mtype: 1, mtext: 'hello' }, '{mtype=1, mtext="hello"}'],
  [
    'msqid_ds',
    { msg_perm: { uid: 0, gid: 0, mode: 0o640, key: 13107 }, msg_qnum: 0 },
    '{msg_perm={uid=0, gid=0, mode=0640, key=13107}, msg_qnum=0}',
  ],
  [
    'sigaction',
    { sa_handler: 0, sa_mask: [17], sa_flags: 0x10000000 },
    '{sa_handler=SIG_DFL, sa_mask=[CHLD], sa_flags=SA_RESTART}',
  ],
  [
    'sigaction',
    { sa_handler: { program: 'on_usr1' }, sa_mask: [], sa_flags: 0x0c000004 },
    '{sa_handler=on_usr1, sa_mask=[], sa_flags=SA_RESTORER|SA_ONSTACK|SA_SIGINFO}',
  ],
  [
    'siginfo',
    { si_signo: 17, si_code: 2, si_pid: 7, si_uid: 0, si_status: 9, si_utime: 0, si_stime: 0 },
    '{si_signo=SIGCHLD, si_code=CLD_KILLED, si_pid=7, si_uid=0, si_status=SIGKILL, si_utime=0, si_stime=0}',
  ],
  [
    'siginfo',
    { si_signo: 17, si_code: 1, si_pid: 7, si_uid: 0, si_status: 9 },
    '{si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=7, si_uid=0, si_status=9}',
  ],
  [
    'siginfo',
    { si_signo: 34, si_code: -1, si_pid: 4, si_uid: 0, si_int: 33, si_ptr: 33 },
    '{si_signo=SIGRT_2, si_code=SI_QUEUE, si_pid=4, si_uid=0, si_int=33, si_ptr=0x21}',
  ],
  ['siginfo', { si_signo: 11, si_code: 1, si_addr: 0x1000 }, '{si_signo=SIGSEGV, si_code=SEGV_MAPERR, si_addr=0x1000}'],
  ['stack_t', { ss_sp: null, ss_flags: 2, ss_size: 0 }, '{ss_sp=NULL, ss_flags=SS_DISABLE, ss_size=0}'],
  ['pollfd[]', [{ fd: 3, events: 1 }], '[{fd=3, events=POLLIN}]'],
  ['stat', { st_dev: 6, st_mode: 0o20666 }, '{st_dev=makedev(0, 0x6), st_mode=S_IFCHR|0666}'],
  ['fd[2]', [3, 4], '[3, 4]'],
  ['program', { program: 'worker' }, 'worker'],
  ['a kind of next year', 5, '5'],
  ['a kind of next year', 'text', '"text"'],
  ['a kind of next year', { a: [1, 2n], b: true }, '{a=[1, 2], b=1}'],
  ['msgbuf', OUT, '_'],
  ['msgbuf', null, 'NULL'],
  ['msgbuf', FAULT, '0x1'],
];

test('arguments are printed as strace prints them, by the kind of their parameter', (t) => {
  for (const [kind, value, text, call = '', args = []] of rows) {
    t.is(printValue(kind, value, { width: 8, call, args }), text, `${kind} ${text}`);
  }
});

test('a width of -1 shows strings and arrays whole', (t) => {
  const context = { width: -1, call: '', args: [] };
  t.is(printValue('bytes', 'x'.repeat(100), context), `"${'x'.repeat(100)}"`);
  t.is(printValue('', [1, 2, 3], { ...context, width: 2 }), '[1, 2, ...]');
  t.is(printValue('', [1, 2, 3], context), '[1, 2, 3]');
});
