import test from 'ava';
import { CLONE_FILES } from '../../../src/kernel-sim/abi/clone.ts';
import { isFault } from '../../../src/kernel-sim/machine/note.ts';
import { type Datum, FAULT, OUT } from '../../../src/syscalls/datum.ts';
import { lab } from '../helpers/lab.ts';
import {
  arm,
  attributes,
  become,
  controlFile,
  makeThread,
  O_RDONLY,
  O_RDWR,
  O_WRONLY,
  open,
  readOnce,
} from './_bench.ts';

// --- what a read of next_syscall_data gives (SEMANTICS A4) ---

const STRAY = '\xa5';

for (const [armed, buffer, expected] of [
  ['RESET', 64, 'UNSET\n'],
  ['RESET', 7, 'UNSET\n'],
  ['RESET', 6, 'UNSET\0'],
  ['RESET', 5, 'UNSE\0'],
  ['RESET', 1, '\0'],
  ['LONG1 5', 64, 'LONG1 5\n'],
  ['LONG1 5', 9, 'LONG1 5\n'],
  ['LONG1 5', 8, 'ENOMEM'],
  ['LONG1 5', 7, 'ENOMEM'],
  ['LONG1 5', 6, 'ENOMEM'],
  ['LONG1 5', 5, 'LONG\0'],
  ['LONG1 5', 1, '\0'],
] as const) {
  test(`a read of ${buffer} bytes after ${armed} gives ${JSON.stringify(expected)}`, (t) => {
    const bed = lab();
    const fd = open(bed, bed.init, controlFile(1));
    arm(bed, bed.init, armed);
    t.is(readOnce(bed, bed.init, fd, buffer), expected);
  });
}

test('reading byte by byte gives a NUL and then bytes that nobody wrote, which is noted as a leak', (t) => {
  const bed = lab();
  const fd = open(bed, bed.init, controlFile(1));
  t.is(readOnce(bed, bed.init, fd, 1), '\0');
  for (let i = 1; i < 6; i++) {
    const leaks: unknown[] = [];
    const { machine } = bed.k;
    const read = bed.halt(bed.init, 'read', fd, OUT, 1);
    read.until('nsd.copy_out');
    machine.step(bed.init);
    for (const note of machine.store.notes) if (!isFault(note) && note.type === 'leak') leaks.push(note.bytes);
    t.deepEqual(leaks, [1]);
    t.like(read.finish(), { ok: true, value: { value: 1, out: { buf: STRAY } } });
  }
  t.is(readOnce(bed, bed.init, fd, 1), '');
});

test('with N3 repaired short reads give the text piece by piece', (t) => {
  const bed = lab('2.6.26', ['N3']);
  const fd = open(bed, bed.init, controlFile(1));
  let text = '';
  for (let i = 0; i < 8; i++) text += readOnce(bed, bed.init, fd, 1);
  t.is(text, 'UNSET\n');
  arm(bed, bed.init, 'LONG1 5');
  bed.call(bed.init, 'lseek', fd, 0, 0);
  t.is(readOnce(bed, bed.init, fd, 7), 'LONG1 5');
  t.is(readOnce(bed, bed.init, fd, 7), '\n');
});

test('the text is made anew by every read, which goes on where the last one stopped', (t) => {
  const bed = lab();
  const fd = open(bed, bed.init, controlFile(1));
  t.is(readOnce(bed, bed.init, fd, 64), 'UNSET\n');
  arm(bed, bed.init, 'LONG1 12345');
  t.is(readOnce(bed, bed.init, fd, 64), '12345\n');
  t.is(readOnce(bed, bed.init, fd, 64), '');
});

test('a read into memory that is not there fails with EFAULT and does not move the position', (t) => {
  const bed = lab();
  const fd = open(bed, bed.init, controlFile(1));
  t.is(bed.outcome(bed.init, 'read', fd, FAULT, 64), 'EFAULT');
  t.is(readOnce(bed, bed.init, fd), 'UNSET\n');
});

// --- the file itself (SEMANTICS A5) ---

for (const path of ['/proc/1/next_syscall_data', '/proc/self/next_syscall_data', '/proc/2/next_syscall_data']) {
  test(`${path} does not exist: the file is a thread's`, (t) => {
    const bed = lab();
    makeThread(bed, bed.init);
    t.is(bed.outcome(bed.init, 'open', path, O_RDONLY, 0), 'ENOENT');
  });
}

test('the number of a thread opens at the top level, with the entries of a process', (t) => {
  const bed = lab();
  makeThread(bed, bed.init);
  t.is(bed.outcome(bed.init, 'open', '/proc/2/status', O_RDONLY, 0), '= 3');
  t.is(bed.outcome(bed.init, 'open', '/proc/2/task/2/next_syscall_data', O_RDONLY, 0), '= 4');
  t.is(bed.outcome(bed.init, 'open', '/proc/1/task/2/next_syscall_data', O_RDONLY, 0), '= 5');
});

test('a thread of another process is not below task/', (t) => {
  const bed = lab();
  bed.fork(bed.init);
  t.is(bed.outcome(bed.init, 'open', controlFile(2, 1), O_RDONLY, 0), 'ENOENT');
});

test('6.x has no next_syscall_data', (t) => {
  const bed = lab('6.x');
  t.is(bed.outcome(bed.init, 'open', controlFile(1), O_RDONLY, 0), 'ENOENT');
});

test("the control file has mode 0644 and is the task's, or root's while the task is not dumpable", (t) => {
  const bed = lab();
  const user = bed.fork(bed.init);
  become(bed, user, 1000);
  t.deepEqual(attributes(bed, bed.init, controlFile(2)), {
    mode: 0o100644,
    uid: 1000,
    gid: 1000,
    size: 0,
  });
  const { store } = bed.k.machine;
  store.write(store.peek(user.process)!.dumpable, 0);
  t.deepEqual(attributes(bed, bed.init, controlFile(2)), { mode: 0o100644, uid: 0, gid: 0, size: 0 });
  t.is(bed.outcome(user, 'open', controlFile(2), O_RDWR, 0), 'EACCES');
  t.is(bed.outcome(user, 'open', controlFile(2), O_RDONLY, 0), '= 3');
});

test('with N20 repaired only the owner can read it', (t) => {
  const bed = lab('2.6.26', ['N20']);
  const user = bed.fork(bed.init);
  become(bed, user, 1000);
  t.is(attributes(bed, bed.init, controlFile(1)).mode, 0o100600);
  t.is(bed.outcome(user, 'open', controlFile(1), O_RDONLY, 0), 'EACCES');
  t.is(bed.outcome(user, 'open', controlFile(2), O_RDONLY, 0), '= 3');
});

test('everybody can read it, and only the owner or CAP_DAC_OVERRIDE can open it for writing', (t) => {
  const bed = lab();
  const user = bed.fork(bed.init);
  const other = bed.fork(bed.init);
  become(bed, user, 1000);
  become(bed, other, 1001);
  t.is(bed.outcome(other, 'open', controlFile(2), O_RDONLY, 0), '= 3');
  t.is(bed.outcome(other, 'open', controlFile(2), O_WRONLY, 0), 'EACCES');
  t.is(bed.outcome(bed.init, 'open', controlFile(2), O_WRONLY, 0), '= 3');
});

test('its mode cannot be changed', (t) => {
  const bed = lab();
  t.is(bed.outcome(bed.init, 'chmod', controlFile(1), 0o666), 'EPERM');
  t.is(bed.outcome(bed.init, 'fchmod', open(bed, bed.init, controlFile(1)), 0o666), 'EPERM');
});

test('a write to another task fails with EPERM even for root, a child that inherited the descriptor, and a sibling', (t) => {
  const bed = lab();
  const fd = open(bed, bed.init, controlFile(1), O_RDWR);
  const child = bed.fork(bed.init);
  const sibling = makeThread(bed, bed.init, CLONE_FILES);
  const foreign = open(bed, bed.init, controlFile(2), O_RDWR);
  t.is(bed.outcome(bed.init, 'write', foreign, 'LONG1 5', 7), 'EPERM');
  t.is(bed.outcome(child, 'write', fd, 'LONG1 5', 7), 'EPERM');
  t.is(bed.outcome(sibling, 'write', fd, 'LONG1 5', 7), 'EPERM');
  t.is(bed.outcome(bed.init, 'write', fd, 'LONG1 5', 7), '= 7');
});

test('whose file it is comes before everything else that is wrong with a write', (t) => {
  const bed = lab();
  const foreign = open(bed, bed.fork(bed.init), controlFile(1), O_RDWR);
  t.is(bed.outcome(bed.task(2), 'write', foreign, FAULT, 7), 'EPERM');
  t.is(bed.outcome(bed.task(2), 'pwrite64', foreign, 'LONG1 5', 7, 3), 'EPERM');
});

test('a read moves the position, and then no write is taken until it is back at 0', (t) => {
  const bed = lab();
  const fd = open(bed, bed.init, controlFile(1), O_RDWR);
  t.is(bed.outcome(bed.init, 'write', fd, 'LONG1 5', 7), '= 7');
  t.is(bed.outcome(bed.init, 'write', fd, 'LONG1 6', 7), '= 7');
  t.is(readOnce(bed, bed.init, fd), 'LONG1 6\n');
  t.is(bed.outcome(bed.init, 'write', fd, 'LONG1 7', 7), 'EINVAL');
  t.is(bed.outcome(bed.init, 'lseek', fd, 0, 0), '= 0');
  t.is(bed.outcome(bed.init, 'write', fd, 'LONG1 7', 7), '= 7');
  t.is(bed.outcome(bed.init, 'pwrite64', fd, 'LONG1 8', 7, 1), 'EINVAL');
  t.is(bed.outcome(bed.init, 'pwrite64', fd, 'LONG1 8', 7, 0), '= 7');
});

test('with N7 repaired the position does not matter to a write', (t) => {
  const bed = lab('2.6.26', ['N7']);
  const fd = open(bed, bed.init, controlFile(1), O_RDWR);
  t.is(readOnce(bed, bed.init, fd), 'UNSET\n');
  t.is(bed.outcome(bed.init, 'write', fd, 'LONG1 7', 7), '= 7');
  t.is(bed.outcome(bed.init, 'pwrite64', fd, 'LONG1 8', 7, 100), '= 7');
});

test('a long write is cut to 4095 bytes without a word, or refused with N6 repaired', (t) => {
  for (const [fixes, expected] of [
    [[], '= 4095'],
    [['N6'], 'EINVAL'],
  ] as const) {
    const bed = lab('2.6.26', [...fixes]);
    const fd = open(bed, bed.init, controlFile(1), O_RDWR);
    t.is(bed.outcome(bed.init, 'write', fd, 'LONG1 7', 5000), expected);
    t.is(bed.outcome(bed.init, 'write', fd, 'LONG1 7', 4095), '= 4095');
  }
});

test('writev hands over each segment as a write of its own', (t) => {
  const bed = lab();
  const fd = open(bed, bed.init, controlFile(1), O_RDWR);
  const whole: Datum = [{ iov_base: 'LONG1 5', iov_len: 7 }];
  const torn: Datum = [
    { iov_base: 'LONG1 ', iov_len: 6 },
    { iov_base: '5', iov_len: 1 },
  ];
  t.is(bed.outcome(bed.init, 'writev', fd, whole, 1), '= 7');
  t.is(bed.outcome(bed.init, 'writev', fd, torn, 2), 'EINVAL');
  t.is(readOnce(bed, bed.init, fd), 'UNSET\n');
});

test('a write that cannot be read, or into a descriptor that is not for writing, leaves the value alone', (t) => {
  const bed = lab();
  const fd = open(bed, bed.init, controlFile(1), O_RDWR);
  const reader = open(bed, bed.init, controlFile(1), O_RDONLY);
  bed.call(bed.init, 'write', fd, 'LONG1 999', 9);
  t.is(bed.outcome(bed.init, 'write', fd, FAULT, 7), 'EFAULT');
  t.is(bed.outcome(bed.init, 'write', fd, null, 7), 'EFAULT');
  t.is(bed.outcome(bed.init, 'write', reader, 'LONG1 5', 7), 'EBADF');
  t.is(readOnce(bed, bed.init, fd), 'LONG1 999\n');
});

test('with N16 repaired arming needs CAP_SYS_ADMIN', (t) => {
  const bed = lab('2.6.26', ['N16']);
  const user = bed.fork(bed.init);
  become(bed, user, 1000);
  const fd = open(bed, user, controlFile(2), O_RDWR);
  t.is(bed.outcome(user, 'write', fd, 'LONG1 5', 7), 'EPERM');
  t.is(bed.outcome(bed.init, 'write', open(bed, bed.init, controlFile(1), O_RDWR), 'LONG1 5', 7), '= 7');
});

test('a descriptor that came across an exec arms the new program, unless N17 is repaired', (t) => {
  for (const [fixes, expected] of [
    [[], '= 7'],
    [['N17'], 'EPERM'],
  ] as const) {
    const bed = lab('2.6.26', [...fixes]);
    const child = bed.fork(bed.init);
    const fd = open(bed, child, controlFile(2), O_RDWR);
    t.is(bed.outcome(child, 'write', fd, 'LONG1 6', 7), '= 7');
    bed.k.machine.store.write(child.execs, 1);
    t.is(bed.outcome(child, 'write', fd, 'LONG1 5', 7), expected);
  }
});

test('when the task is gone its file reads ESRCH, and a new task with the number does not bring it back', (t) => {
  const bed = lab();
  const child = bed.fork(bed.init);
  const fd = open(bed, bed.init, controlFile(2), O_RDWR);
  const status = open(bed, bed.init, '/proc/2/status');
  bed.begin(child, 'exit_group', 0);
  bed.call(bed.init, 'wait4', -1, OUT, 0, null);
  t.is(readOnce(bed, bed.init, fd), 'ESRCH');
  t.is(readOnce(bed, bed.init, status), 'ESRCH');
  t.is(bed.outcome(bed.init, 'write', fd, 'LONG1 5', 7), 'EPERM');
  t.is(bed.outcome(bed.init, 'open', controlFile(2), O_RDONLY, 0), 'ENOENT');
  arm(bed, bed.init, 'RESET');
  bed.k.machine.store.write(bed.k.initPidNs.lastPid, 1);
  t.is(bed.outcome(bed.init, 'fork', null), '= 2');
  t.is(readOnce(bed, bed.init, fd), 'ESRCH');
  t.is(bed.outcome(bed.init, 'open', controlFile(2), O_RDONLY, 0), '= 5');
});
