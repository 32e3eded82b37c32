import test from 'ava';
import type { Image } from '../../../src/restorer/image/index.ts';
import { complaints, type Fd, lines, live, MODES, plan, restore, root, tree } from '../helpers/tree.ts';

const file = (id: number, rest: object = {}): Image['openFiles'][number] => ({
  kind: 'regular',
  id,
  flags: 0o100002,
  path: `/tmp/file-${id}`,
  position: 0,
  mode: 0o600,
  uid: 0,
  gid: 0,
  size: 0,
  ...rest,
});

const end = (id: number, pipe: number, flags: number): Image['openFiles'][number] => ({
  kind: 'pipe',
  id,
  flags,
  pipe,
});

/** Pid 1, its children 10 and 20, and 11 below 10. */
const four = () => [root(), live({ pid: 10 }), live({ pid: 11, ppid: 10 }), live({ pid: 20 })];

const table: [string, Record<number, readonly Fd[]>, Partial<Image>][] = [
  ['a file of one task', { 10: [[3, 1]] }, { openFiles: [file(1)] }],
  [
    'a file behind three numbers, of which exec closes one',
    {
      10: [
        [0, 1],
        [5, 1, true],
        [9, 1],
      ],
    },
    { openFiles: [file(1)] },
  ],
  [
    'two files in each other’s places in parent and child',
    {
      1: [
        [3, 1],
        [4, 2],
      ],
      10: [
        [3, 2],
        [4, 1],
      ],
    },
    { openFiles: [file(1), file(2)] },
  ],
  [
    'three files that change places in a circle',
    {
      10: [
        [0, 1],
        [1, 2],
        [2, 3],
      ],
      11: [
        [0, 2],
        [1, 3],
        [2, 1],
      ],
    },
    { openFiles: [file(1), file(2), file(3)] },
  ],
  ['a file that two cousins share and nobody above has', { 11: [[7, 1]], 20: [[8, 1]] }, { openFiles: [file(1)] }],
  [
    'a shared file where another has its number on the way',
    { 10: [[7, 2]], 11: [[7, 1]], 20: [[7, 1]] },
    { openFiles: [file(1), file(2)] },
  ],
  [
    'two openings of one path',
    { 10: [[3, 1]], 20: [[3, 2]] },
    { openFiles: [file(1, { path: '/tmp/same' }), file(2, { path: '/tmp/same' })] },
  ],
  ['a position beyond the end', { 10: [[3, 1]] }, { openFiles: [file(1, { position: 4711, size: 100 })] }],
  ['flags that stay: append and not to wait', { 10: [[3, 1]] }, { openFiles: [file(1, { flags: 0o106001 })] }],
  ['a file of somebody else', { 10: [[3, 1]] }, { openFiles: [file(1, { uid: 1000, gid: 100, mode: 0o640 })] }],
  [
    '/dev/null',
    {
      10: [
        [0, 1],
        [1, 1],
        [2, 1],
      ],
    },
    { openFiles: [{ kind: 'null', id: 1, flags: 0o100002, path: '/dev/null', position: 0 }] },
  ],
  [
    'a pipe with bytes in it',
    {
      10: [
        [3, 1],
        [4, 2],
      ],
    },
    { openFiles: [end(1, 1, 0), end(2, 1, 1)], pipes: [{ id: 1, size: 65_536, buffered: ['one', 'two'] }] },
  ],
  [
    'a pipe between cousins, its ends behind each other’s numbers',
    { 11: [[4, 1]], 20: [[3, 2]] },
    { openFiles: [end(1, 1, 0), end(2, 1, 1)], pipes: [{ id: 1, size: 65_536, buffered: [] }] },
  ],
  [
    'a pipe that nobody writes to any more',
    { 10: [[3, 1]] },
    { openFiles: [end(1, 1, 0)], pipes: [{ id: 1, size: 65_536, buffered: ['the end'] }] },
  ],
  [
    'a pipe that nobody reads from any more',
    { 10: [[3, 1]] },
    { openFiles: [end(1, 1, 1)], pipes: [{ id: 1, size: 65_536, buffered: [] }] },
  ],
  [
    'the end of a pipe that does not wait',
    {
      10: [
        [3, 1],
        [4, 2],
      ],
    },
    { openFiles: [end(1, 1, 0o4000), end(2, 1, 1)], pipes: [{ id: 1, size: 65_536, buffered: [] }] },
  ],
  [
    'a number far up',
    {
      10: [[1000, 1]],
      11: [
        [1000, 1],
        [3, 2],
      ],
    },
    { openFiles: [file(1), file(2)] },
  ],
];

for (const [title, fds, rest] of table) {
  test(`restores ${title}`, (t) => {
    for (const mode of MODES) t.deepEqual(complaints(restore(tree(four(), fds, rest), { mode })), [], mode);
  });
}

test('a private file is opened at its number, and a shared one by the lowest task that all its users come from', (t) => {
  const all = plan(tree(four(), { 10: [[3, 1]], 11: [[5, 2]], 20: [[5, 2]] }, { openFiles: [file(1), file(2)] }));
  const opens = (name: string) => lines(all, name).filter((line) => line.includes('/tmp/'));
  t.deepEqual(opens('init'), ['open("/tmp/file-2", O_RDWR) = 5']);
  t.deepEqual(opens('task_10_10'), ['open("/tmp/file-1", O_RDWR) = 3']);
  t.deepEqual(opens('task_11_11'), []);
  t.true(lines(all, 'init').includes('write(nsd, "LONG1 5", 7) = 7  # intent: open'));
});

test('the restorer’s own descriptors lie above every number of the image', (t) => {
  const all = plan(tree(four(), { 20: [[30, 1]] }, { openFiles: [file(1)] }));
  t.deepEqual(
    lines(all, 'init').filter((line) => line.startsWith('nsd') || line.startsWith('built')),
    ['nsd = fcntl(0, F_DUPFD, 31) = 31', 'built_0 = fcntl(0, F_DUPFD, 31) = 32'],
  );
});

test('a task with a limit on descriptors below its own numbers gets the limit last', (t) => {
  const rlimits = { nofile: { soft: 2, hard: 4096 } };
  const image = tree([root(), live({ pid: 10 }, { rlimits })], { 10: [[5, 1]] }, { openFiles: [file(1)] });
  t.deepEqual(restore(image).failure, null);
  t.deepEqual(
    restore(image).differences.filter(({ path }) => path.endsWith('/nofile')),
    [],
  );
});

test('what is not a file or a pipe is said to be lost, and its number stays free', (t) => {
  const openFiles: Image['openFiles'] = [{ kind: 'other', id: 1, flags: 2, what: 'a socket' }, file(2)];
  const result = restore(
    tree(
      four(),
      {
        10: [
          [3, 1],
          [4, 2],
        ],
      },
      { openFiles },
    ),
  );
  t.deepEqual(
    result.losses.map(({ message }) => message),
    ['descriptor 3, which is not a file or a pipe'],
  );
  t.deepEqual(
    result.differences.map(({ path }) => path),
    ['/tasks/10/descriptors/3'],
  );
});

test('an end of a pipe that was opened twice is said to become one opening', (t) => {
  const openFiles = [end(1, 1, 0), end(2, 1, 0), end(3, 1, 1)];
  const image = tree(
    four(),
    {
      10: [
        [3, 1],
        [4, 2],
        [5, 3],
      ],
    },
    { openFiles, pipes: [{ id: 1, size: 65_536, buffered: [] }] },
  );
  const { losses, failure } = restore(image);
  t.is(failure, null);
  t.deepEqual(
    losses.map(({ message }) => message),
    ['an end of a pipe that was opened more than once, whose openings become one'],
  );
});
