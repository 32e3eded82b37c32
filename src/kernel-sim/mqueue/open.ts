/** Making, opening and unlinking queues by name; ipc/mqueue.c:sys_mq_open, do_create, do_open, mq_open(3), SEMANTICS C11, B7 M10, D. */

import type { ErrnoName } from '../abi/errno.ts';
import { NAME_MAX } from '../abi/limits.ts';
import { O_ACCMODE, O_CREAT, O_EXCL, O_NOCTTY, O_TRUNC, R_OK, W_OK } from '../abi/open.ts';
import { File } from '../fs/file.ts';
import { giveBackDescriptor, installAt, reserve } from '../fs/files.ts';
import { umaskOf } from '../fs/fs-context.ts';
import { owns } from '../fs/node.ts';
import { checkPath, isPlainName } from '../fs/path.ts';
import { permits, viewerOf } from '../fs/permission.ts';
import type { Kernel } from '../kernel.ts';
import { operation, type Steps } from '../machine/effect.ts';
import type { Transaction } from '../machine/store.ts';
import { done, fail, ok, type Result } from '../result.ts';
import { type Credentials, capable } from '../task/cred.ts';
import type { Task } from '../task/task.ts';
import { type PosixQueues, Queue, queuesOf, touchQueue, unlinkQueue } from './queue.ts';
import { queueFile } from './queue-file.ts';
import { queueNode } from './queue-node.ts';

/** What a new queue is to hold: messages, and bytes of each. */
export interface Capacity {
  readonly maxMsg: number;
  readonly msgSize: number;
}

export interface QueueRequest {
  readonly name: string | null;
  readonly flags: number;
  readonly mode: number;
  /** Null for what the kernel gives by itself. */
  readonly capacity: Capacity | null;
}

/** The most that anybody may ask for: HARD_MSGMAX and HARD_MSGSIZEMAX. */
const hardLimits = (k: Kernel): Capacity =>
  k.is26 ? { maxMsg: 131_072 / 8, msgSize: Number.POSITIVE_INFINITY } : { maxMsg: 65_536, msgSize: 16 * 1024 * 1024 };

/** Bytes that a queue costs its maker: 2.6.26 counts a pointer for each message, 6.x the message's head and a node of the tree. */
const costOf = (k: Kernel, { maxMsg, msgSize }: Capacity): number => maxMsg * ((k.is26 ? 8 : 48 + 48) + msgSize);

/** What one gets without asking: always the same in 2.6.26, whatever its limits say. */
const usual = (tx: Transaction, k: Kernel, instance: PosixQueues): Capacity =>
  k.is26
    ? { maxMsg: 10, msgSize: 8192 }
    : {
        maxMsg: Math.min(tx.read(instance.msgMax), tx.read(instance.msgDefault)),
        msgSize: Math.min(tx.read(instance.msgsizeMax), tx.read(instance.msgsizeDefault)),
      };

function isAllowed(tx: Transaction, k: Kernel, cred: Credentials, instance: PosixQueues, wanted: Capacity): boolean {
  if (wanted.maxMsg <= 0 || wanted.msgSize <= 0) return false;
  const most = capable(cred, 'CAP_SYS_RESOURCE')
    ? hardLimits(k)
    : { maxMsg: tx.read(instance.msgMax), msgSize: tx.read(instance.msgsizeMax) };
  return wanted.maxMsg <= most.maxMsg && wanted.msgSize <= most.msgSize;
}

/**
 * Makes a queue; for operations.
 *
 * @returns EACCES in an instance whose namespace has ended (M3), ENOSPC over queues_max, EINVAL for sizes that are not allowed,
 * EMFILE (2.6.26: ENOMEM) over RLIMIT_MSGQUEUE
 */
export function makeQueue(
  tx: Transaction,
  k: Kernel,
  task: Task,
  instance: PosixQueues,
  { name, mode, capacity }: QueueRequest & { readonly name: string },
): Result<Queue> {
  const cred = tx.read(task.cred);
  if (!tx.read(instance.live)) return fail('EACCES');
  const full = tx.read(instance.count) >= tx.read(instance.queuesMax) >>> 0; // a negative limit is a large one
  if (full && !capable(cred, 'CAP_SYS_RESOURCE')) return fail('ENOSPC');
  const wanted = capacity ?? usual(tx, k, instance);
  if (capacity !== null && !isAllowed(tx, k, cred, instance, wanted)) return fail('EINVAL');
  const cost = costOf(k, wanted);
  const charged = k.users.queueBytes.at(cred.uid);
  const limit = tx.read(tx.read(task.process)!.limits)!.RLIMIT_MSGQUEUE.soft;
  if (tx.read(charged) + cost > limit) return fail(k.is26 ? 'ENOMEM' : 'EMFILE');
  tx.add(charged, cost);
  tx.add(instance.count, 1);
  const queue = tx.create(Queue, {
    label: name,
    instance,
    mode: mode & 0o7777,
    uid: cred.fsuid,
    gid: cred.fsgid,
    ...wanted,
    cost,
    payer: cred.uid,
  });
  touchQueue(tx, k, queue);
  tx.write(instance.queues.at(name), queue);
  tx.update(instance.names, (names) => [...names, name]);
  return ok(queue);
}

/** What is wrong with a name before anything is looked up; the C library has taken the slash at its beginning off. */
function badName(k: Kernel, name: string): ErrnoName | null {
  if (name.includes('/') || (!k.is26 && !isPlainName(name))) return 'EACCES';
  return name.length > NAME_MAX ? 'ENAMETOOLONG' : null;
}

const accessOf = (flags: number): number => [R_OK, W_OK, R_OK | W_OK][flags & O_ACCMODE]!;

/** Finds or makes the queue; the directory is locked meanwhile. */
function queueFor(
  tx: Transaction,
  k: Kernel,
  task: Task,
  request: QueueRequest & { readonly name: string },
): Result<Queue> {
  const { name, flags } = request;
  const instance = queuesOf(tx, k, task);
  const found = tx.read(instance.queues.at(name));
  if (found === null) {
    if ((flags & O_CREAT) === 0) return fail('ENOENT');
    return makeQueue(tx, k, task, instance, { ...request, mode: request.mode & ~umaskOf(tx, task) });
  }
  if ((flags & O_CREAT) !== 0 && (flags & O_EXCL) !== 0) return fail('EEXIST');
  if ((flags & O_ACCMODE) === O_ACCMODE) return fail('EINVAL'); // neither reading nor writing
  const allowed = permits(tx, k, viewerOf(tx, task), queueNode(tx, found), accessOf(flags));
  return allowed ? ok(found) : fail('EACCES');
}

/** What the open file does not keep of the flags. */
const FORGOTTEN = O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC;

type Opened = Result<undefined> | 'bad name';

const openNamed = operation(
  'mq_open',
  (tx: Transaction, k: Kernel, task: Task, fd: number, request: QueueRequest & { readonly name: string }): Opened => {
    if (badName(k, request.name) !== null) return 'bad name';
    const queue = queueFor(tx, k, task, request);
    if (!queue.ok) return queue;
    tx.add(queue.value.users, 1);
    const node = queueNode(tx, queue.value);
    const file = tx.create(File, { flags: request.flags & ~FORGOTTEN, operations: queueFile, node, data: queue.value });
    installAt(tx, task, fd, file);
    return done;
  },
);

/**
 * mq_open(2): a descriptor that exec closes.
 *
 * @returns EFAULT, ENOENT for no name at all, ENAMETOOLONG, EMFILE; EACCES for a name with a slash, after which 2.6.26 has lost the
 * number it reserved (M10); ENOENT, EEXIST, EINVAL, EACCES, and the errors of {@link makeQueue}
 */
export function* openQueue(k: Kernel, task: Task, request: QueueRequest): Steps<Result<number>> {
  const named = checkPath(request.name);
  if (!named.ok) return named;
  const fd = yield* reserve(task, true);
  if (!fd.ok) return fd;
  const name = request.name!;
  const opened = yield* openNamed(k, task, fd.value, { ...request, name });
  if (opened === 'bad name') {
    if (!k.is26 || k.fixed('M10')) yield* giveBackDescriptor(task, fd.value);
    return fail(badName(k, name)!);
  }
  if (opened.ok) return fd;
  yield* giveBackDescriptor(task, fd.value);
  return opened;
}

/** mq_unlink(2): EFAULT, ENOENT, ENAMETOOLONG, EACCES for a name with a slash, EPERM for somebody else's queue. */
export const removeQueue = operation(
  'mq_unlink',
  (tx: Transaction, k: Kernel, task: Task, name: string | null): Result<undefined> => {
    const named = checkPath(name);
    if (!named.ok) return named;
    const bad = badName(k, name!);
    if (bad !== null) return fail(bad);
    const queue = tx.read(queuesOf(tx, k, task).queues.at(name!));
    if (queue === null) return fail('ENOENT');
    // The directory is sticky, and root's.
    const cred = tx.read(task.cred);
    if (cred.fsuid !== tx.read(queue.uid) && !owns(cred, 0)) return fail('EPERM');
    unlinkQueue(tx, k, queue);
    return done;
  },
);
