/** semget, semop, semtimedop, semctl; decode, delegate to kernel-sim/ipc, encode. */

import {
  GETALL,
  GETNCNT,
  GETPID,
  GETVAL,
  GETZCNT,
  IPC_INFO,
  IPC_RMID,
  IPC_SET,
  IPC_STAT,
  SEM_INFO,
  SEM_STAT,
  SEM_STAT_ANY,
  SETALL,
  SETVAL,
} from '../kernel-sim/abi/ipc.ts';
import { SEMAEM, SEMVMX } from '../kernel-sim/abi/limits.ts';
import { dropAfterFailure } from '../kernel-sim/ipc/control.ts';
import type { StatBy } from '../kernel-sim/ipc/message-control.ts';
import {
  changeSet,
  querySemaphore,
  readValues,
  removeSet,
  type SemQuery,
  setInfo,
  setValue,
  setValues,
  statSet,
} from '../kernel-sim/ipc/semaphore-control.ts';
import { getSet, type SemOperation } from '../kernel-sim/ipc/semaphore-set.ts';
import { operate, type SemCall } from '../kernel-sim/ipc/semop.ts';
import type { Kernel } from '../kernel-sim/kernel.ts';
import type { Steps } from '../kernel-sim/machine/effect.ts';
import { fail, ok, type Result } from '../kernel-sim/result.ts';
import type { Task } from '../kernel-sim/task/task.ts';
import { type Datum, FAULT, integerOf, type Return, returning, returningZero, type Struct } from './datum.ts';
import {
  buffer,
  commandOf,
  historyIn,
  isWritable,
  ownerIn,
  permissionStruct,
  statValue,
  structureIn,
} from './ipc-structure.ts';
import { int, struct, structs } from './parameter.ts';
import { syscall } from './syscall.ts';

/** The operations of a call; null when the array cannot be read or is shorter than the caller says. */
function operationsIn(sops: readonly Datum[] | null | typeof FAULT, count: number): readonly SemOperation[] | null {
  if (sops === null || sops === FAULT || sops.length < count) return null;
  return sops.slice(0, count).map((sop) => {
    const { sem_num, sem_op, sem_flg } = structureIn(sop) ?? {};
    return {
      num: integerOf(sem_num) & 0xffff,
      op: (integerOf(sem_op) << 16) >> 16,
      flags: integerOf(sem_flg) & 0xffff,
    };
  });
}

function timeoutIn(timeout: Struct | null | typeof FAULT): SemCall['timeout'] {
  if (timeout === null) return null;
  if (timeout === FAULT) return 'fault';
  const seconds = integerOf(timeout.tv_sec);
  const nanoseconds = integerOf(timeout.tv_nsec);
  return seconds < 0 || nanoseconds < 0 || nanoseconds >= 1e9 ? 'invalid' : seconds * 1e9 + nanoseconds;
}

interface OperateArguments {
  readonly semid: number;
  readonly sops: readonly Datum[] | null | typeof FAULT;
  readonly nsops: number;
}

function* perform(
  k: Kernel,
  task: Task,
  { semid, sops, nsops }: OperateArguments,
  timeout: SemCall['timeout'],
): Steps<Result<Return>> {
  const count = nsops >>> 0;
  return returningZero(yield* operate(k, task, { id: semid, operations: operationsIn(sops, count), count, timeout }));
}

function* status(k: Kernel, task: Task, id: number, by: StatBy, arg: Datum | undefined): Steps<Result<Return>> {
  const looked = yield* statSet(k, task, id, by);
  if (!looked.ok) return looked;
  if (!isWritable(arg)) return fail('EFAULT');
  const { permissions, otime, ctime, nsems } = looked.value;
  const ds = { sem_perm: permissionStruct(permissions), sem_otime: otime, sem_ctime: ctime, sem_nsems: nsems };
  return ok({ value: statValue(by, looked.value.id), out: { arg: ds } });
}

/** Members of struct seminfo that no limit changes: SEMMNS (for semmap and semmnu) and SEMOPM (for semume) as compiled in. */
const COMPILED = { '2.6.26': { semmns: 32_000, semopm: 32 }, '6.x': { semmns: 1_024_000_000, semopm: 500 } };
const SEMUSZ = 20;

function* info(k: Kernel, task: Task, totals: boolean, arg: Datum | undefined): Steps<Result<Return>> {
  const { highest, semmni, semmns, semmsl, semopm, sets, semaphores } = yield* setInfo(task);
  if (!isWritable(arg)) return fail('EFAULT');
  const compiled = COMPILED[k.profile.base];
  const seminfo = {
    semmap: compiled.semmns,
    semmni,
    semmns,
    semmnu: compiled.semmns,
    semmsl,
    semopm,
    semume: compiled.semopm,
    semusz: totals ? sets : SEMUSZ,
    semvmx: SEMVMX,
    semaem: totals ? semaphores : SEMAEM,
  };
  return ok({ value: highest, out: { arg: seminfo } });
}

function* change(k: Kernel, task: Task, id: number, cmd: number, arg: Datum | undefined): Steps<Result<Return>> {
  const structure = structureIn(arg);
  if (structure === null) {
    yield* dropAfterFailure(k, task);
    return fail('EFAULT');
  }
  const history = historyIn(cmd, structure);
  return returningZero(
    yield* changeSet(k, task, id, {
      owner: ownerIn(structure, 'sem_perm'),
      otime: history('sem_otime'),
      ctime: history('sem_ctime'),
    }),
  );
}

function* getAll(k: Kernel, task: Task, id: number, arg: Datum | undefined): Steps<Result<Return>> {
  const read = yield* readValues(k, task, id);
  if (!read.ok) return read;
  return isWritable(arg) ? ok({ value: 0, out: { arg: read.value } }) : fail('EFAULT');
}

function* setAll(k: Kernel, task: Task, id: number, arg: Datum | undefined): Steps<Result<Return>> {
  const set = yield* setValues(k, task, id, (nsems) => {
    if (!Array.isArray(arg) || arg.length < nsems) return null;
    return (arg as readonly Datum[]).slice(0, nsems).map((value) => integerOf(value) & 0xffff);
  });
  return set.ok ? ok({ value: 0 }) : set;
}

const QUERIES: ReadonlyMap<number, SemQuery> = new Map([
  [GETVAL, 'GETVAL'],
  [GETPID, 'GETPID'],
  [GETNCNT, 'GETNCNT'],
  [GETZCNT, 'GETZCNT'],
]);

interface ControlArguments {
  readonly semid: number;
  readonly semnum: number;
  readonly cmd: number;
  readonly arg: Datum | undefined;
}

function* control(k: Kernel, task: Task, { semid, semnum, cmd, arg }: ControlArguments): Steps<Result<Return>> {
  if (semid < 0) return fail('EINVAL');
  const command = commandOf(k, cmd);
  const query = QUERIES.get(command);
  if (query !== undefined) {
    return returning(yield* querySemaphore(k, task, semid, semnum, query));
  }
  switch (command) {
    case IPC_INFO:
      return yield* info(k, task, false, arg);
    case SEM_INFO:
      return yield* info(k, task, true, arg);
    case IPC_STAT:
      return yield* status(k, task, semid, 'id', arg);
    case SEM_STAT:
      return yield* status(k, task, semid, 'index', arg);
    case SEM_STAT_ANY:
      return k.is26 ? fail('EINVAL') : yield* status(k, task, semid, 'index-any', arg);
    case GETALL:
      return yield* getAll(k, task, semid, arg);
    case SETALL:
      return yield* setAll(k, task, semid, arg);
    case SETVAL:
      return returningZero(yield* setValue(k, task, semid, semnum, integerOf(arg) | 0));
    case IPC_SET:
      return yield* change(k, task, semid, cmd, arg);
    case IPC_RMID:
      return returningZero(yield* removeSet(k, task, semid));
    default:
      return fail('EINVAL');
  }
}

const operateParameters = { semid: int('semid'), sops: structs('sembuf[]'), nsops: int('unsigned') };

export const semCalls = [
  syscall({
    name: 'semget',
    family: 'sysvipc',
    parameters: { key: int('ipc_key'), nsems: int(), semflg: int('ipc_get_flags') },
    run: function* (k, task, { key, nsems, semflg }) {
      return returning(yield* getSet(k, task, key, nsems, semflg));
    },
  }),
  syscall({
    name: 'semop',
    family: 'sysvipc',
    parameters: operateParameters,
    run: (k, task, args) => perform(k, task, args, null),
  }),
  syscall({
    name: 'semtimedop',
    family: 'sysvipc',
    parameters: { ...operateParameters, timeout: struct('timespec') },
    run: (k, task, { timeout, ...args }) => perform(k, task, args, timeoutIn(timeout)),
  }),
  syscall({
    name: 'semctl',
    family: 'sysvipc',
    parameters: { semid: int('semid'), semnum: int(), cmd: int('semctl_cmd'), arg: buffer('semun') },
    run: control,
  }),
];
