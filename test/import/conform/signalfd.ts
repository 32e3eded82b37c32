import test from 'ava';
import { conformRecording } from '../../../src/import/conform/conform.ts';
import { gather } from '../../../src/import/strace/read-log.ts';

/** One structure as strace prints it: signal, code and sender, the rest zero. */
const record = (signal: string, code: string, pid: string): string =>
  `${signal}\\0\\0\\0\\0\\0\\0\\0${code}${pid}\\0\\0\\0${'\\0'.repeat(112)}`;

const USER = '\\0\\0\\0\\0';
const TKILL = '\\372\\377\\377\\377';

/** As strace 6.1 recorded it on 6.18, shortened. */
const log = `\
6 rt_sigprocmask(SIG_BLOCK, [USR1 USR2 CHLD], NULL, 8) = 0
6 signalfd4(-1, NULL, 8, 0x1 /* SFD_??? */) = -1 EFAULT (Bad address)
6 signalfd4(-1, [USR1 USR2 CHLD], 8, 0x1 /* SFD_??? */) = -1 EINVAL (Invalid argument)
6 signalfd4(1, 0x7ffd06f8c880, 4, 0) = -1 EINVAL (Invalid argument)
6 signalfd4(1000, [USR1 USR2 CHLD], 8, 0) = -1 EBADF (Bad file descriptor)
6 signalfd4(-1, [USR1 USR2 CHLD], 8, SFD_CLOEXEC|SFD_NONBLOCK) = 3
6 signalfd(-1, [USR1 USR2 CHLD], 8) = 4
6 fcntl(3, F_GETFL) = 0x802 (flags O_RDWR|O_NONBLOCK)
6 read(3, 0x4a93c0, 128) = -1 EAGAIN (Resource temporarily unavailable)
6 kill(6, SIGUSR2) = 0
6 tgkill(6, 6, SIGUSR1) = 0
6 poll([{fd=3, events=POLLIN|POLLOUT}], 1, 0) = 1 ([{fd=3, revents=POLLIN}])
6 read(3, "${record('\\n', TKILL, '\\6')}${record('\\f', USER, '\\6')}", 4096) = 256
6 signalfd4(4, ~[RTMIN RT_1], 8, 0) = 4
6 clone(child_stack=NULL, flags=SIGCHLD) = 7
6 read(4,  <unfinished ...>
7 kill(6, SIGUSR1) = 0
6 <... read resumed>"${record('\\n', USER, '\\7')}", 128) = 128
7 poll([{fd=4, events=POLLIN}], 1, 0) = 0 (Timeout)
7 exit_group(0) = ?
7 +++ exited with 0 +++
6 wait4(7, NULL, 0, NULL) = 7
6 poll([{fd=4, events=POLLIN}], 1, 0) = 1 ([{fd=4, revents=POLLIN}])
6 exit_group(0) = ?
6 +++ exited with 0 +++
`;

test('a recorded program that takes its signals from descriptors agrees in every call', async (t) => {
  const read = await gather('signalfd', [log]);
  if (!read.ok) throw new Error('the log cannot be read');
  const { divergences, skipped, compared } = conformRecording(read.value);
  t.deepEqual(divergences, []);
  t.deepEqual(skipped, {});
  t.is(compared, 22);
});
