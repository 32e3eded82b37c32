/** Orders that the lines of a log leave open, and that a replay has to find. */

import test from 'ava';
import { conformRecording } from '../../../src/import/conform/conform.ts';
import { gather } from '../../../src/import/strace/read-log.ts';

async function divergences(log: string): Promise<unknown> {
  const read = await gather('orders', [log]);
  return read.ok ? conformRecording(read.value).divergences : read.message;
}

test('a parent that is woken by the first child may look only when the second has ended as well', async (t) => {
  const log = `100   execve("/t", ["t"], []) = 0
100   clone(child_stack=NULL, flags=SIGCHLD) = 101
100   clone(child_stack=NULL, flags=SIGCHLD) = 102
100   wait4(-1,  <unfinished ...>
102   exit_group(0)   = ?
102   +++ exited with 0 +++
101   getpid()        = 101
101   gettid()        = 101
101   getpid()        = 101
101   exit_group(0)   = ?
101   +++ exited with 0 +++
100   <... wait4 resumed>[{WIFEXITED(s) && WEXITSTATUS(s) == 0}], 0, NULL) = 101
100   --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=102, si_uid=0, si_status=0, si_utime=0, si_stime=0} ---
100   wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 0}], 0, NULL) = 102
`;
  t.deepEqual(await divergences(log), []);
});

test('a parent that is woken by a signal may find the child that has ended since', async (t) => {
  const log = `100   execve("/t", ["t"], []) = 0
100   rt_sigaction(SIGUSR1, {sa_handler=0x1000, sa_mask=[], sa_flags=SA_RESTART}, NULL, 8) = 0
100   clone(child_stack=NULL, flags=SIGCHLD) = 101
100   wait4(101,  <unfinished ...>
101   kill(100, SIGUSR1) = 0
${'101   getppid()       = 100\n'.repeat(80)}101   exit_group(0)   = ?
101   +++ exited with 0 +++
100   <... wait4 resumed>[{WIFEXITED(s) && WEXITSTATUS(s) == 0}], 0, NULL) = 101
100   --- SIGUSR1 {si_signo=SIGUSR1, si_code=SI_USER, si_pid=101, si_uid=0} ---
100   --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=101, si_uid=0, si_status=0, si_utime=0, si_stime=0} ---
100   rt_sigreturn({mask=[]}) = 101
`;
  t.deepEqual(await divergences(log), []);
});

test('a killed task has ended before its last line: another may have noticed', async (t) => {
  const log = `100   execve("/t", ["t"], []) = 0
100   shmget(IPC_PRIVATE, 4096, 0600) = 0
100   clone(child_stack=NULL, flags=SIGCHLD) = 101
101   shmat(0, NULL, 0) = 0x7f0000000000
101   pause( <unfinished ...>
100   kill(101, SIGKILL) = 0
101   <... pause resumed>)  = ?
100   shmctl(0, IPC_STAT, {shm_perm={uid=0, gid=0, mode=0600, key=0, cuid=0, cgid=0}, shm_segsz=4096, shm_cpid=100, shm_lpid=101, shm_nattch=0, shm_atime=1, shm_dtime=1, shm_ctime=1}) = 0
101   +++ killed by SIGKILL +++
`;
  t.deepEqual(await divergences(log), []);
});

test('what a read at the end of a file finds does not lengthen it', async (t) => {
  const log = `100   execve("/t", ["t"], []) = 0
100   openat(AT_FDCWD, "f", O_RDWR|O_CREAT, 0600) = 3
100   write(3, "abc", 3) = 3
100   lseek(3, 20, SEEK_SET) = 20
100   read(3, "", 9) = 0
100   pread64(3, "abc", 9, 0) = 3
100   pread64(9, 0x7ffc305d4b20, 28, -1) = -1 EINVAL (Invalid argument)
100   dup(3) = 4
`;
  t.deepEqual(await divergences(log), []);
});
