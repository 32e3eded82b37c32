/** Structures of the signal calls, as strace names their fields: sets, actions, siginfo, stacks, times. */

import { SA_RESTORER } from '../kernel-sim/abi/signal.ts';
import { SI_TIMER, SI_TKILL, SI_USER } from '../kernel-sim/abi/signal-code.ts';
import type { StackSetting } from '../kernel-sim/signal/action.ts';
import type { Timer } from '../kernel-sim/signal/alarm.ts';
import type { SigInfo } from '../kernel-sim/signal/siginfo.ts';
import { setOf, signalsOf } from '../kernel-sim/signal/signal-set.ts';
import type { Action } from '../kernel-sim/signal/state.ts';
import { type Datum, FAULT, integerOf, type Struct } from './datum.ts';
import type { Parameter } from './parameter.ts';

/** sizeof(sigset_t) in the kernel. */
export const SIGSET_SIZE = 8;

/** A set of signals that the kernel reads: the numbers in it, as `[USR1 RT_2]` is evaluated. */
export const signalSet = (): Parameter<bigint | null | typeof FAULT> => ({
  kind: 'sigset',
  direction: 'in',
  decode: (argument) => {
    if (Array.isArray(argument)) return setOf(argument.map(integerOf));
    return argument === null || argument === undefined ? null : FAULT;
  },
});

/** A set as the kernel writes it. */
export const encodeSet = (set: bigint): Datum => signalsOf(set);

/** Whether an argument leads to memory that can be read. */
export const isReadable = <T>(argument: T | null | typeof FAULT): argument is T =>
  argument !== null && argument !== FAULT;

const low32 = (datum: Datum | undefined): bigint =>
  BigInt.asUintN(32, typeof datum === 'bigint' ? datum : BigInt(integerOf(datum)));

/** sigaction(2)'s structure; flags are cut to 32 bits, as C's int is sign-extended in recorded traces. */
export function decodeAction(struct: Struct): Action {
  const { sa_handler: handler = 0, sa_mask: mask, sa_restorer: restorer } = struct;
  return {
    handler: handler === null ? 0 : handler,
    mask: Array.isArray(mask) ? setOf(mask.map(integerOf)) : 0n,
    flags: Number(low32(struct.sa_flags)),
    ...(restorer === undefined ? {} : { restorer }),
  };
}

export function encodeAction({ handler, mask, flags, restorer }: Action): Struct {
  const shown: Struct = { sa_handler: handler as Datum, sa_mask: encodeSet(mask), sa_flags: flags };
  const hasRestorer = Math.floor(flags / SA_RESTORER) % 2 === 1 && restorer !== undefined;
  return hasRestorer ? { ...shown, sa_restorer: restorer as Datum } : shown;
}

/**
 * What a program puts into rt_sigqueueinfo, with zeros where it gives nothing. Which fields there are depends on the code; the two
 * readings of the value follow from each other.
 */
export function decodeInfo(signo: number, struct: Struct): SigInfo {
  const code = integerOf(struct.si_code);
  const fields: Record<string, number | bigint | null> = { si_signo: signo, si_code: code };
  const wanted = code === SI_USER || code === SI_TKILL ? SENDER : code === SI_TIMER ? TIMER : code < 0 ? SENDER : [];
  for (const field of wanted) fields[field] = integerOf(struct[field]);
  for (const field of OTHERS) if (struct[field] !== undefined) fields[field] = struct[field] as number | bigint | null;
  const hasValue = (code < 0 && code !== SI_TKILL) || 'si_int' in struct || 'si_ptr' in struct;
  return { ...fields, ...(hasValue ? value(struct) : {}) } as unknown as SigInfo;
}

const SENDER = ['si_pid', 'si_uid'] as const;
const TIMER = ['si_timerid', 'si_overrun'] as const;
const OTHERS = [...SENDER, 'si_errno', 'si_status', 'si_utime', 'si_stime', 'si_addr', 'si_band', 'si_fd'] as const;

function value(struct: Struct): Pick<SigInfo, 'si_int' | 'si_ptr'> {
  const pointer = struct.si_ptr;
  const whole =
    pointer === undefined || pointer === null
      ? low32(struct.si_int)
      : BigInt.asUintN(64, BigInt(integerOrBig(pointer)));
  const si_ptr = whole === 0n ? null : whole <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(whole) : whole;
  return { si_int: Number(BigInt.asIntN(32, whole)), si_ptr };
}

const integerOrBig = (datum: Datum): number | bigint => (typeof datum === 'bigint' ? datum : integerOf(datum));

export const encodeInfo = (info: SigInfo): Datum => info as unknown as Struct;

export function decodeStack(struct: Struct): StackSetting {
  const { ss_sp: sp } = struct;
  return {
    sp: typeof sp === 'number' || typeof sp === 'bigint' ? sp || null : null,
    flags: Number(low32(struct.ss_flags)),
    size: integerOf(struct.ss_size),
  };
}

export const encodeStack = ({ sp, flags, size }: StackSetting): Struct => ({
  ss_sp: sp,
  ss_flags: flags,
  ss_size: size,
});

/** ns of a timespec; null when it is not a valid one. */
export function decodeTimespec(struct: Struct): number | null {
  return nanoseconds(integerOf(struct.tv_sec), integerOf(struct.tv_nsec), 1e9);
}

/** ns of a structure of seconds and parts of a second; null when it is not valid. */
function nanoseconds(seconds: number, parts: number, perSecond: number): number | null {
  if (seconds < 0 || parts < 0 || parts >= perSecond) return null;
  return seconds * 1e9 + parts * (1e9 / perSecond);
}

/** An itimerval; null when one of its times is not valid. */
export function decodeTimer(struct: Struct): Timer | null {
  const [value, interval] = [struct.it_value, struct.it_interval].map((part) => {
    const { tv_sec, tv_usec } = (part ?? {}) as Struct;
    return nanoseconds(integerOf(tv_sec), integerOf(tv_usec), 1e6);
  });
  return value == null || interval == null ? null : { value, interval };
}

const timeval = (ns: number): Struct => ({ tv_sec: Math.floor(ns / 1e9), tv_usec: Math.floor((ns % 1e9) / 1e3) });

export const encodeTimer = ({ value, interval }: Timer): Struct => ({
  it_interval: timeval(interval),
  it_value: timeval(value),
});
