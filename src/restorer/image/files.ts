/**
 * Open files, pipes and descriptor tables in an image. SEMANTICS C14; open(2), pipe(7).
 */
import { z } from 'zod';
import { bytes } from './bytes.ts';
import { BOUNDS, count, knowable, MAX_I32, path, pid, u32, upTo } from './fields.ts';

/** Who gets signals about an open file; fcntl(F_SETOWN). Absent: nobody. */
const fileOwner = z.strictObject({
  kind: z.enum(['task', 'group', 'thread']),
  id: pid,
  uid: u32,
  euid: u32,
  signal: upTo(64),
});

const opened = {
  id: u32,
  /** The open(2) flags that F_GETFL would return. */
  flags: u32,
  owner: fileOwner.optional(),
};

export const openFile = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('regular'),
    ...opened,
    path,
    position: count,
    /** Permission bits, set-id bits included. */
    mode: knowable(upTo(0o7777)),
    uid: knowable(u32),
    gid: knowable(u32),
    size: knowable(count),
  }),
  z.strictObject({ kind: z.literal('null'), ...opened, path, position: count }),
  /** One end of a pipe; the access mode in `flags` says which. */
  z.strictObject({ kind: z.literal('pipe'), ...opened, pipe: u32 }),
  /** Anything else: named, so that a restorer can say what it does not restore. */
  z.strictObject({
    kind: z.literal('other'),
    ...opened,
    what: z.string().min(1).max(64),
    path: path.optional(),
    position: count.optional(),
  }),
]);

export const pipe = z.strictObject({
  id: u32,
  /** Capacity in bytes; F_GETPIPE_SZ. */
  size: knowable(count),
  /** The bytes that wait in it, in order; one string per buffer. */
  buffered: knowable(z.array(bytes(BOUNDS.segmentBytes)).max(65_536)),
});

const descriptor = z.strictObject({ fd: upTo(MAX_I32), file: u32, cloexec: z.boolean() });

export const descriptorTable = z.strictObject({
  id: u32,
  descriptors: z.array(descriptor).max(BOUNDS.descriptorsPerTable),
});

export type OpenFile = z.infer<typeof openFile>;
export type FileOwner = z.infer<typeof fileOwner>;
export type Pipe = z.infer<typeof pipe>;
export type Descriptor = z.infer<typeof descriptor>;
export type DescriptorTable = z.infer<typeof descriptorTable>;
