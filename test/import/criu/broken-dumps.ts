import { cp, mkdir, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import * as fc from 'fast-check';
import type { ImportError } from '../../../src/import/criu/diagnostics.ts';
import { importCriu } from '../../../src/import/criu/import.ts';
import { imageText, isKnown, readImage } from '../../../src/restorer/image/index.ts';
import { fixture, scratchCopy, scratchDirectory } from './_fixtures.ts';

async function errorsOf(t: ExecutionContext, directory: string): Promise<ImportError[]> {
  const result = await importCriu(directory);
  if (!result.ok) t.true(result.errors.length > 0);
  return result.ok ? t.fail('the import should have failed') : result.errors;
}

const broken: [title: string, file: string, damage: (bytes: Buffer) => Buffer, message: RegExp, offset?: number][] = [
  ['that is empty', 'pstree.img', () => Buffer.alloc(0), /ends within its magic/, 0],
  ['with the magic of another kind', 'pstree.img', (bytes) => flip(bytes, 4), /wrong magic number/, 4],
  ['with no common magic', 'files.img', (bytes) => flip(bytes, 0), /wrong magic number .*expected 0x54564319/, 0],
  ['that is cut within a record', 'core-2.img', (bytes) => bytes.subarray(0, 100), /ends within a record/, 8],
  ['that is cut within a length', 'fdinfo-2.img', (bytes) => bytes.subarray(0, 22), /ends within the length/, 20],
  [
    'with a record longer than the file',
    'ids-2.img',
    (bytes) => poke(bytes, 8, 0xffffffff),
    /record of 4294967295 bytes/,
    8,
  ],
  ['whose record is no message', 'fs-2.img', (bytes) => bytes.fill(0xff, 12), /not a Fs record/],
  ['without a record', 'core-3.img', (bytes) => bytes.subarray(0, 8), /holds no record/, 8],
  ['with another layout', 'inventory.img', (bytes) => poke8(bytes, 9, 1), /layout version 1/],
];

const flip = (bytes: Buffer, at: number) => poke8(bytes, at, bytes[at]! ^ 0xff);
function poke8(bytes: Buffer, at: number, value: number): Buffer {
  bytes.writeUInt8(value, at);
  return bytes;
}
function poke(bytes: Buffer, at: number, value: number): Buffer {
  bytes.writeUInt32LE(value, at);
  return bytes;
}

for (const [title, file, damage, message, offset] of broken) {
  test(`a file ${title} is named with what is wrong and where`, async (t) => {
    const directory = await scratchCopy(t, 'small');
    const path = join(directory, file);
    await writeFile(path, damage(await readFile(path)));
    const [first] = await errorsOf(t, directory);
    t.is(first!.file, file);
    t.regex(first!.message, message);
    if (offset !== undefined) t.is(first!.offset, offset);
    else t.is(typeof first!.offset, 'number');
  });
}

test('every file that a dump needs is missed by name', async (t) => {
  for (const file of [
    'inventory.img',
    'pstree.img',
    'files.img',
    'core-1.img',
    'core-7.img',
    'ids-3.img',
    'fs-3.img',
    'fdinfo-4.img',
  ]) {
    const directory = await scratchCopy(t, 'small');
    await rm(join(directory, file));
    const errors = await errorsOf(t, directory);
    t.true(
      errors.some((error) => error.file === file && error.message === 'is missing'),
      file,
    );
  }
});

test('a message text that is cut short is an error at its place', async (t) => {
  const directory = await scratchCopy(t, 'ipc-small');
  await truncate(join(directory, 'ipcns-msg-10.img'), 200);
  const [first] = await errorsOf(t, directory);
  t.is(first!.file, 'ipcns-msg-10.img');
  t.regex(first!.message, /ends within 344 bytes of data/);
});

test('a file that is too large is not read', async (t) => {
  const directory = await scratchCopy(t, 'small');
  await truncate(join(directory, 'files.img'), 2 ** 31);
  t.deepEqual((await errorsOf(t, directory))[0], { file: 'files.img', message: 'is larger than 268435456 bytes' });
});

test('a directory that is none, or is not there, is an error', async (t) => {
  t.regex((await errorsOf(t, fixture('README.md')))[0]!.message, /cannot be read as a directory: ENOTDIR/);
  t.regex((await errorsOf(t, fixture('no-such-dump')))[0]!.message, /ENOENT/);
  t.regex((await errorsOf(t, await scratchDirectory(t)))[0]!.message, /is missing/);
});

test('a link to outside of the directory is not followed, one within it is', async (t) => {
  const directory = await scratchCopy(t, 'small');
  await rm(join(directory, 'files.img'));
  await symlink(fixture('small', 'img', 'files.img'), join(directory, 'files.img'));
  t.regex((await errorsOf(t, directory))[0]!.message, /link to outside/);
  await rm(join(directory, 'files.img'));
  await cp(fixture('small', 'img', 'files.img'), join(directory, 'kept.img'));
  await symlink('kept.img', join(directory, 'files.img'));
  t.true((await importCriu(directory)).ok);
});

test('a directory in the place of a file is refused', async (t) => {
  const directory = await scratchCopy(t, 'small');
  await rm(join(directory, 'pstree.img'));
  await mkdir(join(directory, 'pstree.img'));
  t.regex((await errorsOf(t, directory))[0]!.message, /not a regular file|EISDIR/);
});

test('a tree that no kernel could have had is refused', async (t) => {
  const directory = await scratchCopy(t, 'quirk-deepsess');
  const path = join(directory, 'pstree.img');
  // The third task's parent, the last but three of its five fields, becomes a task that does not exist.
  await writeFile(path, poke8(await readFile(path), 36 + 4 + 3, 9));
  t.regex((await errorsOf(t, directory))[0]!.message, /the parent 9 of task 4 is not in the image/);
});

test('what was not read is said, with the reason', async (t) => {
  const result = await importCriu(fixture('ipc-small', 'img'));
  t.deepEqual(result.ok && result.leftOut.map(({ file }) => file), ['pagemap-shmem-*.img', 'seccomp.img']);
});

test('contents of shared memory are read where a dump has its pages', async (t) => {
  const directory = await scratchCopy(t, 'quirk-shmdest');
  for (const file of await readdir(directory)) {
    if (!file.startsWith('pagemap-shmem-')) continue;
    const pages = (await readFile(join(directory, file)))[13]!;
    await writeFile(join(directory, `pages-${pages}.img`), Buffer.alloc(4096, `<${file}>`));
  }
  const result = await importCriu(directory);
  t.true(result.ok);
  const segments = result.ok
    ? result.image.ipc!.shm.flatMap(({ contents }) => (isKnown(contents) ? contents : []))
    : [];
  t.deepEqual(
    segments.map(({ offset, bytes }) => [offset, bytes.length, bytes.slice(0, 21)]),
    [
      [0, 4096, '<pagemap-shmem-0.img>'],
      [0, 4096, '<pagemap-shmem-1.img>'],
    ],
  );
});

test('whatever bytes a file holds, the import gives an image or errors with places', async (t) => {
  const directory = await scratchCopy(t, 'ipc-small');
  const names = (await readdir(directory)).filter((name) => name !== 'seccomp.img').sort();
  const originals = new Map(
    await Promise.all(names.map(async (name) => [name, await readFile(join(directory, name))] as const)),
  );
  const damage = fc.oneof(
    fc
      .record({ at: fc.nat(), bytes: fc.uint8Array({ minLength: 1, maxLength: 8 }) })
      .map((patch) => (original: Buffer) => {
        const copy = Buffer.from(original);
        copy.set(patch.bytes.subarray(0, copy.length), patch.at % Math.max(1, copy.length - patch.bytes.length));
        return copy;
      }),
    fc.nat().map((at) => (original: Buffer) => original.subarray(0, at % original.length)),
    fc
      .uint8Array({ maxLength: 64 })
      .map((bytes) => (original: Buffer) => Buffer.concat([original.subarray(0, 8), bytes])),
    fc.uint8Array({ maxLength: 64 }).map((bytes) => () => Buffer.from(bytes)),
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...names), damage, async (name, change) => {
      await writeFile(join(directory, name), change(originals.get(name)!));
      const result = await importCriu(directory);
      await writeFile(join(directory, name), originals.get(name)!);
      if (result.ok) return readImage(imageText(result.image, 'json'), 'again.json').ok;
      return result.errors.length > 0 && result.errors.every(({ file, message }) => file !== '' && message !== '');
    }),
    { numRuns: 300 },
  );
  t.pass();
});
