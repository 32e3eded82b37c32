/** Queues as nodes of their file system; ipc/mqueue.c, SEMANTICS C11. */

import { S_IFREG } from '../abi/mode.ts';
import { nodeOperations, type VirtualNode } from '../fs/node.ts';
import type { Transaction } from '../machine/store.ts';
import { done } from '../result.ts';
import type { Queue } from './queue.ts';
import { queueFile } from './queue-file.ts';

export interface QueueNode extends VirtualNode {
  readonly queue: Queue;
}

const operations = nodeOperations('mqueue_file', {
  attributes(tx, _k, node) {
    const { queue } = node as QueueNode;
    const time = tx.read(queue.changed);
    return {
      mode: S_IFREG | tx.read(queue.mode),
      uid: tx.read(queue.uid),
      gid: tx.read(queue.gid),
      size: tx.read(queue.fileSize),
      links: tx.read(queue.linked) ? 1 : 0,
      number: (queue.lo >>> 0) + 2,
      atime: time,
      mtime: time,
      ctime: time,
    };
  },
  open: () => queueFile,
  change(tx, _k, node, { mode, uid, gid, size }) {
    const { queue } = node as QueueNode;
    if (size !== undefined) tx.write(queue.fileSize, size);
    if (mode !== undefined) tx.write(queue.mode, mode);
    if (uid !== undefined) tx.write(queue.uid, uid);
    if (gid !== undefined) tx.write(queue.gid, gid);
    return done;
  },
});

/** The node of a queue, in a mounted directory or by itself; for operations. */
export const queueNode = (tx: Transaction, queue: Queue, directory: VirtualNode | null = null): QueueNode => ({
  operations,
  parent: directory,
  name: tx.read(queue.label),
  mount: directory?.mount ?? null,
  queue,
});
