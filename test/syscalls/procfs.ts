import test from 'ava';
import type { Base } from '../../src/kernel-sim/profile.ts';
import { OUT } from '../../src/syscalls/datum.ts';
import {
  become,
  linkText,
  makeThread,
  names,
  O_RDONLY,
  O_RDWR,
  open,
  readOnce,
  slurp,
  value,
} from '../kernel-sim/fs/_bench.ts';
import { lab } from '../kernel-sim/helpers/lab.ts';

const bases: readonly Base[] = ['2.6.26', '6.x'];

for (const base of bases) {
  test(`${base}: /proc/self is the caller's process, whichever thread asks`, (t) => {
    const bed = lab(base);
    const thread = makeThread(bed, bed.init);
    const child = bed.fork(bed.init);
    t.is(linkText(bed, bed.init, '/proc/self'), '1');
    t.is(linkText(bed, thread, '/proc/self'), '1');
    t.is(linkText(bed, child, '/proc/self'), '3');
  });

  test(`${base}: the root lists processes by their leaders, and task/ lists threads`, (t) => {
    const bed = lab(base);
    makeThread(bed, bed.init);
    bed.fork(bed.init);
    t.deepEqual(
      names(bed, bed.init, '/proc').filter((name) => /^\d/.test(name)),
      ['1', '3'],
    );
    t.deepEqual(names(bed, bed.init, '/proc/1/task'), ['.', '..', '1', '2']);
    t.deepEqual(names(bed, bed.init, '/proc/1/fd'), ['.', '..', '0', '1', '2', '3']);
    t.true(names(bed, bed.init, '/proc/1/task/1').includes('status'));
  });

  test(`${base}: status says who a task is and what signals wait`, (t) => {
    const bed = lab(base);
    const child = bed.fork(bed.init);
    become(bed, child, 1000);
    bed.call(child, 'rt_sigprocmask', 0, [10, 34], null, 8);
    bed.call(bed.init, 'kill', 2, 10);
    const lines = slurp(bed, bed.init, '/proc/2/status').split('\n');
    for (const line of [
      'Name:\tinit',
      'State:\tR (running)',
      'Tgid:\t2',
      'Pid:\t2',
      'PPid:\t1',
      'TracerPid:\t0',
      'Uid:\t1000\t1000\t1000\t1000',
      'FDSize:\t64',
      'Threads:\t1',
      'SigQ:\t1/16384',
      'SigPnd:\t0000000000000000',
      'ShdPnd:\t0000000000000200',
      'SigBlk:\t0000000200000200',
      'SigIgn:\t0000000000000000',
      'CapEff:\t0000000000000000',
    ])
      t.true(lines.includes(line), line);
    t.is(lines.includes('NSpid:\t2'), base === '6.x');
  });

  test(`${base}: a zombie's status says so, and that it has no descriptors`, (t) => {
    const bed = lab(base);
    bed.begin(bed.fork(bed.init), 'exit_group', 3);
    const text = slurp(bed, bed.init, '/proc/2/status');
    t.regex(text, /^State:\tZ \(zombie\)$/m);
    t.regex(text, /^FDSize:\t0$/m);
    t.regex(slurp(bed, bed.init, '/proc/2/stat'), /^2 \(init\) Z 1 1 1 0 -1 /);
  });

  test(`${base}: a sleeper is S, and stat gives its family in fields`, (t) => {
    const bed = lab(base);
    bed.fork(bed.init);
    bed.call(bed.init, 'pipe', OUT);
    const reader = bed.fork(bed.init);
    bed.begin(reader, 'read', 3, OUT, 1);
    t.regex(slurp(bed, bed.init, '/proc/3/status'), /^State:\tS \(sleeping\)$/m);
    const fields = slurp(bed, bed.init, '/proc/2/stat').trimEnd().split(' ');
    t.deepEqual(fields.slice(0, 6), ['2', '(init)', 'R', '1', '1', '1']);
    t.is(fields.length, base === '6.x' ? 52 : 44);
    t.is(fields[37], '17');
  });

  test(`${base}: fd/ links say where descriptors lead, and fdinfo how they stand`, (t) => {
    const bed = lab(base);
    bed.call(bed.init, 'open', '/tmp/f', 0o2102, 0o644);
    bed.call(bed.init, 'write', 3, 'hello', 5);
    bed.call(bed.init, 'pipe', OUT);
    bed.call(bed.init, 'fcntl', 5, 2, 1);
    const target = (fd: number): string => linkText(bed, bed.init, `/proc/self/fd/${fd}`);
    t.is(target(0), '/dev/null');
    t.is(target(3), '/tmp/f');
    t.regex(target(4), /^pipe:\[\d+\]$/);
    t.is(target(5), target(4));
    t.is(target(9), 'ENOENT');
    t.is(slurp(bed, bed.init, '/proc/1/fdinfo/3').replace(/mnt_id:.*\n/, ''), 'pos:\t5\nflags:\t0102002\n');
    const flags = base === '6.x' ? '02000001' : '01';
    t.is(slurp(bed, bed.init, '/proc/1/fdinfo/5').replace(/mnt_id:.*\n/, ''), `pos:\t0\nflags:\t${flags}\n`);
  });

  test(`${base}: only those who may look into a process see its descriptors and its directory`, (t) => {
    const bed = lab(base);
    const user = bed.fork(bed.init);
    become(bed, user, 1000);
    t.is(bed.outcome(user, 'open', '/proc/1/fd', O_RDONLY, 0), 'EACCES');
    t.is(bed.outcome(user, 'readlink', '/proc/1/fd/0', OUT, 64), 'EACCES');
    t.is(bed.outcome(user, 'readlink', '/proc/1/cwd', OUT, 64), 'EACCES');
    t.is(bed.outcome(user, 'readlink', '/proc/2/cwd', OUT, 64), '= 1');
    t.is(bed.outcome(bed.init, 'readlink', '/proc/2/fd/0', OUT, 64), '= 9');
  });

  test(`${base}: opening a link of fd/ opens what it leads to again`, (t) => {
    const bed = lab(base);
    bed.call(bed.init, 'open', '/tmp/f', 0o102, 0o644);
    bed.call(bed.init, 'write', 3, 'hello', 5);
    bed.call(bed.init, 'unlink', '/tmp/f');
    t.is(readOnce(bed, bed.init, open(bed, bed.init, '/proc/self/fd/3')), 'hello');
  });

  test(`${base}: a text of one record is a snapshot from the first read on`, (t) => {
    const bed = lab(base);
    const child = bed.fork(bed.init);
    const fd = open(bed, bed.init, '/proc/2/status');
    const whole = slurp(bed, bed.init, '/proc/2/status');
    const first = readOnce(bed, bed.init, fd, 10);
    bed.k.machine.store.write(child.comm, 'renamed');
    t.is(first + readOnce(bed, bed.init, fd), whole);
    t.is(readOnce(bed, bed.init, fd), '');
    bed.call(bed.init, 'lseek', fd, 0, 0);
    t.is(readOnce(bed, bed.init, fd, 13), 'Name:\trenamed');
  });

  test(`${base}: sysvipc files give whole lines, and show what was made between two reads`, (t) => {
    const bed = lab(base);
    bed.call(bed.init, 'msgget', 0, 0o600);
    const fd = open(bed, bed.init, '/proc/sysvipc/msg');
    const header = readOnce(bed, bed.init, fd, 1);
    t.is(header, ' ');
    t.true(readOnce(bed, bed.init, fd, 100).startsWith('      key      msqid'));
    bed.call(bed.init, 'msgget', 0, 0o640);
    const rest = readOnce(bed, bed.init, fd) + readOnce(bed, bed.init, fd);
    t.regex(rest, /600[^\n]*\n[^\n]*640[^\n]*\n$/);
    t.is(readOnce(bed, bed.init, fd), '');
  });

  test(`${base}: limits tells the limits that are in force`, (t) => {
    const bed = lab(base);
    t.regex(slurp(bed, bed.init, '/proc/self/limits'), /^Max open files {12}1024 {17}4096 {17}files {5}$/m);
  });
}

test('2.6.26 lets sequences be read only from where they are', (t) => {
  for (const base of bases) {
    const bed = lab(base);
    const fd = open(bed, bed.init, '/proc/self/status');
    t.is(bed.outcome(bed.init, 'pread64', fd, OUT, 4, 5), base === '6.x' ? '= 4' : 'ESPIPE');
  }
});

test('comm can be read on 6.x, and written by the process itself', (t) => {
  const bed = lab('6.x');
  const child = bed.fork(bed.init);
  const fd = open(bed, child, '/proc/self/comm', O_RDWR);
  t.is(bed.outcome(child, 'write', fd, 'a-name-longer-than-fits', 23), '= 23');
  t.is(slurp(bed, bed.init, '/proc/2/comm'), 'a-name-longer-t\n');
  t.is(bed.outcome(bed.init, 'write', open(bed, bed.init, '/proc/2/comm', O_RDWR), 'x', 1), 'EINVAL');
  const old = lab();
  t.is(old.outcome(old.init, 'open', '/proc/self/comm', O_RDONLY, 0), 'ENOENT');
});

test('nothing can be made or removed in procfs', (t) => {
  const bed = lab();
  const user = bed.fork(bed.init);
  become(bed, user, 1000);
  t.is(bed.outcome(bed.init, 'open', '/proc/new', 0o102, 0o644), 'ENOENT');
  t.is(bed.outcome(bed.init, 'mkdir', '/proc/new', 0o755), 'ENOENT');
  t.is(bed.outcome(bed.init, 'unlink', '/proc/1/status'), 'EPERM');
  t.is(bed.outcome(user, 'unlink', '/proc/1/status'), 'EACCES');
  t.is(bed.outcome(bed.init, 'rmdir', '/proc'), 'EBUSY');
  t.is(bed.outcome(bed.init, 'unlink', '/proc/none'), 'ENOENT');
});

// --- /proc/sys ---

type Setting = readonly [title: string, base: Base, path: string, text: string, result: string, after: string];

const settings: readonly Setting[] = [
  ['pid_max takes a number', '2.6.26', 'pid_max', '400\n', '= 4', '400\n'],
  ['pid_max takes no less than 301', '2.6.26', 'pid_max', '300', 'EINVAL', '32768\n'],
  ['pid_max takes no more than four million', '6.x', 'pid_max', '4194305', 'EINVAL', '4194304\n'],
  ['a word that is no number is refused', '2.6.26', 'msgmax', 'many', 'EINVAL', '8192\n'],
  ['an empty line is refused', '2.6.26', 'msgmax', '\n', 'EINVAL', '8192\n'],
  ['a number with something behind it is refused', '2.6.26', 'msgmax', '5x', 'EINVAL', '8192\n'],
  ['numbers may be hexadecimal', '6.x', 'msgmax', '0x10', '= 4', '16\n'],
  ['blanks come before and after', '2.6.26', 'msgmax', ' 77 \n', '= 5', '77\n'],
  ['a row may be written in part', '2.6.26', 'sem', '10 20', '= 5', '10\t20\t32\t128\n'],
  ['2.6.26 keeps what came before a bad word', '2.6.26', 'sem', '10 x', '= 3', '10\t32000\t32\t128\n'],
  ['6.x does so too, and says EINVAL', '6.x', 'sem', '10 x', 'EINVAL', '10\t1024000000\t500\t32000\n'],
  ['the next id is written by those who may', '6.x', 'msg_next_id', '77', '= 2', '77\n'],
  ['the next id is not negative', '6.x', 'msg_next_id', '-1', 'EINVAL', '-1\n'],
  ['the last pid moves', '6.x', 'ns_last_pid', '4999', '= 4', '4999\n'],
  ['the last pid is not negative', '6.x', 'ns_last_pid', '-5', 'EINVAL', '1\n'],
];

for (const [title, base, name, text, result, after] of settings) {
  test(`${base}: ${title}`, (t) => {
    const bed = lab(base);
    const fd = open(bed, bed.init, `/proc/sys/kernel/${name}`, O_RDWR);
    t.is(bed.outcome(bed.init, 'write', fd, text, text.length), result);
    bed.call(bed.init, 'lseek', fd, 0, 0);
    t.is(readOnce(bed, bed.init, fd), after);
  });
}

test('the last pid that was written comes before the next one', (t) => {
  const bed = lab('6.x');
  const fd = open(bed, bed.init, '/proc/sys/kernel/ns_last_pid', O_RDWR);
  bed.call(bed.init, 'write', fd, '4999', 4);
  t.is(bed.outcome(bed.init, 'fork', null), '= 5000');
});

test('sysctls are written by root, the last pid by whoever has the capability, the next ids by nobody else at all', (t) => {
  const bed = lab('6.x');
  const user = bed.fork(bed.init);
  become(bed, user, 1000);
  const path = (name: string): string => `/proc/sys/kernel/${name}`;
  t.is(bed.outcome(user, 'open', path('pid_max'), O_RDONLY, 0), '= 3');
  t.is(bed.outcome(user, 'open', path('pid_max'), O_RDWR, 0), 'EACCES');
  t.is(bed.outcome(user, 'open', path('msg_next_id'), O_RDWR, 0), 'EACCES');
  t.is(bed.outcome(user, 'open', path('ns_last_pid'), O_RDWR, 0), '= 4');
  t.is(bed.outcome(user, 'write', 4, '70', 2), 'EPERM');
  t.is(bed.outcome(bed.init, 'open', path('osrelease'), O_RDWR, 0), 'EACCES');
});

test('a sysctl is read in one go: what does not fit is not there any more', (t) => {
  const bed = lab();
  const fd = open(bed, bed.init, '/proc/sys/kernel/pid_max');
  t.is(readOnce(bed, bed.init, fd, 3), '327');
  t.is(readOnce(bed, bed.init, fd, 3), '');
});

test('the two kernels have the sysctls of their times', (t) => {
  for (const base of bases) {
    const bed = lab(base);
    for (const name of ['ns_last_pid', 'msg_next_id', 'sem_next_id', 'shm_next_id', 'cap_last_cap']) {
      const opened = bed.outcome(bed.init, 'open', `/proc/sys/kernel/${name}`, O_RDONLY, 0);
      t.is(opened !== 'ENOENT', base === '6.x', name);
    }
  }
});

for (const base of bases) {
  test(`${base}: maps shows where shared memory is attached, to those who may look`, (t) => {
    const bed = lab(base);
    const user = bed.fork(bed.init);
    become(bed, user, 1000);
    bed.call(bed.init, 'shmget', 0x1234, 5000, 0o1600);
    const at = value(bed, bed.init, 'shmat', 0, null, 0).toString(16);
    value(bed, bed.init, 'shmat', 0, 0x10000, 0o10000);
    const [first, second] = slurp(bed, bed.init, '/proc/self/maps').split('\n');
    t.is(first, `00010000-00012000 r--s 00000000 00:01 0`.padEnd(73).concat('/SYSV00001234 (deleted)'));
    t.true(second!.startsWith(`${at}-`) && second!.includes(' rw-s '));
    t.is(slurp(bed, bed.init, '/proc/2/maps'), '');
    const hidden = bed.outcome(user, 'open', '/proc/1/maps', O_RDONLY, 0);
    t.is(hidden, base === '6.x' ? 'EACCES' : '= 3');
    if (base === '2.6.26') t.is(readOnce(bed, user, 3), '');
  });
}

test('6.x lists the children of a thread, and which namespaces a task is in', (t) => {
  const bed = lab('6.x');
  const child = bed.fork(bed.init);
  bed.fork(bed.init);
  bed.fork(child);
  t.is(slurp(bed, bed.init, '/proc/1/task/1/children'), '2 3 ');
  t.regex(linkText(bed, bed.init, '/proc/self/ns/pid'), /^pid:\[\d+\]$/);
  t.is(linkText(bed, bed.init, '/proc/2/ns/ipc'), linkText(bed, bed.init, '/proc/1/ns/ipc'));
});

test('only CAP_SYS_RESOURCE spares a process from running out of memory', (t) => {
  const bed = lab('6.x');
  const user = bed.fork(bed.init);
  become(bed, user, 1000);
  const fd = open(bed, user, '/proc/self/oom_score_adj', O_RDWR);
  t.is(bed.outcome(user, 'write', fd, '-1000', 5), 'EACCES');
  t.is(bed.outcome(user, 'write', fd, '0', 1), '= 1');
  t.is(bed.outcome(user, 'write', fd, '1001', 4), 'EINVAL');
  t.is(bed.outcome(user, 'write', fd, 'much', 4), 'EINVAL');
  t.is(bed.outcome(bed.init, 'write', open(bed, bed.init, '/proc/2/oom_score_adj', O_RDWR), '-17', 3), '= 3');
  t.is(slurp(bed, bed.init, '/proc/2/oom_score_adj'), '-17\n');
});
