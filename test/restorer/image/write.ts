import test from 'ava';
import * as fc from 'fast-check';
import {
  type Image,
  type ImageFormat,
  imageText,
  readImage,
  type SigInfo,
  writeImage,
} from '../../../src/restorer/image/index.ts';
import { image, ipc, queue, segment, set, task, thread } from './_images.ts';

/** One image with something in every place. */
const full = image(
  [
    task(1, { subreaper: 'unknown', rlimits: 'unknown' }),
    task(7, {
      ppid: 1,
      state: 'stopped',
      threads: [
        thread(7, { altstack: { address: 0x7f00_0000_1000, size: 8192, flags: 0 } }),
        thread(9, { comm: 'second' }),
      ],
      signals: {
        pending: [{ signo: 35, code: -1, pid: 7, uid: 0, value: '18446744073709551615' }],
        actions: [
          { signal: 10, handler: { program: 'on_usr1' }, flags: 0x1000_0000, mask: [2, 15] },
          { signal: 12, handler: 'unknown', flags: 'unknown', mask: 'unknown' },
        ],
      },
    }),
    { state: 'zombie', pid: 8, ppid: 7, pgid: 8, sid: 8, comm: 'null', status: 0x8b, credentials: 'unknown' },
  ],
  {
    descriptorTables: [{ id: 1, descriptors: [0, 1, 2, 3].map((fd) => ({ fd, file: fd, cloexec: fd === 3 })) }],
    openFiles: [
      {
        kind: 'regular',
        id: 0,
        flags: 0o2001,
        path: '/tmp/a b',
        position: 5,
        mode: 0o4755,
        uid: 0,
        gid: 'unknown',
        size: 20,
      },
      { kind: 'null', id: 1, flags: 2, path: '/dev/null', position: 0 },
      { kind: 'pipe', id: 2, flags: 1, pipe: 3 },
      { kind: 'other', id: 3, flags: 0, what: 'timerfd' },
    ],
    pipes: [{ id: 3, size: 65_536, buffered: ['\0\xff', 'text'] }],
    ipc: ipc({
      limits: { sem: [250, 32_000, 32, 128], shmmax: '18446744073692774399' },
      msg: [
        queue(0, {
          key: 0x4d51,
          messages: [
            { type: 1, text: 'yes' },
            { type: 2, text: '' },
          ],
        }),
        queue(32_769, { messages: 'unknown' }),
      ],
      sem: [set(1, { values: Array.from({ length: 250 }, (_, n) => n), pids: 'unknown' })],
      shm: [
        segment(2, {
          dest: true,
          contents: [{ offset: 4096, bytes: '\x01\x02' }],
          attaches: [{ pid: 7, address: 'unknown', flags: 0 }],
        }),
      ],
      undo: [{ tasks: [7], entries: [{ semid: 1, adjust: Array.from({ length: 250 }, () => -1) }] }],
      mqueue: [
        { name: '/q', uid: 0, gid: 0, mode: 0o644, maxmsg: 10, msgsize: 8192, messages: [{ priority: 3, text: 'm' }] },
      ],
    }),
  },
);

const formats: ImageFormat[] = ['yaml', 'json'];

for (const format of formats) {
  test(`an image written as ${format} reads back as the same image`, (t) => {
    t.deepEqual(readImage(imageText(full, format), `a.${format}`), { ok: true, image: full });
    t.deepEqual(readImage(imageText(image(), format), `a.${format}`), { ok: true, image: image() });
  });

  test(`equal images give the same ${format}, in whatever order their keys were made`, (t) => {
    const reversed = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(reversed);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([key, part]) => [key, reversed(part)]),
      );
    };
    t.is(imageText(reversed(full) as Image, format), imageText(full, format));
  });

  test(`any bytes survive ${format}`, (t) => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((array) => String.fromCharCode(...array)),
      fc.string({ maxLength: 200, unit: 'binary-ascii' }),
    );
    fc.assert(
      fc.property(bytes, (text) => {
        const written = image([], { ipc: ipc({ msg: [queue(0, { messages: [{ type: 1, text }] })] }) });
        const read = readImage(imageText(written, format), `a.${format}`);
        t.deepEqual(read, { ok: true, image: written });
      }),
    );
  });
}

test('YAML shows modes, flags and keys as people write them', (t) => {
  const text = imageText(full, 'yaml');
  t.regex(text, /flags: 0o2001, path: "\/tmp\/a b", position: 5, mode: 0o4755/);
  t.regex(text, /key: 0x4d51/);
  t.regex(text, /comm: "null", status: 0x8b/);
  t.deepEqual(
    text.split('\n').filter((line) => line.length > 124),
    [],
  );
});

test('an image is written piece by piece, so that a large one streams', (t) => {
  const tasks = Array.from({ length: 1000 }, (_, index) => task(index + 1, { ppid: index }));
  for (const format of formats) {
    const chunks = [...writeImage(image(tasks), format)];
    t.true(chunks.length > 1000);
    t.true(chunks.every((chunk) => chunk.length < 2000));
  }
});

test('queued signals keep negative codes and raw bytes', (t) => {
  const info: SigInfo = {
    signo: 17,
    code: -60,
    raw: String.fromCharCode(...Array.from({ length: 128 }, (_, n) => 255 - n)),
  };
  const one = image([task(1, { signals: { pending: [info], actions: [] } })]);
  for (const format of formats) t.deepEqual(readImage(imageText(one, format), `a.${format}`), { ok: true, image: one });
});
