/** prctl; decode, delegate to kernel-sim/task/process-settings.ts, encode. */

import {
  PR_GET_CHILD_SUBREAPER,
  PR_GET_DUMPABLE,
  PR_GET_NAME,
  PR_GET_PDEATHSIG,
  PR_SET_CHILD_SUBREAPER,
  PR_SET_DUMPABLE,
  PR_SET_NAME,
  PR_SET_PDEATHSIG,
} from '../kernel-sim/abi/prctl.ts';
import type { Kernel } from '../kernel-sim/kernel.ts';
import { load, loadOnce, type Steps } from '../kernel-sim/machine/effect.ts';
import { fail, ok, type Result } from '../kernel-sim/result.ts';
import {
  dumpableOf,
  isSubreaper,
  setDumpable,
  setName,
  setParentDeathSignal,
  setSubreaper,
} from '../kernel-sim/task/process-settings.ts';
import type { Task } from '../kernel-sim/task/task.ts';
import { type Datum, FAULT, integerOf, type Return } from './datum.ts';
import { int, type Parameter } from './parameter.ts';
import { syscall } from './syscall.ts';

/** A number, a name, or where the kernel is to write one: which of them depends on the option. */
const argument: Parameter<Datum> = { kind: 'prctl_arg', direction: 'inout', decode: (datum) => datum ?? 0 };

const nothing = ok({ value: 0 });

/** Writes a value to where the argument points. */
function give(pointer: Datum, value: Datum): Result<Return> {
  const leadsNowhere =
    typeof pointer === 'number' || typeof pointer === 'bigint' || pointer === null || pointer === FAULT;
  return leadsNowhere ? fail('EFAULT') : ok({ value: 0, out: { arg2: value } });
}

const settled = (result: Result<undefined>): Result<Return> => (result.ok ? nothing : result);

function* run(k: Kernel, task: Task, option: number, arg2: Datum): Steps<Result<Return>> {
  switch (option) {
    case PR_SET_PDEATHSIG:
      return settled(yield* setParentDeathSignal(task, integerOf(arg2)));
    case PR_GET_PDEATHSIG:
      return give(arg2, [yield* load(task.parentDeathSignal)]);
    case PR_SET_DUMPABLE:
      return settled(yield* setDumpable(task, integerOf(arg2)));
    case PR_GET_DUMPABLE:
      return ok({ value: yield* dumpableOf(task) });
    case PR_SET_NAME:
      if (typeof arg2 !== 'string') return fail('EFAULT');
      yield* setName(task, arg2);
      return nothing;
    case PR_GET_NAME:
      return give(arg2, yield* loadOnce(task.comm));
    case PR_SET_CHILD_SUBREAPER:
      if (k.is26) return fail('EINVAL'); // of 3.4
      yield* setSubreaper(k, task, integerOf(arg2) !== 0);
      return nothing;
    case PR_GET_CHILD_SUBREAPER:
      return k.is26 ? fail('EINVAL') : give(arg2, [(yield* isSubreaper(task)) ? 1 : 0]);
    default:
      return fail('EINVAL');
  }
}

export const prctlCalls = [
  syscall({
    name: 'prctl',
    family: 'process',
    leavesOut: 'every option but the parent death signal, the name, dumpable and the subreaper',
    parameters: { option: int('prctl_option'), arg2: argument },
    run: (k, task, { option, arg2 }) => run(k, task, option, arg2),
  }),
];
