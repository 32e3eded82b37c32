/**
 * Signal state in an image: queued signals, actions, alternate stacks. SEMANTICS C12; sigaction(2), sigaltstack(2).
 */
import { z } from 'zod';
import { bytes } from './bytes.ts';
import { count, i32, knowable, signal, signalSet, UNKNOWN, u32, wide } from './fields.ts';

/** One queued signal: the fields of siginfo_t that its kind has; sigaction(2), SEMANTICS C12. */
export const sigInfo = z.strictObject({
  signo: signal,
  code: knowable(i32),
  errno: i32.optional(),
  pid: u32.optional(),
  uid: u32.optional(),
  /** si_value as an unsigned number. */
  value: wide.optional(),
  status: i32.optional(),
  utime: count.optional(),
  stime: count.optional(),
  timer: u32.optional(),
  overrun: u32.optional(),
  address: wide.optional(),
  /** The whole siginfo_t, where the fields above do not say all of it. */
  raw: bytes(128).optional(),
});

export const altstack = z.strictObject({ address: count, size: count, flags: u32 });

const handler = z.union([
  z.enum(['SIG_DFL', 'SIG_IGN', UNKNOWN]),
  z.strictObject({ address: count }),
  z.strictObject({ program: z.string().min(1).max(256) }),
]);

/** A signal's action; signals not listed have the default one with no flags and an empty mask. sigaction(2). */
export const sigAction = z.strictObject({
  signal,
  handler,
  flags: knowable(u32),
  mask: knowable(signalSet),
  /** The address of sa_restorer, where SA_RESTORER is among the flags. */
  restorer: count.optional(),
});

export type SigInfo = z.infer<typeof sigInfo>;
export type SigAction = z.infer<typeof sigAction>;
export type Altstack = z.infer<typeof altstack>;
