import test from 'ava';
import { FAULT, OUT } from '../../../../src/syscalls/datum.ts';
import {
  attributes,
  become,
  makeThread,
  names,
  O_RDONLY,
  O_RDWR,
  O_WRONLY,
  open,
  readOnce,
  slurp,
} from '../../fs/_bench.ts';
import { lab } from '../../helpers/lab.ts';
import { ADDRESS, bench } from '../_bench.ts';

const FILES = ['pending', 'shared_pending', 'blocked', 'action', 'waiters', 'altstack'];

/** A mask as it is printed: signal 64 in column 0. */
const mask = (...signals: number[]): string =>
  Array.from({ length: 64 }, (_, column) => (signals.includes(column || 64) ? '1' : '0')).join('');

const line = (index: number, flags: number, blocked: string, handler: number): string =>
  `${String(index).padStart(10)} ${String(flags).padStart(20)} ${blocked} ${String(handler).padStart(20)}\n`;

test('a 2.6.26 kernel has the directory for processes and for threads, open to all', (t) => {
  const bed = lab('2.6.26');
  const thread = makeThread(bed, bed.init);
  for (const path of ['/proc/1/sig', '/proc/1/task/1/sig', '/proc/self/task/2/sig']) {
    t.deepEqual(names(bed, thread, path), ['.', '..', ...FILES]);
  }
  t.is(attributes(bed, bed.init, '/proc/1/sig').mode & 0o7777, 0o555);
  for (const file of FILES) t.is(attributes(bed, bed.init, `/proc/1/sig/${file}`).mode & 0o7777, 0o666);
});

test('with G16 repaired the files are for the owner alone', (t) => {
  const bed = lab('2.6.26', ['G16']);
  for (const file of FILES) t.is(attributes(bed, bed.init, `/proc/1/sig/${file}`).mode & 0o7777, 0o600);
});

test('a 6.x kernel has no such directory', (t) => {
  const bed = lab('6.x');
  t.is(bed.outcome(bed.init, 'open', '/proc/1/sig', O_RDONLY, 0), 'ENOENT');
  t.is(bed.outcome(bed.init, 'open', '/proc/self/task/1/sig/blocked', O_RDONLY, 0), 'ENOENT');
});

test('pending is about the thread and shared_pending about its process', (t) => {
  const bed = bench('2.6.26');
  bed.block(bed.child, 10, 34);
  bed.call(bed.init, 'kill', 2, 10);
  bed.call(bed.init, 'tkill', 2, 34);
  const own = 'sig 34: uid 0 pid 1 flags 0 errno 0 code -6\n Unsupported siginfo for signal 34\n';
  const shared = 'sig 10: uid 0 pid 1 flags 0 errno 0 code 0\n Unsupported siginfo for signal 10\n';
  t.is(slurp(bed, bed.init, '/proc/2/sig/pending'), `${mask(34)}\n${own}`);
  t.is(slurp(bed, bed.init, '/proc/2/sig/shared_pending'), `${mask(10)}\n${shared}`);
  t.is(slurp(bed, bed.init, '/proc/2/sig/blocked'), mask(10, 34));
});

test('column 0 is signal 64, and with G1 repaired signal 1', (t) => {
  for (const [fixes, column] of [
    [[], 0],
    [['G1'], 63],
  ] as const) {
    const bed = bench('2.6.26', [...fixes]);
    bed.block(bed.child, 64);
    t.is(slurp(bed, bed.init, '/proc/2/sig/blocked').indexOf('1'), column);
  }
});

test('action has a line for each signal, counted from 0', (t) => {
  const bed = bench('2.6.26');
  bed.act(bed.child, 10, ADDRESS, 0x1000_0000, [12]);
  bed.act(bed.child, 15, 1);
  const lines = slurp(bed, bed.init, '/proc/2/sig/action').split(/(?<=\n)/);
  t.is(lines.length, 64);
  t.is(lines[0], line(0, 0, mask(), 0));
  t.is(lines[9], line(9, 0x1000_0000, mask(12), ADDRESS));
  t.is(lines[14], line(14, 0, mask(), 1));
});

test('an action that is written is the one that runs', (t) => {
  const bed = bench('2.6.26');
  const fd = open(bed, bed.init, '/proc/2/sig/action', O_WRONLY);
  const text = line(9, 0, mask(12), 0x401000) + line(11, 0, mask(), 1);
  t.is(bed.outcome(bed.init, 'write', fd, text, text.length), `= ${text.length}`);
  bed.begin(bed.child, 'pause');
  bed.call(bed.init, 'kill', 2, 12);
  t.deepEqual(bed.entered, []);
  bed.call(bed.init, 'kill', 2, 10);
  t.like(bed.entered[0], { handler: 0x401000 });
});

test('altstack is two numbers without a newline', (t) => {
  const bed = bench('2.6.26');
  t.is(slurp(bed, bed.init, '/proc/2/sig/altstack'), '0 0');
  const fd = open(bed, bed.init, '/proc/2/sig/altstack', O_WRONLY);
  bed.call(bed.init, 'write', fd, '65536 8192', 10);
  t.is(slurp(bed, bed.init, '/proc/2/sig/altstack'), '65536 8192');
  bed.call(bed.init, 'write', fd, '0 0', 3);
  t.is(slurp(bed, bed.init, '/proc/2/sig/altstack'), '0 0');
});

test('waiters are the threads that wait for children of the process; with G15 repaired those that wait for it', (t) => {
  for (const [fixes, listed] of [
    [[], '0 2\n'],
    [['G15'], ''],
  ] as const) {
    const bed = bench('2.6.26', [...fixes]);
    bed.fork(bed.child);
    bed.begin(bed.child, 'wait4', -1, OUT, 0, null);
    t.is(slurp(bed, bed.init, '/proc/2/sig/waiters'), listed);
  }
});

test('more waiters than fit into a page are ENOMEM', (t) => {
  const bed = bench('2.6.26');
  bed.fork(bed.child);
  for (let i = 0; i < 700; i++) bed.begin(bed.thread(bed.child), 'wait4', -1, OUT, 0, null);
  t.is(readOnce(bed, bed.init, open(bed, bed.init, '/proc/2/sig/waiters')), 'ENOMEM');
});

test('an entry that is written is taken with its details', (t) => {
  const bed = bench('2.6.26');
  bed.block(bed.child, 11);
  const fd = open(bed, bed.init, '/proc/2/sig/pending', O_WRONLY);
  const text = `${mask(11)}\nsig 11: uid 0 pid 0 flags 0 errno 0 code 1\n addr 48879\n`;
  bed.call(bed.init, 'write', fd, text, text.length);
  t.like(bed.take(bed.child, 11), { si_signo: 11, si_code: 1, si_addr: 48879 });
  t.is(bed.take(bed.child, 11), undefined);
});

test('a write does not move the position, and reads go on from theirs', (t) => {
  const bed = bench('2.6.26');
  const fd = open(bed, bed.init, '/proc/2/sig/blocked', O_RDWR);
  bed.call(bed.init, 'write', fd, mask(10), 64);
  t.is(readOnce(bed, bed.init, fd, 11), mask(10).slice(0, 11));
  t.is(readOnce(bed, bed.init, fd, 100), mask(10).slice(11));
  t.is(readOnce(bed, bed.init, fd, 100), '');
});

type Row = [title: string, file: string, text: string, expected: string];
const writes: Row[] = [
  ['a mask of 63 characters', 'blocked', '0'.repeat(63), 'EINVAL'],
  ['a mask of 64 characters', 'blocked', '0'.repeat(64), '= 64'],
  ['a mask with more behind it', 'blocked', '0'.repeat(70), '= 70'],
  ['a short pending mask', 'pending', '0'.repeat(10), 'EINVAL'],
  ['a short shared mask', 'shared_pending', '', 'EINVAL'],
  ['garbage for entries', 'pending', `${'0'.repeat(64)}\nnothing\n`, '= 73'],
  ['a line of action that is none', 'action', 'nothing\n', '= 8'],
  ['a line without its end', 'action', '1', '= 1'],
  ['index 64', 'action', line(64, 0, mask(), 0), `= ${line(64, 0, mask(), 0).length}`],
  ['index 65', 'action', line(65, 0, mask(), 0), 'EINVAL'],
  ['a negative index', 'action', line(-1, 0, mask(), 0), 'EINVAL'],
  ['one number for a stack', 'altstack', '4096', 'EINVAL'],
  ['words for a stack', 'altstack', 'here there', 'EINVAL'],
  ['two numbers for a stack', 'altstack', '4096 1', '= 6'],
  ['anything to waiters', 'waiters', '0 1\n', 'EINVAL'],
];
for (const [title, file, text, expected] of writes) {
  test(`writing ${title} to ${file} gives ${expected}`, (t) => {
    const bed = bench('2.6.26');
    const fd = open(bed, bed.init, `/proc/2/sig/${file}`, O_WRONLY);
    t.is(bed.outcome(bed.init, 'write', fd, text, text.length), expected);
  });
}

const repaired: [...Row, fixes: string[]][] = [
  ['index 64', 'action', line(64, 0, mask(), 0), `= ${line(64, 0, mask(), 0).length}`, ['G10']],
  ['index 0', 'action', line(0, 0, mask(), 0), 'EINVAL', ['G10']],
  ['garbage for entries', 'pending', `${'0'.repeat(64)}\nnothing\n`, 'EINVAL', ['G18']],
  ['a line of action that is none', 'action', 'nothing\n', 'EINVAL', ['G18']],
  ['a stack that is too small', 'altstack', '4096 1', 'ENOMEM', ['G19']],
  ['a bit without an entry', 'pending', mask(10), 'EINVAL', ['G4']],
];
for (const [title, file, text, expected, fixes] of repaired) {
  test(`with ${fixes[0]} repaired writing ${title} to ${file} gives ${expected}`, (t) => {
    const bed = bench('2.6.26', fixes);
    const fd = open(bed, bed.init, `/proc/2/sig/${file}`, O_WRONLY);
    t.is(bed.outcome(bed.init, 'write', fd, text, text.length), expected);
  });
}

test('with G22 repaired an entry above the limit of the user is EAGAIN', (t) => {
  const text = `${mask(34)}\nsig 34: uid 0 pid 1 flags 0 errno 0 code -1\n Unsupported siginfo for signal 34\n`;
  for (const [fixes, expected] of [
    [[], `= ${text.length}`],
    [['G22'], 'EAGAIN'],
  ] as const) {
    const bed = bench('2.6.26', [...fixes]);
    bed.call(bed.child, 'prlimit64', 0, 11, { rlim_cur: 0, rlim_max: 0 }, null);
    bed.call(bed.child, 'setrlimit', 11, { rlim_cur: 0, rlim_max: 0 });
    const fd = open(bed, bed.init, '/proc/2/sig/pending', O_WRONLY);
    t.is(bed.outcome(bed.init, 'write', fd, text, text.length), expected);
  }
});

test('a task that is gone is ESRCH for reads and writes, whoever has its number by then', (t) => {
  const bed = bench('2.6.26');
  const fds = FILES.map((file) => open(bed, bed.init, `/proc/2/sig/${file}`, O_RDWR));
  bed.begin(bed.child, 'exit_group', 0);
  bed.call(bed.init, 'wait4', 2, OUT, 0, null);
  for (const fd of fds) {
    t.is(readOnce(bed, bed.init, fd), 'ESRCH');
    t.is(bed.outcome(bed.init, 'write', fd, mask(), 64), 'ESRCH');
  }
});

test('a buffer that leads nowhere is EFAULT for reads and writes', (t) => {
  const bed = bench('2.6.26');
  const fd = open(bed, bed.init, '/proc/2/sig/blocked', O_RDWR);
  t.is(bed.outcome(bed.init, 'read', fd, FAULT, 64), 'EFAULT');
  t.is(bed.outcome(bed.init, 'write', fd, FAULT, 64), 'EFAULT');
});

test('who has fewer capabilities than the target gets EPERM, but not who has another uid', (t) => {
  const bed = bench('2.6.26');
  const spy = bed.fork(bed.init);
  become(bed, spy, 1001);
  const fd = open(bed, spy, '/proc/2/sig/blocked', O_RDWR);
  t.is(readOnce(bed, spy, fd), 'EPERM');
  t.is(bed.outcome(spy, 'write', fd, mask(), 64), 'EPERM');
  become(bed, bed.child, 1000);
  t.is(readOnce(bed, spy, fd), mask());
  t.is(bed.outcome(spy, 'write', fd, mask(10), 64), '= 64');
  t.deepEqual(bed.blocked(bed.child), [10]);
});
