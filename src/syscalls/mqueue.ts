/** POSIX message queues: decode, delegate to kernel-sim/mqueue, encode. */

import { MQ_PRIO_MAX } from '../kernel-sim/abi/mqueue.ts';
import { O_NONBLOCK } from '../kernel-sim/abi/open.ts';
import { type File, readable, writable } from '../kernel-sim/fs/file.ts';
import { withFile } from '../kernel-sim/fs/files.ts';
import type { Kernel } from '../kernel-sim/kernel.ts';
import { operation, type Steps, scoped } from '../kernel-sim/machine/effect.ts';
import type { Transaction } from '../kernel-sim/machine/store.ts';
import { type Limit, receive, send } from '../kernel-sim/mqueue/exchange.ts';
import { checkNotification, register } from '../kernel-sim/mqueue/notification.ts';
import { type Capacity, openQueue, removeQueue } from '../kernel-sim/mqueue/open.ts';
import type { Queue } from '../kernel-sim/mqueue/queue.ts';
import { exchangeAttributes, isQueueFile, queueOf } from '../kernel-sim/mqueue/queue-file.ts';
import { fail, ok, type Result } from '../kernel-sim/result.ts';
import type { Task } from '../kernel-sim/task/task.ts';
import { FAULT, integerOf, OUT, type Return, type Struct } from './datum.ts';
import { count, destination, give, source, succeed } from './file-data.ts';
import { bytes, int, out, path, struct } from './parameter.ts';
import { decodeTimespec } from './signal-data.ts';
import { syscall } from './syscall.ts';

/** An open queue, and the most bytes of a message. */
interface OpenQueue {
  readonly file: File;
  readonly queue: Queue;
  readonly msgSize: number;
}

type Access = 'any' | 'send' | 'receive';

const openQueueBehind = operation('mqueue.get', (tx: Transaction, file: File): OpenQueue | null => {
  if (!isQueueFile(tx, file)) return null;
  const queue = queueOf(tx, file);
  return { file, queue, msgSize: tx.read(queue.msgSize) };
});

/** Runs `use` on an open queue: EBADF for a descriptor of anything else, or without the access. */
const withQueue = <T>(
  k: Kernel,
  task: Task,
  mqdes: number,
  access: Access,
  use: (open: OpenQueue) => Steps<Result<T>>,
): Steps<Result<T>> =>
  withFile(k, task, mqdes, function* ({ file, flags }) {
    const open = yield* openQueueBehind(file);
    const denied = (access === 'send' && !writable(flags)) || (access === 'receive' && !readable(flags));
    return open === null || denied ? fail('EBADF') : yield* use(open);
  });

const bootTime = operation('clock.boot_time', (tx: Transaction, k: Kernel): number => tx.read(k.system.bootTime));

/** A time on the wall clock as one of the virtual clock; 2.6.26 minds a bad one only if it comes to waiting. */
function* limitOf(k: Kernel, time: Struct | null | typeof FAULT): Steps<Result<Limit>> {
  if (time === null) return ok(null);
  if (time === FAULT) return fail('EFAULT');
  const ns = decodeTimespec(time);
  if (ns === null) return k.is26 ? ok('EINVAL') : fail('EINVAL');
  const { tv_sec, tv_nsec } = time;
  return ok((integerOf(tv_sec) - (yield* bootTime(k))) * 1e9 + integerOf(tv_nsec));
}

const capacityOf = (attr: Struct): Capacity => ({
  maxMsg: integerOf(attr.mq_maxmsg),
  msgSize: integerOf(attr.mq_msgsize),
});

const textOf = (name: string | null | typeof FAULT): string | null => (name === FAULT ? null : name);

/** The two readings of sigev_value, whichever of them the program gave. */
function sigevValue({ sigev_value }: Struct): { readonly int: number; readonly ptr: number | bigint | null } {
  const { sival_int, sival_ptr } = (sigev_value ?? {}) as Struct;
  const ptr = sival_ptr === undefined ? integerOf(sival_int) : (sival_ptr as number | bigint | null);
  const int = sival_int === undefined ? Number(BigInt.asIntN(32, BigInt(ptr ?? 0))) : integerOf(sival_int);
  return { int, ptr: ptr === 0 ? null : ptr };
}

export const mqueueCalls = [
  syscall({
    name: 'mq_open',
    family: 'mqueue',
    parameters: { name: path(), oflag: int('open_flags'), mode: int('mode'), attr: struct('mq_attr') },
    *run(k, task, { name, oflag, mode, attr }) {
      if (attr === FAULT) return fail('EFAULT');
      const capacity = attr === null ? null : capacityOf(attr);
      return yield* give(scoped(openQueue(k, task, { name: textOf(name), flags: oflag, mode, capacity })));
    },
  }),
  syscall({
    name: 'mq_unlink',
    family: 'mqueue',
    parameters: { name: path() },
    run: (k, task, { name }) => succeed(removeQueue(k, task, textOf(name))),
  }),
  syscall({
    name: 'mq_timedsend',
    family: 'mqueue',
    parameters: {
      mqdes: int('fd'),
      msg_ptr: bytes(),
      msg_len: count(),
      msg_prio: int('unsigned'),
      abs_timeout: struct('timespec'),
    },
    *run(k, task, { mqdes, msg_ptr, msg_len, msg_prio, abs_timeout }) {
      const limit = yield* limitOf(k, abs_timeout);
      if (!limit.ok) return limit;
      if (msg_prio >>> 0 >= MQ_PRIO_MAX) return fail('EINVAL');
      return yield* succeed(
        withQueue(k, task, mqdes, 'send', function* ({ file, queue, msgSize }) {
          const { bytes: text, count: length } = source(msg_ptr, msg_len);
          if (length < 0 || length > msgSize) return fail('EMSGSIZE');
          if (text === null) return fail('EFAULT');
          return yield* scoped(send(k, task, file, queue, { text, priority: msg_prio }, limit.value));
        }),
      );
    },
  }),
  syscall({
    name: 'mq_timedreceive',
    family: 'mqueue',
    parameters: {
      mqdes: int('fd'),
      msg_ptr: out('bytes'),
      msg_len: count(),
      msg_prio: out('int[]'),
      abs_timeout: struct('timespec'),
    },
    *run(k, task, { mqdes, msg_ptr, msg_len, msg_prio, abs_timeout }) {
      const limit = yield* limitOf(k, abs_timeout);
      if (!limit.ok) return limit;
      return yield* withQueue(k, task, mqdes, 'receive', function* ({ file, queue, msgSize }): Steps<Result<Return>> {
        const { count: room, good } = destination(msg_ptr, msg_len);
        if (room >= 0 && room < msgSize) return fail('EMSGSIZE');
        const got = yield* scoped(receive(k, task, file, queue, limit.value));
        if (!got.ok) return got;
        const { text, priority } = got.value;
        // The message is gone when it turns out that nobody can have it.
        if ((!good && text !== '') || msg_prio === FAULT) return fail('EFAULT');
        return ok({
          value: text.length,
          out: { msg_ptr: text, ...(msg_prio === null ? {} : { msg_prio: [priority] }) },
        });
      });
    },
  }),
  syscall({
    name: 'mq_notify',
    family: 'mqueue',
    leavesOut: 'the netlink socket of SIGEV_THREAD, which is told nothing',
    parameters: { mqdes: int('fd'), sevp: struct('sigevent') },
    *run(k, task, { mqdes, sevp }) {
      if (sevp === FAULT) return fail('EFAULT');
      const wanted =
        sevp === null
          ? null
          : { kind: integerOf(sevp.sigev_notify), signo: integerOf(sevp.sigev_signo), ...sigevValue(sevp) };
      const checked = wanted === null ? ok(undefined) : checkNotification(wanted);
      if (!checked.ok) return checked;
      return yield* succeed(withQueue(k, task, mqdes, 'any', ({ queue }) => register(k, task, queue, wanted)));
    },
  }),
  syscall({
    name: 'mq_getsetattr',
    family: 'mqueue',
    parameters: { mqdes: int('fd'), newattr: struct('mq_attr'), oldattr: out('mq_attr') },
    *run(k, task, { mqdes, newattr, oldattr }) {
      if (newattr === FAULT) return fail('EFAULT');
      const flags = newattr === null ? null : integerOf(newattr.mq_flags);
      if (flags !== null && (flags & ~O_NONBLOCK) !== 0) return fail('EINVAL');
      return yield* withQueue(k, task, mqdes, 'any', function* ({ file }): Steps<Result<Return>> {
        const { flags: mq_flags, maxMsg, msgSize, curMsgs } = yield* exchangeAttributes(k, file, flags);
        if (oldattr === FAULT) return fail('EFAULT');
        const shown = { mq_flags, mq_maxmsg: maxMsg, mq_msgsize: msgSize, mq_curmsgs: curMsgs };
        return ok({ value: 0, out: oldattr === OUT ? { oldattr: shown } : {} });
      });
    },
  }),
];
