/** Opening, reading and writing files: decode, delegate to kernel-sim/fs, encode. */

import { AT_FDCWD, O_CREAT, O_TRUNC, O_WRONLY } from '../kernel-sim/abi/open.ts';
import { truncateFile, truncatePath } from '../kernel-sim/fs/attributes.ts';
import { readDirectory } from '../kernel-sim/fs/directory.ts';
import type { Source, Taken } from '../kernel-sim/fs/file.ts';
import { withFile } from '../kernel-sim/fs/files.ts';
import { flock } from '../kernel-sim/fs/lock-table.ts';
import { openFile } from '../kernel-sim/fs/open.ts';
import { seek } from '../kernel-sim/fs/seek.ts';
import { readAt, readFile, readSegments, writeAt, writeFile, writeSegments } from '../kernel-sim/fs/transfer.ts';
import type { Kernel } from '../kernel-sim/kernel.ts';
import { type Steps, scoped } from '../kernel-sim/machine/effect.ts';
import { fail, ok, type Result } from '../kernel-sim/result.ts';
import type { Task } from '../kernel-sim/task/task.ts';
import { type Datum, FAULT, OUT, type Return, type Struct } from './datum.ts';
import {
  count,
  destination,
  directoryType,
  give,
  pathIn,
  segmentDestination,
  segmentSource,
  segments,
  source,
  spread,
  succeed,
} from './file-data.ts';
import { bytes, int, long, out, path } from './parameter.ts';
import { syscall } from './syscall.ts';

/** Runs an open; what failed inside it tells states apart only by its result. */
const open = (k: Kernel, task: Task, dirfd: number, name: string | null | typeof FAULT, flags: number, mode: number) =>
  give(scoped(openFile(k, task, { ...pathIn(name, dirfd), flags, mode })));

function* taken(steps: Steps<Result<Taken>>): Steps<Result<Return>> {
  const result = yield* steps;
  return result.ok ? ok({ value: result.value.bytes.length, out: { buf: result.value.bytes } }) : result;
}

function* put(steps: Steps<Result<{ count: number }>>): Steps<Result<Return>> {
  const result = yield* steps;
  return result.ok ? ok({ value: result.value.count }) : result;
}

type Segments = readonly Struct[] | null | typeof FAULT;

/** As many segments as the call says; null when the list cannot be read. */
function listed<T>(iov: Segments, iovcnt: number, decode: (segment: Struct) => T): readonly T[] | null {
  if (iovcnt <= 0) return [];
  return iov === null || iov === FAULT || iovcnt > iov.length ? null : iov.slice(0, iovcnt).map(decode);
}

/** Reads into segments; a list that cannot be read is noticed once the open file is there, EBADF coming first. */
function* scatter(
  k: Kernel,
  task: Task,
  fd: number,
  iov: Segments,
  iovcnt: number,
  at: number | null = null,
): Steps<Result<Return>> {
  const into = listed(iov, iovcnt, segmentDestination);
  if (isBadCount(iovcnt)) return yield* afterDescriptor(k, task, fd, fail('EINVAL'));
  if (into === null) return yield* afterDescriptor(k, task, fd, fail('EFAULT'));
  const read = yield* readSegments(k, task, fd, into, at);
  if (!read.ok) return read;
  return ok({ value: read.value.bytes.length, out: { iov: spread(read.value.bytes, into) } });
}

function* gather(
  k: Kernel,
  task: Task,
  fd: number,
  iov: Segments,
  iovcnt: number,
  at: number | null = null,
): Steps<Result<Return>> {
  const from: readonly Source[] | null = listed(iov, iovcnt, segmentSource);
  if (isBadCount(iovcnt)) return yield* afterDescriptor(k, task, fd, fail('EINVAL'));
  if (from === null) return yield* afterDescriptor(k, task, fd, fail('EFAULT'));
  return yield* put(writeSegments(k, task, fd, from, at));
}

function* listDirectory(
  k: Kernel,
  task: Task,
  fd: number,
  buffer: null | typeof OUT | typeof FAULT,
  size: number,
): Steps<Result<Return>> {
  const entries = yield* withFile(k, task, fd, ({ file }) => readDirectory(k, task, file, size));
  if (!entries.ok) return entries;
  if (entries.value.length > 0 && buffer !== OUT) return fail('EFAULT');
  const dirp: Datum = entries.value.map((entry) => ({
    d_ino: entry.number,
    d_off: entry.after,
    d_reclen: entry.recordLength,
    d_type: directoryType(entry),
    d_name: entry.name,
  }));
  return ok({ value: entries.value.reduce((sum, entry) => sum + entry.recordLength, 0), out: { dirp } });
}

/** Flags that change nothing here: RWF_HIPRI, RWF_DSYNC, RWF_SYNC, RWF_NOWAIT. */
const HARMLESS = 0xf;

/** Where preadv2 and pwritev2 begin: -1 means the open file's position, null here. They came with 4.6. */
function positionOf(k: Kernel, offset: number): Result<number | null> {
  if (k.is26) return fail('ENOSYS');
  return offset < -1 ? fail('EINVAL') : ok(offset === -1 ? null : offset);
}

/** More than UIO_MAXIOV segments, or fewer than none: asked before the list is read. */
const isBadCount = (iovcnt: number): boolean => iovcnt < 0 || iovcnt > 1024;

export const fileCalls = [
  syscall({
    name: 'open',
    family: 'descriptors',
    parameters: { pathname: path(), flags: int('open_flags'), mode: int('mode') },
    run: (k, task, { pathname, flags, mode }) => open(k, task, AT_FDCWD, pathname, flags, mode),
  }),
  syscall({
    name: 'openat',
    family: 'descriptors',
    parameters: { dirfd: int('dirfd'), pathname: path(), flags: int('open_flags'), mode: int('mode') },
    run: (k, task, { dirfd, pathname, flags, mode }) => open(k, task, dirfd, pathname, flags, mode),
  }),
  syscall({
    name: 'creat',
    family: 'descriptors',
    parameters: { pathname: path(), mode: int('mode') },
    run: (k, task, { pathname, mode }) => open(k, task, AT_FDCWD, pathname, O_CREAT | O_WRONLY | O_TRUNC, mode),
  }),
  syscall({
    name: 'read',
    family: 'descriptors',
    parameters: { fd: int('fd'), buf: out('bytes'), count: count() },
    run: (k, task, { fd, buf, count: size }) => taken(readFile(k, task, fd, destination(buf, size))),
  }),
  syscall({
    name: 'write',
    family: 'descriptors',
    parameters: { fd: int('fd'), buf: bytes(), count: count() },
    run: (k, task, { fd, buf, count: size }) => put(writeFile(k, task, fd, source(buf, size))),
  }),
  syscall({
    name: 'pread64',
    family: 'descriptors',
    parameters: { fd: int('fd'), buf: out('bytes'), count: count(), offset: long('offset') },
    run: (k, task, { fd, buf, count: size, offset }) => taken(readAt(k, task, fd, destination(buf, size), offset)),
  }),
  syscall({
    name: 'pwrite64',
    family: 'descriptors',
    parameters: { fd: int('fd'), buf: bytes(), count: count(), offset: long('offset') },
    run: (k, task, { fd, buf, count: size, offset }) => put(writeAt(k, task, fd, source(buf, size), offset)),
  }),
  syscall({
    name: 'readv',
    family: 'descriptors',
    parameters: { fd: int('fd'), iov: segments('inout'), iovcnt: int() },
    run: (k, task, { fd, iov, iovcnt }) => scatter(k, task, fd, iov, iovcnt),
  }),
  syscall({
    name: 'writev',
    family: 'descriptors',
    parameters: { fd: int('fd'), iov: segments('in'), iovcnt: int() },
    run: (k, task, { fd, iov, iovcnt }) => gather(k, task, fd, iov, iovcnt),
  }),
  syscall({
    name: 'preadv',
    family: 'descriptors',
    parameters: { fd: int('fd'), iov: segments('inout'), iovcnt: int(), offset: long('offset') },
    *run(k, task, { fd, iov, iovcnt, offset }) {
      if (k.is26) return fail('ENOSYS'); // came with 2.6.30
      return offset < 0 ? fail('EINVAL') : yield* scatter(k, task, fd, iov, iovcnt, offset);
    },
  }),
  syscall({
    name: 'pwritev',
    family: 'descriptors',
    parameters: { fd: int('fd'), iov: segments('in'), iovcnt: int(), offset: long('offset') },
    *run(k, task, { fd, iov, iovcnt, offset }) {
      if (k.is26) return fail('ENOSYS');
      return offset < 0 ? fail('EINVAL') : yield* gather(k, task, fd, iov, iovcnt, offset);
    },
  }),
  syscall({
    name: 'preadv2',
    family: 'descriptors',
    leavesOut: 'what RWF_HIPRI, RWF_DSYNC, RWF_SYNC and RWF_NOWAIT ask for',
    parameters: {
      fd: int('fd'),
      iov: segments('inout'),
      iovcnt: int(),
      offset: long('offset'),
      flags: int(),
    },
    *run(k, task, { fd, iov, iovcnt, offset, flags }) {
      const at = positionOf(k, offset);
      if (!at.ok) return at;
      if ((flags & ~HARMLESS) !== 0) return yield* afterDescriptor(k, task, fd, fail('EOPNOTSUPP'));
      return yield* scatter(k, task, fd, iov, iovcnt, at.value);
    },
  }),
  syscall({
    name: 'pwritev2',
    family: 'descriptors',
    leavesOut: 'RWF_APPEND, what RWF_HIPRI, RWF_DSYNC, RWF_SYNC and RWF_NOWAIT ask for',
    parameters: { fd: int('fd'), iov: segments('in'), iovcnt: int(), offset: long('offset'), flags: int() },
    *run(k, task, { fd, iov, iovcnt, offset, flags }) {
      const at = positionOf(k, offset);
      if (!at.ok) return at;
      if ((flags & ~HARMLESS) !== 0) return yield* afterDescriptor(k, task, fd, fail('EOPNOTSUPP'));
      return yield* gather(k, task, fd, iov, iovcnt, at.value);
    },
  }),
  syscall({
    name: 'lseek',
    family: 'descriptors',
    parameters: { fd: int('fd'), offset: long('offset'), whence: int('whence') },
    run: (k, task, { fd, offset, whence }) => give(seek(k, task, fd, offset, whence)),
  }),
  syscall({
    name: 'truncate',
    family: 'descriptors',
    parameters: { path: path(), length: long('offset') },
    run: (k, task, { path: name, length }) => succeed(truncatePath(k, task, name === FAULT ? null : name, length)),
  }),
  syscall({
    name: 'ftruncate',
    family: 'descriptors',
    parameters: { fd: int('fd'), length: long('offset') },
    run: (k, task, { fd, length }) => succeed(truncateFile(k, task, fd, length)),
  }),
  syscall({
    name: 'flock',
    family: 'descriptors',
    parameters: { fd: int('fd'), operation: int('lock_operation') },
    run: (k, task, { fd, operation }) =>
      succeed(withFile(k, task, fd, ({ file }) => scoped(flock(k, task, file, operation)))),
  }),
  syscall({
    name: 'getdents64',
    family: 'descriptors',
    parameters: { fd: int('fd'), dirp: out('dirent[]'), count: int('size') },
    run: (k, task, { fd, dirp, count: size }) => listDirectory(k, task, fd, dirp, size),
  }),
];

/** A failure that the call notices only once it has the open file: EBADF comes first. */
const afterDescriptor = (k: Kernel, task: Task, fd: number, failure: Result<Return>): Steps<Result<Return>> =>
  withFile(k, task, fd, function* () {
    return failure;
  });
