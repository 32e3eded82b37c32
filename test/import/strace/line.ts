import test from 'ava';
import { parseLine } from '../../../src/import/strace/line.ts';

const forms: readonly [title: string, line: string, task: number, time: number | null, kind: string][] = [
  ['no number and no time', 'getpid() = 3', 0, null, 'call'],
  ['a padded number', '4     getpid()                          = 4', 4, null, 'call'],
  ['a number in brackets', '[pid  4711] getpid() = 4711', 4711, null, 'call'],
  ['a number with the name of its program', '4711<sleep> getpid() = 4711', 4711, null, 'call'],
  ['-t', '103 12:30:01 getpid() = 103', 103, 45_001, 'call'],
  ['-tt', '103 12:30:01.500000 getpid() = 103', 103, 45_001.5, 'call'],
  ['-ttt', '103   1795220490.500000 getpid() = 103 <0.000009>', 103, 1795220490.5, 'call'],
  ['-ttt and no number', '1795220490.500000 getpid() = 103', 0, 1795220490.5, 'call'],
  ['-r', '103      0.000250 getpid() = 103', 103, 0.00025, 'call'],
  ['the first half of a call', '4     wait4(5,  <unfinished ...>', 4, null, 'begin'],
  ['the second half of a call', '4     <... wait4 resumed>NULL, 0, NULL) = 5', 4, null, 'resume'],
  ['a call that was detached from', '4     pause( <detached ...>', 4, null, 'begin'],
  ['a signal', '4     --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED} ---', 4, null, 'signal'],
  ['a signal as old straces show it', '4     --- SIGCHLD (Child exited) @ 0 (0) ---', 4, null, 'signal'],
  ['a stop', '105   --- stopped by SIGSTOP ---', 105, null, 'stopped'],
  ['an exit', '105   +++ exited with 230 +++', 105, null, 'exited'],
  ['a death', '105   +++ killed by SIGSEGV (core dumped) +++', 105, null, 'killed'],
  ['a thread that exec replaced', '105   +++ superseded by execve in pid 106 +++', 105, null, 'superseded'],
  ['a word of strace itself', 'strace: Process 105 attached', 0, null, 'remark'],
  [
    'a call that the kernel goes on with',
    '4 restart_syscall(<... resuming interrupted pause ...>) = ? ERESTARTNOHAND',
    4,
    null,
    'call',
  ],
  ['what another program wrote', 'make: *** [all] Error 2', 0, null, ''],
  ['a number that no task has', '0     getpid() = 0', 0, null, ''],
  ['a number beyond all tasks', '4194304 getpid() = 4194304', 0, null, ''],
  ['half a line', '103   1795220490.500000 openat(AT_FDC', 103, null, ''],
];

for (const [title, text, task, time, kind] of forms) {
  test(`a line of strace is read: ${title}`, (t) => {
    const line = parseLine(text);
    if (kind === '') return t.is(typeof line, 'string');
    if (typeof line === 'string') return t.fail(line);
    t.deepEqual([line.task, line.time, line.body.kind], [task, time, kind]);
  });
}
