import test from 'ava';
import { conformRecording } from '../../../src/import/conform/conform.ts';
import { gather } from '../../../src/import/strace/read-log.ts';

const END = `\
5 exit_group(0) = ?
5 +++ exited with 0 +++
`;

/** Short logs in the manner of strace 6.1 on 6.18. */
const logs: [title: string, log: string][] = [
  [
    'a traced task comes out of pause for a SIGCONT that it blocks',
    `\
5 rt_sigprocmask(SIG_BLOCK, [CONT], NULL, 8) = 0
5 clone(child_stack=NULL, flags=SIGCHLD) = 6
6 pause( <unfinished ...>
5 kill(6, SIGCONT <unfinished ...>
6 <... pause resumed>) = ? ERESTARTNOHAND (To be restarted if no handler)
5 <... kill resumed>) = 0
6 pause( <unfinished ...>
5 kill(6, SIGKILL) = 0
6 <... pause resumed>) = ?
6 +++ killed by SIGKILL +++
5 wait4(6, NULL, 0, NULL) = 6
5 --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_KILLED, si_pid=6, si_uid=0, si_status=SIGKILL, si_utime=0, si_stime=0} ---
${END}`,
  ],
  [
    'a call on one line is ended by an alarm that comes before the next line',
    `\
5 1700000000.000000 rt_sigaction(SIGALRM, {sa_handler=0x401000, sa_mask=[], sa_flags=0}, NULL, 8) = 0
5 1700000000.000010 alarm(1) = 0
5 1700000000.000020 pause() = ? ERESTARTNOHAND (To be restarted if no handler)
5 1700000001.000050 --- SIGALRM {si_signo=SIGALRM, si_code=SI_KERNEL} ---
5 1700000001.000060 rt_sigreturn({mask=[]}) = -1 EINTR (Interrupted system call)
5 1700000001.000070 exit_group(0) = ?
5 1700000001.000080 +++ exited with 0 +++
`,
  ],
  [
    'a thread that calls execve goes on under the number of its leader',
    `\
5 clone3({flags=CLONE_VM|CLONE_SIGHAND|CLONE_THREAD, exit_signal=0, stack=NULL, stack_size=0}, 88) = 6
5 pause( <unfinished ...>
6 execve("/bin/x", ["x"], [] <unfinished ...>
5 <... pause resumed>) = ?
5 +++ superseded by execve in pid 6 +++
5 <... execve resumed>) = 0
5 getpid() = 5
${END}`,
  ],
  [
    'a traced init is shown the signals that do nothing to it',
    `\
5 clone(child_stack=NULL, flags=CLONE_NEWPID|SIGCHLD) = 6
6 kill(1, SIGTERM) = 0
6 --- SIGTERM {si_signo=SIGTERM, si_code=SI_USER, si_pid=1, si_uid=0} ---
6 exit_group(0) = ?
6 +++ exited with 0 +++
5 --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=6, si_uid=0, si_status=0, si_utime=0, si_stime=0} ---
${END}`,
  ],
  [
    'a stop takes effect when the tracer lets it, not when it is shown',
    `\
5 clone(child_stack=NULL, flags=SIGCHLD) = 6
6 pause( <unfinished ...>
5 kill(6, SIGSTOP) = 0
6 <... pause resumed>) = ? ERESTARTNOHAND (To be restarted if no handler)
6 --- SIGSTOP {si_signo=SIGSTOP, si_code=SI_USER, si_pid=5, si_uid=0} ---
5 wait4(6, NULL, WNOHANG|WSTOPPED, NULL) = 0
6 --- stopped by SIGSTOP ---
5 --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_STOPPED, si_pid=6, si_uid=0, si_status=SIGSTOP, si_utime=0, si_stime=0} ---
5 wait4(6, NULL, WNOHANG|WSTOPPED, NULL) = 6
5 kill(6, SIGCONT) = 0
5 kill(6, SIGKILL) = 0
6 +++ killed by SIGKILL +++
5 --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_KILLED, si_pid=6, si_uid=0, si_status=SIGKILL, si_utime=0, si_stime=0} ---
${END}`,
  ],
  [
    'details of a signal that strace does not print are those that arrive',
    `\
5 rt_sigaction(SIGUSR1, {sa_handler=0x401000, sa_mask=[], sa_flags=0}, NULL, 8) = 0
5 rt_sigqueueinfo(5, SIGUSR1, {}) = 0
5 --- SIGUSR1 {si_signo=SIGUSR1, si_code=SI_QUEUE, si_pid=0, si_uid=0, si_int=777, si_ptr=0x309} ---
5 rt_sigreturn({mask=[]}) = 0
5 rt_sigqueueinfo(1, 0, {}) = -1 EPERM (Operation not permitted)
${END}`,
  ],
  [
    'numbers chosen for namespaces around those of the log are nobody in it',
    `\
5 clone3({flags=0, exit_signal=SIGCHLD, stack=NULL, stack_size=0, set_tid=[60, 61], set_tid_size=2}, 88) = 60
60 exit_group(0) = ?
60 +++ exited with 0 +++
5 --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=60, si_uid=0, si_status=0, si_utime=0, si_stime=0} ---
${END}`,
  ],
];

for (const [title, log] of logs) {
  test(title, async (t) => {
    const read = await gather('traced', [log]);
    if (!read.ok) throw new Error('the log cannot be read');
    const report = conformRecording(read.value);
    t.deepEqual(report.divergences, []);
    t.is(report.unreadable, 0);
    t.deepEqual([report.deliveries.agreed, report.ends.agreed], [report.deliveries.compared, report.ends.compared]);
    t.true(report.agreed > 2);
  });
}
