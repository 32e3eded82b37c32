/**
 * The file system of queues where it is mounted; ipc/mqueue.c:mqueue_dir_inode_operations, SEMANTICS C11 and B7.
 *
 * A flat, sticky directory that everybody may write: files can be made, looked up and unlinked, and nothing else (EPERM). A mount
 * shows the instance of the IPC namespace of whoever mounted it, whoever looks.
 */

import { S_IFDIR, S_IFMT, S_IFREG, S_ISVTX } from '../abi/mode.ts';
import { directoryFile } from '../fs/directory.ts';
import type { MakeRoot } from '../fs/file-system-types.ts';
import { nodeOperations, type VirtualNode } from '../fs/node.ts';
import { done, fail, ok } from '../result.ts';
import { makeQueue } from './open.ts';
import { type PosixQueues, queuesOf, unlinkQueue } from './queue.ts';
import { type QueueNode, queueNode } from './queue-node.ts';

interface QueueDirectory extends VirtualNode {
  readonly instance: PosixQueues;
}

const operations = nodeOperations('mqueue_directory', {
  attributes(tx, k, node) {
    const { instance } = node as QueueDirectory;
    const time = tx.read(k.system.bootTime);
    const number = (instance.lo >>> 0) + 2;
    const mode = S_IFDIR | S_ISVTX | 0o777;
    return { mode, uid: 0, gid: 0, size: 0, links: 2, number, atime: time, mtime: time, ctime: time };
  },
  lookup(tx, _k, _task, node, name) {
    const queue = tx.read((node as QueueDirectory).instance.queues.at(name));
    return queue === null ? null : queueNode(tx, queue, node as QueueDirectory);
  },
  list(tx, _k, _task, node) {
    const { instance } = node as QueueDirectory;
    return tx.read(instance.names).map((name, i) => {
      const queue = tx.read(instance.queues.at(name))!;
      return { name, number: (queue.lo >>> 0) + 2, type: S_IFREG, cookie: i + 2 };
    });
  },
  create(tx, k, task, node, name, { mode }) {
    if ((mode & S_IFMT) !== S_IFREG) return fail('EPERM');
    const request = { name, flags: 0, mode: mode & 0o7777, capacity: null };
    const made = makeQueue(tx, k, task, (node as QueueDirectory).instance, request);
    return made.ok ? ok(queueNode(tx, made.value, node as QueueDirectory)) : made;
  },
  remove(tx, k, _directory, child) {
    unlinkQueue(tx, k, (child as QueueNode).queue);
    return done;
  },
  open: () => directoryFile,
});

/** The root of a mount. */
export const makeQueueRoot: MakeRoot = (tx, k, task, place): QueueDirectory => ({
  ...place,
  operations,
  instance: task === null ? tx.read(k.initIpcNs.posix)! : queuesOf(tx, k, task),
});
