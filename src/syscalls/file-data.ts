/** Buffers, structures and paths of the calls on files, as strace prints them. */

import { S_IFMT } from '../kernel-sim/abi/mode.ts';
import type { Destination, Source } from '../kernel-sim/fs/file.ts';
import type { PathArgument } from '../kernel-sim/fs/make.ts';
import type { Attributes, Entry } from '../kernel-sim/fs/node.ts';
import type { Steps } from '../kernel-sim/machine/effect.ts';
import type { Result } from '../kernel-sim/result.ts';
import { type Datum, FAULT, integerOf, OUT, type Return, returning, returningZero, type Struct } from './datum.ts';
import type { Parameter } from './parameter.ts';

/** A length of a buffer; null where a program leaves it open (`_`). */
export const count = (kind = 'size'): Parameter<number | null> => ({
  kind,
  direction: 'in',
  decode: (argument) => (argument === OUT ? null : integerOf(argument)),
});

/** What a read whose length is left open asks for, in bytes. */
const ORDINARY_BUFFER = 65_536;

/** Bytes behind the end of a given text that a write may be asked to take: memory goes on, as NUL bytes here. */
const SLACK = 1 << 20;

/** The buffer of a read. */
export const destination = (buffer: null | typeof OUT | typeof FAULT, size: number | null): Destination => ({
  count: size ?? ORDINARY_BUFFER,
  good: buffer === OUT,
});

/** The buffer of a write. */
export function source(buffer: Datum | undefined, size: number | null): Source {
  if (typeof buffer !== 'string') return { count: size ?? 0, bytes: size === 0 ? '' : null };
  const length = size ?? buffer.length;
  if (length < 0 || length > buffer.length + SLACK) return { count: length, bytes: null };
  return { count: length, bytes: buffer.slice(0, length).padEnd(length, '\0') };
}

/** A list of segments, each iov_base and iov_len. */
export const segments = (direction: 'in' | 'inout'): Parameter<readonly Struct[] | null | typeof FAULT> => ({
  kind: 'iovec[]',
  direction,
  decode: (argument) => {
    if (Array.isArray(argument)) return argument as readonly Struct[];
    return argument === null || argument === undefined ? null : FAULT;
  },
});

/** The segment lengths; one that the program left open is as long as what is in it. */
export const segmentSource = ({ iov_base, iov_len }: Struct): Source =>
  source(iov_base, typeof iov_len === 'symbol' || iov_len === undefined ? null : integerOf(iov_len));

export const segmentDestination = ({ iov_base, iov_len }: Struct): Destination => ({
  count: integerOf(iov_len),
  good: iov_base !== null && iov_base !== FAULT && typeof iov_base !== 'number',
});

/** Bytes spread over segments, as readv leaves them. */
export function spread(bytes: string, into: readonly Destination[]): Datum {
  let left = bytes;
  return into.map(({ count: size }) => {
    const iov_base = left.slice(0, size);
    left = left.slice(size);
    return { iov_base, iov_len: size };
  });
}

/** A path argument, null for one that cannot be read. */
export const pathIn = (path: string | null | typeof FAULT, dirfd: number): PathArgument => ({
  dirfd,
  path: path === FAULT ? null : path,
});

const BLOCK = 512;

/** The device that everything lies on: makedev(0, 1). */
const DEVICE = 1;

/** struct stat. */
export const statStruct = (attributes: Attributes): Struct => ({
  st_dev: DEVICE,
  st_ino: attributes.number,
  st_mode: attributes.mode,
  st_nlink: attributes.links,
  st_uid: attributes.uid,
  st_gid: attributes.gid,
  ...(attributes.device === undefined ? {} : { st_rdev: attributes.device[0] * 256 + attributes.device[1] }),
  st_blksize: 4096,
  st_blocks: Math.ceil(attributes.size / 4096) * (4096 / BLOCK),
  st_size: attributes.size,
  st_atime: attributes.atime,
  st_atime_nsec: 0,
  st_mtime: attributes.mtime,
  st_mtime_nsec: 0,
  st_ctime: attributes.ctime,
  st_ctime_nsec: 0,
});

/** The d_type of a listed entry. */
export const directoryType = ({ type }: Entry): number => (type & S_IFMT) >> 12;

/** The result of a call that says nothing but whether it worked. */
export function* succeed(steps: Steps<Result<unknown>>): Steps<Result<Return>> {
  return returningZero(yield* steps);
}

/** The result of a call that gives a number. */
export function* give(steps: Steps<Result<number>>): Steps<Result<Return>> {
  return returning(yield* steps);
}
