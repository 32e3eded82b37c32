/** The limits of an instance under their names in /proc/sys/fs/mqueue; ipc/mq_sysctl.c, mq_overview(7). */

import { INT_MAX, INT_MIN } from '../abi/limits.ts';
import type { Sysctl } from '../fs/proc/sysctl.ts';
import type { Kernel } from '../kernel.ts';
import type { Cell } from '../machine/layout.ts';
import { done, fail } from '../result.ts';
import { type PosixQueues, queuesOf } from './queue.ts';

const limit = (cellOf: (instance: PosixQueues) => Cell<number>, least: number, most: number): Sysctl => ({
  read: (tx, k, reader) => [tx.read(cellOf(queuesOf(tx, k, reader)))],
  write(tx, k, writer, [value]) {
    if (value === undefined) return done;
    if (value < BigInt(least) || value > BigInt(most)) return fail('EINVAL');
    tx.write(cellOf(queuesOf(tx, k, writer)), Number(value));
    return done;
  },
});

/** MIN_MSGSIZEMAX. */
const LEAST_SIZE = 128;

/** The values, by name: 6.x has two more, for queues that are made without asking for anything. */
export function queueSysctls(k: Kernel): Readonly<Record<string, Sysctl>> {
  const queues = limit(({ queuesMax }) => queuesMax, INT_MIN, INT_MAX);
  if (k.is26) {
    return {
      queues_max: queues,
      msg_max: limit(({ msgMax }) => msgMax, 10, 131_072 / 8),
      msgsize_max: limit(({ msgsizeMax }) => msgsizeMax, LEAST_SIZE, INT_MAX),
    };
  }
  return {
    queues_max: queues,
    msg_max: limit(({ msgMax }) => msgMax, 1, 65_536),
    msgsize_max: limit(({ msgsizeMax }) => msgsizeMax, LEAST_SIZE, 16 * 1024 * 1024),
    msg_default: limit(({ msgDefault }) => msgDefault, 1, 65_536),
    msgsize_default: limit(({ msgsizeDefault }) => msgsizeDefault, LEAST_SIZE, 16 * 1024 * 1024),
  };
}
