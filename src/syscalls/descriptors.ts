/** Descriptors and what can be done with any of them; delegates to kernel-sim/fs. */

import {
  CLOSE_RANGE_CLOEXEC,
  CLOSE_RANGE_UNSHARE,
  FIOCLEX,
  FIONBIO,
  FIONCLEX,
  FIONREAD,
} from '../kernel-sim/abi/descriptor.ts';
import {
  F_GETLK,
  F_GETOWN_EX,
  F_OFD_GETLK,
  F_OFD_SETLK,
  F_OFD_SETLKW,
  F_SETFD,
  F_SETLK,
  F_SETLKW,
  F_SETOWN_EX,
  O_CLOEXEC,
} from '../kernel-sim/abi/open.ts';
import { closeRange } from '../kernel-sim/fs/close-range.ts';
import { compare } from '../kernel-sim/fs/compare.ts';
import { availableBytes, control, ownerOf, setBlocking, setOwnerOf } from '../kernel-sim/fs/control.ts';
import { duplicate, duplicateOnto } from '../kernel-sim/fs/duplicate.ts';
import { close, withFile } from '../kernel-sim/fs/files.ts';
import { findLock, type LockRequest, setLock } from '../kernel-sim/fs/record-lock.ts';
import type { Kernel } from '../kernel-sim/kernel.ts';
import { type Steps, scoped } from '../kernel-sim/machine/effect.ts';
import { fail, ok, type Result } from '../kernel-sim/result.ts';
import type { Task } from '../kernel-sim/task/task.ts';
import { type Datum, FAULT, integerOf, type Return, type Struct } from './datum.ts';
import { give, succeed } from './file-data.ts';
import { int, long, raw } from './parameter.ts';
import { syscall } from './syscall.ts';

const isStruct = (argument: Datum | undefined): argument is Struct =>
  typeof argument === 'object' && argument !== null && !Array.isArray(argument);

const lockCommands: readonly number[] = [F_GETLK, F_SETLK, F_SETLKW, F_OFD_GETLK, F_OFD_SETLK, F_OFD_SETLKW];

/** The commands of record locks that 2.6.26 has not: those of open files. */
const fileLocks: readonly number[] = [F_OFD_GETLK, F_OFD_SETLK, F_OFD_SETLKW];

const lock = (k: Kernel, task: Task, fd: number, cmd: number, argument: Datum | undefined): Steps<Result<Return>> =>
  withFile(k, task, fd, function* ({ file }) {
    if (k.is26 && fileLocks.includes(cmd)) return fail('EINVAL');
    if (!isStruct(argument)) return fail('EFAULT');
    const request: LockRequest = {
      type: integerOf(argument.l_type),
      whence: integerOf(argument.l_whence),
      start: integerOf(argument.l_start),
      length: integerOf(argument.l_len),
      pid: integerOf(argument.l_pid),
    };
    const kind = { ofFile: fileLocks.includes(cmd), patient: cmd === F_SETLKW || cmd === F_OFD_SETLKW };
    if (cmd !== F_GETLK && cmd !== F_OFD_GETLK) return yield* succeed(scoped(setLock(k, task, file, request, kind)));
    const found = yield* findLock(k, task, file, request, kind);
    if (!found.ok) return found;
    const { type, whence, start, length, pid } = found.value;
    return ok({
      value: 0,
      out: { arg: { l_type: type, l_whence: whence, l_start: start, l_len: length, l_pid: pid } },
    });
  });

function* controlFile(k: Kernel, task: Task, fd: number, cmd: number, arg: Datum | undefined): Steps<Result<Return>> {
  if (lockCommands.includes(cmd)) return yield* lock(k, task, fd, cmd, arg);
  if (!k.is26 && cmd === F_SETOWN_EX) {
    if (!isStruct(arg)) return fail('EFAULT');
    return yield* give(setOwnerOf(k, task, fd, { type: integerOf(arg.type), pid: integerOf(arg.pid) }));
  }
  if (!k.is26 && cmd === F_GETOWN_EX) {
    const owner = yield* ownerOf(k, task, fd);
    return owner.ok ? ok({ value: 0, out: { arg: { type: owner.value.type, pid: owner.value.pid } } }) : owner;
  }
  const number = Number(BigInt.asIntN(32, BigInt(integerOf(arg))));
  return yield* give(scoped(control(k, task, fd, cmd, number)));
}

/** The integer that an ioctl points to: strace prints it as a list of one. */
const pointed = (argument: Datum | undefined): number | null =>
  Array.isArray(argument) ? integerOf(argument[0] as Datum) : null;

function* deviceControl(k: Kernel, task: Task, fd: number, request: number, argp: Datum | undefined) {
  switch (request) {
    case FIONREAD: {
      const available = yield* availableBytes(task, fd);
      if (!available.ok) return available;
      return argp === null || argp === FAULT ? fail('EFAULT') : ok({ value: 0, out: { argp: [available.value] } });
    }
    case FIONBIO: {
      const on = pointed(argp);
      return on === null ? fail('EFAULT') : yield* succeed(setBlocking(task, fd, on === 0));
    }
    case FIOCLEX:
    case FIONCLEX:
      return yield* succeed(control(k, task, fd, F_SETFD, request === FIOCLEX ? 1 : 0));
    default:
      return yield* withFile(k, task, fd, function* (): Steps<Result<Return>> {
        return fail('ENOTTY'); // no device here knows any other
      });
  }
}

export const descriptorCalls = [
  syscall({
    name: 'close',
    family: 'descriptors',
    parameters: { fd: int('fd') },
    run: (k, task, { fd }) => succeed(close(k, task, fd)),
  }),
  syscall({
    name: 'close_range',
    family: 'descriptors',
    parameters: { first: int('fd'), last: long('fd'), flags: int('close_range_flags') },
    *run(k, task, { first, last, flags }) {
      if (k.is26) return fail('ENOSYS'); // came with 5.9
      if ((flags & ~(CLOSE_RANGE_UNSHARE | CLOSE_RANGE_CLOEXEC)) !== 0) return fail('EINVAL');
      const range = { first: first >>> 0, last: last < 0 ? last >>> 0 : last };
      if (range.first > range.last) return fail('EINVAL');
      return yield* succeed(closeRange(k, task, range, flags));
    },
  }),
  syscall({
    name: 'dup',
    family: 'descriptors',
    parameters: { oldfd: int('fd') },
    run: (_k, task, { oldfd }) => give(duplicate(task, oldfd)),
  }),
  syscall({
    name: 'dup2',
    family: 'descriptors',
    parameters: { oldfd: int('fd'), newfd: int('fd') },
    run: (k, task, { oldfd, newfd }) => give(duplicateOnto(k, task, oldfd, newfd, false)),
  }),
  syscall({
    name: 'dup3',
    family: 'descriptors',
    parameters: { oldfd: int('fd'), newfd: int('fd'), flags: int('open_flags') },
    *run(k, task, { oldfd, newfd, flags }) {
      if (k.is26) return fail('ENOSYS'); // came with 2.6.27
      if ((flags & ~O_CLOEXEC) !== 0 || oldfd === newfd) return fail('EINVAL');
      return yield* give(duplicateOnto(k, task, oldfd, newfd, flags !== 0));
    },
  }),
  syscall({
    name: 'fcntl',
    family: 'descriptors',
    leavesOut: 'directory notification, signals on readiness but of pipes',
    parameters: { fd: int('fd'), cmd: int('fcntl_command'), arg: raw('fcntl_argument') },
    run: (k, task, { fd, cmd, arg }) => controlFile(k, task, fd, cmd, arg),
  }),
  syscall({
    name: 'ioctl',
    family: 'descriptors',
    leavesOut: 'everything but FIONREAD, FIONBIO, FIOCLEX and FIONCLEX',
    parameters: { fd: int('fd'), request: long('ioctl_request'), argp: raw('ioctl_argument') },
    run: (k, task, { fd, request, argp }) => deviceControl(k, task, fd, request, argp),
  }),
  syscall({
    name: 'kcmp',
    family: 'descriptors',
    leavesOut: 'KCMP_EPOLL_TFD; 2.6.26 has the call here, and never had it',
    parameters: { pid1: int('pid'), pid2: int('pid'), type: int('kcmp_type'), idx1: int('fd'), idx2: int('fd') },
    run: (k, task, { pid1, pid2, type, idx1, idx2 }) =>
      give(compare(k, task, { pid: pid1, fd: idx1 }, { pid: pid2, fd: idx2 }, type)),
  }),
];
