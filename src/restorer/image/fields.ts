/**
 * The small parts that every room of an image is made of: numbers with their bounds, signal sets, the word `unknown`.
 */
import { z } from 'zod';
import { bytes } from './bytes.ts';

/** What stands where the source could not know a value. A verifier does not compare it; a restorer chooses freely. */
export const UNKNOWN = 'unknown';

/** A value, or the word `unknown`. */
export type Knowable<T> = T | typeof UNKNOWN;

/** Tells a known value from `unknown`. */
export function isKnown<T>(value: Knowable<T>): value is Exclude<T, typeof UNKNOWN> {
  return value !== UNKNOWN;
}

/** Hard upper bounds of one image; anything larger is refused with an error that names the place. */
export const BOUNDS = {
  tasks: 1_000_000,
  threadsPerTask: 65_536,
  descriptorsPerTable: 1_048_576,
  openFiles: 4_000_000,
  objectsPerKind: 32_768,
  messagesPerQueue: 1_048_576,
  messageBytes: 16 * 1024 * 1024,
  segmentBytes: 64 * 1024 * 1024,
  semaphoresPerSet: 65_536,
  pendingSignals: 1_048_576,
  pathBytes: 4096,
  groups: 65_536,
} as const;

const MAX_PID = 4_194_304;
const MAX_U32 = 0xffff_ffff;
export const MAX_I32 = 0x7fff_ffff;

/** The schema of a `Knowable`. */
export const knowable = <T extends z.ZodType>(schema: T) => z.union([schema, z.literal(UNKNOWN)]);

export const upTo = (max: number) => z.int().min(0).max(max);
export const pid = z.int().min(1).max(MAX_PID);
/** A pid, or 0 for "somebody outside this image" or "nobody yet". */
export const pidOrNone = upTo(MAX_PID);
export const u32 = upTo(MAX_U32);
export const i32 = z
  .int()
  .min(-MAX_I32 - 1)
  .max(MAX_I32);
export const count = upTo(Number.MAX_SAFE_INTEGER);
/** A 64-bit number; above 2^53 it is written as a string of decimal digits. */
export const wide = z.union([count, z.string().regex(/^[1-9][0-9]{15,19}$/)]);
export const signal = z.int().min(1).max(64);
/** A signal set as the ascending list of its numbers. */
export const signalSet = z.array(signal).max(64);
export const path = bytes(BOUNDS.pathBytes);
export const permissions = upTo(0o777);
