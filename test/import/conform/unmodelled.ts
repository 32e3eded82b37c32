import test from 'ava';
import { conformRecording } from '../../../src/import/conform/conform.ts';
import { gather } from '../../../src/import/strace/read-log.ts';

async function report(log: string) {
  const read = await gather('log', [log]);
  if (!read.ok) throw new Error('the log cannot be read');
  return conformRecording(read.value);
}

const END = `\
5 exit_group(0) = ?
5 +++ exited with 0 +++
`;

const INSIDE = 'in a user namespace of its own';

/** What strace 6.1 shows on 6.18 of a task that nobody mapped ids for. */
const inside = (pid: number): string => `\
${pid} getuid() = 65534
${pid} getresgid([65534], [65534], [65534]) = 0
${pid} setuid(1000) = -1 EINVAL (Invalid argument)
${pid} setgroups(0, []) = -1 EPERM (Operation not permitted)
${pid} getppid() = 5
${pid} kill(5, 0) = 0
${pid} msgget(0x7, IPC_CREAT|0600) = 0
${pid} msgctl(0, IPC_STAT, {msg_perm={uid=65534, gid=65534, mode=0600, key=7, cuid=65534, cgid=65534}, msg_stime=0, msg_rtime=0, msg_ctime=1795242321, msg_qnum=0, msg_qbytes=16384, msg_lspid=0, msg_lrpid=0}) = 0
${pid} msgctl(0, IPC_RMID, NULL) = 0
${pid} rt_sigprocmask(SIG_BLOCK, [USR2], NULL, 8) = 0
${pid} tgkill(${pid}, ${pid}, SIGUSR2) = 0
${pid} rt_sigtimedwait([USR2], {si_signo=SIGUSR2, si_code=SI_TKILL, si_pid=${pid}, si_uid=65534}, {tv_sec=0, tv_nsec=0}, 8) = 12 (SIGUSR2)
${pid} exit_group(0) = ?
${pid} +++ exited with 0 +++
5 wait4(${pid}, NULL, 0, NULL) = ${pid}
5 --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=${pid}, si_uid=0, si_status=0, si_utime=0, si_stime=0} ---
`;

const ways: readonly [title: string, log: string][] = [
  ['clone', `5 clone(child_stack=NULL, flags=CLONE_NEWUSER|SIGCHLD) = 6\n${inside(6)}`],
  ['clone3', `5 clone3({flags=CLONE_NEWUSER, exit_signal=SIGCHLD, stack=NULL, stack_size=0}, 88) = 6\n${inside(6)}`],
  ['unshare', `5 clone(child_stack=NULL, flags=SIGCHLD) = 6\n6 unshare(CLONE_NEWUSER) = 0\n${inside(6)}`],
];

for (const [title, log] of ways) {
  test(`a task that ${title} put into a user namespace is not asked about ids and rights, and about all else it is`, async (t) => {
    const { divergences, skipped, reasons, compared, agreed } = await report(`${log}5 getuid() = 0\n${END}`);
    t.deepEqual(divergences, []);
    t.deepEqual(skipped, { getuid: 1, getresgid: 1, setuid: 1, setgroups: 1 });
    t.deepEqual(reasons, { [INSIDE]: 4 });
    t.is(agreed, compared);
    t.true(compared >= 12);
  });
}

test('a child of a task in a user namespace is there too', async (t) => {
  const { divergences, reasons } = await report(`\
5 unshare(CLONE_NEWUSER) = 0
5 clone(child_stack=NULL, flags=SIGCHLD) = 6
6 getuid() = 65534
6 exit_group(0) = ?
6 +++ exited with 0 +++
5 wait4(6, NULL, 0, NULL) = 6
5 --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=6, si_uid=65534, si_status=0, si_utime=0, si_stime=0} ---
${END}`);
  t.deepEqual(divergences, []);
  t.deepEqual(reasons, { [INSIDE]: 1 });
});

test('a wrong answer in a user namespace that has nothing to do with rights is a difference still', async (t) => {
  const { divergences } = await report(`\
5 unshare(CLONE_NEWUSER) = 0
5 getpid() = 7
5 msgget(0x7, 0600) = -1 EEXIST (File exists)
${END}`);
  t.deepEqual(
    divergences.map(({ line }) => line),
    [2, 3],
  );
});

test('an unshare that fails leaves the task where it is', async (t) => {
  const { divergences, skipped } = await report(`\
5 unshare(CLONE_NEWUSER|CLONE_THREAD) = -1 EINVAL (Invalid argument)
5 getuid() = 65534
${END}`);
  t.deepEqual(skipped, {});
  t.true(divergences.some(({ line }) => line === 2));
});

const CREATE = `\
5 rt_sigaction(SIGUSR1, {sa_handler=0x401665, sa_mask=[], sa_flags=SA_SIGINFO}, NULL, 8) = 0
5 timer_create(CLOCK_MONOTONIC, {sigev_value={sival_int=7, sival_ptr=0x7}, sigev_signo=SIGUSR1, sigev_notify=SIGEV_SIGNAL}, [0]) = 0
5 timer_settime(0, 0, {it_interval={tv_sec=0, tv_nsec=0}, it_value={tv_sec=0, tv_nsec=20000000}}, NULL) = 0
`;
const BLOCK = '5 rt_sigprocmask(SIG_BLOCK, [USR1], NULL, 8) = 0\n';
const INFO = '{si_signo=SIGUSR1, si_code=SI_TIMER, si_timerid=0, si_overrun=0, si_int=7, si_ptr=0x7}';
const HANDLED = `5 --- SIGUSR1 ${INFO} ---\n5 rt_sigreturn({mask=[]}) = -1 EINTR (Interrupted system call)\n`;
const READ = `\\n\\0\\0\\0\\0\\0\\0\\0\\376\\377\\377\\377${'\\0'.repeat(32)}\\7\\0\\0\\0\\7${'\\0'.repeat(79)}`;

const timers: readonly [title: string, log: string][] = [
  ['ends a pause', `5 pause() = ? ERESTARTNOHAND (To be restarted if no handler)\n${HANDLED}`],
  [
    'ends a sleep',
    `5 clock_nanosleep(CLOCK_REALTIME, 0, {tv_sec=0, tv_nsec=200000000}, NULL) = ? ERESTART_RESTARTBLOCK (Interrupted by signal)\n${HANDLED}`,
  ],
  [
    'comes between calls, and the program goes on with what it had there',
    `5 --- SIGUSR1 ${INFO} ---\n5 rt_sigreturn({mask=[]}) = 44643337\n`,
  ],
  ['is waited for', `${BLOCK}5 rt_sigtimedwait([USR1], ${INFO}, NULL, 8) = 10 (SIGUSR1)\n`],
  [
    'is pending before it is delivered, once',
    `${BLOCK}5 rt_sigpending([USR1], 8) = 0\n5 rt_sigsuspend([], 8) = ? ERESTARTNOHAND (To be restarted if no handler)\n${HANDLED.replace(
      'mask=[]',
      'mask=[USR1]',
    )}5 rt_sigpending([], 8) = 0\n`,
  ],
  [
    'is read from a descriptor that poll says to be readable',
    `${BLOCK}5 signalfd4(-1, [USR1], 8, 0) = 3\n5 poll([{fd=3, events=POLLIN}], 1, -1) = 1 ([{fd=3, revents=POLLIN}])\n5 read(3, "${READ}", 256) = 128\n`,
  ],
];

for (const [title, log] of timers) {
  test(`a signal of a timer ${title}`, async (t) => {
    const { divergences, skipped } = await report(`${CREATE}${log}${END}`);
    t.deepEqual(divergences, []);
    t.deepEqual(skipped, { timer_create: 1, timer_settime: 1 });
  });
}
