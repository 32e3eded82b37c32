import test from 'ava';
import { type Datum, OUT } from '../../../src/syscalls/datum.ts';
import { attributes, become, names } from '../fs/_bench.ts';
import { lab } from '../helpers/lab.ts';
import { type Freezer, freezer, GROUP, join, ROOT } from './_bench.ts';

const STATE = `${GROUP}/freezer.state`;
const TASKS = `${GROUP}/tasks`;
const nothing = (): void => {};

test('a kernel that was not asked to has no freezer', (t) => {
  const bed = lab('2.6.26');
  t.is(bed.outcome(bed.init, 'open', ROOT, 0, 0), 'ENOENT');
  t.is(bed.outcome(bed.init, 'mount', 'freezer', '/tmp', 'cgroup', 0, null), 'ENODEV');
});

test('the root has a list of tasks, a group its state as well, and with freezer-signals its signals', (t) => {
  const bed = freezer();
  t.deepEqual(names(bed, bed.init, ROOT), ['.', '..', 'tasks', 'g']);
  t.deepEqual(names(bed, bed.init, GROUP), ['.', '..', 'tasks', 'freezer.state', 'freezer.signals']);
  const plain = freezer([], {}, ['freezer']);
  t.deepEqual(names(plain, plain.init, GROUP), ['.', '..', 'tasks', 'freezer.state']);
});

test('files are for everybody to read and for their maker to write, but for the signals', (t) => {
  const bed = freezer();
  bed.call(bed.init, 'umask', 0o027);
  bed.call(bed.init, 'mkdir', `${GROUP}/below`, 0o777);
  t.is(attributes(bed, bed.init, `${GROUP}/below`).mode, 0o40750);
  t.is(attributes(bed, bed.init, TASKS).mode, 0o100644);
  t.is(attributes(bed, bed.init, STATE).mode, 0o100644);
  t.is(attributes(bed, bed.init, `${GROUP}/freezer.signals`).mode, 0o100600);
});

test('the same groups are seen wherever the hierarchy is mounted', (t) => {
  const bed = freezer();
  t.is(bed.outcome(bed.init, 'mount', 'freezer', '/dev/shm', 'cgroup', 0, null), '= 0');
  t.is(bed.get('/dev/shm/g/tasks'), '2\n');
  t.is(bed.put('/dev/shm/g/freezer.state', 'FROZEN'), '= 6');
  t.is(bed.stateOfGroup(), 'FROZEN');
});

test('tasks are in the root until they are moved, and threads move one by one', (t) => {
  const bed = freezer();
  const thread = bed.thread(bed.child);
  t.is(bed.get(`${ROOT}/tasks`), '1\n');
  t.is(bed.get(TASKS), '2\n3\n', 'a new thread is where its maker is');
  t.is(bed.put(`${ROOT}/tasks`, '3\n'), '= 2');
  t.is(bed.get(`${ROOT}/tasks`), '1\n3\n');
  t.is(bed.put(TASKS, '0', thread), '= 1', '0 is the writer');
  t.is(bed.get(TASKS), '2\n3\n');
});

test('a child is in the group of who made it', (t) => {
  const bed = freezer();
  bed.fork(bed.child);
  t.is(bed.get(TASKS), '2\n3\n');
  bed.fork(bed.init);
  t.is(bed.get(TASKS), '2\n3\n');
});

test('what a list shows was so when it was opened', (t) => {
  const bed = freezer();
  const opened = bed.call(bed.init, 'open', TASKS, 0, 0);
  const fd = opened.ok ? opened.value.value : -1;
  bed.fork(bed.child);
  t.is(bed.outcome(bed.init, 'read', fd, OUT, 100), '= 2');
});

test('a state file says again what is so now when it is read from the start', (t) => {
  const bed = freezer();
  const opened = bed.call(bed.init, 'open', STATE, 2, 0);
  const fd = opened.ok ? opened.value.value : -1;
  t.is(bed.outcome(bed.init, 'read', fd, OUT, 100), '= 7'); // THAWED
  t.is(bed.outcome(bed.init, 'read', fd, OUT, 100), '= 0');
  bed.call(bed.init, 'write', fd, 'FROZEN', 6);
  bed.call(bed.init, 'lseek', fd, 0, 0);
  t.is(bed.stateOfGroup(), 'FROZEN');
});

type Row = [title: string, setup: (bed: Freezer) => void, call: [string, ...Datum[]], expected: string];

const calls: Row[] = [
  ['mkdir of a name that is taken', nothing, ['mkdir', GROUP, 0o755], 'EEXIST'],
  ['mkdir of the name of a file', nothing, ['mkdir', `${GROUP}/tasks`, 0o755], 'EEXIST'],
  ['a file cannot be made', nothing, ['open', `${GROUP}/new`, 0o101, 0o644], 'EACCES'],
  ['nor a link', nothing, ['symlink', '/', `${GROUP}/new`], 'EPERM'],
  ['a file cannot be removed', nothing, ['unlink', TASKS], 'EPERM'],
  ['a file is no directory', nothing, ['rmdir', TASKS], 'ENOTDIR'],
  ['a group with tasks cannot be removed', nothing, ['rmdir', GROUP], 'EBUSY'],
  [
    'a group with groups below cannot be removed',
    (bed) => {
      bed.put(`${ROOT}/tasks`, '2');
      bed.call(bed.init, 'mkdir', `${GROUP}/below`, 0o755);
    },
    ['rmdir', GROUP],
    'EBUSY',
  ],
  ['an empty group can be removed', (bed) => void bed.put(`${ROOT}/tasks`, '2'), ['rmdir', GROUP], '= 0'],
  ['the root cannot be removed', nothing, ['rmdir', ROOT], 'EBUSY'],
  ['a group has no owner to be given', nothing, ['chown', GROUP, 1000, 1000], 'EPERM'],
];

for (const [title, setup, [name, ...args], expected] of calls) {
  test(`${name}: ${title}: ${expected}`, (t) => {
    const bed = freezer();
    setup(bed);
    t.is(bed.outcome(bed.init, name, ...args), expected);
  });
}

type Write = [title: string, setup: (bed: Freezer) => void, path: string, text: string, expected: string];

const freeze = (bed: Freezer): void => bed.freeze();
const busy = (bed: Freezer): void => {
  bed.begin(bed.child, 'vfork', null);
  bed.put(`${ROOT}/tasks`, '3');
  bed.freeze();
};

const writes: Write[] = [
  ['FROZEN', nothing, STATE, 'FROZEN', '= 6'],
  ['a newline behind the word', nothing, STATE, 'FROZEN\n', '= 7'],
  ['what is so already', nothing, STATE, 'THAWED', '= 6'],
  ['FROZEN again', freeze, STATE, 'FROZEN', '= 6'],
  ['FROZEN again while it is FREEZING', busy, STATE, 'FROZEN', '= 6'],
  ['FREEZING, which nobody can ask for', nothing, STATE, 'FREEZING', 'EINVAL'],
  ['another word', nothing, STATE, 'frozen', 'EINVAL'],
  ['nothing', nothing, STATE, '', 'EINVAL'],
  ['64 bytes', nothing, STATE, ' '.repeat(64), 'E2BIG'],
  ['a number', nothing, TASKS, '1', '= 1'],
  ['a number in another base', nothing, TASKS, '0x1\n', '= 4'],
  ['where it is already', freeze, TASKS, '2', '= 1'],
  ['a number of nobody', nothing, TASKS, '77', 'ESRCH'],
  ['a zombie', (bed) => void bed.begin(bed.child, 'exit_group', 0), TASKS, '2', 'ESRCH'],
  ['no number', nothing, TASKS, 'init', 'EINVAL'],
  ['two numbers', nothing, TASKS, '1 2', 'EINVAL'],
  ['a negative number', nothing, TASKS, '-1', 'EINVAL'],
  ['an empty text', nothing, TASKS, '', 'EINVAL'],
  ['64 bytes of numbers', nothing, TASKS, '1'.repeat(64), 'E2BIG'],
  ['into a frozen group', freeze, TASKS, '1', 'EBUSY'],
  ['into one that is about to freeze', busy, TASKS, '1', 'EBUSY'],
  ['out of a frozen group', freeze, `${ROOT}/tasks`, '2', 'EBUSY'],
  ['out of one that is about to freeze', busy, `${ROOT}/tasks`, '2', 'EBUSY'],
];

for (const [title, setup, path, text, expected] of writes) {
  test(`write to ${path.slice(ROOT.length + 1)}: ${title}: ${expected}`, (t) => {
    const bed = freezer();
    setup(bed);
    t.is(bed.put(path, text), expected);
  });
}

test('a buffer that cannot be read is EFAULT, one that cannot be written as well', (t) => {
  const bed = freezer();
  for (const file of ['tasks', 'freezer.state']) {
    const opened = bed.call(bed.init, 'open', `${GROUP}/${file}`, 2, 0);
    const fd = opened.ok ? opened.value.value : -1;
    t.is(bed.outcome(bed.init, 'write', fd, null, 3), 'EFAULT');
    t.is(bed.outcome(bed.init, 'read', fd, null, 3), 'EFAULT');
  }
});

test('a task of another user cannot be moved', (t) => {
  const bed = freezer();
  const user = bed.fork(bed.init);
  become(bed, user, 1000);
  const opened = bed.call(bed.init, 'open', TASKS, 1, 0);
  const fd = opened.ok ? opened.value.value : -1;
  become(bed, bed.init, 1000);
  t.is(bed.outcome(bed.init, 'write', fd, '2', 1), 'EACCES');
  t.is(bed.outcome(bed.init, 'write', fd, '3', 1), '= 1', 'but its own can');
});

test('an ordinary user can make no group and open no file for writing', (t) => {
  const bed = freezer();
  become(bed, bed.child, 1000);
  t.is(bed.outcome(bed.child, 'mkdir', `${ROOT}/mine`, 0o755), 'EACCES');
  t.is(bed.put(STATE, 'FROZEN', bed.child), 'EACCES');
  t.is(bed.get(STATE, bed.child), 'THAWED\n');
});

test('files of a group that has been removed are ENODEV', (t) => {
  const bed = freezer();
  const [state, tasks, signals] = ['freezer.state', 'tasks', 'freezer.signals'].map((file) => {
    const opened = bed.call(bed.init, 'open', `${GROUP}/${file}`, 2, 0);
    return opened.ok ? opened.value.value : -1;
  }) as [number, number, number];
  bed.put(`${ROOT}/tasks`, '2');
  bed.call(bed.init, 'rmdir', GROUP);
  t.is(bed.outcome(bed.init, 'write', state, 'FROZEN', 6), 'ENODEV');
  t.is(bed.outcome(bed.init, 'read', state, OUT, 10), 'ENODEV');
  t.is(bed.outcome(bed.init, 'write', tasks, '1', 1), 'ENODEV');
  t.is(bed.outcome(bed.init, 'read', signals, OUT, 10), 'ENODEV');
  t.is(bed.outcome(bed.init, 'open', STATE, 0, 0), 'ENOENT');
});

test('an empty group is FROZEN as soon as it is asked to be', (t) => {
  const bed = freezer();
  bed.put(`${ROOT}/tasks`, '2');
  bed.freeze();
  t.is(bed.stateOfGroup(), 'FROZEN');
  join(bed, 2);
  t.is(bed.get(TASKS), '');
});
