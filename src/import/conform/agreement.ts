/**
 * Whether what the simulated kernel left in an argument is what strace printed there.
 *
 * Everything is compared by value but what no two runs share: times are only told from "never", and device and inode numbers,
 * CPU times and addresses are not compared at all.
 */

import type { SigInfo } from '../../kernel-sim/signal/siginfo.ts';
import type { Datum } from '../../syscalls/datum.ts';
import type { Expr, Field } from '../../userland/language/ast.ts';
import { evaluate } from '../../userland/language/evaluate.ts';
import { matches } from '../../userland/language/match.ts';
import type { Value } from '../../userland/language/value.ts';
import { NO_VARIABLES } from './arguments.ts';

/** Fields that differ from run to run. */
const UNCOMPARED: ReadonlySet<string> = new Set([
  'st_dev',
  'st_ino',
  'st_blksize',
  'st_blocks',
  'st_size',
  'st_atime',
  'st_mtime',
  'st_ctime',
  'st_atime_nsec',
  'st_mtime_nsec',
  'st_ctime_nsec',
  'si_utime',
  'si_stime',
  'si_addr',
  'ru_utime',
  'ru_stime',
  'ru_maxrss',
  'ru_minflt',
  'ru_majflt',
  'ru_nvcsw',
  'ru_nivcsw',
]);

/** Fields that hold a time, or 0 for never. */
const TIMES = /^(msg|sem|shm)_[soracd]?(time|ctime|otime|atime|dtime|rtime|stime)$/;

/** CLD_DUMPED and CLD_KILLED differ by whether the machine wrote a core file. */
const CLD_KILLED = 2;
const CLD_DUMPED = 3;
const CORE = 0x80;

/** Whether a printed argument describes what the kernel left there. */
export function agrees(printed: Expr, actual: Datum | undefined, field = ''): boolean {
  if (UNCOMPARED.has(field) || printed.kind === 'any') return true;
  if (actual === undefined) return false;
  switch (printed.kind) {
    case 'change':
      return agrees(printed.after, actual, field);
    case 'assign':
      return agrees(printed.value, actual, field);
    case 'array':
      return agreesArray(printed.elements, printed.open, actual, field);
    case 'struct':
      return typeof actual === 'object' && actual !== null && printed.fields.every((each) => agreesField(each, actual));
    case 'predicate':
      // Whether a core was written is the machine's business.
      return [actual, withCore(actual)].some((status) => matches(printed, status as Value, NO_VARIABLES));
    case 'string':
      return matches(printed, actual as Value, NO_VARIABLES);
    default:
      return agreesScalar(printed, actual, field);
  }
}

/**
 * Whether a printed siginfo is that of a signal. Details of readiness come with whatever signal F_SETSIG chose, and strace reads them
 * as those of a sender then: the band lies where the sender's number would, the descriptor where a value would.
 */
export function agreesInfo(printed: Expr, info: SigInfo): boolean {
  const { si_signo, si_code, si_band, si_fd } = info;
  const asItIs = agrees(printed, info as unknown as Datum);
  if (asItIs || si_band === undefined) return asItIs;
  return agrees(printed, { si_signo, si_code, si_pid: si_band, si_uid: 0, si_int: si_fd!, si_ptr: si_fd! });
}

const withCore = (status: Datum): Datum => (typeof status === 'number' ? status | CORE : status);

function agreesField({ name, value }: Field, actual: object): boolean {
  if (name === undefined) return true;
  if (UNCOMPARED.has(name)) return true;
  return Object.hasOwn(actual, name) && agrees(value, (actual as Record<string, Datum>)[name], name);
}

function agreesArray(elements: readonly Expr[], open: boolean, actual: Datum, field: string): boolean {
  // strace shows an array of one where the kernel writes a single number: a wait status.
  if (!Array.isArray(actual)) return elements.length === 1 && agrees(elements[0]!, actual, field);
  if (open ? actual.length < elements.length : actual.length !== elements.length) return false;
  return elements.every((element, i) => agrees(element, actual[i], field));
}

function agreesScalar(printed: Expr, actual: Datum, field: string): boolean {
  const evaluated = evaluate(printed, NO_VARIABLES);
  if (!evaluated.ok) return true;
  const value = evaluated.value as Datum;
  if (TIMES.test(field)) return isZero(value) === isZero(actual);
  if (field === 'si_code' && value === CLD_DUMPED) return actual === CLD_DUMPED || actual === CLD_KILLED;
  if (field === 'sa_flags') return low32(value) === low32(actual);
  if (Array.isArray(value) && Array.isArray(actual)) {
    return value.length === actual.length && value.every((each, i) => plain(each) === plain(actual[i]));
  }
  return plain(value) === plain(actual);
}

const isZero = (datum: Datum): boolean => plain(datum) === 0n;

const low32 = (datum: Datum): bigint => {
  const whole = plain(datum);
  return typeof whole === 'bigint' ? BigInt.asUintN(32, whole) : -1n;
};

/** Integers, truths and NULL as bigints, so that === compares numbers. */
function plain(datum: Datum): unknown {
  if (datum === null) return 0n;
  if (typeof datum === 'number' && Number.isInteger(datum)) return BigInt(datum);
  return typeof datum === 'boolean' ? BigInt(datum) : datum;
}
