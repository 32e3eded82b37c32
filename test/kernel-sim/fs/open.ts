import test from 'ava';
import { CLONE_FILES } from '../../../src/kernel-sim/abi/clone.ts';
import { F_GETFD, O_CLOEXEC, O_CREAT, O_TMPFILE } from '../../../src/kernel-sim/abi/open.ts';
import { isFault } from '../../../src/kernel-sim/machine/note.ts';
import type { Task } from '../../../src/kernel-sim/task/task.ts';
import { type Datum, FAULT, OUT } from '../../../src/syscalls/datum.ts';
import { type Lab, lab } from '../helpers/lab.ts';
import {
  arm,
  controlFile,
  furnished,
  isArmed,
  makeThread,
  names,
  O_RDONLY,
  O_RDWR,
  open,
  readOnce,
  value,
} from './_bench.ts';

/** Init and a thread of it that shares its descriptors. */
function siblings(fixes: string[] = []): Lab & { sibling: Task } {
  const bed = lab('2.6.26', fixes);
  return { ...bed, sibling: makeThread(bed, bed.init, CLONE_FILES) };
}

test('open, openat and creat take the armed number, and the next open is ordinary again', (t) => {
  for (const [name, args] of [
    ['open', ['/dev/null', O_RDONLY, 0]],
    ['openat', [-100, '/dev/null', O_RDONLY, 0]],
    ['creat', ['/tmp/new', 0o600]],
  ] as const) {
    const bed = lab();
    arm(bed, bed.init, 'LONG1 30');
    t.is(bed.outcome(bed.init, name, ...args), '= 30', name);
    t.is(bed.outcome(bed.init, name, ...args), '= 3', name);
  }
});

test('a chosen number carries the close-on-exec flag of its open', (t) => {
  const bed = lab();
  arm(bed, bed.init, 'LONG1 30');
  open(bed, bed.init, '/dev/null', O_CLOEXEC);
  t.is(value(bed, bed.init, 'fcntl', 30, F_GETFD), 1);
});

test('the lowest free numbers are given out as if nothing had been chosen', (t) => {
  const bed = lab();
  arm(bed, bed.init, 'LONG1 40');
  for (const fd of [40, 3, 4, 5]) t.is(open(bed, bed.init, '/dev/null'), fd);
});

for (const name of ['dup', 'pipe', 'eventfd', 'fcntl'] as const) {
  test(`${name} takes no armed value`, (t) => {
    const bed = lab();
    arm(bed, bed.init, 'LONG1 30');
    const args: Record<typeof name, Datum[]> = { dup: [0], pipe: [OUT], eventfd: [0], fcntl: [0, 0, 0] };
    bed.call(bed.init, name, ...args[name]);
    t.true(isArmed(bed, bed.init));
    t.is(open(bed, bed.init, '/dev/null'), 30);
  });
}

for (const [title, path, errno] of [
  ['cannot be read', FAULT, 'EFAULT'],
  ['is empty', '', 'ENOENT'],
  ['is too long', `/${'n'.repeat(5000)}`, 'ENAMETOOLONG'],
] as const) {
  test(`a path that ${title} fails before the value is taken, which stays armed`, (t) => {
    const bed = lab();
    arm(bed, bed.init, 'LONG1 30');
    t.is(bed.outcome(bed.init, 'open', path, O_RDONLY, 0), errno);
    t.is(open(bed, bed.init, '/dev/null'), 30);
  });
}

for (const [armed, errno] of [
  ['-1', 'EINVAL'],
  ['1024', 'EMFILE'],
  ['1000000', 'EMFILE'],
  ['2', 'EBUSY'],
] as const) {
  test(`an open with ${armed} armed fails with ${errno}, and the value is gone`, (t) => {
    const bed = lab();
    arm(bed, bed.init, `LONG1 ${armed}`);
    t.is(bed.outcome(bed.init, 'open', '/dev/null', O_RDONLY, 0), errno);
    t.false(isArmed(bed, bed.init));
    t.is(open(bed, bed.init, '/dev/null'), 3);
  });
}

test('an open whose path leads nowhere loses the value and gives the number back (F3)', (t) => {
  const bed = lab();
  arm(bed, bed.init, 'LONG1 30');
  t.is(bed.outcome(bed.init, 'open', '/none', O_RDONLY, 0), 'ENOENT');
  t.is(open(bed, bed.init, '/dev/null'), 3);
  t.is(value(bed, bed.init, 'dup2', 3, 30), 30);
});

test('with N9 repaired a failed open leaves the value for the next one', (t) => {
  const bed = lab('2.6.26', ['N9']);
  arm(bed, bed.init, 'LONG1 30');
  t.is(bed.outcome(bed.init, 'open', '/none', O_RDONLY, 0), 'ENOENT');
  t.is(open(bed, bed.init, '/dev/null'), 30);
  t.false(isArmed(bed, bed.init));
});

test('opening the control file to look at the value takes it, unless N19 is repaired', (t) => {
  const bed = lab();
  arm(bed, bed.init, 'LONG1 30');
  t.is(open(bed, bed.init, controlFile(1), O_RDWR), 30);
  t.is(readOnce(bed, bed.init, 30), 'UNSET\n');
  const repaired = lab('2.6.26', ['N19']);
  arm(repaired, repaired.init, 'LONG1 30');
  t.is(open(repaired, repaired.init, '/proc/self/task/1/next_syscall_data'), 3);
  t.is(readOnce(repaired, repaired.init, 3), 'LONG1 30\n');
});

test('a descriptor opened before arming shows the value without taking it', (t) => {
  const bed = lab();
  const fd = open(bed, bed.init, controlFile(1), O_RDWR);
  bed.call(bed.init, 'write', fd, 'LONG1 30', 8);
  t.is(readOnce(bed, bed.init, fd), 'LONG1 30\n');
  t.is(open(bed, bed.init, '/dev/null'), 30);
});

test('a sibling that gets the number first makes the open fail, and the value is lost (F1)', (t) => {
  const { sibling, ...bed } = siblings();
  arm(bed, bed.init, 'LONG1 3');
  const opening = bed.halt(bed.init, 'open', '/dev/null', O_RDONLY, 0);
  opening.until('fd.reserve_chosen');
  t.is(open(bed, sibling, '/dev/null'), 3);
  bed.k.machine.step(bed.init);
  const [busy] = bed.k.machine.store.notes.filter((note) => !isFault(note) && note.type === 'fd.busy');
  t.like(busy, { task: bed.init, fd: 3, by: 'open', reserved: false });
  t.like(opening.finish(), { ok: false, errno: 'EBUSY' });
  t.false(isArmed(bed, bed.init));
});

test('while an open has only reserved its number, dup2 onto it, close of it and copies of the table see that (F2)', (t) => {
  const { sibling, ...bed } = siblings();
  const opening = bed.halt(bed.init, 'open', '/dev/null', O_RDONLY, 0);
  opening.until('open.lookup');
  t.is(bed.outcome(sibling, 'dup2', 0, 3), 'EBUSY');
  t.is(bed.outcome(sibling, 'close', 3), 'EBADF');
  t.is(bed.outcome(sibling, 'read', 3, OUT, 1), 'EBADF');
  t.is(bed.outcome(sibling, 'dup', 0), '= 4');
  const child = bed.fork(sibling);
  t.is(bed.outcome(child, 'dup', 0), '= 3', 'the number is free in the copy');
  t.like(opening.finish(), { ok: true, value: { value: 3 } });
  t.is(bed.outcome(sibling, 'dup2', 0, 3), '= 3');
});

test('a chosen number that is only reserved by a sibling is EBUSY too', (t) => {
  const { sibling, ...bed } = siblings();
  const opening = bed.halt(sibling, 'open', '/dev/null', O_RDONLY, 0);
  opening.until('open.lookup');
  arm(bed, bed.init, 'LONG1 3');
  t.is(bed.outcome(bed.init, 'open', '/dev/null', O_RDONLY, 0), 'EBUSY');
  opening.finish();
});

test('a file that one makes can be used as asked, whatever its mode says, and gets the umask off it', (t) => {
  const bed = lab();
  bed.call(bed.init, 'umask', 0o27);
  t.is(open(bed, bed.init, '/tmp/f', O_CREAT | O_RDWR, 0o777), 3);
  const told = bed.call(bed.init, 'fstat', 3, OUT);
  t.like(told, { ok: true, value: { out: { statbuf: { st_mode: 0o100750 } } } });
  t.is(open(bed, bed.init, '/tmp/g', O_CREAT | O_RDWR, 0o000), 4);
  t.is(bed.outcome(bed.init, 'write', 4, 'x', 1), '= 1');
});

test('the path is looked up before the file is made, and the file is made before the number leads to it', (t) => {
  const { sibling, ...bed } = siblings();
  const opening = bed.halt(bed.init, 'open', '/tmp/f', O_CREAT | O_RDWR, 0o600);
  opening.until('open.create');
  t.deepEqual(names(bed, sibling, '/tmp'), ['.', '..']);
  opening.until('fd.install');
  t.deepEqual(names(bed, sibling, '/tmp'), ['.', '..', 'f']);
  t.is(bed.outcome(sibling, 'close', 3), 'EBADF');
  opening.finish();
  t.is(bed.outcome(sibling, 'close', 3), '= 0');
});

test('6.x never takes a value', (t) => {
  const bed = lab('6.x');
  arm(bed, bed.init, 'LONG1 30');
  t.is(open(bed, bed.init, '/dev/null'), 3);
});

test('O_TMPFILE makes a file that no name leads to', (t) => {
  const bed = furnished('6.x');
  const flags = O_TMPFILE | O_RDWR;
  const fd = open(bed, bed.init, '/d', flags, 0o600);
  t.is(bed.outcome(bed.init, 'write', fd, 'abc', 3), '= 3');
  t.deepEqual(names(bed, bed.init, '/d').includes('#unnamed'), false);
  t.is(bed.outcome(bed.init, 'open', '/d', O_TMPFILE | O_RDONLY, 0o600), 'EINVAL');
  t.is(bed.outcome(bed.init, 'open', '/d/f', flags, 0o600), 'ENOTDIR');
  t.is(bed.outcome(bed.user, 'open', '/d', flags, 0o600), 'EACCES');
  t.is(bed.outcome(bed.init, 'open', '/proc', flags, 0o600), 'EOPNOTSUPP');
});
