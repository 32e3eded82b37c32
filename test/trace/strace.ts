import test from 'ava';
import { type Datum, OUT } from '../../src/syscalls/datum.ts';
import type { Happening, TraceEvent } from '../../src/trace/event.ts';
import { StraceText } from '../../src/trace/strace.ts';

const init = { pid: 1, label: 'init' };
const worker = { pid: 5000, label: 'worker' };

let step = 0;
const at = (who: typeof init, happening: Happening): TraceEvent => ({ step: ++step, who, ...happening });
const enter = (who: typeof init, call: string, ...args: Datum[]): TraceEvent => at(who, { kind: 'enter', call, args });
const returns = (who: typeof init, call: string, args: Datum[], value: number, out: Record<string, Datum> = {}) =>
  at(who, { kind: 'exit', call, args, outcome: { ok: true, value: { value, out } } });
const signal = (who: typeof init, si_signo: number, action = 'handle'): TraceEvent =>
  at(who, { kind: 'signal', info: { si_signo, si_code: 0, si_pid: 1, si_uid: 0 }, action });

function textOf(...events: TraceEvent[]): string[] {
  const lines: string[] = [];
  const text = new StraceText((line) => lines.push(line));
  for (const event of events) text.add(event);
  text.end();
  return lines;
}

test('a call whose result comes before anything else is one line, with the result in the fortieth column', (t) => {
  t.deepEqual(textOf(enter(init, 'close', 3), returns(init, 'close', [3], 0)), [
    '[pid 1] close(3)                        = 0',
  ]);
  const args: Datum[] = [0, { mtype: 1, mtext: 'hello' }, 5, 0o4000];
  t.deepEqual(textOf(enter(worker, 'msgsnd', ...args), returns(worker, 'msgsnd', args, 0)), [
    '[pid 5000] msgsnd(0, {mtype=1, mtext="hello"}, 5, IPC_NOWAIT) = 0',
  ]);
});

test('a call that fails shows the error and its text', (t) => {
  const args: Datum[] = [{ program: 'worker' }];
  const failed = at(init, { kind: 'exit', call: 'fork', args, outcome: { ok: false, errno: 'EBUSY' } });
  t.deepEqual(textOf(enter(init, 'fork', ...args), failed), [
    '[pid 1] fork(worker)                    = -1 EBUSY (Device or resource busy)',
  ]);
});

test('a call is split where another event comes in between, and what the kernel fills in stands in the second half', (t) => {
  const args: Datum[] = [-1, OUT, 0, null];
  t.deepEqual(
    textOf(
      enter(init, 'wait4', ...args),
      enter(worker, 'getpid'),
      returns(init, 'wait4', args, 5000, { wstatus: [0] }),
      returns(worker, 'getpid', [], 5000),
    ),
    [
      '[pid 1] wait4(-1,  <unfinished ...>',
      '[pid 5000] getpid( <unfinished ...>',
      '[pid 1] <... wait4 resumed>[{WIFEXITED(s) && WEXITSTATUS(s) == 0}], 0, NULL) = 5000',
      '[pid 5000] <... getpid resumed>)        = 5000',
    ],
  );
});

test('a call that a signal cuts short ends with its restart code, and the handler returns what it came to', (t) => {
  const args: Datum[] = [0, OUT, 8, 0, 0];
  t.deepEqual(
    textOf(
      enter(worker, 'msgrcv', ...args),
      enter(init, 'kill', 5000, 10),
      returns(init, 'kill', [5000, 10], 0),
      signal(worker, 10),
      at(worker, { kind: 'exit', call: 'msgrcv', args, outcome: { ok: false, errno: 'EINTR' } }),
      enter(worker, 'rt_sigreturn', { mask: [] }),
    ),
    [
      '[pid 5000] msgrcv(0,  <unfinished ...>',
      '[pid 1] kill(5000, SIGUSR1)             = 0',
      '[pid 5000] <... msgrcv resumed>_, 8, 0, 0) = ? ERESTARTNOHAND (To be restarted if no handler)',
      '[pid 5000] --- SIGUSR1 {si_signo=SIGUSR1, si_code=SI_USER, si_pid=1, si_uid=0} ---',
      '[pid 5000] rt_sigreturn({mask=[]})      = -1 EINTR (Interrupted system call)',
    ],
  );
});

test('a call that is made again after a signal has a line of its own the second time', (t) => {
  const args: Datum[] = [3, OUT, 8];
  t.deepEqual(
    textOf(
      enter(worker, 'read', ...args),
      signal(worker, 10),
      at(worker, { kind: 'exit', call: 'read', args: [], outcome: { restart: true } }),
      enter(worker, 'rt_sigreturn', { mask: [] }),
      enter(worker, 'read', ...args),
      returns(worker, 'read', args, 2, { buf: 'hi' }),
    ),
    [
      '[pid 5000] read(3, _, 8)                = ? ERESTARTSYS (To be restarted if SA_RESTART is set)',
      '[pid 5000] --- SIGUSR1 {si_signo=SIGUSR1, si_code=SI_USER, si_pid=1, si_uid=0} ---',
      '[pid 5000] rt_sigreturn({mask=[]})      = 0',
      '[pid 5000] read(3, "hi", 8)             = 2',
    ],
  );
});

test('a sleep that goes on after a stop ends as restart_syscall', (t) => {
  const args: Datum[] = [{ tv_sec: 1, tv_nsec: 0 }, null];
  t.deepEqual(
    textOf(
      enter(worker, 'nanosleep', ...args),
      signal(worker, 19, 'stop'),
      at(worker, { kind: 'stop', signal: 19 }),
      returns(worker, 'nanosleep', args, 0),
    ),
    [
      '[pid 5000] nanosleep({tv_sec=1, tv_nsec=0}, NULL) = ? ERESTART_RESTARTBLOCK (Interrupted by signal)',
      '[pid 5000] --- SIGSTOP {si_signo=SIGSTOP, si_code=SI_USER, si_pid=1, si_uid=0} ---',
      '[pid 5000] --- stopped by SIGSTOP ---',
      '[pid 5000] restart_syscall(<... resuming interrupted nanosleep ...>) = 0',
    ],
  );
});

test('a task that dies in a call leaves it without a result', (t) => {
  const args: Datum[] = [0, OUT, 8, 0, 0];
  const killed = at(worker, { kind: 'end', status: 9 });
  t.deepEqual(textOf(enter(worker, 'msgrcv', ...args), killed), [
    '[pid 5000] msgrcv(0,  <unfinished ...>) = ?',
    '[pid 5000] +++ killed by SIGKILL +++',
  ]);
  t.deepEqual(textOf(enter(worker, 'msgrcv', ...args), enter(init, 'exit_group', 3), killed), [
    '[pid 5000] msgrcv(0,  <unfinished ...>',
    '[pid 1] exit_group(3)                   = ?',
    '[pid 5000] <... msgrcv resumed> <unfinished ...>) = ?',
    '[pid 5000] +++ killed by SIGKILL +++',
  ]);
});

test('ends are told with the exit code, or the signal and whether there is a core', (t) => {
  t.deepEqual(
    [0x300, 9, 0x86].map((status) => textOf(at(worker, { kind: 'end', status }))[0]),
    [
      '[pid 5000] +++ exited with 3 +++',
      '[pid 5000] +++ killed by SIGKILL +++',
      '[pid 5000] +++ killed by SIGABRT (core dumped) +++',
    ],
  );
});

test('an execve that succeeds ends when its task makes the next call', (t) => {
  t.deepEqual(textOf(enter(worker, 'execve', 'next', ['next'], []), enter(worker, 'exit', 0)), [
    '[pid 5000] execve("next", ["next"], []) = 0',
    '[pid 5000] exit(0)                      = ?',
  ]);
});

test('the end of init is the end of whoever is left', (t) => {
  t.deepEqual(textOf(at(init, { kind: 'panic', status: 0, left: [worker] })), [
    '[pid 1] +++ exited with 0 +++',
    'Kernel panic - not syncing: init is gone, and with it worker (pid 5000)',
  ]);
});

test('results that are no plain numbers are printed as strace does', (t) => {
  const rows: [string, Datum[], number, string][] = [
    ['shmat', [0, null, 0], 0x7f0000000000, '0x7f0000000000'],
    ['umask', [0o22], 0o22, '022'],
    ['fcntl', [1, 3], 0o104002, '0x8802 (flags O_RDWR|O_NONBLOCK|O_LARGEFILE)'],
    ['fcntl', [1, 1], 1, '0x1 (flags FD_CLOEXEC)'],
    ['fcntl', [1, 1], 0, '0'],
    ['rt_sigtimedwait', [[34], null, null, 8], 34, '34 (SIGRT_2)'],
    ['poll', [[], 0, 0], 0, '0 (Timeout)'],
  ];
  for (const [call, args, value, text] of rows) {
    const [line] = textOf(enter(init, call, ...args), returns(init, call, args, value));
    t.is(line?.split(' = ')[1], text, call);
  }
});

test('the length that a program leaves open is that of the text it writes', (t) => {
  t.deepEqual(textOf(enter(init, 'write', 3, 'LONG1 5', OUT), returns(init, 'write', [3, 'LONG1 5', OUT], 7)), [
    '[pid 1] write(3, "LONG1 5", 7)          = 7',
  ]);
});

const report = {
  id: 'P6',
  name: 'taken-by-neighbour',
  task: 'worker',
  at: { step: 61, call: 'fork' },
  accesses: [
    { task: 'init', call: 'fork', step: 12, what: 'took 5000' },
    { task: 'worker', call: 'fork', what: 'found 5000 taken' },
  ],
  intended: 'fork to give 5000',
  happened: 'it failed with EBUSY and the value is gone',
  fix: 'Restore inside a pid namespace of its own.',
};

test('a hazard is a block of its own where it becomes certain, and splits the call under way', (t) => {
  const args: Datum[] = [{ program: 'worker' }];
  t.deepEqual(textOf(enter(worker, 'fork', ...args), at(worker, { kind: 'hazard', report })), [
    '[pid 5000] fork(worker <unfinished ...>',
    '==================================================================',
    'HAZARD P6: taken-by-neighbour',
    'worker (pid 5000) in fork at step 61',
    '',
    'fork by init at step 12:',
    '  took 5000',
    'fork by worker:',
    '  found 5000 taken',
    '',
    'intended: fork to give 5000',
    'happened: it failed with EBUSY and the value is gone',
    'fix: Restore inside a pid namespace of its own.',
    '==================================================================',
  ]);
});

test("a hazard in somebody else's step says whose step it was", (t) => {
  const [, , line] = textOf(at(init, { kind: 'hazard', report }));
  t.is(line, 'worker, in a step of init (pid 1), in fork at step 61');
});

test('a memory fault that no hazard accounts for is a block too', (t) => {
  const fault = { type: 'fault', kind: 'use-after-free', access: 'read', cell: 1, object: null } as const;
  t.deepEqual(textOf({ step: 7, who: init, kind: 'fault', fault, where: 'init/sem_undo#0.adjust' }), [
    '==================================================================',
    'BUG in the kernel: use-after-free on read',
    'init/sem_undo#0.adjust, in a step of init (pid 1) at step 7',
    '==================================================================',
  ]);
});
