/**
 * shmget, shmat, shmdt, shmctl; decode, delegate to kernel-sim/ipc, encode. And peek and poke, which no kernel has: what a program does
 * to attached memory in user mode.
 */

import {
  IPC_INFO,
  IPC_RMID,
  IPC_SET,
  IPC_STAT,
  SHM_INFO,
  SHM_LOCK,
  SHM_STAT,
  SHM_STAT_ANY,
  SHM_UNLOCK,
} from '../kernel-sim/abi/ipc.ts';
import { SHMMIN } from '../kernel-sim/abi/limits.ts';
import { attach, detach } from '../kernel-sim/ipc/attach.ts';
import { dropAfterFailure } from '../kernel-sim/ipc/control.ts';
import { peek, poke } from '../kernel-sim/ipc/memory.ts';
import type { StatBy } from '../kernel-sim/ipc/message-control.ts';
import { getSegment } from '../kernel-sim/ipc/segment.ts';
import {
  lockSegment,
  removeSegmentById,
  segmentInfo,
  setSegment,
  statSegment,
} from '../kernel-sim/ipc/segment-control.ts';
import type { Kernel } from '../kernel-sim/kernel.ts';
import type { Steps } from '../kernel-sim/machine/effect.ts';
import { fail, ok, type Result } from '../kernel-sim/result.ts';
import type { Task } from '../kernel-sim/task/task.ts';
import { type Datum, FAULT, OUT, type Return, returning, returningZero } from './datum.ts';
import {
  address,
  buffer,
  commandOf,
  historyIn,
  isWritable,
  ownerIn,
  permissionStruct,
  statValue,
  structureIn,
} from './ipc-structure.ts';
import { bytes, int, long, out } from './parameter.ts';
import { syscall } from './syscall.ts';

function* status(k: Kernel, task: Task, id: number, by: StatBy, buf: Datum | undefined): Steps<Result<Return>> {
  const looked = yield* statSegment(k, task, id, by);
  if (!looked.ok) return looked;
  if (!isWritable(buf)) return fail('EFAULT');
  const { permissions, size, cpid, lpid, nattch, atime, dtime, ctime } = looked.value;
  const ds = {
    shm_perm: permissionStruct(permissions),
    shm_segsz: size,
    shm_cpid: cpid,
    shm_lpid: lpid,
    shm_nattch: nattch,
    shm_atime: atime,
    shm_dtime: dtime,
    shm_ctime: ctime,
  };
  return ok({ value: statValue(by, looked.value.id), out: { buf: ds } });
}

function* limits(task: Task, buf: Datum | undefined): Steps<Result<Return>> {
  const { highest, shmmax, shmall, shmmni } = yield* segmentInfo(task);
  if (!isWritable(buf)) return fail('EFAULT');
  return ok({ value: highest, out: { buf: { shmmax, shmmin: SHMMIN, shmmni, shmseg: shmmni, shmall } } });
}

function* totals(task: Task, buf: Datum | undefined): Steps<Result<Return>> {
  const { highest, segments, total, resident } = yield* segmentInfo(task);
  if (!isWritable(buf)) return fail('EFAULT');
  const shmInfo = {
    used_ids: segments,
    shm_tot: total,
    shm_rss: resident,
    shm_swp: 0,
    swap_attempts: 0,
    swap_successes: 0,
  };
  return ok({ value: highest, out: { buf: shmInfo } });
}

function* change(k: Kernel, task: Task, id: number, cmd: number, buf: Datum | undefined): Steps<Result<Return>> {
  const structure = structureIn(buf);
  if (structure === null) {
    yield* dropAfterFailure(k, task);
    return fail('EFAULT');
  }
  const history = historyIn(cmd, structure);
  return returningZero(
    yield* setSegment(k, task, id, {
      owner: ownerIn(structure, 'shm_perm'),
      atime: history('shm_atime'),
      dtime: history('shm_dtime'),
      ctime: history('shm_ctime'),
      cpid: history('shm_cpid'),
      lpid: history('shm_lpid'),
    }),
  );
}

interface ControlArguments {
  readonly shmid: number;
  readonly cmd: number;
  readonly buf: Datum | undefined;
}

function* control(k: Kernel, task: Task, { shmid, cmd, buf }: ControlArguments): Steps<Result<Return>> {
  if (cmd < 0 || shmid < 0) return fail('EINVAL');
  const command = commandOf(k, cmd);
  switch (command) {
    case IPC_INFO:
      return yield* limits(task, buf);
    case SHM_INFO:
      return yield* totals(task, buf);
    case IPC_STAT:
      return yield* status(k, task, shmid, 'id', buf);
    case SHM_STAT:
      return yield* status(k, task, shmid, 'index', buf);
    case SHM_STAT_ANY:
      return k.is26 ? fail('EINVAL') : yield* status(k, task, shmid, 'index-any', buf);
    case SHM_LOCK:
    case SHM_UNLOCK:
      return returningZero(yield* lockSegment(k, task, shmid, command === SHM_LOCK));
    case IPC_SET:
      return yield* change(k, task, shmid, cmd, buf);
    case IPC_RMID:
      return returningZero(yield* removeSegmentById(k, task, shmid));
    default:
      return fail('EINVAL');
  }
}

export const shmCalls = [
  syscall({
    name: 'shmget',
    family: 'sysvipc',
    leavesOut: 'huge pages: none are reserved',
    parameters: { key: int('ipc_key'), size: long('size'), shmflg: int('shmget_flags') },
    run: function* (k, task, { key, size, shmflg }) {
      return returning(yield* getSegment(k, task, key, size, shmflg));
    },
  }),
  syscall({
    name: 'shmat',
    family: 'sysvipc',
    leavesOut: 'what else is mapped, and cutting an attach in two with SHM_REMAP',
    parameters: { shmid: int('shmid'), shmaddr: address(), shmflg: int('shmat_flags') },
    run: function* (k, task, { shmid, shmaddr, shmflg }) {
      return returning(yield* attach(k, task, shmid, shmaddr, shmflg));
    },
  }),
  syscall({
    name: 'shmdt',
    family: 'sysvipc',
    parameters: { shmaddr: address() },
    run: function* (k, task, { shmaddr }) {
      return returningZero(yield* detach(k, task, shmaddr));
    },
  }),
  syscall({
    name: 'shmctl',
    family: 'sysvipc',
    parameters: { shmid: int('shmid'), cmd: int('shmctl_cmd'), buf: buffer('shmid_ds') },
    run: control,
  }),
  syscall({
    name: 'poke',
    family: 'memory',
    parameters: { addr: address(), bytes: bytes() },
    run: function* (_k, task, args) {
      if (args.bytes === null || args.bytes === FAULT) return fail('EFAULT');
      const written = yield* poke(task, args.addr, args.bytes);
      return written.ok ? ok({ value: args.bytes.length }) : written;
    },
  }),
  syscall({
    name: 'peek',
    family: 'memory',
    parameters: { addr: address(), length: long('size'), bytes: out('bytes') },
    run: function* (_k, task, args) {
      const read = yield* peek(task, args.addr, args.length);
      if (!read.ok) return read;
      const { value } = read;
      return ok({ value: value.length, ...(args.bytes === OUT ? { out: { bytes: value } } : {}) });
    },
  }),
];
