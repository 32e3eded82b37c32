/** getrlimit, setrlimit, prlimit64; decode, delegate to kernel-sim/task/change-limits.ts, encode. */

import { RLIM_INFINITY } from '../kernel-sim/abi/resource.ts';
import type { Kernel } from '../kernel-sim/kernel.ts';
import type { Steps } from '../kernel-sim/machine/effect.ts';
import { fail, ok, type Result } from '../kernel-sim/result.ts';
import { changeLimit, RESOURCES } from '../kernel-sim/task/change-limits.ts';
import { INFINITY, type Limit } from '../kernel-sim/task/limits.ts';
import type { Task } from '../kernel-sim/task/task.ts';
import { type Datum, FAULT, integerOf, OUT, type Return, type Struct } from './datum.ts';
import { int, out, struct } from './parameter.ts';
import { syscall } from './syscall.ts';

function decodeAmount(field: Datum | undefined): number {
  const amount = BigInt.asUintN(64, typeof field === 'bigint' ? field : BigInt(integerOf(field)));
  return amount === RLIM_INFINITY ? INFINITY : Number(amount);
}

const decodeLimit = ({ rlim_cur, rlim_max }: Struct): Limit => ({
  soft: decodeAmount(rlim_cur),
  hard: decodeAmount(rlim_max),
});

const encodeAmount = (amount: number): number | bigint => {
  if (amount === INFINITY) return RLIM_INFINITY;
  return Number.isSafeInteger(amount) ? amount : BigInt(amount);
};

const encodeLimit = ({ soft, hard }: Limit): Struct => ({ rlim_cur: encodeAmount(soft), rlim_max: encodeAmount(hard) });

/** Changes and shows a limit, the old one in `parameter` unless that is null. */
function* exchange(
  k: Kernel,
  task: Task,
  [pid, resource, wanted]: readonly [number, number, Limit | null],
  [parameter, pointer]: readonly [string, null | typeof OUT | typeof FAULT],
): Steps<Result<Return>> {
  const old = yield* changeLimit(k, task, pid, resource, wanted);
  if (!old.ok) return old;
  if (pointer === FAULT) return fail('EFAULT'); // the change has been made all the same
  return ok({ value: 0, ...(pointer === OUT && { out: { [parameter]: encodeLimit(old.value) } }) });
}

const exists = (resource: number): boolean => resource >= 0 && resource < RESOURCES;

const UNENFORCED = 'all but NPROC, NOFILE, SIGPENDING, MSGQUEUE, MEMLOCK, FSIZE and STACK are kept without an effect';

export const limitCalls = [
  syscall({
    name: 'getrlimit',
    family: 'process',
    leavesOut: UNENFORCED,
    parameters: { resource: int('resource'), rlim: out('rlimit') },
    run: (k, task, { resource, rlim }) => exchange(k, task, [0, resource, null], ['rlim', rlim ?? FAULT]),
  }),
  syscall({
    name: 'setrlimit',
    family: 'process',
    leavesOut: UNENFORCED,
    parameters: { resource: int('resource'), rlim: struct('rlimit') },
    *run(k, task, { resource, rlim }) {
      if (k.is26 && !exists(resource)) return fail('EINVAL'); // 6.x reads the limit first
      if (rlim === null || rlim === FAULT) return fail('EFAULT');
      return yield* exchange(k, task, [0, resource, decodeLimit(rlim)], ['rlim', null]);
    },
  }),
  syscall({
    name: 'prlimit64',
    family: 'process',
    leavesOut: UNENFORCED,
    parameters: { pid: int('pid'), resource: int('resource'), new_limit: struct('rlimit'), old_limit: out('rlimit') },
    *run(k, task, { pid, resource, new_limit, old_limit }) {
      if (k.is26) return fail('ENOSYS'); // of 2.6.36
      if (new_limit === FAULT) return fail('EFAULT');
      const wanted = new_limit === null ? null : decodeLimit(new_limit);
      return yield* exchange(k, task, [pid, resource, wanted], ['old_limit', old_limit]);
    },
  }),
];
