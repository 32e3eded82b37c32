import test from 'ava';
import { Runner } from '../../src/kernel-sim/machine/schedule.ts';
import type { Task } from '../../src/kernel-sim/task/task.ts';
import { oldestFirst } from '../../src/scenario/schedule-policy.ts';
import { openSession } from '../../src/scenario/session.ts';
import type { Outcome } from '../../src/syscalls/leave.ts';
import { programs } from '../explore/helpers/scenario.ts';

const THREAD = 'CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD|CLONE_SYSVSEM';

const resultOf = (outcome: Exclude<Outcome, { restart: true }>): string =>
  outcome.ok ? String(outcome.value.value) : outcome.errno;

/** What a plain run of programs does: each call with its result, and what the programs did not expect or cannot mean. */
function runOf(texts: Readonly<Record<string, string>>): string[] {
  const { k, interpreter } = openSession(programs(texts));
  const said: string[] = [];
  new Runner(k.machine, oldestFirst).run(20_000, () => {
    for (const note of k.machine.store.notes) {
      const who = 'task' in note ? interpreter.labelOf(note.task as Task) : '';
      if (note.type === 'call.exit') {
        said.push(`${who} ${String(note.call)} ${resultOf(note.outcome as Exclude<Outcome, { restart: true }>)}`);
      }
      if (note.type === 'call.restarted') said.push(`${who} ${String(note.call)} again`);
      if (note.type === 'program.unexpected') said.push(`${who} unexpected`);
      if (note.type === 'program.mistake') said.push(`${who} ${String(note.message)}`);
    }
  });
  return said;
}

const table: readonly [string, Readonly<Record<string, string>>, readonly string[]][] = [
  [
    'a block is repeated as often as its count says when it is reached',
    { init: 'n = getpid()\nrepeat n + 2 { getppid() }\npause()' },
    ['init getpid 1', 'init getppid 0', 'init getppid 0', 'init getppid 0'],
  ],
  [
    'blocks in blocks are repeated in each round of the outer one',
    { init: 'repeat 2 {\n  getpid()\n  repeat 2 { getppid() }\n}\npause()' },
    ['getpid 1', 'getppid 0', 'getppid 0', 'getpid 1', 'getppid 0', 'getppid 0'].map((line) => `init ${line}`),
  ],
  ['a block of no rounds is passed over', { init: 'repeat 0 { getpid() }\ngettid()\npause()' }, ['init gettid 1']],
  [
    'a count that cannot be is told, and its block passed over',
    { init: 'repeat -1 { getpid() }\ngettid()\npause()' },
    ['init a block is repeated 0 to 1000000 times, not -1', 'init gettid 1'],
  ],
  [
    'a bound result is used by later calls',
    { init: 'fd = open("/dev/null", O_RDWR)\ncopy = dup(fd)\nclose(copy)\nclose(copy)\npause()' },
    ['init open 3', 'init dup 4', 'init close 0', 'init close EBADF'],
  ],
  [
    'a call that fails binds -1, and expecting -1 is enough to expect that',
    { init: 'fd = close(99)\nclose(fd) = fd\nclose(fd) = 0\npause()' },
    ['init close EBADF', 'init close EBADF', 'init close EBADF', 'init unexpected'],
  ],
  [
    'a name is bound anew in each round',
    { init: 'repeat 2 { fd = dup(0) }\nclose(fd)\npause()' },
    ['init dup 3', 'init dup 4', 'init close 0'],
  ],
  [
    'a result is compared with what is expected of it',
    {
      init: 'n = getpid() = 1\ngetpid() = n\ngetpid() = n + 1\ngetpid() = ?\nclose(9) = -1 EBADF\nclose(9) = -1 EINVAL\nclose(9) = ?\npause()',
    },
    [
      ...['getpid 1', 'getpid 1', 'getpid 1', 'unexpected', 'getpid 1'].map((line) => `init ${line}`),
      ...['close EBADF', 'close EBADF', 'unexpected', 'close EBADF'].map((line) => `init ${line}`),
    ],
  ],
  [
    'what the kernel fills in is compared with what is written there, and anything is right for _',
    { init: 'pipe(_)\nwrite(4, "abcd", _) = 4\nread(3, "ab", 2)\nread(3, "xx", 1)\npipe(_)\npause()' },
    ['pipe 0', 'write 4', 'read 2', 'read 1', 'unexpected', 'pipe 0'].map((line) => `init ${line}`),
  ],
  [
    'a name without a value takes what the kernel fills in, and is compared from then on',
    { init: 'pipe([in, out])\nwrite(out, "aab", _)\nread(in, data, 1)\nread(in, data, 1)\nread(in, data, 1)\npause()' },
    ['pipe 0', 'write 3', 'read 1', 'read 1', 'read 1', 'unexpected'].map((line) => `init ${line}`),
  ],
  [
    'a condition on s is about what stands in its place',
    {
      init: 'fork(child)\nwait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 3}], 0, NULL) = 2\nfork(child)\nwait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 4}], 0, NULL)\npause()',
      child: 'exit(3)',
    },
    ['init fork 2', 'init wait4 2', 'init fork 3', 'init wait4 3', 'init unexpected'],
  ],
  [
    'a child starts with a copy of the variables, and what it binds is its own',
    {
      init: 'a = getpid()\nfork(child)\nwait4(-1, _, 0, NULL)\nkill(a, 0)\npause()',
      child: 'kill(a, 0)\na = getpid()\nkill(a, 0)\nexit(0)',
    },
    ['init getpid 1', 'init fork 2', 'child kill 0', 'child getpid 2', 'child kill 0', 'init wait4 2', 'init kill 0'],
  ],
  [
    'a program that ends exits with 0',
    {
      init: 'fork(child)\nwait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 0}], 0, NULL) = 2\npause()',
      child: 'getpid()',
    },
    ['init fork 2', 'child getpid 2', 'init wait4 2'],
  ],
  [
    'a task knows its own numbers and those of the process it comes from',
    {
      init: 'fork(process)\npause()',
      process: `clone(${THREAD}, thread)\npause()`,
      thread: 'getpid() = $pid\ngettid() = $tid\ngetppid() = $ppid\nfork(child)\npause()',
      child: 'getpid() = $pid\ngettid() = $tid\ngetppid() = $ppid\npause()',
    },
    [
      'init fork 2',
      'process clone 3',
      'process.thread getpid 2',
      'process.thread gettid 3',
      'process.thread getppid 1',
      'process.thread fork 4',
      'process.thread.child getpid 4',
      'process.thread.child gettid 4',
      'process.thread.child getppid 2',
    ],
  ],
  [
    'a handler runs with the variables of what it interrupts, which then goes on after the call',
    {
      init: 'rt_sigaction(SIGUSR1, {sa_handler=on_usr1, sa_mask=[], sa_flags=0}, NULL, 8)\nme = getpid()\nkill(me, SIGUSR1)\ngettid()\npause()',
      on_usr1: 'kill(me, 0)\ngetppid()',
    },
    ['rt_sigaction 0', 'getpid 1', 'kill 0', 'kill 0', 'getppid 0', 'gettid 1'].map((line) => `init ${line}`),
  ],
  [
    'a call that a handler interrupts fails with EINTR, or is made again when the handler asks for that',
    {
      init: 'fork(one)\nfork(two)\npause()',
      one: 'rt_sigaction(SIGUSR1, {sa_handler=on_usr1, sa_mask=[], sa_flags=0}, NULL, 8)\npipe([in, out])\nfork(killer)\nread(in, _, 1)\npause()',
      two: 'rt_sigaction(SIGUSR1, {sa_handler=on_usr1, sa_mask=[], sa_flags=SA_RESTART}, NULL, 8)\npipe([in, out])\nfork(killer)\nread(in, _, 1)\npause()',
      killer: 'kill($ppid, SIGUSR1)\npause()',
      on_usr1: 'getppid()',
    },
    [
      'init fork 2',
      'init fork 3',
      'one rt_sigaction 0',
      'one pipe 0',
      'one fork 4',
      'two rt_sigaction 0',
      'two pipe 0',
      'two fork 5',
      'one.killer kill 0',
      'one read EINTR',
      'one getppid 1',
      'two.killer kill 0',
      'two read again',
      'two getppid 1',
    ],
  ],
  [
    'a handler may be interrupted by another, and each goes back to what it interrupted',
    {
      init: 'rt_sigaction(SIGUSR1, {sa_handler=outer, sa_mask=[], sa_flags=0}, NULL, 8)\nrt_sigaction(SIGUSR2, {sa_handler=inner, sa_mask=[], sa_flags=0}, NULL, 8)\nkill(1, SIGUSR1)\ngettid()\npause()',
      outer: 'kill(1, SIGUSR2)\ngetppid()',
      inner: 'getpid()',
    },
    ['rt_sigaction 0', 'rt_sigaction 0', 'kill 0', 'kill 0', 'getpid 1', 'getppid 0', 'gettid 1'].map(
      (line) => `init ${line}`,
    ),
  ],
  [
    'a program that takes the place of another starts without its variables and handlers',
    {
      init: 'rt_sigaction(SIGUSR1, {sa_handler=on_usr1, sa_mask=[], sa_flags=0}, NULL, 8)\nfork(child)\npause()',
      child: 'execve("/bin/next", ["next"], [])\ngetpid()',
      next: 'rt_sigaction(SIGUSR1, NULL, {sa_handler=SIG_DFL}, 8)\ngettid()\npause()',
      on_usr1: 'getpid()',
    },
    ['init rt_sigaction 0', 'init fork 2', 'child execve 0', 'child rt_sigaction 0', 'child gettid 2'],
  ],
];

for (const [title, texts, expected] of table) {
  test(title, (t) => {
    t.deepEqual(runOf(texts), expected);
  });
}
