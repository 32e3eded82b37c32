import test from 'ava';
import { diffImages, type Image } from '../../../src/restorer/image/index.ts';
import { image, ipc, queue, segment, task, thread } from './_images.ts';

const regular = (id: number, position: number) =>
  ({ kind: 'regular', id, flags: 2, path: '/log', position, mode: 0o644, uid: 0, gid: 0, size: 9 }) as const;

/** Two tasks that share an open file and a pipe; `labels` are the image's own numbers for them. */
function sharing(
  labels: { table: number; other: number; file: number; pipe: number },
  rest: Partial<Image> = {},
): Image {
  const { table, other, file, pipe } = labels;
  const descriptors = [
    { fd: 3, file, cloexec: false },
    { fd: 4, file: file + 1, cloexec: true },
  ];
  return image([task(5, { descriptors: table }), task(6, { ppid: 5, descriptors: other })], {
    descriptorTables: [
      { id: table, descriptors },
      { id: other, descriptors: descriptors.toReversed() },
    ],
    openFiles: [regular(file, 5), { kind: 'pipe', id: file + 1, flags: 1, pipe }],
    pipes: [{ id: pipe, size: 65_536, buffered: ['queued', 'data'] }],
    ...rest,
  });
}

const labels = { table: 1, other: 2, file: 10, pipe: 1 };

test('an image does not differ from itself', (t) => {
  t.deepEqual(diffImages(sharing(labels), sharing(labels)), []);
});

test('labels do not count, and neither does how a buffer is cut', (t) => {
  const relabelled = sharing(
    { table: 7, other: 3, file: 90, pipe: 44 },
    { pipes: [{ id: 44, size: 65_536, buffered: ['queueddata'] }] },
  );
  t.deepEqual(diffImages(sharing(labels), relabelled), []);
});

test('a difference has the path of what userspace sees', (t) => {
  const restored = sharing(labels, { openFiles: [regular(10, 0), { kind: 'pipe', id: 11, flags: 1, pipe: 1 }] });
  t.deepEqual(diffImages(sharing(labels), restored), [
    { path: '/tasks/5/descriptors/3/position', image: 5, restored: 0 },
  ]);
});

test('a file that is no longer shared is a difference', (t) => {
  const whole = sharing(labels);
  const apart = sharing(labels, {
    openFiles: [...whole.openFiles, regular(12, 5)],
    descriptorTables: [
      whole.descriptorTables[0]!,
      {
        id: 2,
        descriptors: [
          { fd: 4, file: 11, cloexec: true },
          { fd: 3, file: 12, cloexec: false },
        ],
      },
    ],
  });
  const paths = diffImages(whole, apart).map(({ path }) => path);
  t.true(paths.includes('/tasks/6/descriptors/3/sameAs'));
  t.true(paths.every((path) => path.startsWith('/tasks/6/descriptors/3/')));
});

const pairs: [title: string, image: Image, restored: Image, differences: [string, unknown, unknown][]][] = [
  ['a session', image([task(5000)]), image([task(5000, { sid: 1 })]), [['/tasks/5000/sid', 5000, 1]]],
  [
    'a missing thread',
    image([task(1, { threads: [thread(1), thread(2)] })]),
    image([task(1)]),
    [
      [
        '/tasks/1/threads/2',
        { comm: 'worker', credentials: task(1).credentials, blocked: [], pending: [], pdeathsig: 0 },
        null,
      ],
    ],
  ],
  [
    'an action',
    image([task(1, { signals: { pending: [], actions: [{ signal: 10, handler: 'SIG_IGN', flags: 0, mask: [] }] } })]),
    image([task(1, { signals: { pending: [], actions: [{ signal: 10, handler: 'SIG_DFL', flags: 0, mask: [] }] } })]),
    [['/tasks/1/signals/actions/10/handler', 'SIG_IGN', 'SIG_DFL']],
  ],
  [
    'a message and a last pid',
    image([], { ipc: ipc({ msg: [queue(3, { lspid: 7, messages: [{ type: 1, text: 'a' }] })] }) }),
    image([], { ipc: ipc({ msg: [queue(3, { lspid: 8, messages: [{ type: 1, text: 'b' }] })] }) }),
    [
      ['/ipc/msg/3/lspid', 7, 8],
      ['/ipc/msg/3/messages/0/text', 'a', 'b'],
    ],
  ],
  [
    'a page of shared memory',
    image([], { ipc: ipc({ shm: [segment(0, { contents: [{ offset: 4096, bytes: 'abc' }] })] }) }),
    image([], { ipc: ipc({ shm: [segment(0, { contents: [{ offset: 0, bytes: 'x' }] })] }) }),
    [
      ['/ipc/shm/0/contents/1', 'abc', null],
      ['/ipc/shm/0/contents/0', null, 'x'],
    ],
  ],
];

for (const [title, before, after, differences] of pairs) {
  test(`${title} that differs is found`, (t) => {
    t.deepEqual(
      diffImages(before, after),
      differences.map(([path, image, restored]) => ({ path, image, restored })),
    );
  });
}

test('contents that are cut into other segments, or end in zeros, are the same', (t) => {
  const contents = (list: object[]) => image([], { ipc: ipc({ shm: [segment(0, { contents: list })] }) });
  const whole = contents([{ offset: 4000, bytes: `${'x'.repeat(200)}\0\0` }]);
  t.deepEqual(
    diffImages(
      whole,
      contents([
        { offset: 4000, bytes: 'x'.repeat(96) },
        { offset: 4096, bytes: 'x'.repeat(104) },
      ]),
    ),
    [],
  );
});

test('what either side does not know is no difference', (t) => {
  const known = image([task(1)], { ipc: ipc({ msg: [queue(3, { lspid: 7 })], shm: [segment(0)] }) });
  const unknown = image([task(1, { subreaper: 'unknown', rlimits: 'unknown' })], {
    ipc: ipc({
      msg: [queue(3, { lspid: 'unknown', stime: 'unknown', messages: 'unknown' })],
      shm: [segment(0, { contents: 'unknown', attaches: 'unknown' })],
      undo: 'unknown',
    }),
  });
  t.deepEqual(diffImages(known, unknown), []);
  t.deepEqual(diffImages(unknown, known), []);
});
