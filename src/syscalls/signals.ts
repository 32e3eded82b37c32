/** Sending signals, waiting for them, and choosing what they do; decode, delegate to kernel-sim/signal, encode. */

import { SIGSEGV } from '../kernel-sim/abi/signal.ts';
import type { Kernel } from '../kernel-sim/kernel.ts';
import { operation, type Steps } from '../kernel-sim/machine/effect.ts';
import type { Transaction } from '../kernel-sim/machine/store.ts';
import { fail, ok, type Result } from '../kernel-sim/result.ts';
import { changeAction, changeAltStack } from '../kernel-sim/signal/action.ts';
import { leaveHandler } from '../kernel-sim/signal/deliver.ts';
import { forceSignal } from '../kernel-sim/signal/force.ts';
import { type Address, kill, killThread, queueInfo } from '../kernel-sim/signal/kill.ts';
import { blockedPending, changeMask } from '../kernel-sim/signal/mask.ts';
import { setOf } from '../kernel-sim/signal/signal-set.ts';
import { pause, suspend, waitFor } from '../kernel-sim/signal/suspend.ts';
import type { Task } from '../kernel-sim/task/task.ts';
import { type Datum, FAULT, integerOf, type OUT, type Return, type Struct } from './datum.ts';
import { int, long, out, struct } from './parameter.ts';
import {
  decodeAction,
  decodeInfo,
  decodeStack,
  decodeTimespec,
  encodeAction,
  encodeInfo,
  encodeSet,
  encodeStack,
  isReadable,
  SIGSET_SIZE,
  signalSet,
} from './signal-data.ts';
import { syscall } from './syscall.ts';

/** Bytes of a sigset_t; calls that are told another size refuse. */

const ZERO: Result<Return> = ok({ value: 0 });

const nothing = (result: Result<undefined>): Result<Return> => (result.ok ? ZERO : result);

/** Success with what the kernel writes to `parameter`; EFAULT if it cannot, although all else is done by then. */
function written(to: null | typeof OUT | typeof FAULT, parameter: string, datum: Datum, value = 0): Result<Return> {
  if (to === FAULT) return fail('EFAULT');
  return ok(to === null ? { value } : { value, out: { [parameter]: datum } });
}

const badFrame = operation('signal.bad_frame', (tx: Transaction, k: Kernel, task: Task): void =>
  forceSignal(tx, k, task, SIGSEGV),
);

function* queueFor(
  k: Kernel,
  task: Task,
  address: Address,
  sig: number,
  uinfo: Struct | null | typeof FAULT,
): Steps<Result<Return>> {
  if (!isReadable(uinfo)) return fail('EFAULT');
  if (address.thread !== null && (address.process <= 0 || address.thread <= 0)) return fail('EINVAL');
  return nothing(yield* queueInfo(k, task, address, decodeInfo(sig, uinfo)));
}

export const signalCalls = [
  syscall({
    name: 'kill',
    family: 'signals',
    parameters: { pid: int('pid'), sig: int('signal') },
    *run(k, task, { pid, sig }) {
      return nothing(yield* kill(k, task, pid, sig));
    },
  }),
  syscall({
    name: 'tkill',
    family: 'signals',
    parameters: { tid: int('pid'), sig: int('signal') },
    *run(k, task, { tid, sig }) {
      if (tid <= 0) return fail('EINVAL'); // no groups here
      return nothing(yield* killThread(k, task, null, tid, sig));
    },
  }),
  syscall({
    name: 'tgkill',
    family: 'signals',
    parameters: { tgid: int('pid'), tid: int('pid'), sig: int('signal') },
    *run(k, task, { tgid, tid, sig }) {
      if (tid <= 0 || tgid <= 0) return fail('EINVAL');
      return nothing(yield* killThread(k, task, tgid, tid, sig));
    },
  }),
  syscall({
    name: 'rt_sigqueueinfo',
    family: 'signals',
    parameters: { tgid: int('pid'), sig: int('signal'), uinfo: struct('siginfo') },
    run: (k, task, { tgid, sig, uinfo }) => queueFor(k, task, { process: tgid, thread: null }, sig, uinfo),
  }),
  syscall({
    name: 'rt_tgsigqueueinfo',
    family: 'signals',
    parameters: { tgid: int('pid'), tid: int('pid'), sig: int('signal'), uinfo: struct('siginfo') },
    *run(k, task, { tgid, tid, sig, uinfo }) {
      if (k.is26) return fail('ENOSYS'); // came with 2.6.31
      return yield* queueFor(k, task, { process: tgid, thread: tid }, sig, uinfo);
    },
  }),
  syscall({
    name: 'rt_sigaction',
    family: 'signals',
    parameters: { signum: int('signal'), act: struct('sigaction'), oldact: out('sigaction'), sigsetsize: long('size') },
    *run(k, task, { signum, act, oldact, sigsetsize }) {
      if (sigsetsize !== SIGSET_SIZE) return fail('EINVAL');
      if (act === FAULT) return fail('EFAULT');
      const old = yield* changeAction(k, task, signum, act === null ? null : decodeAction(act));
      return old.ok ? written(oldact, 'oldact', encodeAction(old.value)) : old;
    },
  }),
  syscall({
    name: 'rt_sigprocmask',
    family: 'signals',
    parameters: { how: int('sigprocmask_how'), set: signalSet(), oldset: out('sigset'), sigsetsize: long('size') },
    *run(k, task, { how, set, oldset, sigsetsize }) {
      if (sigsetsize !== SIGSET_SIZE) return fail('EINVAL');
      if (set === FAULT) return fail('EFAULT');
      const old = yield* changeMask(k, task, how, set);
      return old.ok ? written(oldset, 'oldset', encodeSet(old.value)) : old;
    },
  }),
  syscall({
    name: 'rt_sigpending',
    family: 'signals',
    parameters: { set: out('sigset'), sigsetsize: long('size') },
    *run(_k, task, { set, sigsetsize }) {
      if (sigsetsize < 0 || sigsetsize > SIGSET_SIZE) return fail('EINVAL'); // a shorter set is cut off
      const pending = yield* blockedPending(task);
      if (set === null) return fail('EFAULT');
      return written(set, 'set', encodeSet(pending));
    },
  }),
  syscall({
    name: 'rt_sigsuspend',
    family: 'signals',
    parameters: { mask: signalSet(), sigsetsize: long('size') },
    *run(k, task, { mask, sigsetsize }) {
      if (sigsetsize !== SIGSET_SIZE) return fail('EINVAL');
      if (!isReadable(mask)) return fail('EFAULT');
      return yield* suspend(k, task, mask);
    },
  }),
  syscall({
    name: 'rt_sigtimedwait',
    family: 'signals',
    parameters: { set: signalSet(), info: out('siginfo'), timeout: struct('timespec'), sigsetsize: long('size') },
    *run(k, task, { set, info, timeout, sigsetsize }) {
      if (sigsetsize !== SIGSET_SIZE) return fail('EINVAL');
      if (!isReadable(set) || timeout === FAULT) return fail('EFAULT');
      const limit = timeout === null ? null : decodeTimespec(timeout);
      if (timeout !== null && limit === null) return fail('EINVAL');
      const taken = yield* waitFor(k, task, set, limit);
      return taken.ok ? written(info, 'info', encodeInfo(taken.value), taken.value.si_signo) : taken;
    },
  }),
  syscall({
    name: 'rt_sigreturn',
    family: 'signals',
    leavesOut: 'the registers: what it seems to return is 0, not the result of the call that was interrupted',
    parameters: { frame: struct('sigreturn_frame') },
    *run(k, task, { frame }) {
      const mask = isReadable(frame) ? frame.mask : undefined;
      if (Array.isArray(mask)) yield* leaveHandler(k, task, setOf(mask.map(integerOf)));
      else yield* badFrame(k, task);
      return ZERO;
    },
  }),
  syscall({
    name: 'sigaltstack',
    family: 'signals',
    parameters: { ss: struct('stack_t'), old_ss: out('stack_t') },
    *run(k, task, { ss, old_ss }) {
      if (ss === FAULT) return fail('EFAULT');
      const old = yield* changeAltStack(k, task, ss === null ? null : decodeStack(ss));
      return old.ok ? written(old_ss, 'old_ss', encodeStack(old.value)) : old;
    },
  }),
  syscall({
    name: 'pause',
    family: 'signals',
    parameters: {},
    run: (_k, task) => pause(task),
  }),
];
