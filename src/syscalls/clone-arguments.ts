/** The structure of clone3(2): which of its combinations the kernel takes; kernel/fork.c:copy_clone_args_from_user, SEMANTICS E7. */

import {
  CLONE_CLEAR_SIGHAND,
  CLONE_DETACHED,
  CLONE_INTO_CGROUP,
  CLONE_PARENT,
  CLONE_PIDFD,
  CLONE_SIGHAND,
  CLONE_THREAD,
  CSIGNAL,
} from '../kernel-sim/abi/clone.ts';
import { PAGE_SIZE } from '../kernel-sim/abi/limits.ts';
import { SIGRTMAX } from '../kernel-sim/abi/signal.ts';
import { fail, ok, type Result } from '../kernel-sim/result.ts';
import type { CloneRequest } from '../kernel-sim/task/fork.ts';
import { type Datum, integerOf, OUT, type Struct } from './datum.ts';

/** Bytes of the first version of the structure. */
const SIZE_VERSION_0 = 64;
/** Bytes up to and with set_tid_size. */
const SIZE_VERSION_1 = 80;
/** Bytes up to and with cgroup. */
const SIZE_VERSION_2 = 88;
/** Where the addresses of user mode end (TASK_SIZE_MAX of x86-64). */
const USER_MEMORY_END = 0x7fff_ffff_f000n;
const INT_MAX = 0x7fff_ffffn;
/** Pid namespaces nest no deeper. */
const MAX_LEVEL = 32;

/** Those of clone, and the two above 32 bits. There are no cgroups here, so joining one changes nothing. */
const KNOWN = 0xffff_ffffn | BigInt(CLONE_CLEAR_SIGHAND) | BigInt(CLONE_INTO_CGROUP);

/** All of the flags, which need more than 32 bits. */
const bitsOf = (datum: Datum | undefined): bigint =>
  BigInt.asUintN(64, typeof datum === 'bigint' ? datum : BigInt(integerOf(datum)));

const isStruct = (datum: Datum | undefined): datum is Struct =>
  typeof datum === 'object' && datum !== null && !Array.isArray(datum);

const isNone = (pointer: Datum | undefined): boolean => pointer === undefined || pointer === null || pointer === 0;

/**
 * What a clone3 asks for.
 *
 * @returns EINVAL, E2BIG for a structure larger than the kernel's, EFAULT for what cannot be read
 */
export function decodeClone(args: Datum | undefined, size: number, entry: unknown): Result<CloneRequest> {
  if (size > PAGE_SIZE) return fail('E2BIG');
  if (size < SIZE_VERSION_0) return fail('EINVAL');
  if (!isStruct(args)) return fail('EFAULT');
  const setTid = size < SIZE_VERSION_1 ? ok([]) : decodeSetTid(args);
  if (!setTid.ok) return setTid;
  const flags = bitsOf(args.flags);
  const exitSignal = integerOf(args.exit_signal);
  if ((exitSignal & ~CSIGNAL) !== 0 || exitSignal > SIGRTMAX) return fail('EINVAL');
  if ((flags & BigInt(CLONE_INTO_CGROUP)) !== 0n && size < SIZE_VERSION_2) return fail('EINVAL');
  if (!areFlagsValid(flags, exitSignal) || !isStackValid(args)) return fail('EINVAL');
  if ((flags & BigInt(CLONE_INTO_CGROUP)) !== 0n && bitsOf(args.cgroup) > INT_MAX) return fail('EINVAL'); // no descriptor
  const pidfd = (flags & BigInt(CLONE_PIDFD)) === 0n ? 'unwanted' : args.pidfd === OUT ? 'wanted' : 'nowhere';
  return ok({ flags: Number(flags) + exitSignal, entry, setTid: setTid.value, pidfd });
}

function decodeSetTid({ set_tid: list, set_tid_size: size }: Struct): Result<readonly number[]> {
  const count = integerOf(size);
  if (count < 0 || count > MAX_LEVEL || isNone(list) !== (count === 0)) return fail('EINVAL');
  if (count === 0) return ok([]);
  if (!Array.isArray(list) || list.length < count) return fail('EFAULT');
  return ok(list.slice(0, count).map(integerOf));
}

function areFlagsValid(flags: bigint, exitSignal: number): boolean {
  const has = (flag: number): boolean => (flags & BigInt(flag)) !== 0n;
  if ((flags & ~KNOWN) !== 0n) return false;
  // The byte that held the exit signal is kept for new flags (a time namespace, which is not to be had), and so is a bit that clone ignores.
  if (has(CLONE_DETACHED) || has(CSIGNAL)) return false;
  if (has(CLONE_SIGHAND) && has(CLONE_CLEAR_SIGHAND)) return false;
  return exitSignal === 0 || !(has(CLONE_THREAD) || has(CLONE_PARENT));
}

/** Both or neither, and all of it where user memory can be. */
function isStackValid({ stack, stack_size }: Struct): boolean {
  const size = bitsOf(stack_size);
  if (isNone(stack)) return size === 0n;
  return size !== 0n && (stack === OUT || bitsOf(stack) + size <= USER_MEMORY_END);
}
